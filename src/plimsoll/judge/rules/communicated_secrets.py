"""Rules for capability 4, secrets on their way and keys of all units: EN 303 645, provisions 5.5-7 and 5.5-8."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._commands import Command, Commands, is_in_clear, runs, sends, span_of
from plimsoll.judge.rules._host_keys import Held
from plimsoll.judge.rules._key_readers import ClientFiles, Reader, client_files, key_readers, reads
from plimsoll.judge.rules._standing import (
    CLEAR_SCHEMES,
    RunningService,
    Standings,
    file_of,
    is_own_host,
    is_unfilled,
    name_of,
)
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import ControlLink, Credential, Endpoint, PrivateKey, StartedProgram
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_SAME_COMMAND = 300
"""Bytes between a secret and an address that still are one command."""

_IN_ADDRESS = ("http", "ftp", "ws")
"""Subjects of a secret that is shown to a peer as part of an address or a request in clear."""

Addresses = dict[tuple[str, str], list[tuple[int, Observation, Endpoint]]]
"""Of each file: where in it an address stands, and the address."""


def _sent_secrets(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    commands = Commands(evidence)
    addresses: Addresses = {}
    for observation, address in evidence.of(Endpoint):
        if address.active:
            one = span_of(observation.where)[0], observation, address
            addresses.setdefault(file_of(observation.where), []).append(one)
    for near in addresses.values():
        near.sort(key=_first)
    for observation, fact in evidence.of(Credential):
        is_shown = fact.role == "presents" or (fact.role == "unknown" and _is_sent(commands.at(observation.where)))
        if is_shown and not fact.placeholder and fact.active:
            yield from _sent_secret(observation, fact, addresses, standings, commands)
    yield from _to_brokers(evidence, standings)
    yield from unknown_startup(evidence)


def _is_sent(own: Sequence[Command]) -> bool:
    """Tell whether a word stands in commands that send something of their own, such as the fields of a form."""
    return bool(own) and all(sends(one) for _, one in own)


def _to_brokers(evidence: Evidence, standings: Standings) -> Iterator[Weight]:
    """Weigh brokers of MQTT that are shown a password in clear: a bridge of a started mosquitto decides."""
    starts: dict[tuple[str, str], list[Command]] = {}
    for observation, start in evidence.of(StartedProgram):
        if start.program == "mosquitto" and runs(start):
            for word in start.arguments:
                starts.setdefault((tree_of(observation.where), word.lstrip("/")), []).append((observation, start))
    for observation, link in evidence.of(ControlLink):
        if not link.login or link.encrypted or not link.active or is_own_host(link.host) or is_unfilled(link.host):
            continue
        words = {"file": name_of(observation.where), "host": link.host}
        standing, start_of_file = standings.of_file(observation.where)
        reading = starts.get(file_of(observation.where), [])
        if link.program and reading:
            why = message("mosquitto is started and shows a password to the broker {host} without encryption", **words)
            yield Weight("refutes", why, (observation, reading[0][0]), "internet")
        elif standing == "started":
            why = message(
                "{file}, which is started, connects to the broker {host} with a password and without encryption; that "
                "it comes to that was not seen",
                **words,
            )
            yield Weight("suspects", why, (observation, *start_of_file), "internet", "likely")
        else:
            why = message(
                "{file} shows a password to the broker {host} without encryption; that it is used was not seen", **words
            )
            yield Weight("suspects", why, (observation,), "internet")


def _sent_secret(
    observation: Observation, fact: Credential, addresses: Addresses, standings: Standings, commands: Commands
) -> Iterator[Weight]:
    """Weigh a secret by the command that it stands in, else by the addresses beside it."""
    standing, start = standings.of_file(observation.where)
    words = {"file": name_of(observation.where), "kind": fact.kind}
    own = commands.at(observation.where)
    clear = [one for one in own if is_in_clear(one[1])]
    if clear and len(clear) == len(own):
        decides = standing == "started" and any(runs(one[1]) for one in clear)
        why = message(
            "{file}, which is started, sends a {kind} to an address without encryption"
            if decides
            else "{file} may send a {kind} to an address without encryption",
            **words,
        )
        seen = (observation, *(one for one, _ in clear), *start)
        yield Weight("refutes" if decides else "suspects", why, tuple(dict.fromkeys(seen)), "internet")
        return
    beside = _beside(observation, fact, addresses)
    if beside is not None and not own:
        why = message("{file} holds a {kind} that may be sent to an address without encryption", **words)
        yield Weight("suspects", why, (observation, *beside, *start), "internet")


def _beside(observation: Observation, fact: Credential, addresses: Addresses) -> tuple[Observation, ...] | None:
    """Give the addresses in clear beside a secret; none at all, but a suspicion, for one within an address."""
    offset, _ = span_of(observation.where)
    known = addresses.get(file_of(observation.where), [])
    first, last = (bisect_left(known, offset + step, key=_first) for step in (1 - _SAME_COMMAND, _SAME_COMMAND))
    near = known[first:last]
    clear = [one for _, one, address in near if address.scheme in CLEAR_SCHEMES and not is_own_host(address.host)]
    if clear:
        return tuple(clear)
    return () if not near and fact.subject in _IN_ADDRESS else None


def _first(address: tuple[int, Observation, Endpoint]) -> int:
    return address[0]


def _shared_keys(evidence: Evidence) -> Iterator[Weight]:
    readers, clients = key_readers(evidence), client_files(evidence)
    for observation, fact in evidence.of(PrivateKey):
        if fact.active and not fact.encrypted:
            yield _shared_key(observation, fact, readers.get(tree_of(observation.where), ()), clients)
    yield from unknown_startup(evidence)


def _shared_key(observation: Observation, fact: PrivateKey, readers: Sequence[Reader], clients: ClientFiles) -> Weight:
    """Weigh a key: a service or command that is started and reads it decides; otherwise it is a suspicion."""
    path = file_of(observation.where)[1]
    for reader in readers:
        held = reader.host_keys.held(reader.service, observation, fact) if fact.purpose == "ssh-host" else None
        if held is not None:
            return _host_key(held, observation, reader.service)
        grounds = reads(reader, observation, fact, path)
        if grounds is not None:
            why = message(
                "{program} is started, and its private key {file} is the same in every unit",
                program=reader.service.fact.program,
                file=name_of(observation.where),
            )
            seen = (observation, reader.service.observation, *grounds)
            return Weight("refutes", why, tuple(dict.fromkeys(seen)))
    if shown := clients.keys.get(file_of(observation.where)):
        return _client_key(observation, fact, shown[0], clients.others.get(file_of(observation.where), ()))
    template = "the private key {file} is the same in every unit; that something uses it was not seen"
    return Weight("suspects", message(_behind(fact, template), **_words(observation, fact)), (observation,))


def _client_key(observation: Observation, fact: PrivateKey, command: Command, others: Sequence[Command]) -> Weight:
    """Weigh a key that a started command shows to a server, unless something else may put another in its place."""
    words = {"program": command[1].program, **_words(observation, fact)}
    if others:
        template = "{program} is started with the private key {file}; whether it is made on the unit was not seen"
        return Weight("suspects", message(template, **words), (observation, command[0], others[0][0]), "internet")
    template = "{program} is started, and the private key {file} that it shows is the same in every unit"
    return Weight("refutes", message(_behind(fact, template), **words), (observation, command[0]), "internet")


def _behind(fact: PrivateKey, template: str) -> str:
    """Say that the password of a key's store is no secret."""
    if fact.password is None:
        return template
    return template + ("; its store has the published password {password}" if fact.password else "; its store is open")


def _words(observation: Observation, fact: PrivateKey) -> dict[str, str]:
    words = {"file": name_of(observation.where)}
    return words | ({"password": fact.password} if fact.password else {})


def _host_key(held: Held, observation: Observation, service: RunningService) -> Weight:
    """Weigh a host key of SSH: it decides where it lies for sure; else the one thing that was not seen is named."""
    words = {"program": service.fact.program, "file": name_of(observation.where)}
    seen = tuple(dict.fromkeys((observation, service.observation, *held.observations)))
    if held.is_sure:
        why = message("{program} is started, and its private key {file} is the same in every unit", **words)
        return Weight("refutes", why, seen)
    if held.is_made:
        why = message(
            "{program} is started, and its private key {file} is in every unit; whether a start script puts another in "
            "its place was not seen",
            **words,
        )
        return Weight("suspects", why, seen, sureness="likely")
    why = message(
        "{program} is started, and the private key {file} is the same in every unit; that it comes to lie where "
        "{program} looks was not seen",
        **words,
    )
    return Weight("suspects", why, seen)


SENT_SECRETS = Rule(
    id="no-secrets-sent-in-clear",
    criterion="no-secrets-sent-in-clear",
    needs=("credentials", "control-links", "endpoints", "startup"),
    what=(
        "Secrets that the product shows to a peer. One in a command that is started and speaks without encryption "
        "decides, and so does one that a bridge of a started mosquitto shows to a broker; one beside an address that "
        "is not encrypted, or within an address, or that a client of MQTT in a source sends, is a suspicion. Addresses "
        "of the product itself, placeholders, comments and documentation do not count."
    ),
    limits="What a compiled program sends, and secrets that come from elsewhere while the product runs, are not seen.",
    weigh=_sent_secrets,
)

SHARED_KEYS = Rule(
    id="private-keys-are-not-shared",
    criterion="private-keys-are-not-shared",
    needs=("private-keys", "key-stores", "startup", "services"),
    what=(
        "Private keys that lie open in the image. One that the configuration of a started service names decides, and "
        "so does one that lies, or is copied by a start script, where a started server of SSH looks for its host key, "
        "the key of a web server that offers TLS, when such a service is started in the same file tree, and one that a "
        "started command of a client shows to a server; any other is a suspicion, and so is one in whose place a "
        "start script may make another. A key store with an empty or a published password lies open. Keys of "
        "documentation and tests, and other encrypted ones, do not count."
    ),
    limits="Whether a unit makes a key of its own in its place is not seen, nor is what a compiled program reads.",
    weigh=_shared_keys,
)

"""Joins secrets that let somebody in with the service that takes them, what reads them, and what replaces them.

A secret decides only where all is seen: the service is started and reached from the network, it is the one that reads
the file in which the secret stands, and nothing replaces it per unit or asks for another at the first login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Weight
from plimsoll.judge.rules._standing import RunningService, Standings, file_of, in_order, name_of, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import (
    Credential,
    GuessedPassword,
    HiddenEntrance,
    SecretProvisioning,
    Service,
    StartedProgram,
    StoreReader,
)
from plimsoll.model.locator import Place, tree_of
from plimsoll.model.message import Message, message
from plimsoll.model.verdict import Sureness

_ASKED_BY: Mapping[str, tuple[str, ...]] = {
    "telnetd": ("telnet",),
    "http": ("http", "https"),
    "rtsp": ("rtsp", "onvif"),
    "samba": ("smb",),
    "ppp": ("pptp", "l2tp"),
}
"""Protocols of the services that a credential is for, where they are called differently."""

_LOGINS: Mapping[str, tuple[str, ...]] = {"login": (), "http": ("http", "https")}
"""Subjects of a secret for which a service is sure to ask, by the protocols of the services that would."""

_OWN_FILES: Mapping[str, tuple[str, ...]] = {
    "uhttpd": ("etc/config/rpcd",),
    "httpd": ("etc/httpd.conf",),
    "motion": ("etc/motion/motion.conf",),
    "stupid-ftpd": ("etc/stupid-ftpd.conf", "etc/stupid-ftpd/stupid-ftpd.conf"),
}
"""Files that a service reads without being told, by its manual; rpcd checks the logins that come through uhttpd."""

_SCRIPT = re.compile(r"\.sh\Z|(?:\A|/)(?:bin|sbin|init\.d|rc[0-9S]?\.d|uci-defaults|libexec)/")
"""A path by which a file is a program or script, and no configuration that is read where it lies."""

_TOLD_BY_C = ("httpd", "motion")
"""Programs that read the file after `-c` instead of their own."""

Seen = tuple[Observation, ...]


class Stores:
    """What reads the files of a tree that hold secrets, and what sets the secrets of its services."""

    def __init__(self, evidence: Evidence, standings: Standings) -> None:
        self._standings = standings
        self._readers: dict[tuple[str, str], list[Observation]] = {}
        self._changes: dict[tuple[str, str], list[tuple[Observation, SecretProvisioning]]] = {}
        self._defaults: dict[tuple[Place, str], tuple[Observation, str]] = {}
        self._told: dict[tuple[str, str], Seen] = {}
        for observation, start in evidence.of(StartedProgram):
            if standing_of(start.state) != "never":
                for word in start.arguments:
                    self._told.setdefault((tree_of(observation.where), word), (observation,))
        for observation, reader in evidence.of(StoreReader):
            self._readers.setdefault((tree_of(observation.where), reader.path), []).append(observation)
        for observation, change in evidence.of(SecretProvisioning):
            self._changes.setdefault((tree_of(observation.where), change.subject), []).append((observation, change))
        for observation, guessed in evidence.of(GuessedPassword):
            self._defaults[observation.where, guessed.secret.digest] = observation, guessed.known_default

    def change(self, tree: str, subject: str) -> tuple[bool, Seen] | None:
        """Give what sets another secret than a constant: whether it runs or may, and the grounds; None without any."""
        found: tuple[bool, Seen] | None = None
        for observation, change in sorted(self._changes.get((tree, subject), ()), key=lambda one: in_order(one[0])):
            standing, script = self._standings.of_file(observation.where)
            if change.source == "constant":
                continue
            if standing != "never":
                return True, (observation, *script)
            if change.source in ("random", "per-device") and found is None:
                found = False, (observation,)
        return found

    def default(self, observation: Observation, fact: Credential) -> tuple[Seen, str]:
        """Give the published default password that a secret is, with the ground; empty when it is none."""
        found = self._defaults.get((observation.where, fact.secret.digest))
        return ((found[0],), found[1]) if found else ((), "")

    def reading(self, observation: Observation, service: RunningService) -> Seen | None:
        """Give what says that a service reads the file of a secret; None when nothing does."""
        tree, path = file_of(observation.where)
        if path in _OWN_FILES.get(service.fact.program, ()) and not _is_told_another(service):
            return ()
        for where, start in service.starts:
            places = {file_of(where.where)[1], *(file_of(one)[1] for one in observation.because)}
            if path in places and self._standings.of_file(observation.where)[0] == "started":
                return ()
            if any(file_of(one) == file_of(where.where) for one in observation.because):
                return (where,)
            if f"/{path}" in start.arguments or any(word.endswith("=/" + path) for word in start.arguments):
                return (where,)
        for where, setting in self._standings.settings(service):
            if setting.value.strip("\"'") == f"/{path}":
                return (where,)
        programs = {start.path for _, start in service.starts}
        return next(((one,) for one in self._readers.get((tree, path), ()) if file_of(one.where)[1] in programs), None)

    def named(self, where: Place) -> Seen:
        """Give the start of a program that is told the file of a secret by its arguments."""
        tree, path = file_of(where)
        return self._told.get((tree, "/" + path), ())

    def started_reader(self, where: Place) -> Seen:
        """Give a program or script that is started and names the file of a secret."""
        for one in self._readers.get(file_of(where), ()):
            standing, start = self._standings.of_file(one.where)
            if standing == "started":
                return (one, *start)
        return ()


def accepted_secrets(evidence: Evidence, standings: Standings) -> Iterator[Weight]:
    """Weigh secrets that are written out for a service which lets in who knows them."""
    stores = Stores(evidence, standings)
    known = {(tree_of(one.where), service.protocol) for one, service in evidence.of(Service)}
    for observation, fact in evidence.of(Credential):
        if fact.role != "accepts" or fact.placeholder or not fact.active or not fact.subject:
            continue
        for service in _asking(fact, observation, standings):
            yield _accepted(fact, observation, service, stores, standings)
        tree = tree_of(observation.where)
        if fact.subject in _LOGINS and not any((tree, one) in known for one in _LOGINS[fact.subject]):
            why = message(
                "{file} holds a {kind} that lets somebody in; which service asks for it was not seen",
                file=name_of(observation.where),
                kind=fact.kind,
            )
            yield Weight("suspects", why, (observation, *stores.started_reader(observation.where)))
    yield from _wireless(evidence, stores)
    yield from _entrances(evidence, standings)


def _accepted(
    fact: Credential, observation: Observation, service: RunningService, stores: Stores, standings: Standings
) -> Weight:
    """Weigh one secret and one service that asks for such."""
    standing, start = standings.of_file(observation.where)
    seen = (service.observation, observation, *start)
    words = {"program": service.fact.program, "kind": fact.kind}
    change = stores.change(tree_of(observation.where), fact.subject)
    if change is not None and change[0]:
        why = message(
            "{program} may accept a {kind} that is in the image; a script sets another, and which holds was not seen",
            **words,
        )
        return Weight("blocks", why, (*seen, *change[1]))
    if fact.change_due:
        why = message(
            "{program} may accept a {kind} that is in the image and must be changed at the first login", **words
        )
        return Weight("blocks", why, seen)
    reading = stores.reading(observation, service)
    is_there = standing == "started" or _SCRIPT.search(file_of(observation.where)[1]) is None
    is_sure = service.standing == "started" and fact.kind == "password" and is_there and change is None
    opened, word = stores.default(observation, fact)
    seen = tuple(dict.fromkeys((*seen, *(reading or ()), *opened)))
    if is_sure and reading is not None:
        return Weight("refutes", _told(words, word), seen)
    missing = _missing(service, change, reading)
    seen = (*seen, *(change[1] if change else ()))
    sureness: Sureness = "likely" if missing and fact.kind == "password" and is_there else "suspected"
    return Weight("suspects", _doubted(words, word, missing), seen, sureness=sureness)


def _told(words: Mapping[str, str], word: str) -> Message:
    if word:
        return message("{program} is started and accepts the published default password {word}", word=word, **words)
    return message("{program} is started and accepts a {kind} that is the same in every unit", **words)


def _doubted(words: Mapping[str, str], word: str, missing: str) -> Message:
    if word:
        return message("{program} may accept the published default password {word}" + missing, word=word, **words)
    return message("{program} may accept a {kind} that is the same in every unit" + missing, **words)


def _is_told_another(service: RunningService) -> bool:
    """Tell whether a service is told on its command line to read another file than its own."""
    words = [word for _, start in service.starts for word in start.arguments]
    return service.fact.program in _TOLD_BY_C and any(re.match(r"-[a-z]*c", word) for word in words)


def _missing(service: RunningService, change: tuple[bool, Seen] | None, reading: Seen | None) -> str:
    """Name the one thing that was not seen, where it is only one."""
    if service.standing != "started" or (change is not None and reading is None):
        return ""
    if change is not None:
        return "; a script that is not seen to run sets another one"
    return "; that it reads the file was not seen" if reading is None else ""


def _wireless(evidence: Evidence, stores: Stores) -> Iterator[Weight]:
    """Weigh passphrases of a wireless network that the product opens; most are replaced per unit before it opens."""
    started: dict[str, Observation] = {
        tree_of(one.where): one
        for one, start in sorted(evidence.of(StartedProgram), key=lambda one: in_order(one[0]))
        if start.program == "hostapd" and standing_of(start.state) != "never"
    }
    for observation, fact in evidence.of(Credential):
        tree = tree_of(observation.where)
        host = started.get(tree)
        if not host or fact.subject != "wpa" or fact.role != "accepts" or not fact.active or fact.placeholder:
            continue
        change = stores.change(tree, "wpa")
        if change is None or not change[0]:
            why = message("hostapd may open a wireless network with a passphrase that is the same in every unit")
            yield Weight("suspects", why, (host, observation), reach="network")


def _entrances(evidence: Evidence, standings: Standings) -> Iterator[Weight]:
    """Weigh known ways in; that the code is reached is not seen, so that they never decide."""
    for observation, fact in evidence.of(HiddenEntrance):
        standing, start = standings.of_file(observation.where)
        why = message(
            "{file}, which is started, holds the word of a known way in: it opens {opens}; that the code is reached "
            "was not seen"
            if standing == "started"
            else "{file} holds the word of a known way in: it opens {opens}",
            file=name_of(observation.where),
            opens=fact.opens,
        )
        sureness: Sureness = "likely" if standing == "started" else "suspected"
        yield Weight("suspects", why, (observation, *start), reach="network", sureness=sureness)


def _asking(fact: Credential, observation: Observation, standings: Standings) -> list[RunningService]:
    """Find the services of its tree that a secret is for and that keep accounts of their own."""
    protocols = _ASKED_BY.get(fact.subject, (fact.subject,))
    return [
        one
        for one in standings.services_in(tree_of(observation.where))
        if one.is_reached
        and (one.fact.protocol in protocols or one.fact.program == fact.subject)
        and one.fact.login in ("own", "unknown")
    ]

"""Joins secrets that let somebody in with the service that takes them, what reads them, and what replaces them.

A secret decides only where all is seen: the service is started and reached from the network, it is the one that reads
the file in which the secret stands, and nothing replaces it per unit or asks for another at the first login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Weight
from plimsoll.judge.rules._communities import community_opens
from plimsoll.judge.rules._standing import RunningService, Standings, file_of, name_of
from plimsoll.judge.rules._stored_secrets import Seen, Stores
from plimsoll.judge.rules._wireless_secrets import pairing_pins, wireless_secrets
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import (
    BlankPassword,
    Credential,
    HiddenEntrance,
    Service,
)
from plimsoll.model.locator import tree_of
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

_SCRIPT = re.compile(r"\.sh\Z|(?:\A|/)(?:bin|sbin|init\.d|rc[0-9S]?\.d|uci-defaults|libexec)/")
"""A path by which a file is a program or script, and no configuration that is read where it lies."""


def accepted_secrets(evidence: Evidence, standings: Standings) -> Iterator[Weight]:
    """Weigh secrets that are written out for a service which lets in who knows them."""
    stores = Stores(evidence, standings)
    known = {(tree_of(one.where), service.protocol) for one, service in evidence.of(Service)}
    for observation, fact in evidence.of(Credential):
        if fact.role != "accepts" or fact.placeholder or not fact.active or not fact.subject:
            continue
        for service in _asking(fact.subject, observation, standings):
            if fact.kind == "community" and community_opens(observation.where, service, standings) == "nothing":
                continue
            yield _accepted(fact, observation, service, stores, standings)
        tree = tree_of(observation.where)
        if fact.subject in _LOGINS and not any((tree, one) in known for one in _LOGINS[fact.subject]):
            why = message(
                "{file} holds a {kind} that lets somebody in; which service asks for it was not seen",
                file=name_of(observation.where),
                kind=fact.kind,
            )
            yield Weight("suspects", why, (observation, *stores.started_reader(observation.where)))
    yield from _blanks(evidence, stores, standings)
    yield from wireless_secrets(evidence, stores)
    yield from pairing_pins(evidence, stores)
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
    opens = community_opens(observation.where, service, standings) if fact.kind == "community" else ""
    others = stores.others(observation.where, (service.fact.program,), [one.where for one, _ in service.starts])
    decides = fact.kind == "password" or (opens == "writing" and not others)
    reading = stores.reading(observation, service)
    is_there = standing == "started" or _SCRIPT.search(file_of(observation.where)[1]) is None
    is_sure = service.standing == "started" and decides and is_there and change is None
    opened, word = stores.default(observation, fact)
    seen = tuple(dict.fromkeys((*seen, *(reading or ()), *opened)))
    if is_sure and reading is not None:
        return Weight("refutes", _told(words, word), seen)
    missing = _missing(service, change, reading)
    seen = (*seen, *(change[1] if change else ()))
    sureness: Sureness = "likely" if missing and decides and is_there else "suspected"
    return Weight("suspects", _doubted(words, word, missing), seen, sureness=sureness)


def _told(words: Mapping[str, str], word: str) -> Message:
    if word:
        return message("{program} is started and accepts the published default {kind} {word}", word=word, **words)
    return message("{program} is started and accepts a {kind} that is the same in every unit", **words)


def _doubted(words: Mapping[str, str], word: str, missing: str) -> Message:
    if word:
        return message("{program} may accept the published default {kind} {word}" + missing, word=word, **words)
    return message("{program} may accept a {kind} that is the same in every unit" + missing, **words)


def _missing(service: RunningService, change: tuple[bool, Seen] | None, reading: Seen | None) -> str:
    """Name the one thing that was not seen, where it is only one."""
    if service.standing != "started" or (change is not None and reading is None):
        return ""
    if change is not None:
        return "; a script that is not seen to run sets another one"
    return "; that it reads the file was not seen" if reading is None else ""


def _blanks(evidence: Evidence, stores: Stores, standings: Standings) -> Iterator[Weight]:
    """Doubt blank passwords: a service may let in whoever gives none, or ask for one to be chosen before anything else.

    Which of them a service does is no part of its settings, so that a blank never decides.
    """
    for observation, fact in evidence.of(BlankPassword):
        change = stores.change(tree_of(observation.where), fact.subject)
        if not fact.active or fact.change_due or (change is not None and change[0]):
            continue
        for service in _asking(fact.subject, observation, standings):
            reading = stores.reading(observation, service)
            why = message(
                "{program} may let in {account} without a password: {file} has a blank one; whether another must be "
                "chosen first was not seen",
                program=service.fact.program,
                account=fact.account,
                file=name_of(observation.where),
            )
            sureness: Sureness = "likely" if reading is not None and service.standing == "started" else "suspected"
            seen = tuple(dict.fromkeys((service.observation, observation, *(reading or ()))))
            yield Weight("suspects", why, seen, "network", sureness)


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


def _asking(subject: str, observation: Observation, standings: Standings) -> list[RunningService]:
    """Find the services of its tree that a secret is for and that keep accounts of their own."""
    protocols = _ASKED_BY.get(subject, (subject,))
    return [
        one
        for one in standings.services_in(tree_of(observation.where))
        if one.is_reached
        and (one.fact.protocol in protocols or one.fact.program == subject)
        and one.fact.login in ("own", "unknown")
    ]

"""Rule on traces of people in a shipped image: capability 5; CWE-359 and CWE-212."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Rule, Weight
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Residue
from plimsoll.model.facts.privacy import ResidueKind
from plimsoll.model.message import message
from plimsoll.model.verdict import Reach

_PLAIN: Mapping[ResidueKind, str] = {
    "shell-history": "the image holds commands that somebody typed ({count} of them)",
    "editor-history": "the image holds what somebody edited or read ({count} entries)",
    "login-record": "the image holds records of who logged in ({count} of them)",
    "mail": "the image holds mail of somebody ({count} letters)",
}
"""Traces that cannot be anything else: programs write them while somebody works."""

_DOUBTS: Mapping[ResidueKind, str] = {
    "key-comment": "the image names who may log in by an SSH key, {what}; whether it is a person is not seen",
    "wifi-network": "the image holds name and passphrase of a Wi-Fi network that it joins; whose it is, is not seen",
    "core-dump": "the image holds the memory of a program that crashed; what was in it was not read",
    "log": "the image holds a log with {count} entries; what they tell was not read",
    "repository": "the image holds a folder of {what}, which names those who wrote what is in it",
    "known-hosts": "the image holds the addresses of {count} machines that somebody visited by SSH",
    "login-file": "the image holds {count} logins in {what}; whether they are a person's is not seen",
    "mail-address": "a setting names the mail address {what}; whether it is a person's is not seen",
    "home-path": "the home folder {what} of whoever built them stands in programs ({count})",
    "database-record": "a database holds {count} rows in {what}; whether of real people is not seen",
}  # fmt: skip


_LIKELY: tuple[ResidueKind, ...] = ("wifi-network", "login-file", "known-hosts")
"""What lacks one thing only: whose it is."""
_REACHES: Mapping[ResidueKind, Reach] = {"wifi-network": "network", "login-file": "internet"}
"""How near one must be to use what was left: in range of the network that was joined, or where the login is taken."""


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    """Tell each kind once for each thing that it names, with all places."""
    found: dict[tuple[ResidueKind, str], list[tuple[Observation, Residue]]] = {}
    for observation, fact in evidence.of(Residue):
        if fact.active:
            found.setdefault((fact.kind, fact.what), []).append((observation, fact))
    for (kind, what), ones in found.items():
        plain = _PLAIN.get(kind)
        why = message(plain or _DOUBTS[kind], what=what, count=sum(fact.count for _, fact in ones))
        observations = tuple(one for one, _ in ones)
        if plain:
            yield Weight("refutes", why, observations, "internet")
        else:
            yield Weight(
                "suspects", why, observations, _REACHES.get(kind), "likely" if kind in _LIKELY else "suspected"
            )


TRACES = Rule(
    id="no-traces-of-people-are-shipped",
    criterion="no-traces-of-people-are-shipped",
    needs=("residue",),
    what=(
        "Traces of people in the image. Histories of shells and editors, records of logins and mail decide, for "
        "programs write them only while somebody works. Names behind keys, joined Wi-Fi networks, logins of clients, "
        "logs, core dumps, repositories, mail addresses and home folders in programs are a suspicion each."
    ),
    limits="Whether a name, a network or a login is a real person's is not seen; nothing is told in clear.",
    weigh=_weigh,
)

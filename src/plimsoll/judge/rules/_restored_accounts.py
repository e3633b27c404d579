"""Accounts with a fixed password that a reset of the product puts back, and the services that would let them in.

A password that every unit has after a reset is one of its factory default, whatever a unit was given before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from plimsoll.judge.rule import Weight
from plimsoll.judge.rules._answer import Caller
from plimsoll.judge.rules._login_service import admits
from plimsoll.judge.rules._password_changes import Change, changes_of
from plimsoll.judge.rules._standing import Standings, file_of, in_order, name_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Account, AccountStoreCopy, FactoryReset
from plimsoll.model.message import message

_FIXED = ("empty", "hashed", "clear")

Changes = Mapping[tuple[str, str], Sequence[Change]]
Lines = Mapping[tuple[str, str], Sequence[tuple[Observation, Account]]]
"""The accounts of each file of each tree, of each name the first."""


def restored_accounts(
    evidence: Evidence, standings: Standings, asked: Collection[tuple[str, str, str]]
) -> Iterator[Weight]:
    """Doubt accounts of a file that a reset copies to where accounts are read.

    `asked` are tree, store and name of the accounts that a service asks for already: they are told with it.
    """
    resets = {file_of(one.where): one for one, _ in evidence.of(FactoryReset)}
    copies = sorted(evidence.of(AccountStoreCopy), key=lambda one: in_order(one[0]))
    if not resets or not copies:
        return
    links = {(file_of(one.where)[0], fact.store, fact.source) for one, fact in copies if fact.command == "symlink"}
    lines, changes, done = _lines(evidence), changes_of(evidence, standings), set(asked)
    for copy, fact in copies:
        reset, tree = resets.get(file_of(copy.where)), file_of(copy.where)[0]
        is_read = fact.target == f"etc/{fact.store}" or (tree, fact.store, fact.target) in links
        if reset is None or not is_read or fact.command == "symlink":
            continue
        for grounds, caller in _callers(tree, fact, lines):
            key = tree, caller.store, caller.name
            if key not in done and not _is_changed(changes, copy, tree, caller.name):
                done.add(key)
                yield from _asked(tree, caller, (reset, copy, *grounds), standings)


def _lines(evidence: Evidence) -> Lines:
    found: dict[tuple[str, str], dict[str, tuple[Observation, Account]]] = {}
    for one in sorted(evidence.of(Account), key=lambda one: in_order(one[0])):
        if one[1].store in ("passwd", "shadow"):
            found.setdefault(file_of(one[0].where), {}).setdefault(one[1].name, one)
    return {file: tuple(given.values()) for file, given in found.items()}


def _callers(tree: str, copy: AccountStoreCopy, lines: Lines) -> Iterator[tuple[tuple[Observation, ...], Caller]]:
    """Give who has a fixed password in a file that is copied; for a shadow, who may log in by the passwd in place."""
    users = {fact.name: (one, fact) for one, fact in lines.get((tree, "etc/passwd"), ())}
    for observation, fact in lines.get((tree, copy.source), ()):
        line, user = (observation, fact) if copy.store == "passwd" else users.get(fact.name, (observation, None))
        if fact.store == copy.store and fact.password in _FIXED and user is not None and user.login_shell:
            is_root = user.uid == 0 or user.name == "root"
            grounds = tuple(dict.fromkeys((observation, line)))
            yield grounds, Caller("passwd", fact.name, is_root, fact.password, copy.source)


def _is_changed(changes: Changes, copy: Observation, tree: str, name: str) -> bool:
    """Tell whether the reset itself, or what runs at boot, sets another password than a constant or asks for one."""
    given = (*changes.get((tree, name), ()), *changes.get((tree, ""), ()))
    own = file_of(copy.where)
    return any(
        (one.fact.source != "constant" or one.fact.expires)
        and (one.standing != "never" or file_of(one.observations[0].where) == own)
        for one in given
    )


def _asked(tree: str, caller: Caller, grounds: tuple[Observation, ...], standings: Standings) -> Iterator[Weight]:
    for service in standings.services_in(tree):
        if service.is_reached and admits(service, caller, standings) != "no":
            why = message(
                "{file} sets the product back, and puts in place a password of {account} that is the same in every "
                "unit; {program} may let it in from then on",
                file=name_of(grounds[0].where),
                account=caller.name,
                program=service.fact.program,
            )
            yield Weight("suspects", why, (service.observation, *grounds), "network")

"""What sets passwords while the product runs or is made: the commands of scripts, and whether they are reached.

The commands chpasswd, passwd, usermod, useradd, adduser and chage have a start of their own, and so have edits with
sed, echo, printf and cat; it tells whether they are reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from plimsoll.judge.rules._standing import STANDINGS, Standing, Standings, file_of, in_order, span_of, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PasswordProvisioning, StartedProgram
from plimsoll.model.facts.account import PasswordState

_PER_UNIT = ("per-device", "random")
_SETS_A_FIELD = ("usermod", "useradd", "sed", "echo", "cat")
"""Commands that are given the field of the store itself: a hash, or what locks the account."""

_PROGRAMS = ("chpasswd", "passwd", "usermod", "useradd", "adduser", "chage", "sed", "echo", "printf", "cat")
_WRITERS = ("echo", "printf")
"""Programs that a provisioning calls `echo`."""
_REACH_BYTES = 80
"""Farthest that a command may stand behind the word that it is given through a pipe."""

Provisioning = tuple[Observation, PasswordProvisioning]
Start = tuple[Observation, StartedProgram]


class Change(msgspec.Struct, frozen=True):
    """A command that sets the password of an account."""

    fact: PasswordProvisioning
    standing: Standing
    """Of the command, as far as it was followed, else of the script that it stands in."""
    observations: tuple[Observation, ...]

    @property
    def sets(self) -> PasswordState:
        """What a constant makes of the password; `locked` for a field that matches none."""
        secret = self.fact.secret
        if secret is None:
            return "clear"
        if not secret.length:
            return "empty"
        if self.fact.is_clear:
            return "clear"
        if self.fact.command not in _SETS_A_FIELD:
            return "locked" if secret.shape in ("*", "**") else "clear"
        return "clear" if secret.shape.startswith("$") or secret.length == 13 else "locked"


def changes_of(evidence: Evidence, standings: Standings) -> dict[tuple[str, str], list[Change]]:
    """Give what sets passwords, by tree and account; an account that could not be resolved is empty."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in changes(evidence, standings):
        tree = file_of(change.observations[0].where)[0]
        found.setdefault((tree, change.fact.account), []).append(change)
    return found


def changes(evidence: Evidence, standings: Standings) -> Iterator[Change]:
    """Give what sets passwords, by place."""
    files: dict[tuple[str, str], list[Provisioning]] = {}
    starts: dict[tuple[str, str], list[Start]] = {}
    for one in sorted(evidence.of(PasswordProvisioning), key=lambda one: in_order(one[0])):
        files.setdefault(file_of(one[0].where), []).append(one)
    for observation, start in evidence.of(StartedProgram):
        if start.program in _PROGRAMS:
            starts.setdefault(file_of(observation.where), []).append((observation, start))
    for key, given in sorted(files.items()):
        for number, one in enumerate(given):
            following = span_of(given[number + 1][0].where)[0] if number + 1 < len(given) else None
            yield _change(one, following, starts.get(key, ()), standings)


def _change(given: Provisioning, following: int | None, starts: Iterable[Start], standings: Standings) -> Change:
    observation, fact = given
    standing, script = standings.of_file(observation.where)
    if fact.runs == "at-boot":
        return Change(fact, "started", (observation, *script))
    if fact.command not in _PROGRAMS or standing == "never":
        return Change(fact, standing, (observation, *script))
    programs = _WRITERS if fact.command == "echo" else (fact.command,)
    own = [one for one in starts if one[1].program in programs and _is_at(one[0], observation, following)]
    if not own:
        return Change(fact, "perhaps", (observation, *script))
    where, start = min(own, key=lambda one: (STANDINGS.index(standing_of(one[1].state)), in_order(one[0])))
    return Change(fact, standing_of(start.state), (observation, where, *script))


def _is_at(start: Observation, provisioning: Observation, following: int | None) -> bool:
    """Tell whether a start is that of the command: it holds the password, or stands behind it and before the next."""
    begin, length = span_of(start.where)
    at, size = span_of(provisioning.where)
    if begin <= at < begin + length:
        return True
    return at <= begin < at + size + _REACH_BYTES and (following is None or begin < following)


def doubt(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Give the first change to another password than a constant that runs, and the first that is made per unit."""
    others = [one for one in changes if one.fact.source != "constant"]
    running = [one for one in others if one.standing != "never"]
    per_unit = [one for one in others if one.fact.source in _PER_UNIT]
    return (*running[:1], *per_unit[:1])


def deciding(changes: Sequence[Change]) -> Change | None:
    """Give the change that casts most doubt on a fixed password; None when there is none."""
    return next(iter(doubt(changes)), None)


def strongest(changes: Sequence[Change]) -> Change | None:
    """Give the last constant that a start script sets, else one that it may set."""
    running = [one for one in changes if one.fact.source == "constant" and one.fact.account]
    for standing in ("started", "perhaps"):
        found = [one for one in running if one.standing == standing]
        if found:
            return found[-1]
    return None

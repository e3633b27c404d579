"""Whether the conditions of a systemd unit hold in a product as it leaves the factory: systemd.unit(5), Condition...=.

Paths are weighed against the file tree; the rest depends on the device, but for those that hold on any product.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from plimsoll.inspect.firmware._conditions import LONGEST_PATH, Outcome, decide
from plimsoll.inspect.firmware._shell_guards import Guard
from plimsoll.inspect.firmware._starts import is_executable
from plimsoll.inspect.firmware._units import Setting, Unit
from plimsoll.model.facts.service import StartState
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST_CONDITIONS = 200
"""Conditions of one unit that are weighed; more of them are not decided."""

_PATH_TESTS = {
    b"PathExists": b"-e", b"PathIsDirectory": b"-d", b"PathIsSymbolicLink": b"-L", b"FileIsExecutable": b"-x",
    b"FileNotEmpty": b"-s",
}  # fmt: skip
_ALWAYS_WRITABLE = regex(rb"/+(?:sys|proc|dev|run|tmp)(?:/|\Z)")
_STATES: dict[Outcome, StartState] = {"holds": "always", "first-boot": "first-boot", "unknown": "conditional"}


class Verdict(msgspec.Struct, frozen=True):
    """How a unit starts once something wants it; `not-started` when a condition fails."""

    state: StartState
    condition: bytes = b""
    """The one that decided, as written."""


def weigh(unit: Unit, tree: Tree) -> Verdict:
    """Put the conditions of a unit together: all must hold, and one of those with `|` where there are any."""
    conditions = _in_force(unit)
    if len(conditions) > MOST_CONDITIONS:
        return Verdict("conditional", conditions[0].key + b"=" + conditions[0].value)
    outcomes = [(_outcome(unit, one, tree), one) for one in conditions if not _is_trigger(one)]
    triggers = [(_outcome(unit, one, tree), one) for one in conditions if _is_trigger(one)]
    if triggers:
        outcomes.append(_best(triggers))
    worst: tuple[Outcome, Setting | None] = ("holds", None)
    for outcome, setting in outcomes:
        if _rank(outcome) > _rank(worst[0]):
            worst = outcome, setting
    text = worst[1].key + b"=" + worst[1].value if worst[1] else b""
    return Verdict(_STATES.get(worst[0], "not-started"), text)


def _in_force(unit: Unit) -> list[Setting]:
    """Give the conditions; one that is assigned nothing takes all before it back."""
    found: list[Setting] = []
    for one in unit.settings:
        if one.section == b"Unit" and one.key.startswith((b"Condition", b"Assert")):
            found.append(one)
            if not one.value:
                found.clear()
    return found


def _is_trigger(setting: Setting) -> bool:
    return setting.value.startswith(b"|")


def _best(triggers: Sequence[tuple[Outcome, Setting]]) -> tuple[Outcome, Setting]:
    return min(triggers, key=lambda one: _rank(one[0]))


def _rank(outcome: Outcome) -> int:
    return {"holds": 0, "first-boot": 1, "unknown": 2}.get(outcome, 3)


def _outcome(unit: Unit, setting: Setting, tree: Tree) -> Outcome:
    value = setting.value.lstrip(b"|").strip()
    wanted = not value.startswith(b"!")
    value = unit.expand(value.removeprefix(b"!").strip())
    kind = setting.key.removeprefix(b"Condition").removeprefix(b"Assert")
    if kind == b"FirstBoot":
        return "first-boot" if (value.lower() in (b"yes", b"true", b"1", b"on")) == wanted else "holds"
    if kind == b"Virtualization":
        return "unknown" if value.lower() not in (b"yes", b"true", b"1", b"container", b"vm") else _truth(not wanted)
    if kind == b"Capability" or (kind == b"PathIsReadWrite" and _ALWAYS_WRITABLE.match(value)):
        return _truth(wanted)
    if value == b"/etc/initrd-release" and tree.resolve(value) is None:
        return _truth(not wanted)
    if kind in _PATH_TESTS and value.startswith(b"/") and b"%" not in value and len(value) <= LONGEST_PATH:
        node = tree.resolve(value)
        if kind == b"FileNotEmpty" and node is not None and not node.size:
            return "fails" if wanted else "holds"
        if node is not None and kind in (b"PathIsDirectory", b"PathIsSymbolicLink", b"FileIsExecutable"):
            return _of_kind(value, kind, wanted, tree)
        return decide([Guard(value, (b"[", _PATH_TESTS[kind], value, b"]"), wanted)], tree).outcome
    return "unknown"


def _of_kind(path: bytes, kind: bytes, wanted: bool, tree: Tree) -> Outcome:
    node = tree.resolve(path)
    if kind == b"PathIsDirectory":
        return _truth((node is not None and node.kind == "directory") == wanted)
    if kind == b"FileIsExecutable":
        return _truth((node is not None and node.kind == "file" and is_executable(node)) == wanted)
    return "unknown"


def _truth(value: bool) -> Outcome:
    return "holds" if value else "fails"

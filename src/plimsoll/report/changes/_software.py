"""Components and holes that came, went or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from plimsoll.model.assessment import Assessment
from plimsoll.model.message import Message, message
from plimsoll.report._holes import OPEN, ORDER, STATUSES, Hole, holes
from plimsoll.report._inventory import Item, inventory
from plimsoll.report.changes._versions import direction
from plimsoll.report.changes.change import ComponentChange, HoleChange
from plimsoll.report.visible import say

_Versions = dict[str, list[Item]]


def component_changes(old: Assessment, new: Assessment) -> tuple[ComponentChange, ...]:
    """Compare components by name, and their versions as sets: one product may hold several of one."""
    then, now = _by_name(old), _by_name(new)
    return tuple(_component_changes(then, now))


def _component_changes(then: _Versions, now: _Versions) -> Iterator[ComponentChange]:
    for name in sorted({*then, *now}):
        old, new = _versions(then.get(name, ())), _versions(now.get(name, ()))
        if old == new:
            continue
        where = (now.get(name) or then[name])[0].sights[0].where
        if not old or not new:
            yield ComponentChange("added" if new else "removed", name, old, new, None, where)
        else:
            way = direction(old[0], new[0]) if len(old) == len(new) == 1 else "other"
            yield ComponentChange("changed", name, old, new, way, where)


def _by_name(assessment: Assessment) -> _Versions:
    found: _Versions = {}
    for item in inventory(assessment):
        found.setdefault(item.name, []).append(item)
    return found


def _versions(items: Sequence[Item]) -> tuple[str, ...]:
    return tuple(sorted(item.version for item in items))


class _Now(msgspec.Struct, frozen=True):
    """What is known of the new assessment beside its holes."""

    versions: Mapping[str, Sequence[str]]
    """Versions of each component."""
    completed: frozenset[str]
    """Ids of the inspections that were completed."""


def hole_changes(old: Assessment, new: Assessment) -> tuple[HoleChange, ...]:
    """Compare holes by vulnerability and component, whatever the version: those that are worse first.

    One is closed when its status says so, or when the component is seen in another version and the matcher that told
    of it was completed. Where the component or the matcher is missing, nothing shows that it is closed.
    """
    then, now = _worst(holes(old)), _worst(holes(new))
    ground = _Now(
        {name: _versions(items) for name, items in _by_name(new).items()},
        frozenset(one.inspector for one in new.inspections if one.status == "completed"),
    )
    made = [
        change for key in dict.fromkeys([*now, *then]) for change in _hole_change(then.get(key), now.get(key), ground)
    ]
    return tuple(sorted(made, key=lambda one: not one.is_worse))


def _worst(known: Sequence[Hole]) -> dict[tuple[str, str], Hole]:
    """Give of several versions of one component in one product the one that is most open."""
    found: dict[tuple[str, str], Hole] = {}
    for hole in sorted(known, key=lambda one: ORDER.index(one.status)):
        found.setdefault((hole.id, hole.component), hole)
    ordered = {(hole.id, hole.component): None for hole in known}
    return {key: found[key] for key in ordered}


def _hole_change(then: Hole | None, now: Hole | None, ground: _Now) -> Iterator[HoleChange]:
    was_open, is_open = _is_open(then), _is_open(now)
    exploited = any(one is not None and one.exploited for one in (then, now))
    if now is None:
        if then is not None and was_open:
            kind, why = _how_it_went(then, ground)
            yield HoleChange(kind, then.id, then.component, _told(then), "", say(why), exploited, False)
        return
    told = (now.id, now.component, _told(then), _told(now), now.why, exploited)
    if is_open and not was_open:
        yield HoleChange("opened", *told, True)
    elif was_open and not is_open:
        yield HoleChange("closed", *told, False)
    elif then is not None and then.status != now.status:
        yield HoleChange("changed", *told, is_open and ORDER.index(now.status) < ORDER.index(then.status))


def _is_open(hole: Hole | None) -> bool:
    return hole is not None and hole.status in OPEN


def _told(hole: Hole | None) -> str:
    if hole is None:
        return ""
    status = say(STATUSES[hole.status])
    return f"{hole.version}, {status}" if hole.version else status


def _how_it_went(hole: Hole, ground: _Now) -> tuple[Literal["closed", "gone"], Message]:
    versions = ground.versions.get(hole.component, ())
    if hole.matcher not in ground.completed:
        return "gone", message("the inspection {name} was not completed now", name=hole.matcher)
    if not versions:
        return "gone", message("the component is not seen any more")
    if hole.version in versions or "" in versions:
        return "gone", message("the component is still seen, and this is not told of it any more")
    return "closed", message("it is not told of {versions}", versions=", ".join(versions))

"""Where the files of archives come to lie that started commands unpack over the root or /etc."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import StartedProgram, UnpackedArchive
from plimsoll.model.facts.service import StartState
from plimsoll.model.locator import Place, tree_of

_STATES: Mapping[StartState, bool] = {
    "always": True, "first-boot": True, "on-demand": True, "conditional": False,
}  # fmt: skip
"""States in which a command may run, and whether it does so in every unit."""


class Brought(msgspec.Struct, frozen=True):
    """The tree that the files of an archive are put into."""

    tree: str
    folder: str
    """Escaped; with a `/` at its end unless it is the root."""
    is_sure: bool
    """Whether every unit does it."""
    observations: tuple[Observation, ...]
    """The command, and its start."""


Starts = Mapping[Place, Sequence[tuple[Observation, StartedProgram]]]


def brought_from(evidence: Evidence, trees: Iterable[str], starts: Starts) -> dict[str, tuple[Brought, ...]]:
    """Give where the files of each tree go that is an archive which is unpacked; `starts` are by their places."""
    found: dict[str, list[Brought]] = {}
    for observation, fact in evidence.of(UnpackedArchive):
        run = [one for one in starts.get(observation.where, ()) if one[1].state in _STATES]
        if not run:
            continue
        outer = tree_of(observation.where)
        prefix = f"{outer}/{fact.archive}!"
        folder = fact.folder + "/" if fact.folder else ""
        is_sure = any(_STATES[start.state] for _, start in run)
        one = Brought(outer, folder, is_sure, (observation, run[0][0]))
        for tree in trees:
            if tree.startswith(prefix) and "/" not in tree[len(prefix) :]:
                found.setdefault(tree, []).append(one)
    return {tree: tuple(ones) for tree, ones in found.items()}


class Lying(msgspec.Struct, frozen=True):
    """A tree, and the path in it under which a file lies once the product runs."""

    tree: str
    path: str
    is_sure: bool = True
    observations: tuple[Observation, ...] = ()

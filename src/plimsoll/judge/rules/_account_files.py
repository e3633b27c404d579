"""Which file of a tree holds the accounts of its system, after what links and start scripts put in its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from plimsoll.judge.rules._standing import STANDINGS, Standing, Standings, file_of, in_order, span_of, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import AccountStoreCopy, StartedProgram

FARTHEST = 6
"""Most steps from /etc/passwd to the file that becomes it."""


class Way(msgspec.Struct, frozen=True):
    """A copy or link with what says whether it is made."""

    fact: AccountStoreCopy
    standing: Standing
    observations: tuple[Observation, ...]


class StoreFile(msgspec.Struct, frozen=True):
    """The file whose lines hold."""

    path: str
    """Escaped, in its tree."""
    is_sure: bool
    """False when something that could not be decided puts another file there."""
    observations: tuple[Observation, ...]
    """What puts it there."""


def ways_of(evidence: Evidence, standings: Standings) -> dict[str, dict[str, list[Way]]]:
    """Give what puts one file in the place of another, by tree and by that place, in the order of the files."""
    starts: dict[tuple[str, str], list[tuple[Observation, StartedProgram]]] = {}
    found: dict[str, dict[str, list[Way]]] = {}
    copies = sorted(evidence.of(AccountStoreCopy), key=lambda one: in_order(one[0]))
    if copies:
        for one, start in evidence.of(StartedProgram):
            starts.setdefault(file_of(one.where), []).append((one, start))
    for observation, fact in copies:
        tree = file_of(observation.where)[0]
        way = _way(observation, fact, starts.get(file_of(observation.where), ()), standings)
        found.setdefault(tree, {}).setdefault(fact.target, []).append(way)
    return found


def _way(
    observation: Observation,
    fact: AccountStoreCopy,
    starts: Sequence[tuple[Observation, StartedProgram]],
    standings: Standings,
) -> Way:
    """Say whether a copy is made: by the start that its bytes hold, else by its script."""
    if fact.command == "symlink":
        return Way(fact, "started", (observation,))
    standing, script = standings.of_file(observation.where)
    begin, length = span_of(observation.where)
    own = [one for one in starts if begin <= span_of(one[0].where)[0] < begin + length]
    if not own:
        return Way(fact, standing if standing == "never" else "perhaps", (observation, *script))
    where, start = min(own, key=lambda one: (STANDINGS.index(standing_of(one[1].state)), in_order(one[0])))
    return Way(fact, standing_of(start.state), tuple(dict.fromkeys((observation, where, *script))))


def followed(path: str, ways: Mapping[str, Sequence[Way]], known: Collection[str]) -> StoreFile | None:
    """Follow a store from where it is read to the file that becomes it; None when nothing is put there.

    `known` are the files with accounts that the image has: the last of them on the way holds.
    """
    here, is_sure, seen, done = path, True, tuple[Observation, ...](), {path}
    best: StoreFile | None = None
    while len(done) <= FARTHEST:
        made = [one for one in ways.get(here, ()) if one.standing != "never" and one.fact.source != here]
        if not made:
            break
        sure = [one for one in made if one.standing == "started"]
        sources = {one.fact.source for one in made}
        chosen = next((one for one in reversed(sure or made) if one.fact.source), None)
        is_sure = is_sure and bool(sure) and len(sources) == 1 and "" not in sources
        seen = (*seen, *(chosen or made[-1]).observations)
        if chosen is None or chosen.fact.source in done:
            break
        here = chosen.fact.source
        done.add(here)
        if here in known:
            best = StoreFile(here, is_sure, seen)
    if not seen:
        return None
    if best is None:
        return StoreFile(here if path not in known else path, is_sure and path not in known, seen)
    return best if best.path == here else msgspec.structs.replace(best, is_sure=False)

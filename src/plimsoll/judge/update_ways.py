"""Tells how the product is updated: each way brought together from all that was seen of it, as one derived fact.

The rules weigh the same ways; here nothing is weighed.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from plimsoll.judge.rules._renewal import Way, ways
from plimsoll.judge.rules.updates import LOADERS
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PublishedKey, StartedProgram, UpdateGuard, UpdateKey, UpdateWay
from plimsoll.model.locator import tree_of

INSPECTOR = "update-ways"
MOST_SOURCES = 10
MOST_KEYS = 20


def update_ways(evidence: Evidence) -> tuple[Observation, ...]:
    """Give one observation for each way, and one for each boot loader that checks what it starts."""
    return (*map(_observed, ways(evidence)), *_loaders(evidence))


def _observed(way: Way) -> Observation:
    seen = (*way.observations, *(one for one, _ in way.guards), *way.addresses)
    channel = way.channel if way.is_networked else "local"
    fact = UpdateWay(
        client=way.client,
        label=way.label,
        standing=way.standing,
        scheduled=any(_is_scheduled(start) for _, start in way.starts),
        automatic=way.is_automatic,
        interval_s=way.interval_s,
        sources=tuple(dict.fromkeys(_sources(way)))[:MOST_SOURCES],
        channel=channel,
        check=way.check,
        algorithms=tuple(dict.fromkeys(one for one in way.algorithms if one)),
        keys=tuple(dict.fromkeys(key for _, key in way.keys))[:MOST_KEYS],
        published=tuple(dict.fromkeys(one.name for _, one in way.published)),
        guards=tuple(dict.fromkeys(guard for _, guard in way.guards)),
    )
    if way.refuses_older:
        given = UpdateGuard(way.client, "rollback", "on", "by its command line")
        fact = _with_guard(fact, given)
    places = tuple(dict.fromkeys(one.where for one in seen))
    return Observation(fact, places[0], INSPECTOR, None, "derived", because=places)


def _with_guard(fact: UpdateWay, guard: UpdateGuard) -> UpdateWay:
    return msgspec.structs.replace(fact, guards=(*fact.guards, guard))


def _is_scheduled(start: StartedProgram) -> bool:
    return start.mechanism == "cron" or (start.mechanism == "systemd" and start.state == "on-demand")


def _sources(way: Way) -> Iterator[str]:
    for _, one in (*way.clear, *way.encrypted):
        port = f":{one.port}" if one.port not in (None, 21, 69, 80, 443) else ""
        yield f"{one.scheme}://{one.host}{port}"


def _loaders(evidence: Evidence) -> Iterator[Observation]:
    guards: dict[tuple[str, str], list[tuple[Observation, UpdateGuard]]] = {}
    for observation, guard in evidence.of(UpdateGuard):
        if guard.client in LOADERS:
            guards.setdefault((tree_of(observation.where), guard.client), []).append((observation, guard))
    keys = [one for one in evidence.of(UpdateKey) if one[1].client in LOADERS]
    published = {one.where: key.name for one, key in evidence.of(PublishedKey)}
    for (tree, client), found in guards.items():
        own = [(one, key) for one, key in keys if key.client == client and tree_of(one.where) == tree]
        boots = [guard.state for _, guard in found if guard.kind == "boot"]
        fact = UpdateWay(
            client=client,
            label=client,
            standing="started",
            scheduled=False,
            automatic=None,
            interval_s=None,
            sources=(),
            channel="local",
            check="mixed" if len(set(boots)) > 1 else "signature" if "on" in boots else "nothing",
            algorithms=tuple(dict.fromkeys(_algorithm(guard) for _, guard in found if _is_checked(guard))),
            keys=tuple(dict.fromkeys(key for _, key in own))[:MOST_KEYS],
            published=tuple(dict.fromkeys(published[one.where] for one, _ in own if one.where in published)),
            guards=tuple(dict.fromkeys(guard for _, guard in found)),
        )
        places = tuple(dict.fromkeys(one.where for one, _ in (*found, *own)))
        yield Observation(fact, places[0], INSPECTOR, None, "derived", because=places)


def _is_checked(guard: UpdateGuard) -> bool:
    return guard.kind == "boot" and guard.state == "on"


def _algorithm(guard: UpdateGuard) -> str:
    return guard.detail.partition(", ")[0]

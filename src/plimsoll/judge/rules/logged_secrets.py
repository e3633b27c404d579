"""Rule on secrets in logs and core dumps: capability 5; CWE-532."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._standing import Standings, name_of
from plimsoll.judge.rules._stores import Stores
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import LoggedSecret
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_STARTED = {"started": ", which is started,", "perhaps": ", which may be started,", "never": ""}


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    stores = Stores(evidence)
    for observation, fact in evidence.of(LoggedSecret):
        if fact.to != "core-dump":
            yield _written(observation, fact, standings)
    yield from _dumped(evidence, stores)


def _written(observation: Observation, fact: LoggedSecret, standings: Standings) -> Weight:
    standing, start = standings.of_file(observation.where)
    places = {"system-log": "the system log", "file": "/" + fact.target, "trace": "the trace of its commands"}
    why = message(
        "{file}" + _STARTED[standing] + " writes the variable {name} to {place}; what it holds there was not seen",
        file=name_of(observation.where),
        name=fact.what,
        place=places[fact.to],
    )
    return Weight("suspects", why, (observation, *start), "device", "suspected")


def _dumped(evidence: Evidence, stores: Stores) -> Iterator[Weight]:
    """Doubt core dumps that are switched on and kept on a volume that outlives a restart."""
    seen = [(one, fact) for one, fact in evidence.of(LoggedSecret) if fact.to == "core-dump"]
    for observation, fact in seen:
        tree = tree_of(observation.where)
        switched = [one for one, other in seen if not other.target and tree_of(one.where) == tree]
        volume = stores.under(tree, fact.target)
        is_in_memory = volume[1].temporary if volume else fact.target.startswith(("tmp/", "run/", "var/run/"))
        if fact.target and switched and not is_in_memory:
            why = message(
                "programs that crash leave all that they hold in memory at /{path}; whether they hold secrets then is "
                "not seen",
                path=fact.target,
            )
            yield Weight("suspects", why, (observation, *switched), "device", "suspected")


UNLOGGED = Rule(
    id="no-secrets-in-logs",
    criterion="no-secrets-in-logs",
    needs=("logged-secrets", "volumes", "startup"),
    what=(
        "Scripts that hand a variable named for a secret to the system log, print it into a log, or use it while they "
        "trace their own commands; and core dumps that are switched on and kept where they outlive a restart. Each is "
        "a suspicion."
    ),
    limits="What a variable holds is told by its name alone, and what compiled programs log is not seen.",
    weigh=_weigh,
)

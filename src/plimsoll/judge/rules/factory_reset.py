"""Rule on what a factory reset leaves behind: capability 5, EN 303 645, provision 5.11-1."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._resets import Reset, is_on_card, resets
from plimsoll.judge.rules._stores import Store
from plimsoll.model.evidence import Evidence
from plimsoll.model.facts.privacy import DataKind
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_PERSONAL: tuple[DataKind, ...] = (
    "wifi", "accounts", "tokens", "recordings", "location", "contacts", "messages", "logs", "keys",
)  # fmt: skip
_CALLED = {
    "button": "a button",
    "web": "the web interface",
    "started": "a program that is started",
    "command-line": "the command line",
}


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    by_tree: dict[str, list[Reset]] = {}
    for reset in resets(evidence):
        by_tree.setdefault(tree_of(reset.observation.where), []).append(reset)
    for found in by_tree.values():
        yield from _told(found)
        if all(reset.fact.readable for reset in found):
            yield from _left(found)


def _told(found: list[Reset]) -> Iterator[Weight]:
    """Name each reset whose doing was read, with what it removes."""
    for reset in found:
        fact = reset.fact
        if fact.wipes:
            called = " and ".join(_CALLED[way] for way in fact.reached)
            why = message(
                "{name} removes {things}" + (", called by {called}" if called else ""),
                name=fact.name,
                things=", ".join(fact.wipes[:6]),
                called=called,
            )
            cleared = tuple(one for one, _ in reset.clears)
            yield Weight("supports", why, (reset.observation, *cleared))


def _left(found: list[Reset]) -> Iterator[Weight]:
    """Doubt what no reset of the tree was seen to remove; a compiled one may remove anything."""
    observations = tuple(reset.observation for reset in found)
    cleared = {store for reset in found for store in reset.clears}
    left: list[Store] = []
    for reset in found:
        left += [one for one in reset.leaves if one not in cleared and one not in left and one[1].kind in _PERSONAL]
    if left:
        paths = list(dict.fromkeys(fact.path for _, fact in left))
        cards = any(is_on_card(path) for path in paths)
        why = message(
            "the reset was not seen to remove {paths}"
            + (", some of it on what looks like a card" if cards else "")
            + "; whether another program does is not seen",
            paths=", ".join(paths[:4]) + (f" and {len(paths) - 4} more" if len(paths) > 4 else ""),
        )
        yield Weight("suspects", why, (*observations, *(one for one, _ in left)), "physical", "suspected")


COVERED = Rule(
    id="reset-covers-what-is-kept",
    criterion="user-data-can-be-erased",
    needs=("factory-reset", "data-stores", "volumes"),
    what=(
        "What scripts that set the product back remove, set against the places where data of people is kept. A reset "
        "that was read speaks for it; a place that none of them was seen to remove is a suspicion. Stores in memory, "
        "and trees with a reset in compiled code, which may remove anything, are not doubted."
    ),
    limits=(
        "Whether a user can reach the reset, whether it runs to its end, and what can still be read from flash after "
        "it, is seen on a live unit only."
    ),
    weigh=_weigh,
)

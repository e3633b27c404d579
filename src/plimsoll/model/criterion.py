"""The yardstick's nouns: capabilities, our own criteria, provisions of published schemes, and the map between them."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec

from plimsoll.model.product import Window

Power = Literal["none", "support", "refute", "confirm", "both"]
"""The most that a window can do for a provision or criterion."""

Level = Literal["mandatory", "recommended"]
T = TypeVar("T", "Criterion", "Provision")


class Capability(msgspec.Struct, frozen=True):
    """One of the five things that every connected consumer product must have."""

    number: int
    """1 to 5."""
    key: str
    """Kebab-case id, such as no-universal-default-passwords."""
    title: str
    why: str
    """Why it matters, for somebody who has never seen us."""
    gate: tuple[str, ...]
    """Provisions of EN 303 645 that decide it, by their V3.1.3 numbers."""


class Criterion(msgspec.Struct, frozen=True):
    """One true-or-false statement of the good state, ours."""

    id: str
    """Kebab-case, stable, never reused; reads as the good case."""
    capability: int
    """Number of the capability it bears on."""
    statement: str
    """The good state in one sentence."""
    why: str
    """What goes wrong where it does not hold."""
    fix: str
    """What a maker can do to make it hold."""
    settle: dict[Window, str] = {}
    """Per window, what giving it would settle, as advice to the operator."""
    power: dict[Window, Power] = {}
    """Per window, the most it can do here; a window that is not listed can do nothing."""


class Provision(msgspec.Struct, frozen=True):
    """A numbered demand of a scheme, in our own words."""

    id: str
    """Number in the scheme's edition, such as 5.3-10."""
    title: str
    summary: str
    """What it asks for, in our own words."""
    level: Level
    capability: int | None = None
    v2_id: str = ""
    """Number in EN 303 645 V2.1.1; empty when it is new or the scheme is another."""
    status: str = ""
    """As the edition prints it, such as `M C (15)`."""
    v2_status: str = ""
    applies_when: str = ""
    """Condition in our own words; empty when it always applies."""
    power: dict[Window, Power] = {}
    certainty: Literal["sure", "likely"] = "sure"


class Mapping(msgspec.Struct, frozen=True):
    """Says that a demand of a scheme aims at the same outcome as a capability, provisions or criteria."""

    clause: str
    """The scheme's own number or name of the demand."""
    summary: str
    """Our own words."""
    capability: int | None = None
    provisions: tuple[str, ...] = ()
    """Provisions of EN 303 645."""
    criteria: tuple[str, ...] = ()
    """Criteria of ours."""
    certainty: Literal["sure", "likely"] = "sure"
    note: str = ""


class Scheme(msgspec.Struct, frozen=True):
    """A standard, law, guidance or label, in one edition."""

    id: str
    """Kebab-case with edition, such as uk-psti-2023."""
    names: tuple[str, ...]
    """Short names by which people ask for it, lower case, such as psti."""
    title: str
    kind: str
    jurisdiction: str
    status: str
    """Whether it is in force, with the date of our knowledge."""
    dates: dict[str, str] = {}
    note: str = ""
    certainty: Literal["sure", "likely"] = "sure"
    mappings: tuple[Mapping, ...] = ()


class RuleText(msgspec.Struct, frozen=True):
    """What a rule says of itself, without the function that weighs; for those who tell and do not judge."""

    id: str
    criterion: str
    """Id of the criterion it answers to."""
    what: str
    """What it weighs and how, for a maker's engineer."""
    limits: str
    """What it cannot tell."""
    needs: tuple[str, ...] = ()
    """Inspectors and matchers that it rests on."""
    window: Window = "firmware"


class Catalogue(msgspec.Struct, frozen=True):
    """The whole yardstick; every id that is named in it exists in it."""

    capabilities: tuple[Capability, ...]
    criteria: tuple[Criterion, ...]
    provisions: tuple[Provision, ...]
    """Of EN 303 645 V3.1.3, in the order of the standard."""
    schemes: tuple[Scheme, ...]
    conditions: dict[str, str] = {}
    """Meaning of the numbers and letters in a provision's status."""

    def criterion(self, id: str) -> Criterion:
        """Give the criterion of that id; raise KeyError when there is none."""
        return _by_id(self.criteria, id)

    def provision(self, id: str) -> Provision:
        """Give the provision of that V3.1.3 number; raise KeyError when there is none."""
        return _by_id(self.provisions, id)

    def criteria_of(self, provision: str) -> tuple[Criterion, ...]:
        """Give the criteria that together stand for a provision, by the crosswalk of EN 303 645."""
        named = {
            criterion
            for scheme in self.schemes
            for mapping in scheme.mappings
            if provision in mapping.provisions and scheme.id.startswith("en-303-645")
            for criterion in mapping.criteria
        }
        return tuple(criterion for criterion in self.criteria if criterion.id in named)


def _by_id(items: tuple[T, ...], id: str) -> T:
    for item in items:
        if item.id == id:
            return item
    raise KeyError(id)

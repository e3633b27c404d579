"""How each noun of the yardstick is told on a page: provision, capability, criterion with its rules, scheme."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from plimsoll.catalogue.status import conditions_in
from plimsoll.model.criterion import Capability, Catalogue, Criterion, Mapping, Power, Provision, RuleText, Scheme
from plimsoll.model.product import WINDOWS
from plimsoll.report._page import Page
from plimsoll.report.coverage import State, coverage
from plimsoll.report.visible import prose

STANDARD = "en-303-645"
"""Beginning of the ids under which EN 303 645 is a scheme of its own."""

_POWERS: dict[Power, str] = {
    "none": "cannot see it",
    "support": "can only raise or lower confidence",
    "refute": "can show that it is not met, never that it is met",
    "confirm": "can show that it is met",
    "both": "can show that it is met, or that it is not",
}
_STATES: dict[State, str] = {
    "covered": "; rules look at it",
    "partial": "; rules look at it in part",
    "gap": "; no rule looks yet",
    "not observable": "",
}


def write_provision(page: Page, provision: Provision, catalogue: Catalogue, rules: Sequence[RuleText]) -> None:
    """Write what a provision asks for, when it applies, who can see it, and what is asked in its place."""
    page.write(provision.title, first=f"{provision.id}  ")
    page.write(f"Provision of EN 303 645 V3.1.3, {provision.level}. {_bearing(provision, catalogue)}")
    page.blank()
    page.write(prose(provision.summary))
    if provision.certainty == "likely":
        page.write("Number and status are sure, the sense is likely: it is known to us at second hand.")
    _applies(page, provision, catalogue)
    page.heading("What each window can show")
    states = coverage(catalogue, rules)
    for window in WINDOWS:
        power = provision.power.get(window, "none")
        page.write(_POWERS[power] + _STATES[states[provision.id, window]], first=f"  {window:<13}")
    criteria = catalogue.criteria_of(provision.id)
    page.heading("What Plimsoll asks in its place" if criteria else "Plimsoll asks nothing in its place yet.")
    for criterion in criteria:
        _criterion_and_rules(page, criterion, rules)
    _asked_by(page, catalogue, lambda one: provision.id in one.provisions or _names_any(one, criteria))


def write_capability(page: Page, capability: Capability, catalogue: Catalogue, rules: Sequence[RuleText]) -> None:
    """Write why a capability matters, what decides it, and which schemes ask for it."""
    page.write(capability.title, first=f"{capability.number}  ")
    page.write(f"Capability, {capability.key}")
    page.blank()
    page.write(prose(capability.why))
    provisions = [one for one in catalogue.provisions if one.capability == capability.number]
    page.heading("Decided by these provisions of EN 303 645 V3.1.3")
    _list(page, ((one.id, one.title) for one in provisions if one.id in capability.gate))
    page.heading("Other provisions that belong to it")
    _list(page, ((one.id, one.title) for one in provisions if one.id not in capability.gate))
    page.heading("What Plimsoll asks")
    for criterion in catalogue.criteria:
        if criterion.capability == capability.number:
            _criterion_and_rules(page, criterion, rules)
    page.heading("Schemes that ask for it")
    asking = (one for one in _others(catalogue) if any(row.capability == capability.number for row in one.mappings))
    _list(page, ((one.names[0], one.title) for one in asking))


def write_criterion(page: Page, criterion: Criterion, catalogue: Catalogue, rules: Sequence[RuleText]) -> None:
    """Write what a criterion states, why, how to put it right, what settles it, and how the given rules weigh it."""
    page.write(criterion.id)
    page.write(f"Criterion of ours for capability {criterion.capability}, {_title(criterion.capability, catalogue)}")
    page.blank()
    page.write(prose(criterion.statement))
    page.heading("Why it matters")
    page.write(prose(criterion.why), indent=2)
    page.heading("How to put it right")
    page.write(prose(criterion.fix), indent=2)
    page.heading("What each window can show")
    for window in WINDOWS:
        page.write(_POWERS[criterion.power.get(window, "none")], first=f"  {window:<13}")
    page.heading("What would settle it")
    for window, text in criterion.settle.items():
        page.write(prose(text), first=f"  {window:<13}")
    page.heading("How it is weighed" if rules else "No rule weighs it yet.")
    for rule in rules:
        _rule(page, rule)
    page.heading("Provisions of EN 303 645 V3.1.3 that it stands for")
    stands_for = (one for one in catalogue.provisions if criterion in catalogue.criteria_of(one.id))
    _list(page, ((one.id, one.title) for one in stands_for))
    _asked_by(page, catalogue, lambda one: criterion.id in one.criteria)


def write_scheme(page: Page, scheme: Scheme, catalogue: Catalogue) -> None:
    """Write what a scheme is, and which of its demands aim at which capability."""
    page.write(scheme.title, first=f"{scheme.names[0]}  ")
    page.write(f"{scheme.kind.capitalize()}, {scheme.jurisdiction}; {scheme.status}. Edition: {scheme.id}")
    if scheme.dates:
        page.write(
            ", ".join(f"{what.replace('_', ' ')} {when}" for what, when in scheme.dates.items()), first="Dates: "
        )
    if scheme.note:
        page.blank()
        page.write(prose(scheme.note))
    for capability in catalogue.capabilities:
        mappings = [one for one in scheme.mappings if capability.number in _capabilities_of(one, catalogue)]
        if mappings:
            page.heading(f"{capability.number}  {capability.title}")
        for mapping in mappings:
            _mapping(page, mapping)
    page.blank()
    page.write("That a demand stands here says that it aims at the same outcome, not that meeting one meets the other.")


def _bearing(provision: Provision, catalogue: Catalogue) -> str:
    for capability in catalogue.capabilities:
        if provision.capability == capability.number:
            verb = "Decides" if provision.id in capability.gate else "Belongs to"
            return f"{verb} capability {capability.number}, {capability.title}."
    return "Outside the five capabilities."


def _applies(page: Page, provision: Provision, catalogue: Catalogue) -> None:
    page.blank()
    always = not provision.applies_when or provision.applies_when.startswith("always")
    page.write(("" if always else "when ") + (provision.applies_when or "always"), first="Applies   ")
    page.write(provision.status, first="Status    ")
    for mark in conditions_in(provision.status):
        page.write(catalogue.conditions[mark], first=f"          ({mark}) ")
    page.write(f"{provision.v2_id}, {provision.v2_status}" if provision.v2_id else "not in it", first="V2.1.1    ")


def _criterion_and_rules(page: Page, criterion: Criterion, rules: Sequence[RuleText]) -> None:
    page.write(criterion.id, indent=2)
    page.write(prose(criterion.statement), indent=4)
    looking = [f"{rule.id} ({rule.window})" for rule in rules if rule.criterion == criterion.id]
    page.write(", ".join(looking) if looking else "none yet", first="    Rules: ")


def _rule(page: Page, rule: RuleText) -> None:
    page.write(f"{rule.id} ({rule.window})", indent=2)
    page.write(prose(rule.what), indent=4)
    page.write(prose(rule.limits), first="    Limits: ")
    if rule.needs:
        page.write(", ".join(rule.needs), first="    Rests on: ")


def _mapping(page: Page, mapping: Mapping) -> None:
    certainty = "" if mapping.certainty == "sure" else " (likely)"
    page.write(f"{mapping.clause}: {prose(mapping.summary)}{certainty}", indent=2)
    for first, named in (("EN 303 645: ", mapping.provisions), ("Criteria: ", mapping.criteria)):
        if named and named != (mapping.clause,):
            page.write(", ".join(named), first=f"    {first}")


def _asked_by(page: Page, catalogue: Catalogue, fits: Callable[[Mapping], bool]) -> None:
    """List the demands of other schemes that a test lets through."""
    rows = [(scheme, one) for scheme in _others(catalogue) for one in scheme.mappings if fits(one)]
    if rows:
        page.heading("Other schemes that ask for it, or for a part of it")
        _list(page, ((scheme.names[0], f"{one.clause}: {prose(one.summary)}") for scheme, one in rows))


def _list(page: Page, rows: Iterable[tuple[str, str]]) -> None:
    """Write a list in two columns."""
    kept = list(rows)
    column = max((len(name) for name, _ in kept), default=0)
    for name, text in kept:
        page.write(text, first=f"  {name:<{column}}  ")


def _others(catalogue: Catalogue) -> list[Scheme]:
    return [one for one in catalogue.schemes if not one.id.startswith(STANDARD)]


def _names_any(mapping: Mapping, criteria: Iterable[Criterion]) -> bool:
    return any(one.id in mapping.criteria for one in criteria)


def _capabilities_of(mapping: Mapping, catalogue: Catalogue) -> set[int | None]:
    if mapping.capability is not None:
        return {mapping.capability}
    return {catalogue.provision(one).capability for one in mapping.provisions}


def _title(number: int, catalogue: Catalogue) -> str:
    return next(one.title for one in catalogue.capabilities if one.number == number)

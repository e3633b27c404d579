"""Whether a catalogue hangs together: every id that is named exists once, and no window is promised too much.

A window may confirm a criterion only where it may confirm the provisions that the criterion stands for: else an image
alone could come to a verdict that the standard does not let it reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from plimsoll.catalogue._files import CAPABILITIES, CRITERIA, PROVISIONS, scheme_file
from plimsoll.catalogue.status import conditions_in
from plimsoll.errors import CatalogueError
from plimsoll.model.criterion import Catalogue

_MAY_CONFIRM = ("confirm", "both")


def check(catalogue: Catalogue) -> None:
    """Raise CatalogueError with one line for each contradiction."""
    faults = [
        *_duplicates(catalogue),
        *_capabilities(catalogue),
        *_criteria(catalogue),
        *_provisions(catalogue),
        *_mappings(catalogue),
        *_powers(catalogue),
    ]
    if faults:
        raise CatalogueError("\n".join(faults))


def _duplicates(catalogue: Catalogue) -> Iterator[str]:
    yield from _twice(CAPABILITIES, "number", (one.number for one in catalogue.capabilities))
    yield from _twice(CAPABILITIES, "key", (one.key for one in catalogue.capabilities))
    yield from _twice(CRITERIA, "id", (one.id for one in catalogue.criteria))
    yield from _twice(PROVISIONS, "id", (one.id for one in catalogue.provisions))
    names = [name for scheme in catalogue.schemes for name in dict.fromkeys((scheme.id, *scheme.names))]
    yield from _twice("crosswalk", "name", names)


def _twice(file: str, what: str, values: Iterable[Hashable]) -> Iterator[str]:
    return (
        f"{file}: the {what} {value!r} is given {times} times" for value, times in Counter(values).items() if times > 1
    )


def _capabilities(catalogue: Catalogue) -> Iterator[str]:
    belongs = {one.id: one.capability for one in catalogue.provisions}
    for capability in catalogue.capabilities:
        for number in capability.gate:
            if number not in belongs:
                yield f"{CAPABILITIES}: {capability.key!r} names the gate {number!r}, which does not exist"
            elif belongs[number] != capability.number:
                yield f"{CAPABILITIES}: {capability.key!r} names the gate {number!r} of another capability"


def _criteria(catalogue: Catalogue) -> Iterator[str]:
    numbers = {one.number for one in catalogue.capabilities}
    for criterion in catalogue.criteria:
        if criterion.capability not in numbers:
            yield f"{CRITERIA}: {criterion.id!r} names the capability {criterion.capability}, which does not exist"
        if any(brace in text for text in criterion.settle.values() for brace in "{}"):
            yield f"{CRITERIA}: {criterion.id!r} has a brace in `settle`, which would be taken for a field"


def _provisions(catalogue: Catalogue) -> Iterator[str]:
    numbers = {one.number for one in catalogue.capabilities}
    for provision in catalogue.provisions:
        if provision.capability is not None and provision.capability not in numbers:
            yield f"{PROVISIONS}: {provision.id!r} names the capability {provision.capability}, which does not exist"
        for mark in conditions_in(f"{provision.status} {provision.v2_status}"):
            if mark not in catalogue.conditions:
                yield f"{PROVISIONS}: {provision.id!r} names the condition {mark!r}, which has no meaning here"


def _mappings(catalogue: Catalogue) -> Iterator[str]:
    provisions = {one.id for one in catalogue.provisions}
    criteria = {one.id for one in catalogue.criteria}
    capabilities = {one.number for one in catalogue.capabilities}
    for scheme in catalogue.schemes:
        for mapping in scheme.mappings:
            where = f"{scheme_file(scheme.id)}: {mapping.clause!r} names the"
            for id in mapping.provisions:
                if id not in provisions:
                    yield f"{where} provision {id!r}, which does not exist"
            for id in mapping.criteria:
                if id not in criteria:
                    yield f"{where} criterion {id!r}, which does not exist"
            if mapping.capability is not None and mapping.capability not in capabilities:
                yield f"{where} capability {mapping.capability}, which does not exist"


def _powers(catalogue: Catalogue) -> Iterator[str]:
    for provision in catalogue.provisions:
        for criterion in catalogue.criteria_of(provision.id):
            for window, power in criterion.power.items():
                if power in _MAY_CONFIRM and provision.power.get(window, "none") not in _MAY_CONFIRM:
                    yield f"{CRITERIA}: {criterion.id!r} may be confirmed by {window!r}, but {provision.id!r} may not"

"""Rules on known vulnerabilities, for capability 3 (EN 303 645, 5.3-8; EU CRA, Annex I Part I (2)(a)).

A version that is affected is no proof: the fix may be back-ported, the part may not be there, nothing may use it. Only
what leaves none of these doubts decides. What is exploited is what CISA lists as exploited.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._used import Uses
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import BuildDate, KnownVulnerability, NoneKnown, NotCompared, SupportEnd
from plimsoll.model.message import message

GRACE_DAYS = 90
"""A build so many days after a vulnerability was listed as exploited should not have it any more."""

_OPEN = ("affected", "fix-may-be-backported", "under-investigation")
_FIRM_BASES = ("package-database", "kernel", "banner")
_OF_PARTS = ("linux", "busybox")
"""Components of which much is left out of most builds: there, the part has to be seen."""


def _exploited(evidence: Evidence) -> Iterator[Weight]:
    uses = Uses(evidence)
    for observation, fact in evidence.of(KnownVulnerability):
        if not fact.exploited_since or fact.status not in _OPEN:
            continue
        used = uses.of(observation)
        if _is_certain(fact) and used:
            why = message("{component}, which is in use, has {id}, which is known to be exploited",
                          component=_name(fact), id=fact.id)  # fmt: skip
            yield Weight("refutes", why, (observation, *used))
        else:
            why = message(_DOUBTS[fact.status], component=_name(fact), id=fact.id)
            yield Weight("suspects", why, (observation,))
    yield from _unknown(evidence)


_DOUBTS = {
    "affected": "{component} is of a version that has {id}, which is known to be exploited; doubts remain",
    "fix-may-be-backported": "{component} has {id}, which is known to be exploited, unless it was mended",
    "under-investigation": "whether {component} has {id}, which is known to be exploited, cannot be told",
}


def _timely(evidence: Evidence) -> Iterator[Weight]:
    built = max(evidence.of(BuildDate), key=lambda one: (one[1].date, one[0].where), default=None)
    if built is None:
        yield Weight("blocks", message("when the image was built was not seen"))
        return
    uses = Uses(evidence)
    for observation, fact in evidence.of(KnownVulnerability):
        late = _days(fact.exploited_since, built[1].date)
        if fact.status not in _OPEN or late < GRACE_DAYS:
            continue
        used = uses.of(observation)
        decides = bool(used) and _is_certain(fact)
        template = "{component} was built into the image {days} days after {id} was known to be exploited"
        template += "" if decides else ", and may have it"
        why = message(template, component=_name(fact), id=fact.id, days=late)
        yield Weight("refutes" if decides else "suspects", why, (observation, built[0], *used))
    for observation, end in evidence.of(SupportEnd):
        late = _days(end.security_ends_on, built[1].date)
        if end.is_over and late > 0:
            why = message("{subject} was built into the image {days} days after its makers ended its security support",
                          subject=f"{end.subject} {end.version}".strip(), days=late)  # fmt: skip
            yield Weight("suspects", why, (observation, built[0]))
    yield from _unknown(evidence)


def _is_certain(fact: KnownVulnerability) -> bool:
    """Tell whether nothing is left by which the hole might not be there: a repair, a contradiction, a part left out."""
    kinds = {why.kind for why in fact.why}
    return (
        fact.status == "affected"
        and fact.basis in _FIRM_BASES
        and (fact.authority == "distribution" or "built-before-publication" in kinds)
        and (fact.component not in _OF_PARTS or "part-built-in" in kinds)
        and all(one.says in ("affected", "unclear") for one in fact.statements)
    )


def _unknown(evidence: Evidence) -> Iterator[Weight]:
    """Say what nothing can be told of."""
    nameless: list[Observation] = [observation for observation, _ in evidence.of(NotCompared)]
    if nameless:
        why = message("components whose version is not known well enough: {count}", count=len(nameless))
        yield Weight("blocks", why, tuple(nameless))
    unheard = [observation for observation, fact in evidence.of(NoneKnown) if not fact.holding]
    if unheard:
        why = message("components of which the data holds nothing: {count}", count=len(unheard))
        yield Weight("blocks", why, tuple(unheard))
    if not any(True for kind in (KnownVulnerability, NotCompared, NoneKnown) for _ in evidence.of(kind)):
        yield Weight("blocks", message("no component was looked up"))


def _days(earlier: str, later: str) -> int:
    """Give the days from one ISO date to another; less than nothing when one of them is none."""
    try:
        return (datetime.date.fromisoformat(later) - datetime.date.fromisoformat(earlier)).days
    except ValueError:
        return -1


def _name(fact: KnownVulnerability) -> str:
    return f"{fact.component} {fact.version}".strip()


EXPLOITED = Rule(
    id="no-known-exploited-vulnerability",
    criterion="no-known-exploited-vulnerability",
    needs=("components", "installed-components", "executables", "startup", "vulnerabilities"),
    what=(
        "Vulnerabilities that are known to be exploited, in components whose version is affected. One decides against "
        "the product when the component is in use and certain to have it: its distribution says so of that very "
        "package, or it was built a year before the vulnerability was published; of the kernel and of BusyBox, the "
        "part that has it must be seen to be built in. Every other one is a suspicion."
    ),
    limits=(
        "What no component is known by, and what the data does not hold, is not seen. That a hole can be reached from "
        "the network is not weighed. So nothing in an image shows that there is none."
    ),
    weigh=_exploited,
)

TIMELY = Rule(
    id="security-fixes-are-timely",
    criterion="security-fixes-are-timely",
    needs=(
        "components",
        "installed-components",
        "executables",
        "startup",
        "build-dates",
        "vulnerabilities",
        "lifetimes",
    ),
    what=(
        "Vulnerabilities that were known to be exploited 90 days or more before the image was built, and components "
        "whose line of releases was no longer cared for by then. The first decide against the product when they are "
        "certain and in use; everything else is a suspicion."
    ),
    limits=(
        "Whether a newer image exists is not known, and how soon a fix came that is in it cannot be told from one. "
        "The day of a build that is made to be reproducible is that of its sources."
    ),
    weigh=_timely,
)

"""Which known vulnerabilities bear on the software of an image, which of them are urgent, and what is not known.

What sources state of versions is weighed in `_affected_versions`; what else the image shows, in `_doubts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from plimsoll.errors import PlimsollError
from plimsoll.knowledge.vulnerability import Affected, Vulnerability
from plimsoll.match._affected_versions import Decision, decide
from plimsoll.match._copies import Copy, copies
from plimsoll.match._doubts import Doubts
from plimsoll.match._knowledge import KnowledgeStore, OpenStore, named, newest_date, open_knowledge
from plimsoll.match._products import Target, span_of_line, targets, usable
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import KnownVulnerability, NoneKnown, NotCompared
from plimsoll.model.facts.vulnerability import Reason, VulnerabilityStatus
from plimsoll.model.message import message

MOST_FOUND = 20_000
"""Most vulnerabilities that are told of an image; the most urgent are."""
MOST_PLACES = 16
MOST_FIXED = 6

_OPEN: tuple[VulnerabilityStatus, ...] = ("affected", "fix-may-be-backported", "under-investigation")


class _Candidate(msgspec.Struct, frozen=True):
    """What sources come to for one copy and one vulnerability."""

    copy: Copy
    id: str
    decision: Decision


class _Looked(msgspec.Struct, frozen=True):
    """What was found of a copy."""

    copy: Copy
    candidates: tuple[_Candidate, ...]
    holding: tuple[str, ...]
    ids: tuple[str, ...] = ()
    """Of a copy whose version cannot be compared: all vulnerabilities that are known of it."""


class Vulnerabilities(Matcher):
    """Looks each copy of a component up once."""

    id = "vulnerabilities"
    title = "Which known vulnerabilities bear on the software?"
    what = (
        "Each component, once per version, against what its maker, its distribution and NVD state of affected "
        "versions, in that order; what was repaired in a line of releases or may have been without a new version, and "
        "applets and kernel options that are not built in, are told apart. Exploited vulnerabilities come first, then "
        "those likely to be, then the severe ones."
    )
    limits = (
        "Only what the data holds is found, and only in components that are known by name and version. That a version "
        "is affected does not show that the hole can be reached; that none is known does not show that there is none."
    )

    def __init__(self, open_store: OpenStore = open_knowledge) -> None:
        """Take how the knowledge is opened."""
        self._open = open_store

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the sources."""
        try:
            with self._open() as store:
                return named(store.sources())
        except PlimsollError:
            return ()

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Give what is known of each copy."""
        try:
            with self._open() as store:
                yield from self._matched(evidence, store)
        except PlimsollError as error:
            why = message("the knowledge of vulnerabilities cannot be used: {error}", error=str(error))
            yield Inspection(self.id, "skipped", reason=why)

    def _matched(self, evidence: Evidence, store: KnowledgeStore) -> Iterator[Observation | Inspection]:
        looked = [_look_up(copy, store) for copy in copies(evidence)]
        ids = {one.id for some in looked for one in some.candidates} | {id for some in looked for id in some.ids}
        known = store.vulnerabilities(sorted(ids))
        doubts = Doubts(evidence)
        found: list[tuple[Copy, KnownVulnerability]] = []
        for some in looked:
            for one in (*some.candidates, *_undecided(some, known)):
                made = _fact(one, known.get(one.id, Vulnerability(one.id)), doubts)
                found += [(some.copy, made)] if made is not None else []
        found.sort(key=lambda one: _urgency(one[1]))
        for rank, (copy, fact) in enumerate(found[:MOST_FOUND], 1):
            yield self._observation(copy, msgspec.structs.replace(fact, rank=rank))
        told = {id(copy) for copy, _ in found}
        yield from self._silence(looked, told, store, known)
        if len(found) > MOST_FOUND:
            why = message("more than {most} vulnerabilities; the most urgent are told", most=MOST_FOUND)
            yield Inspection(self.id, "partial", reason=why)

    def _silence(
        self, looked: Sequence[_Looked], told: set[int], store: KnowledgeStore, known: Mapping[str, Vulnerability]
    ) -> Iterator[Observation]:
        """Say of the other copies what that nothing is told of them means."""
        sources = store.sources()
        date, names = newest_date(sources), tuple(sorted(one.name for one in sources))
        for some in looked:
            copy = some.copy
            if some.ids:
                exploited = sum(1 for one in some.ids if one in known and known[one].exploited_since)
                version = ", ".join(copy.differing) or copy.version
                fact = NotCompared(copy.name, version, len(some.ids), exploited, date, copy.purl)
                yield self._observation(copy, fact)
            elif id(copy) not in told:
                unclear = sum(1 for one in some.candidates if one.decision.outcome == "unclear")
                none = NoneKnown(copy.name, copy.version, date, names, some.holding, unclear, copy.purl)
                yield self._observation(copy, none)

    def _observation(self, copy: Copy, fact: KnownVulnerability | NoneKnown | NotCompared) -> Observation:
        seen = copy.observation
        return Observation(fact, seen.where, self.id, None, "derived", seen.window, seen.because[:MOST_PLACES])


def _look_up(copy: Copy, store: KnowledgeStore) -> _Looked:
    """Ask for all that is stated of a copy, and weigh it by vulnerability."""
    found = targets(copy.fact, copy.version, copy.system, store.cpe_of)
    stated: dict[str, list[tuple[Target, Affected]]] = {}
    holding: set[str] = set()
    for target in found:
        for one in store.affected(target.products):
            holding.add(one.source)
            stated.setdefault(one.vulnerability, []).append((target, one))
    if not stated:
        products = [product for target in found for product in target.products]
        return _Looked(copy, (), store.covers(products) if products else ())
    if not any(target.version for target in found):
        return _Looked(copy, (), tuple(sorted(holding)), tuple(sorted(stated)))
    made = (_Candidate(copy, id, _decide(copy, some)) for id, some in sorted(stated.items()))
    return _Looked(copy, tuple(one for one in made if one.decision.outcome != "nothing"), tuple(sorted(holding)))


def _decide(copy: Copy, stated: Sequence[tuple[Target, Affected]]) -> Decision:
    """Weigh what is stated; where sources in the image differ on the version, and that matters, leave it open."""
    decision = decide(stated)
    for version in (*copy.doubtful, *_starts_in_line(copy, stated)):
        others = [
            (
                target if target.is_package else msgspec.structs.replace(target, version=usable(target.order, version)),
                one,
            )
            for target, one in stated
        ]
        other = decide(others)
        if {decision.outcome, other.outcome} & {"affected"} and other.outcome != decision.outcome:
            why = Reason("versions-differ", ", ".join((copy.version, *copy.fact.conflicts)))
            differ = other if decision.outcome == "nothing" else decision
            return msgspec.structs.replace(
                differ,
                outcome="contradiction",
                authority="",
                reason=why if copy.fact.conflicts else Reason("version-unknown"),
            )
    return decision


def _starts_in_line(copy: Copy, stated: Sequence[tuple[Target, Affected]]) -> Iterator[str]:
    """Give where ranges begin within the line of a kernel of which no more than the line is known."""
    span = span_of_line(copy.fact)
    if span is not None:
        for _, one in stated:
            yield from (range.start for range in one.ranges if range.start.startswith(span[0] + "."))


def _undecided(looked: _Looked, known: Mapping[str, Vulnerability]) -> Iterator[_Candidate]:
    """Give what is exploited of a component whose version is not known: that much has to be looked into."""
    copy = looked.copy
    reason = Reason("versions-differ", ", ".join(copy.differing)) if copy.differing else Reason("version-unknown")
    for id in looked.ids:
        if id in known and known[id].exploited_since:
            yield _Candidate(copy, id, Decision("contradiction", "", reason, ()))


def _fact(one: _Candidate, about: Vulnerability, doubts: Doubts) -> KnownVulnerability | None:
    """Make the fact; None for what is withdrawn, or of which no more is known than that it exists."""
    decision = one.decision
    if about.withdrawn or (decision.outcome == "unclear" and not about.exploited_since):
        return None
    status, why = _status(one, about, doubts)
    return KnownVulnerability(
        component=one.copy.name,
        version=one.copy.version,
        id=one.id,
        status=status,
        why=why,
        authority=decision.authority,
        statements=decision.statements,
        exploited_since=about.exploited_since,
        epss=about.epss,
        cvss=about.cvss,
        published=about.published,
        fixed_in=", ".join(decision.fixed[:MOST_FIXED]),
        basis=one.copy.fact.basis,
        purl=one.copy.purl,
    )


def _status(one: _Candidate, about: Vulnerability, doubts: Doubts) -> tuple[VulnerabilityStatus, tuple[Reason, ...]]:
    decision = one.decision
    ground: tuple[Reason, ...] = (decision.reason,) if decision.reason is not None else ()
    if decision.outcome == "not-affected":
        return "not-affected", ground
    if decision.outcome != "affected":
        return "under-investigation", ground
    if (absent := doubts.not_built(one.copy, one.id)) is not None:
        return "not-built-in", (absent, *ground)
    if (there := doubts.built_in(one.copy, one.id)) is not None:
        ground = (*ground, there)
    if decision.authority == "distribution":
        return "affected", ground
    mended = doubts.may_be_mended(one.copy, one.id, about.published)
    if mended and mended[0].kind != "built-before-publication":
        return "fix-may-be-backported", (*mended, *ground)
    return "affected", (*ground, *mended)


def _urgency(fact: KnownVulnerability) -> tuple[bool, bool, float, float, str, str, str]:
    """Order by what is open, exploited, likely to be, and severe."""
    return (
        fact.status not in _OPEN,
        not fact.exploited_since,
        -(fact.epss or 0.0),
        -(fact.cvss or 0.0),
        fact.id,
        fact.component,
        fact.version,
    )

"""Whether the maker whose pages were visited is a CVE numbering authority: one that names its own weaknesses in public.

Membership is published by the CVE Program. It says that reports have somewhere to go, and not that they are answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from plimsoll.knowledge import cve_authorities
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import CveAuthority, Search
from plimsoll.model.locator import Page, parse_place


class CveAuthorities(Matcher):
    """Gives the authority once for the domain that was visited."""

    id = "cve-authorities"
    window = "maker"
    title = "Is the maker a CVE numbering authority?"
    what = "The domain that was visited, set against a list of makers that the CVE Program names as authorities."
    limits = "A maker that is not on the list may be one; and one that is may leave reports without an answer."

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the list."""
        known = cve_authorities.load()
        return (Knowledge("CVE numbering authorities", known.date, f"{len(known.makers)} makers; {known.note}"),)

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Look up the host that was asked for its security.txt."""
        for observation, search in evidence.of(Search):
            if search.subject == "security-txt" and (found := _authority(observation)) is not None:
                yield Observation(
                    found, observation.where, self.id, None, "derived", observation.window, (observation.where,)
                )
                return


def _authority(observation: Observation) -> CveAuthority | None:
    locator = parse_place(observation.where)
    if not isinstance(locator, Page):
        return None
    host = urlsplit(locator.url.decode("ascii", "replace")).hostname or ""
    makers = cve_authorities.load().makers
    labels = host.lower().split(".")
    for start in range(len(labels) - 1):
        domain = ".".join(labels[start:])
        if domain in makers:
            return CveAuthority(makers[domain], domain)
    return None

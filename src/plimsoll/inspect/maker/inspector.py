"""What an inspector of a maker's pages is, and how a set of them is run over one visit."""

from __future__ import annotations

import datetime
import hashlib
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec

from plimsoll.inspect.inspector import Cut
from plimsoll.model.evidence import Excerpt, Inspection, Observation, Status
from plimsoll.model.facts import Fact
from plimsoll.model.locator import Place
from plimsoll.model.message import Message, message
from plimsoll.sources.site import Response, Site

EXCERPT_CHARACTERS = 200
"""Longest quote that is kept of a page."""

MOST_FACTS = 2_000
"""Facts that one inspector may give of one visit."""


class Visit(msgspec.Struct, frozen=True):
    """What the inspectors are told apart from the pages."""

    model: str
    """Model designation; empty when not given."""
    pages: tuple[str, ...]
    """Addresses that the operator gave."""
    today: datetime.date
    """Day of the assessment."""


class SiteInspector:
    """Answers one question about what a maker publishes. Holds no state."""

    id: ClassVar[str]
    """Kebab-case, stable."""
    title: ClassVar[str]
    """The question it answers."""
    what: ClassVar[str]
    """What it looks at and what it records, for a maker's engineer who has never seen us."""
    limits: ClassVar[str]
    """What it cannot see."""

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        """Ask the site for pages and give what they show; a Cut says what could not be looked at."""
        raise NotImplementedError

    def see(self, fact: Fact, response: Response, span: tuple[int, int] | None = None, text: str = "") -> Observation:
        """Make the observation of a fact at bytes of a page, quoted as `text` or as the bytes themselves.

        `span` is offset and length in the body; without it the fact rests on the answer as a whole.
        """
        if span is None:
            excerpt = Excerpt(f"sha256:{response.sha256}", len(response.body)) if response.body else None
            return Observation(fact, response.at(), self.id, excerpt, window="maker")
        offset, length = span
        stretch = response.body[offset : offset + length]
        shown = printable(text or stretch[: 4 * EXCERPT_CHARACTERS].decode("utf-8", "replace"))
        digest = f"sha256:{hashlib.sha256(stretch).hexdigest()}"
        return Observation(
            fact, response.at(offset, len(stretch)), self.id, Excerpt(digest, len(stretch), shown), window="maker"
        )

    def conclude(self, fact: Fact, where: Place, because: tuple[Place, ...] = ()) -> Observation:
        """Make the observation of something that rests on several answers."""
        return Observation(fact, where, self.id, window="maker", because=because)


def look_at_site(
    site: Site, inspectors: Sequence[SiteInspector], visit: Visit
) -> tuple[tuple[Observation, ...], tuple[Inspection, ...]]:
    """Run the inspectors in order; one that fails is recorded as failed, and the rest goes on."""
    observations: list[Observation] = []
    inspections = []
    for inspector in inspectors:
        before = len(site.responses)
        seen, status, reason = _run(inspector, site, visit)
        observations += seen
        answered = [response for response in site.responses[before:] if response.access == "answered"]
        size = sum(len(response.body) for response in answered)
        inspections.append(Inspection(inspector.id, status, "maker", reason, len(answered), size))
    return tuple(observations), tuple(inspections)


def _run(inspector: SiteInspector, site: Site, visit: Visit) -> tuple[list[Observation], Status, Message | None]:
    seen: list[Observation] = []
    reason: Message | None = None
    try:
        for one in inspector.look(site, visit):
            if isinstance(one, Cut):
                reason = reason or one.reason
            elif len(seen) < MOST_FACTS:
                seen.append(one)
            else:
                reason = reason or message("more than {most} facts in all", most=MOST_FACTS)
                break
    except Exception:  # noqa: BLE001 - the one boundary around each inspector
        return seen, "failed", message("failed: {trace}", trace=_trace())
    return seen, "completed" if reason is None else "partial", reason


def printable(text: str) -> str:
    """Give a short quote in one line, with what is not printable made visible."""
    flat = " ".join(text.split())
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in flat[:EXCERPT_CHARACTERS]
    )
    return shown[:EXCERPT_CHARACTERS]


def _trace() -> str:
    kind, _, frames = sys.exc_info()
    last = traceback.extract_tb(frames)[-1]
    return f"{kind.__name__ if kind else 'error'} in {Path(last.filename).stem}.{last.name} line {last.lineno}"

"""Which pages tell of a product's sensors, telemetry, privacy, deletion of data, updates, components and passwords.

What a page is on is told by its sentences, not by its menu: at least one says it of the product. Subjects are those of
EN 303 645, provisions 5.8-3, 5.9, 5.11-3, 5.3-11, 5.1 and 6; a page is a place to read, no proof that it is complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from plimsoll.inspect.inspector import Cut
from plimsoll.inspect.maker._links import candidates, given_pages, texts
from plimsoll.inspect.maker._models import names_model
from plimsoll.inspect.maker._page_text import PageText
from plimsoll.inspect.maker._search import conclude_search
from plimsoll.inspect.maker._sentences import Sentence, is_hedged, is_negated, sentences_of
from plimsoll.inspect.maker.inspector import EXCERPT_CHARACTERS, SiteInspector, Visit
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import MakerPage
from plimsoll.model.facts.maker import Subject
from plimsoll.model.message import message
from plimsoll.sources.site import Site

MOST_LINKED = 2
MOST_SENTENCES = 20
"""Sentences that are kept of one page on sensors: each may name another kind."""

_PageSubject = Literal["sensors", "telemetry", "privacy", "deletion", "updates", "sbom", "password"]
_SENSES = (
    r"(?:(?:web)?cameras?|microphones?|mics?|Bluetooth|mm-?wave|radars?|face recognition|(?:image|video|"
    r"audio) sensors?|(?:motion|temperature|humidity|proximity|light|radar|presence|pressure|gas|smoke|"
    r"acoustic|infrared|PIR|optical|heart[ -]rate) (?:sensors?|detectors?)|accelerometers?|gyroscopes?|"
    r"GPS(?: receivers?)?|GNSS|fingerprint (?:readers?|sensors?)|lidar|sensing (?:capabilit\w+|functions?))"
)
_SENSING = (
    r"\b(?:equipped|fitted|built[ -]in|integrated|contains?|includes?|has|have|uses?|features?|comes with|sensors?)\b"
    rf"[^.]{{0,120}}\b{_SENSES}\b",
    rf"\b{_SENSES}\b[^.]{{0,80}}\b(?:is|are) (?:used|built|integrated|included|active|located)",
    rf"\bsensors?\b[^.]{{0,30}}[:\t][^.]{{0,60}}\b{_SENSES}\b",
)
_MEASURED = r"\b(?:telemetry|diagnostics? data|usage (?:data|statistics)|crash reports?|analytics data)\b"
_SUBJECTS: dict[_PageSubject, tuple[str, ...]] = {
    "sensors": _SENSING,
    "telemetry": (
        _MEASURED + r"[^.]{0,160}\b(?:collect\w*|sen[dt]\w*|transmit\w*|process\w*|stor\w+|switch\w*|disable\w*|opt)\b",
        r"\b(?:collect\w*|sen[dt]s?|transmit\w*)\b[^.]{0,120}" + _MEASURED,
    ),
    "privacy": (
        r"\bpersonal (?:data|information)\b[^.]{0,160}\b(?:product|device|camera|app|router|speaker)s?\b",
        r"\b(?:product|device|camera|app|router|speaker)s?\b[^.]{0,120}\b(?:collects?|process\w*)\b[^.]{0,80}"
        r"\bpersonal (?:data|information)\b",
    ),
    "deletion": (
        r"\b(?:delete|erase|wipe|remove)\b[^.]{0,80}\b(?:your|all|personal|user)\b[^.]{0,40}"
        r"\b(?:data|information|account|settings|recordings?)\b",
        r"\b(?:factory reset|reset to factory)\b[^.]{0,120}\b(?:delete|erase|remove|wipe|clear)",
    ),
    "updates": (
        r"\b(?:security|firmware|software) updates?\b[^.]{0,120}\b(?:automatic\w*|install\w*|download\w*|provid\w*|"
        r"notif\w*|availab\w*|deliver\w*)\b",
    ),
    "sbom": (r"\b(?:SBOM|software bill of materials)\b|\bCycloneDX\b|\bSPDX\b",),
    "password": (
        r"\b(?:default|initial|unique|per[ -]device)\b[^.]{0,60}\bpassword\b",
        r"\b(?:set|change|choose|create)\b[^.]{0,40}\bpassword\b[^.]{0,80}\b(?:device|product|first|router|camera|"
        r"set[ -]?up)",
    ),
}
_SIGNS = {
    subject: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
    for subject, patterns in _SUBJECTS.items()
}
_ASKED: tuple[Subject, ...] = ("sbom", "sensors", "telemetry")
_ALONE = re.compile(r"\b(?:buy|shop|sale|price|cart|awards?|news)\b", re.IGNORECASE)


class ProductPages(SiteInspector):
    """Records which page tells of which subject, with the sentence that does."""

    id = "maker-product-pages"
    title = (
        "Which pages tell of the product's sensors, telemetry, privacy, deletion, updates, components and passwords?"
    )
    what = (
        "Pages given and pages linked with words of privacy, data, manuals or components: for each subject the first "
        "sentence that speaks of it, and whether the model stands on the page."
    )
    limits = "Whether a page tells everything is not seen; manuals in PDF are not read."

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        """Give the pages and one Search for each subject that rules ask for."""
        given = list(given_pages(site, visit))
        home = site.get("/")
        links = candidates(texts([*given, home]), "product", site.domain, visit.model)
        linked = [site.get(link.url) for link in links[:MOST_LINKED]]
        found: set[str] = set()
        bears = False
        for page in texts([*given, *linked]):
            names = names_model(page.text, visit.model) or names_model(page.title, visit.model)
            bears = bears or names or page.response in given
            for subject, sentence in subjects_of(page):
                found.add(subject)
                fact = MakerPage(subject, page.url, names)
                yield self.see(fact, page.response, page.span(sentence.start, sentence.end), sentence.text)
        unread = None
        if not bears:
            unread = message("no page of the product was known: give its address")
        elif len(links) > MOST_LINKED:
            unread = message("more pages on the product are linked than were looked at")
        for wanted in _ASKED:
            yield from conclude_search(
                self, site, wanted, [*given, home, *linked], found=wanted in found, model=visit.model, unread=unread
            )


def subjects_of(page: PageText) -> list[tuple[_PageSubject, Sentence]]:
    """Give each subject that a page speaks of with the first sentence that does; of sensors, each such sentence.

    A sentence that denies a sensor is given too: its words say so.
    """
    found: list[tuple[_PageSubject, Sentence]] = []
    for sentence in sentences_of(page):
        if len(sentence.text.split()) < 4 or _ALONE.search(sentence.text):
            continue
        for subject, patterns in _SIGNS.items():
            known = sum(1 for one, _ in found if one == subject)
            if known < (MOST_SENTENCES if subject == "sensors" else 1):
                said = any(pattern.search(sentence.text) for pattern in patterns)
                if said and not _is_weak(sentence.text, subject):
                    found.append((subject, sentence))
    return found


def _is_weak(text: str, subject: _PageSubject) -> bool:
    if subject == "sensors" and is_negated(text):
        return is_hedged(text) or len(text) > EXCERPT_CHARACTERS
    return is_hedged(text) or (is_negated(text) and subject in ("sbom", "updates"))

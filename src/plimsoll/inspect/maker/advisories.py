"""Where the maker publishes advisories on weaknesses in its products, and of which day the newest is.

CSAF 2.0 section 7 for providers, RSS 2.0 and Atom (RFC 4287) for feeds; pages are known by several CVE numbers (or
numbers of the maker's own) beside the word advisory or bulletin.
"""

from __future__ import annotations

import datetime
import email.utils
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plimsoll.inspect.inspector import Cut
from plimsoll.inspect.maker import _csaf
from plimsoll.inspect.maker._dates import find_dates, last_day
from plimsoll.inspect.maker._links import candidates, given_pages, is_own, texts
from plimsoll.inspect.maker._page_text import PageText
from plimsoll.inspect.maker._search import conclude_search
from plimsoll.inspect.maker.inspector import SiteInspector, Visit
from plimsoll.inspect.maker.security_txt import find_security_txt
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import AdvisorySource
from plimsoll.sources.site import Response, Site

METADATA = "/.well-known/csaf/provider-metadata.json"
MOST_METADATA = 2
MOST_FEEDS = 1
MOST_LINKED = 2
MOST_DATES = 5_000

_ABOUT_SECURITY = re.compile(r"security|advisor|psirt|vulnerab|bulletin|\bcve\b", re.IGNORECASE)
_ITEM_DATE = re.compile(rb"<(?:pubDate|updated|published|dc:date)>\s{0,20}([^<]{6,60})<", re.IGNORECASE)
_IS_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\b[A-Z]{2,8}-(?:SA|SB|SN|PSA)?-?20\d\d-\d{1,6}\b|\b[A-Z]{2,6}-(?:SA|SB|SN)-\d{1,8}(?:-\d{1,6})?\b"
)
_WORD = re.compile(r"\badvisor(?:y|ies)\b|\bsecurity (?:bulletin|notice|notification|update)s?\b", re.IGNORECASE)


class Advisories(SiteInspector):
    """Records each source of advisories with its newest date."""

    id = "maker-advisories"
    title = "Where does the maker tell of weaknesses in its products?"
    what = (
        "CSAF provider metadata at its usual place or where security.txt points, with its role, what of the role's "
        "requirements can be seen not to hold, and the newest entry; feeds; pages that list advisories."
    )
    limits = "Advisories are not read one by one; the requirement on the domain name (number 10) is not looked at."

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        """Give the sources and the Search."""
        asked: list[Response] = []
        found = False
        for seen in self._csaf(site, visit.today, asked):
            found = True
            yield seen
        starts = [*given_pages(site, visit), site.get("/")]
        pages = texts(starts)
        links = candidates(pages, "advisories", site.domain)[:MOST_LINKED]
        linked = [site.get(link.url) for link in links]
        asked += [*starts, *linked]
        pages = texts([*starts, *linked])
        for seen in (*self._feeds(site, pages, visit.today, asked), *self._pages(pages, visit.today)):
            found = True
            yield seen
        yield from conclude_search(self, site, "advisories", asked, found=found)

    def _csaf(self, site: Site, today: datetime.date, asked: list[Response]) -> Iterator[Observation]:
        file = find_security_txt(site)
        named = [value for value in (file.values("csaf") if file else ()) if value.lower().startswith("https:")]
        seen: set[str] = set()
        for address in (METADATA, *dict.fromkeys(named[:MOST_METADATA])):
            response = site.get(address)
            asked.append(response)
            document = _csaf.read_json(response)
            url = response.final_url or response.url
            if document is None or url in seen or not _csaf.is_provider_metadata(document):
                continue
            seen.add(url)
            role = _csaf.role_of(document)
            missing = set(_csaf.missing_of_metadata(document, response))
            last_on = self._distributed(site, document, role, today, missing, asked)
            fact = AdvisorySource(url, "csaf", role, last_on, tuple(sorted(missing, key=int)))
            yield self.see(fact, response, (0, len(response.body)))

    def _distributed(
        self, site: Site, document: Mapping[str, Any], role: str, today: datetime.date, missing: set[str],
        asked: list[Response],
    ) -> str:  # fmt: skip
        """Look at the first way in which advisories are handed out; give the newest date."""
        feeds = list(_csaf.rolie_feeds(document))
        folders = list(_csaf.directories(document))
        if feeds:
            response = site.get(feeds[0])
            asked.append(response)
            feed = _csaf.read_json(response)
            if feed is not None and _csaf.is_feed(feed):
                missing.update(_csaf.missing_of_feed(feed, role))
                return _csaf.last_of_feed(feed, today)
            if response.access == "answered" and not response.cut:
                missing.add("15")
        elif folders:
            response = site.get(folders[0] + "changes.csv")
            asked.append(response)
            if response.ok:
                return _csaf.last_of_changes(response, today)
            if response.is_absent:
                missing.add("13")
        elif role in _csaf.ROLES[1:]:
            missing.add("15")
        return ""

    def _feeds(
        self, site: Site, pages: Sequence[PageText], today: datetime.date, asked: list[Response]
    ) -> Iterator[Observation]:
        for url in _feed_links(pages, site.domain)[:MOST_FEEDS]:
            response = site.get(url)
            asked.append(response)
            if response.ok and _IS_FEED.search(response.body[:2048]):
                last_on = _newest_item(response.body, today)
                fact = AdvisorySource(response.final_url or url, "feed", last_on=last_on)
                yield self.see(fact, response, (0, min(len(response.body), 400)))

    def _pages(self, pages: Sequence[PageText], today: datetime.date) -> Iterator[Observation]:
        for page in pages:
            if is_advisory_page(page):
                match = _WORD.search(page.text)
                start, end = match.span() if match else (0, min(len(page.text), 200))
                fact = AdvisorySource(page.url, "page", last_on=_newest_line(page.text, today))
                yield self.see(fact, page.response, page.span(start, end), page.text[start : end + 120])


def is_advisory_page(page: PageText) -> bool:
    """Whether a page lists advisories: it says so at its head, and names several weaknesses by number."""
    heads = [page.title, *(page.text[one.start : one.end][:200] for one in page.headings if one.level <= 2)]
    numbers = set(_CVE.findall(page.text)) | set(_NUMBER.findall(page.text))
    return len(numbers) >= 2 and any(_WORD.search(head) or _CVE.search(head) or "PSIRT" in head for head in heads)


def _feed_links(pages: Sequence[PageText], domain: str) -> list[str]:
    found: dict[str, None] = {}
    for page in pages:
        for link in page.links:
            announced = (
                "rss" in link.kind or "atom" in link.kind or re.search(r"\brss\b|\batom\b", link.words, re.IGNORECASE)
            )
            if announced and is_own(link.url, domain) and _ABOUT_SECURITY.search(f"{link.words} {link.url}"):
                found[link.url] = None
    return sorted(found)


def _newest_item(body: bytes, today: datetime.date) -> str:
    times = []
    for number, match in enumerate(_ITEM_DATE.finditer(body)):
        if number >= MOST_DATES:
            break
        text = match[1].decode("ascii", "replace").strip()
        if text[:4].isdigit():
            times.append(text)
            continue
        try:
            times.append(email.utils.parsedate_to_datetime(text).date().isoformat())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return _csaf.newest(times, today)


def _newest_line(text: str, today: datetime.date) -> str:
    """Give the newest date on a line that names a weakness or the word advisory; none from the future."""
    best = ""
    for line in text.split("\n")[:MOST_DATES]:
        if _CVE.search(line) or _NUMBER.search(line) or _WORD.search(line):
            for date in find_dates(line[:2000]):
                day = last_day(date.iso)
                if len(date.iso) == 10 and day is not None and day <= today:
                    best = max(best, date.iso)
    return best

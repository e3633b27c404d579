"""Finds the pages that bear on a subject by their links, best first, so that few requests go where most is to be seen.

Words are those that makers use for such pages. Only addresses of the maker's own domain are followed; what lies
elsewhere is told and not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from plimsoll.inspect.maker._page_text import Link, PageText, read_page
from plimsoll.inspect.maker.inspector import Visit
from plimsoll.sources.site import Response, Site

Topic = Literal["disclosure", "support", "advisories", "product"]

MOST_GIVEN = 6
"""Pages of the operator's that are asked for."""

_WORDS: dict[Topic, tuple[tuple[re.Pattern[str], int], ...]] = {
    "disclosure": (
        (re.compile(r"vulnerab\w+[ /_-]+(?:disclosure|report)|(?:responsible|"
                    r"coordinated)[ /_-]?(?:vulnerability[ /_-])?"
                    r"disclosure|report\w*[ /_-]+(?:an?[ /_-]+)?(?:security|vulnerab)|psirt|\bvdp\b|\bcvd\b"), 10),
        (re.compile(r"vulnerab|product[ /_-]?security|security[ /_-](?:policy|response|contact|research)|"
                    r"bug[ /_-]?bounty|"
                    r"schwachstelle|sicherheitsl[uü]cke|vuln[eé]rabilit|kwetsbaarhe|脆弱性|漏洞|취약점"), 7),
        (re.compile(r"\b(?:trust|security)[ /_-]?(?:cent(?:er|re))?(?:/?$|\b)|disclosure"), 4),
    ),
    "support": (
        (re.compile(r"support[ /_-]period|end[ /_-]of[ /_-](?:life|support|service)|\beo[ls]l?\b|(?:security|"
                    r"software)[ /_-]"
                    r"(?:update|support|maintenance)s?(?:[ /_-](?:polic|period|commitment|lifetime|info))?|"
                    r"(?:product|software|device)[ /_-]?life[ /_-]?cycle|psti|statement[ /_-]of[ /_-]compliance"), 10),
        (re.compile(r"life[ /_-]?cycle|compliance|sustainab|update[ /_-]polic|firmware"), 5),
        (re.compile(r"\bsupport\b|\bupdates?\b"), 2),
    ),
    "advisories": (
        (re.compile(r"security[ /_-](?:advisor|bulletin|notice|notification)|advisor(?:y|ies)\b|\bcsaf\b"), 10),
        (re.compile(r"psirt|bulletin|vulnerab"), 5),
    ),
    "product": (
        (re.compile(r"\bsbom\b|bill[ /_-]of[ /_-]materials|product[ /_-]privacy|sensors?\b|telemetry|"
                    r"data[ /_-]collect"), 10),
        (re.compile(r"privacy|data[ /_-](?:protection|deletion|erasure)|factory[ /_-]reset|delete[ /_-]"), 5),
        (re.compile(r"specification|data[ /_-]?sheet|user[ /_-]?(?:manual|guide)"), 3),
    ),
}  # fmt: skip
_LEAST: dict[Topic, int] = {"disclosure": 4, "support": 4, "advisories": 5, "product": 5}
_ELSEWHERE = re.compile(
    r"/(?:jobs?|careers?|press|news(?:room)?|blogs?|events?|investors?|cart|login|signin|account)(?:[/.?]|$)"
)
_OTHER_LOCALE = re.compile(
    r"/(?!en[/_-])(?:[a-z]{2}[-_])?(?:de|fr|es|it|nl|pt|pl|zh|ja|jp|ko|ru|sv|da|fi|tr|cn|kr)(?:[-_][a-z]{2})?/"
)
_NO_PAGE = re.compile(r"\.(?:pdf|zip|gz|exe|bin|img|jpe?g|png|gif|svg|mp4|css|js|json|xml|docx?|xlsx?|csv|asc)(?:\?|$)")


class Candidate(msgspec.Struct, frozen=True):
    """A link that may lead to what is looked for."""

    url: str
    score: int
    page: PageText
    link: Link


def given_pages(site: Site, visit: Visit) -> Iterator[Response]:
    """Ask for the pages that the operator gave."""
    for url in tuple(dict.fromkeys(visit.pages))[:MOST_GIVEN]:
        yield site.get(url)


def texts(responses: Iterable[Response]) -> list[PageText]:
    """Read the pages that are there, each once."""
    seen: dict[tuple[str, str], PageText] = {}
    for response in responses:
        if response.ok and (page := read_page(response)) is not None:
            seen.setdefault((page.url, response.sha256), page)
    return list(seen.values())


def candidates(pages: Iterable[PageText], topic: Topic, domain: str, model: str = "") -> list[Candidate]:
    """Rank the links of pages by what they say of a subject; each address once, the best first.

    Links to documents and pictures are left out; so are links to another domain, see `leads_elsewhere`.
    """
    best: dict[str, Candidate] = {}
    for page in pages:
        for link in page.links:
            if not link.url.startswith("http") or not is_own(link.url, domain) or _NO_PAGE.search(link.url.lower()):
                continue
            score = _score(link, topic, model)
            key = _key(link.url)
            if score >= _LEAST[topic] and (key not in best or best[key].score < score):
                best[key] = Candidate(link.url, score, page, link)
    return sorted(best.values(), key=lambda one: (-one.score, len(one.url), one.url))


def leads_elsewhere(pages: Iterable[PageText], topic: Topic, domain: str) -> list[Candidate]:
    """Give the links on a subject that lead out of the domain, or to a document that is no page."""
    found: dict[str, Candidate] = {}
    for page in pages:
        for link in page.links:
            if not link.url.startswith("http"):
                continue
            if is_own(link.url, domain) and not _NO_PAGE.search(link.url.lower()):
                continue
            score = _score(link, topic, "")
            if score >= 10:
                found.setdefault(_key(link.url), Candidate(link.url, score, page, link))
    return sorted(found.values(), key=lambda one: (-one.score, one.url))


def is_own(url: str, domain: str) -> bool:
    """Whether an address lies at the domain or below it; a port that the domain is given with is left out."""
    name = domain.partition(":")[0]
    try:
        host = (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return False
    return host == name or host.endswith("." + name)


def _score(link: Link, topic: Topic, model: str) -> int:
    words = link.words.lower()
    try:
        parts = urlsplit(link.url.lower())
    except ValueError:
        return 0
    path = parts.path[:300] + " " + (parts.hostname or "").partition(".")[0]
    score = 0
    for pattern, weight in _WORDS[topic]:
        if pattern.search(words) or pattern.search(path):
            score = max(score, weight + (1 if pattern.search(words) and pattern.search(path) else 0))
    if score and _ELSEWHERE.search(parts.path):
        score -= 6
    if score and _OTHER_LOCALE.search(parts.path + "/"):
        score -= 1
    return score + (3 if score and model and model.lower() in words else 0)


def _key(url: str) -> str:
    return url.partition("://")[2].rstrip("/").removeprefix("www.")

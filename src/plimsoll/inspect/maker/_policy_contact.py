"""Finds whom a policy tells to write to: an address, a form, or only a platform that asks for an account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

import msgspec

from plimsoll.inspect.maker._page_text import Link, PageText
from plimsoll.inspect.maker._policy_signs import WEAKNESS, invitations
from plimsoll.inspect.maker._sentences import Sentence, is_negated

PLATFORMS = (
    "hackerone.com", "bugcrowd.com", "intigriti.com", "yeswehack.com", "hackenproof.com", "synack.com", "yogosha.com",
    "immunefi.com", "bugbase.ai", "bugbounty.ch", "huntr.dev", "huntr.com", "detectify.com",
)  # fmt: skip
"""Platforms that take reports of those who have an account with them."""

_MAIL = re.compile(
    r"(?<![\w.+-])([\w.+-]{1,64})\s?(?:@|\[at\]|\(at\)|\{at\}|\[@\])\s?([\w-]{1,63}(?:(?:\.|\s?(?:\[dot\]|"
    r"\(dot\))\s?)[\w-]{1,63}){1,5})",
    re.IGNORECASE,
)
_TEAM = re.compile(r"psirt|security|secure|vuln|cert|csirt|disclos|bug|cve|abuse-?sec|report", re.IGNORECASE)
_OTHER_DESK = re.compile(
    r"privacy|dpo|gdpr|sales|info@|press|jobs|career|legal|marketing|billing|warranty|noreply", re.IGNORECASE
)
NEAR = 200
"""Characters behind an invitation to report in which an address is taken for the one to write to."""
_NO_DESK = re.compile(r"no-?reply|jobs|career", re.IGNORECASE)
_FORM = re.compile(r"\b(?:form|report|submit|submission|portal|web ?form)\b", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"\b(?:log|sign)(?:ged)?[ -]?in\b|\b(?:create|register|need|have|require[sd]?|with)\b[^.;]{0,30}\baccount\b|"
    r"\bregister(?:ed)? (?:as|to|for|on|with)\b",
    re.IGNORECASE,
)


class PolicyContact(msgspec.Struct, frozen=True):
    """A contact and where on the page it is named."""

    value: str
    start: int
    end: int
    account: str = ""
    """What asks for an account, when the contact cannot be used without one: a platform's host or `account`."""


def find_contact(page: PageText, sentences: Sequence[Sentence]) -> PolicyContact | None:
    """Give the best contact: an address, then a form, then what asks for an account."""
    asked = invitations(sentences)
    return _address(page, sentences, asked) or _form(page, sentences, asked) or _platform(page, sentences, asked)


def _address(page: PageText, sentences: Sequence[Sentence], asked: Sequence[Sentence]) -> PolicyContact | None:
    named = []
    for link in page.links:
        if link.url.lower().startswith("mailto:"):
            value = unquote(link.url[7:].partition("?")[0])
            if "@" in value:
                named.append((value, link.start, max(link.end, link.start + 1)))
    for sentence in sentences:
        for match in _MAIL.finditer(sentence.text):
            host = re.sub(r"\s?(?:\[dot\]|\(dot\))\s?", ".", match[2], flags=re.IGNORECASE)
            named.append((f"{match[1]}@{host}", sentence.start + match.start(), sentence.start + match.end()))
    for value, start, end in named:
        if _TEAM.search(value.partition("@")[0]) and not _OTHER_DESK.search(value):
            return PolicyContact(value, start, min(end, len(page.text)))
    for value, start, end in named:
        reach = 0 if _OTHER_DESK.search(value) else NEAR
        if not _NO_DESK.search(value) and any(one.start - 2 <= start <= one.end + reach for one in asked):
            return PolicyContact(value, start, min(end, len(page.text)))
    return None


def _form(page: PageText, sentences: Sequence[Sentence], asked: Sequence[Sentence]) -> PolicyContact | None:
    if any(_ACCOUNT.search(one.text) and not is_negated(one.text) and _FORM.search(one.text) for one in sentences):
        return None
    for link in page.links:
        if link.url.startswith("http") and not _platform_of(link) and link.url.rstrip("/") != page.url.rstrip("/"):
            inside = any(one.start <= link.start <= one.end for one in asked)
            names = re.search(r"\bform\b|" + WEAKNESS, link.words, re.IGNORECASE)
            if (
                _FORM.search(link.words)
                and (inside or names)
                and not re.search(r"advisor|bulletin|annual", link.words, re.I)
            ):
                return PolicyContact(link.url, link.start, max(link.end, link.start + 1))
    if page.has_form and asked:
        return PolicyContact(page.url, asked[0].start, asked[0].end)
    return None


def _platform(page: PageText, sentences: Sequence[Sentence], asked: Sequence[Sentence]) -> PolicyContact | None:
    for link in page.links:
        if platform := _platform_of(link):
            return PolicyContact(link.url, link.start, max(link.end, link.start + 1), platform)
    for one in sentences:
        if _ACCOUNT.search(one.text) and not is_negated(one.text) and _FORM.search(one.text):
            return PolicyContact("", one.start, one.end, "account")
    return None


def _platform_of(link: Link) -> str:
    try:
        host = (urlsplit(link.url).hostname or "").lower()
    except ValueError:
        return ""
    return next((name for name in PLATFORMS if host == name or host.endswith("." + name)), "")

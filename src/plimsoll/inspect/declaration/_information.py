"""Claims on what is published, sensed and sent: tables 2, 22 and 24, and tables that say that there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.declaration._reading import Found, denies, rows_of, told, value
from plimsoll.knowledge.declared_words import says_none
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.facts import Claim
from plimsoll.model.facts.claim import Statement

_USER = "2-UserInfo"
_DEFINED = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten) (?:\w+ )?(?:years?|months?)\b",
    re.IGNORECASE,
)
_NO_PERIOD = re.compile(r"\b(?:life ?time|indefinite(?:ly)?|as long as|for ?ever)\b", re.IGNORECASE)
_LONGEST_READ = 4_000
_NOT_PUBLISHED = re.compile(
    r"\bnot (?:yet |currently )?(?:\w+ ){0,2}(?:published|defined|covered)\b"
    r"|\b(?:must|has to|needs to|still to|yet to|to) be (?:\w+ ){0,2}(?:published|defined)\b"
    r"|\bno support period (?:is|has been|was) (?:yet )?(?:published|defined|set)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://|\bwww\.|\b[a-z0-9-]+\.[a-z]{2,}/", re.IGNORECASE)
_LISTED: tuple[tuple[str, Statement, str], ...] = (
    ("22-ExtSens", "sensor", "5.8-3"),
    ("24-TelData", "telemetry", "6-5"),
)
_FEATURES = {
    "1-AuthMech": ("5.1-3", "authentication"),
    "7-UpdMech": ("5.3-2", "updates"),
    "22-ExtSens": ("5.8-3", "sensors"),
    "24-TelData": ("6-5", "telemetry"),
}
"""Tables that can be denied as a whole, with the provision that hangs on it and the word for the feature."""


def claims(form: DeclarationForm) -> Iterator[Found]:
    """Give the claims on support, disclosure, sensors and telemetry."""
    for number, row in enumerate(form.rows(_USER)):
        yield from _support(number, row)
        yield from _policy(number, row)
    for table, statement, provision in _LISTED:
        for number, row in rows_of(form, table):
            if text := told(row, "Description"):
                yield Found(Claim(statement, provision, table, value(row.get("ID", "")), value(text)), table, number)
    for table, (provision, word) in _FEATURES.items():
        rows = form.rows(table)
        if len(rows) == 1 and denies(rows[0]):
            yield Found(Claim("no-feature", provision, table, value(rows[0].get("ID", "")), word), table, 0)


def _support(number: int, row: dict[str, str]) -> Iterator[Found]:
    """Read the period, and where it is published: that it is not published goes before what it would be."""
    for field in ("Publication of Support Period", "Support Period"):
        text = row.get(field, "")
        if says_none(text) or _NOT_PUBLISHED.search(" ".join(text[:_LONGEST_READ].split())):
            claim = Claim("no-support-period", "5.3-13", _USER, "", value(text))
            yield Found(claim, _USER, number, field)
            return
    period = told(row, "Support Period")
    if _DEFINED.search(period) and not _NO_PERIOD.search(period):
        yield Found(Claim("support-period", "5.3-13", _USER, "", value(period)), _USER, number, "Support Period")


def _policy(number: int, row: dict[str, str]) -> Iterator[Found]:
    field = "Publication of Vulnerability Disclosure Policy"
    text = told(row, field)
    if _ADDRESS.search(text) and not says_none(text):
        yield Found(Claim("disclosure-policy", "5.2-1", _USER, "", value(text)), _USER, number, field)

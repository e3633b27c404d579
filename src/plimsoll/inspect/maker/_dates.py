"""Reads the dates and numbers of people: many written forms become ISO 8601.

A date whose day and month could be exchanged (`03/04/2027`) is not read; a bare year is no date.
"""

from __future__ import annotations

import datetime
import re

import msgspec

_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12,
}  # fmt: skip
_SHORT = {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MONTH = r"(?P<month{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|" \
         r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"  # fmt: skip
_YEAR = r"(?P<year{0}>(?:19|20)\d\d)"
_DATE = re.compile(
    r"(?<![\w.])(?:"
    + _YEAR.format(1) + r"(?P<sep>[-/.])(?P<month1>\d{1,2})(?P=sep)(?P<day1>\d{1,2})(?:T[\d:.]{1,15}Z?)?"
    + r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?(?: day)?(?: of)?[ -]" + _MONTH.format(2) + r",?[ -]" + _YEAR.format(2)
    + "|" + _MONTH.format(3) + r" (?P<day3>\d{1,2})(?:st|nd|rd|th)?,? " + _YEAR.format(3)
    + r"|(?P<day4>\d{1,2})\.[ ]?(?P<month4>\d{1,2})\.[ ]?" + _YEAR.format(4)
    + r"|(?P<first>\d{1,2})/(?P<second>\d{1,2})/" + _YEAR.format(5)
    + "|" + _MONTH.format(6) + r",?[ -]" + _YEAR.format(6)
    + "|" + _YEAR.format(7) + r"-(?P<month7>0[1-9]|1[0-2])(?![-\d])"
    + r"|(?P<month8>0?[1-9]|1[0-2])/" + _YEAR.format(8)
    + r"|Q(?P<quarter>[1-4])[ /-]?" + _YEAR.format(9)
    + r"|(?:the )?end of (?:the year )?" + _YEAR.format(10)
    + r")(?!\w|\.\d)|" + _YEAR.format(11) + r"年(?P<month11>\d{1,2})月(?:(?P<day11>\d{1,2})日)?",
    re.IGNORECASE,
)  # fmt: skip


class FoundDate(msgspec.Struct, frozen=True):
    """A date in a text."""

    iso: str
    """Date, or year and month."""
    start: int
    end: int


def find_dates(text: str) -> list[FoundDate]:
    """Give the dates in a text in their order; what is no day of the calendar is left out."""
    found = []
    for match in _DATE.finditer(text):
        iso = _iso(match)
        if iso:
            found.append(FoundDate(iso, match.start(), match.end()))
    return found


def last_day(iso: str) -> datetime.date | None:
    """Give the last day that an ISO date or month covers; None when it is neither."""
    parts = iso.split("-")
    try:
        if len(parts) == 2:
            year, month = int(parts[0]), int(parts[1])
            following = datetime.date(year + month // 12, month % 12 + 1, 1)
            return following - datetime.timedelta(days=1)
        return datetime.date.fromisoformat(iso[:10])
    except ValueError:
        return None


def _iso(match: re.Match[str]) -> str:
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    if "quarter" in groups:
        return f"{groups['year9']}-{int(groups['quarter']) * 3:02}"
    if "year10" in groups:
        return f"{groups['year10']}-12"
    if "first" in groups:
        return _slashed(int(groups["first"]), int(groups["second"]), groups["year5"])
    year = next(value for name, value in groups.items() if name.startswith("year"))
    month = next(value for name, value in groups.items() if name.startswith("month"))
    day = next((value for name, value in groups.items() if name.startswith("day")), "")
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), _SHORT.get(month.lower()[:3], 0))
    return _checked(int(year), number, int(day) if day else 0)


def _slashed(first: int, second: int, year: str) -> str:
    if first > 12 or first == second:
        return _checked(int(year), second, first)
    return _checked(int(year), first, second) if second > 12 else ""


def _checked(year: int, month: int, day: int) -> str:
    try:
        date = datetime.date(year, month, day or 1)
    except ValueError:
        return ""
    return date.isoformat() if day else f"{year}-{month:02}"


_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty-five": 45, "sixty": 60, "ninety": 90,
}  # fmt: skip
NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + ")"
"""Pattern of a number as digits or as a word."""


def number_of(text: str) -> int:
    """Read a number that NUMBER matches; 0 when it is none."""
    return int(text) if text.isdigit() else _WORDS.get(text.lower(), 0)

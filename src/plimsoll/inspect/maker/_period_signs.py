"""Reads a promise of support: a date, a number of years and what they count from, or a lifetime, which is no period."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from plimsoll.inspect.maker._dates import NUMBER, find_dates, number_of
from plimsoll.inspect.maker._sentences import is_aim, is_hedged, is_negated

CountedFrom = Literal["", "launch", "sale", "last-sale", "unknown"]

_SUPPORT = re.compile(
    r"\b(?:security|software|firmware|system|os|android) (?:and \w+ )?(?:update|patch|support|maintenance|upgrade|"
    r"fix)\w*|\b(?:support(?:ed)?|update) (?:period|life(?:time|cycle)?|duration|until|through|till|term|end)s?\b|"
    r"\b(?:security )?updates? (?:until|through|till|for|guaranteed|provided|support|commitment|are|will)\b|"
    r"\bend[ -]of[ -](?:security[ -])?"
    r"(?:support|updates?|software|life|maintenance|service)|\b(?:defined )?support period|\bEO[LS]L?\b|"
    r"\bsupported (?:with|for|until|through|to)\b|\bupdates?\b[^.;]{0,60}\b(?:until|at least|minimum|guarantee)",
    re.IGNORECASE,
)
_NOT_IT = re.compile(
    r"\bwarrant(?:y|ies)|\bend[ -]of[ -]sales?\b|\breturns?\b|\bsubscription|\bhelpline|\bhotline|\boffice hours|"
    r"\bcookie|"
    r"\blast (?:updated|modified|reviewed)\b|\bspare parts?\b|\bpromotion|\boffer (?:ends|valid)|\bcopyright\b|©|"
    r"\bbatter(?:y|ies)\b|"
    r"\b(?:customer|phone|telephone|chat|technical|live) support\b|\brefund|\bpublished on|\bposted on|"
    r"\b(?:windows|ios|macos|browsers?)\b|\bupdates? (?:to|of) (?:this|the|our) (?:page|website|web site|policy|"
    r"article|document)",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:until|till|through(?! the)|up to and including|ends?|ending|ended|expires?)\b|\bfrom\b[^.;]{0,40}\bto\b|"
    r"\bend[ -]of[ -][\w -]{3,40}[:\t ]|\b(?:support|update) (?:period|lifetime|end)s?\b[^.;]{0,20}:|\bEO[LS]L?\b|"
    r"\bguaranteed\b[^.;]{0,20}:",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"\b(?:launch\w*|releas\w*|introduc\w*|from|since|start\w*|available|announc\w*|manufactur\w*|"
                     r"bought|sold|purchas\w*|"
                     r"as of|begin\w*|new in)\b[^.;\d]{0,24}$", re.IGNORECASE)  # fmt: skip
_YEARS = re.compile(
    rf"(?P<upto>\bup to )?\b(?P<number>{NUMBER})(?: ?\((?:(?P<digits>\d{{1,2}})|"
    rf"\w{{1,12}})\))?[ +-]{{0,2}}(?:full )?(?P<unit>year|month)s?\b(?! (?:old|ago|of experience))",
    re.IGNORECASE,
)
_LAST_SALE = re.compile(
    r"\b(?:last|end of|final|stop\w*|discontinu\w+|no longer|cease\w*)\b[^.;]{0,40}\b(?:s[oe]ld|sales?|sell\w*|"
    r"product\w*|ship\w*|purchas\w*|manufactur\w*|available|discontinu\w+)|\bdiscontinu\w+|\bend[ -]of[ -]sales?\b",
    re.IGNORECASE,
)
_LAUNCH = re.compile(
    r"\b(?:launch\w*|first (?:sold|sale|available|made available|placed|released|shipped|offered)|releas\w+|"
    r"introduc\w+|market (?:entry|"
    r"introduction|release)|placed on the market|general availability|became available)\b",
    re.IGNORECASE,
)
_SALE = re.compile(r"\b(?:purchas\w*|bought|buy\w*|sales?|sold|point of sale|you receive)\b", re.IGNORECASE)
_LIFETIME = re.compile(
    r"\b(?:for|during|over|throughout)\b[^.;]{0,30}\blife ?time\b|\blife ?time (?:of )?(?:free )?(?:security |"
    r"software |firmware )?"
    r"(?:updates|support)\b|\b(?:for|during|over|throughout) (?:the )?(?:entire )?(?:service )?life of\b|"
    r"\bentire (?:service )?life\b|"
    r"\bas long as (?:\w+ ){0,3}(?:possible|feasible|practicable|reasonabl\w*)|\bforever\b|\bindefinitely\b",
    re.IGNORECASE,
)
_EXPECTED = re.compile(
    r"\b(?:expect(?:s|ed)?|plan(?:s|ned)?|anticipate[sd]?|estimate[sd]?) (?:\w+ ){0,3}to\b|\bsubject to change\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:have|has|had)\b(?: \w+){0,2} (?:provided|supported|delivered|offered|released|received|made)\b",
    re.IGNORECASE,
)


_LIFETIME_CELL = re.compile(r"\blife ?time\b|\bas long as\b", re.IGNORECASE)


class Period(msgspec.Struct, frozen=True):
    """A period as one sentence or cell tells it."""

    ends_on: str = ""
    years: int = 0
    counted_from: CountedFrom = ""
    lifetime: bool = False


def speaks_of_support(text: str) -> bool:
    """Whether a text speaks of updates or the end of support, and not of a warranty or a sale."""
    return _SUPPORT.search(text) is not None and _NOT_IT.search(text) is None


def read_period(text: str) -> Period | None:
    """Read the period of a sentence that speaks of support; None when it names, promises or allows none."""
    if is_hedged(text) or is_aim(text) or _EXPECTED.search(text):
        return None
    if is_negated(text) and not re.search(r"\bno longer\b", text, re.IGNORECASE):
        return None
    for date in find_dates(text):
        before = text[max(date.start - 80, 0) : date.start]
        if _UNTIL.search(before) and not _BEGINS.search(before):
            return Period(date.iso)
    return _years(text) or (Period(lifetime=True) if _LIFETIME.search(text) else None)


def hints_at_period(text: str) -> bool:
    """Whether a sentence that speaks of support names a time that is no period as it stands: hoped for, a bare year."""
    return not is_negated(text) and (
        _YEARS.search(text) is not None
        or (re.search(r"\b20[2-5]\d\b", text) is not None and _UNTIL.search(text) is not None)
    )


def read_value(text: str) -> Period | None:
    """Read a cell of a table whose heading says that it holds a period or its end."""
    dates = find_dates(text)
    if len({date.iso for date in dates}) == 1 and not is_negated(text):
        return Period(dates[0].iso)
    if dates or is_negated(text):
        return None
    return _years(text) or (Period(lifetime=True) if _LIFETIME_CELL.search(text) else None)


def _years(text: str) -> Period | None:
    match = _YEARS.search(text)
    if match is None or match["upto"] or _PAST.search(text):
        return None
    number = int(match["digits"]) if match["digits"] else number_of(match["number"])
    if match["unit"].lower() == "month":
        number = number // 12 if number % 12 == 0 else 0
    if not 1 <= number <= 30 or re.search(r"\b(?:last|past)\s+$", text[: match.start()], re.IGNORECASE):
        return None
    return Period(years=number, counted_from=_counted_from(text))


def _counted_from(text: str) -> CountedFrom:
    if _LAST_SALE.search(text):
        return "last-sale"
    if _LAUNCH.search(text):
        return "launch"
    return "sale" if _SALE.search(text) else "unknown"

"""Finds by when something is promised: which time in a sentence belongs to acknowledging, updating or disclosing.

A time belongs to the nearest verb before it; to the verb behind it when it opens a clause (`Within 5 days we confirm`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from plimsoll.inspect.maker._dates import NUMBER, number_of
from plimsoll.inspect.maker._sentences import clause_bounds, force_of, is_aim, is_hedged

Deed = Literal["acknowledge", "update", "disclose", "other"]

_DEEDS: dict[Deed, re.Pattern[str]] = {
    "acknowledge": re.compile(
        r"\backnowledg\w*|\bconfirm(?:s|ing|ation)?\b[^.;]{0,30}\b(?:receipt|received|reception|report|"
        r"submission)|\b(?:initial|first) (?:response|reply|contact|answer)|\bresponds?\b|"
        r"(?<!incident )(?<!security )\bresponse\b(?! (?:team|cent|plan|process))|\brepl(?:y|ies)\b|"
        r"\bget back to you|\bhear (?:back )?from us|\breceipt\b|\bcontact you\b|\banswer (?:you|your|all|every)",
        re.IGNORECASE,
    ),
    "update": re.compile(
        r"\b(?:status|progress|regular) (?:updates?|reports?)|"
        r"(?<!security )(?<!software )(?<!firmware )(?<!product )\bupdat(?:es?|ing) (?:you|on|the reporter|to you|"
        r"at least|every)|\bkeep (?:you|the reporter|reporters|researchers) (?:\w+ )?(?:informed|updated|up to date|"
        r"posted|apprised)|\binform(?:ed)? (?:you )?(?:of|about|on) (?:the |our )?(?:progress|status)|"
        r"\bprovide\b(?![^.;]{0,30}\b(?:security|software|firmware|product) updates?)[^.;]{0,30}\bupdates?",
        re.IGNORECASE,
    ),
    "disclose": re.compile(
        r"\bdisclos\w+|\bpublish\w*|\bpublic(?:ly|ation)\b|\bembargo",
        re.IGNORECASE,
    ),
    "other": re.compile(
        r"\bfix(?:es|ed)?\b|\bresolv\w*|\bresolution\b|\bremediat\w*|\bpatch\w*|\btriag\w*|\bassess\w*|\bvalidat\w*|"
        r"\binvestigat\w*|\bmitigat\w*|\breproduc\w*|\bverif\w*|\bresend|\brelease\b|\breward\w*|\bpay\w*|\bship\w*|"
        r"\bretain\w*|\bdelet\w*|\bexpire\w*|\bevaluat\w*|\bnotif\w*|\bescalat\w*|\bwait\b",
        re.IGNORECASE,
    ),
}
_UNIT = r"(?P<kind>business |working |calendar |week)?[ -]?(?P<unit>hours?|hrs?|days?|weeks?|months?|d|h)\b"
_TIME = re.compile(
    rf"\b(?:(?P<low>{NUMBER})(?: ?\(\w{{1,12}}\))? ?(?:-|to|"
    rf"or) ?)?(?P<number>{NUMBER})(?: ?\(\w{{1,12}}\))?[ -]?{_UNIT}|"
    r"\b(?P<next>the )?(?P<one>next|same|one|a single) (?:business|working) day\b",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:^|[,;:.(]|\band|\bbut)\s*(?:and |then |also )?(?:(?:with)?in|no later than|after|every|"
                    r"at most|up to)?\s*$",
                    re.IGNORECASE)  # fmt: skip
_OTHERS = re.compile(
    r"\bif (?:we|you|no|there|your)\b[^,;]{0,80}\b(?:do(?:es)?(?: not|n't)|have(?: not|n't)|fail|no (?:response|"
    r"reply|answer))|"
    r"\b(?:warranty|refund|return|order|invoice|customer (?:service|care|inquir)|sales|subscription|data subject|"
    r"personal data|privacy|shipping|deliver(?:y|ies))\b|\b(?:you|researchers?|reporters?) (?:must|should|shall|"
    r"have to|agree)\b[^,;]{0,60}\b(?:respond|reply|acknowledge|answer|confirm)|\b(?:24/7|hours a day)\b|"
    r"\b(?:vendors?|manufacturers?|suppliers?) (?:must|should|have|will)\b|\byou (?:hereby )?(?:acknowledge|agree|"
    r"confirm)\b|"
    r"\b(?:please|ask(?:s|ed)? (?:you|researchers|reporters) to) (?:\w+ ){0,3}(?:respond|reply|acknowledge|answer|"
    r"confirm)|\backnowledg\w*[^.;]{0,40}\b(?:public|on our|in our|hall of fame|credit|contribution)|"
    r"\b(?:days?|hours?) (?:a|per|each|every) (?:week|day|year)\b|\b(?:last|past|previous|"
    r"older than) (?:\w+ )?(?:days|weeks|months)\b",
    re.IGNORECASE,
)


_AT_ONCE = re.compile(
    r"\bautomat(?:ic|ed|ically)\b[^.;]{0,30}\b(?:acknowledg\w*|confirmation|repl(?:y|ies)|response|receipt|e-?mail)\b|"
    r"\b(?:immediately|instantly) (?:acknowledge|confirm)\b",
    re.IGNORECASE,
)
_PROMISER = re.compile(r"\b(?:we|our|us|you|your|will|shall|team|PSIRT|are|is) ?", re.IGNORECASE)
"""Who promises, or to whom; a line that begins with the deed needs neither."""


_PLAIN: dict[Deed, re.Pattern[str]] = {
    "acknowledge": re.compile(
        r"(?:\b(?:with)?in|\binside|\bno(?:t)? (?:later|longer|more) than|\bunder|\bby|\bat (?:most|the latest)|"
        r"\bmax(?:imum)?\.?(?: of)?|\bup to|\bless than|\bevery|\beach|[:\t(,-]|^)\s*(?:the (?:first|next) |a |an |"
        r"of )?$",
        re.IGNORECASE,
    ),
    "update": re.compile(r"\b(?:every|each|per|once every|intervals? of)\s+(?:\w+ )?$", re.IGNORECASE),
}
"""What stands before a time that is a limit, or an interval; a time without it is told and taken for no promise."""


class PromisedTime(msgspec.Struct, frozen=True):
    """A time that is promised for a deed."""

    deed: Deed
    value: str
    """Number and unit, such as `5 working days`."""
    is_weak: bool
    """Whether it is named as an aim or a habit, and not as a promise."""


def promised_times(text: str) -> Iterator[PromisedTime]:
    """Give the times promised in a sentence; none for what is denied, only possible, or asked of others."""
    if not (_TIME.search(text) or _AT_ONCE.search(text)) or _OTHERS.search(text):
        return
    deeds = sorted(
        (match.start(), match.end(), deed) for deed, pattern in _DEEDS.items() for match in pattern.finditer(text)
    )
    for match in _TIME.finditer(text):
        nearest = _deed_of(deeds, match, text)
        if nearest is None:
            continue
        start, end, deed = nearest
        if start > 30 and not _PROMISER.search(text):
            continue
        said = max(end, match.end())
        first, last = clause_bounds(text, min(start, match.start()), said)
        clause = text[first:last]
        force = force_of(clause, said - first)
        is_plain = _PLAIN[deed].search(text[: match.start()][-40:]) is not None if deed in _PLAIN else False
        if deed == "disclose" and not is_hedged(clause):
            yield PromisedTime(deed, _value(match), is_aim(clause))
        elif deed in ("acknowledge", "update") and force:
            yield PromisedTime(deed, _value(match), force == "weak" or not is_plain)
    at_once = _AT_ONCE.search(text)
    if at_once and force_of(text, at_once.end()) == "promised" and _PROMISER.search(text):
        yield PromisedTime("acknowledge", "at once", False)


def _deed_of(deeds: list[tuple[int, int, Deed]], match: re.Match[str], text: str) -> tuple[int, int, Deed] | None:
    before = [one for one in deeds if one[1] <= match.start()]
    behind = [one for one in deeds if one[0] >= match.end() and one[0] - match.end() <= 100]
    if behind and (not before or _OPENS.search(text[: match.start()][-40:])):
        return behind[0]
    return before[-1] if before else None


def _value(match: re.Match[str]) -> str:
    if match["one"]:
        return "1 working day"
    number = number_of(match["number"])
    unit = {"h": "hour", "d": "day", "w": "week", "m": "month"}[match["unit"][0].lower()]
    kind = (match["kind"] or "").strip().lower()
    words = "working " if kind in ("business", "working", "week") else "calendar " if kind == "calendar" else ""
    return f"{number} {words}{unit}{'' if number == 1 else 's'}"

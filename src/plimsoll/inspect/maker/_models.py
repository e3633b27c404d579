"""Whether a text names a model, and not its neighbour: `AX55` is neither `AX550`, `AX55 Pro` nor `RT-AX55`."""

from __future__ import annotations

import re
from functools import lru_cache

_VARIANT = (
    r"(?![\s_-]{0,2}(?:pro|plus|max|mini|lite|ultra|air|se|xl|go|slim|v\d+|mk ?\w+|mark \w+|ii+|iv|gen\b|"
    r"[2-9](?:nd|rd|th)|\d+(?:st|nd|rd|th)? gen\w*)\b)"
)
_DESIGNATION = re.compile(
    r"\b(?!(?:TS|EN|ISO|IEC|RFC|CVE|IEEE|PSTI|ETSI|CRA|UTC|GMT|USB|HTTP|TLS|SSL|WPA|MP|IPv|AES|SHA|Android|iOS|"
    r"Windows|Wi|Q[1-4]|H[12]|FY|Section|Article|Clause|Regulation|Act|Version|No|Page|Table)\b)"
    r"[A-Z][A-Za-z]{0,12}[ -]?(?:[A-Z]{0,3})\d{2,5}[A-Za-z]{0,3}\b"
)
_MONTH = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|since|until|till|from|in|of|by|before|after|to|"
    r"through|the|and|"
    r"end|year|least|than|for|on|at|launched|updated|copyright|between|during|within|spring|summer|autumn|fall|winter",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)
def _pattern(model: str) -> re.Pattern[str] | None:
    parts = re.findall(r"[^\W_]+", model.lower())
    if not parts or len(model) > 100:
        return None
    pieces = [piece for part in parts for piece in re.findall(r"\d+|\D+", part)]
    body = r"[\s_\-/]{0,2}".join(map(re.escape, pieces))
    return re.compile(rf"(?<![\w])(?<![\w]-){body}(?!\w)(?![-/.]\w){_VARIANT}", re.IGNORECASE)


def names_model(text: str, model: str) -> bool:
    """Whether a text names the model; never when no model is given."""
    pattern = _pattern(model)
    return pattern is not None and pattern.search(text) is not None


def names_another_model(text: str, model: str) -> bool:
    """Whether a text names something that has the form of a designation and is not the model."""
    pattern = _pattern(model)
    rest = pattern.sub(" ", text) if pattern is not None else text
    for match in _DESIGNATION.finditer(rest):
        letters = re.match(r"[A-Za-z]+", match[0])
        year = re.search(r"(?:19|20)\d\d$", match[0])
        if not (letters and _MONTH.fullmatch(letters[0])) and not (year and " " in match[0]):
            return True
    return _named_variant(text, model)


def _named_variant(text: str, model: str) -> bool:
    """Whether the model's own name stands there with a word behind that makes it another model."""
    parts = re.findall(r"[^\W_]+", model.lower())
    if not parts or len(model) > 100 or names_model(text, model):
        return False
    return re.search(r"[\s_\-/]{0,2}".join(map(re.escape, parts)), text, re.IGNORECASE) is not None

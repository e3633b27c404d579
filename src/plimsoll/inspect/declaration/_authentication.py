"""Claims on passwords, from table 1: one per unit, or set by the user.

A row names the interfaces that it is for. One that names none speaks of all passwords only where every row that has a
password says the same kind of thing, for the table lists every mechanism there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from plimsoll.inspect.declaration._reading import Found, affirmed, interfaces, rows_of, told, value
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.facts import Claim

Origin = Literal["password-per-device", "password-user-set", ""]

_TABLE = "1-AuthMech"
_PASSWORD = re.compile(r"\b(?:pass ?(?:word|code|phrase)s?|pins?|pin codes?)\b", re.IGNORECASE)
_NOT_ONE = re.compile(r"\b(?:no|not|without|never|non|instead of)\b", re.IGNORECASE)
_PER_DEVICE = re.compile(
    r"\b(?:unique|different|individual|random(?:ly generated)?|generated)\b.{0,60}"
    r"\b(?:per|for|on|to|in|of|by) (?:each |every )(?:single |individual )?(?:device|unit|product|item)s?\b"
    r"|\b(?:per|for each|for every)[ -](?:device|unit)\b|\bindividual(?:ly)? (?:for|per) (?:each|every)\b"
    r"|\bdevice[ -](?:unique|individual|specific)\b",
    re.IGNORECASE,
)
_USER = r"(?:the |its |an? )?(?:user|owner|customer|administrator)s?"
_USER_SET = re.compile(
    rf"\b(?:set|chosen|defined|created|selected|given|picked) by {_USER}\b|\buser[ -](?:defined|set|chosen|created)\b"
    rf"|\b{_USER} (?:must |has to |is forced to |is required to )?(?:set|choose|define|create|select)s?\b",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"\b(?:same|common|identical|fixed|static|hard-?coded|universal|shared|admin/|all (?:devices|units))\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:default|initial(?:ly)?|factory|pre-?(?:set|installed|configured))\b", re.IGNORECASE)
"""Says that there is a password before the user sets one."""


def claims(form: DeclarationForm) -> Iterator[Found]:
    """Give the claims on where passwords come from."""
    read = [(number, row, _origin(row)) for number, row in rows_of(form, _TABLE) if _has_password(row)]
    is_whole = all(origin for _, _, origin in read)
    for number, row, origin in read:
        scope = interfaces(told(row, "Description"))
        if origin and (scope or is_whole):
            claim = Claim(origin, "5.1-1", _TABLE, value(row.get("ID", "")), " ".join(scope))
            field = "Password Generation Mechanism"
            yield Found(claim, _TABLE, number, field if told(row, field) else "Authentication Factor")


def _has_password(row: dict[str, str]) -> bool:
    factor = told(row, "Authentication Factor")
    return _PASSWORD.search(factor) is not None and _NOT_ONE.search(factor) is None


def _origin(row: dict[str, str]) -> Origin:
    """Read where a password comes from; nothing where the text is unclear or speaks of a shared one."""
    text = told(row, "Password Generation Mechanism", "Authentication Factor")
    said = list(affirmed(text))
    if _SHARED.search(text):
        return ""
    if any(_PER_DEVICE.search(sentence) for sentence in said):
        return "password-per-device"
    if any(_USER_SET.search(sentence) for sentence in said) and not _BEFORE.search(text):
        return "password-user-set"
    return ""

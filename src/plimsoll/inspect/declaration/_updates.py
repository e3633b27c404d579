"""Claims on updates, from table 7: signed, automatic, or none at all.

A claim that updates are signed is on all updates, and is made only where every mechanism says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.declaration._reading import Found, affirmed, rows_of, told, value
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.facts import Claim
from plimsoll.model.facts.claim import Statement

_TABLE = "7-UpdMech"
_SIGNED = re.compile(r"\b(?:signed|signatures?|signs)\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\b(?:updates?|images?|firmware|packages?|bundles?|manifests?|software|binar(?:y|ies)|files?|releases?|artifacts?)\b",
    re.IGNORECASE,
)
_OF_THE_CHANNEL = re.compile(r"\b(?:certificates?|d?tls|https|servers?|ciphers?|suites?|urls?|ca)\b", re.IGNORECASE)
_NOT_SIGNED = re.compile(
    r"\bunsigned\b|\bnot (?:\w+ ){0,2}(?:verified|checked|validated|enforced|signed)\b"
    r"|\b(?:verification|signing|signatures?)\W+(?:\w+\W+){0,3}(?:planned|optional|disabled|future|skipped)\b",
    re.IGNORECASE,
)
_PART = re.compile(r",|:|\band\b")
_REFERS = re.compile(r"(?i)\b(?:see|same as|identical to|as in|as for)\W{1,3}([\w.-]*\w)")
_ALONE = re.compile(
    r"\bwithout (?:any )?(?:user )?(?:interaction|action|intervention)\b"
    r"|\bno (?:user )?(?:interaction|action|intervention)(?: (?:is )?(?:needed|required|necessary))?\b",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(r"\bautomat(?:ic|ically|ed)\b|\bby itself\b|\bunattended\b", re.IGNORECASE)
_BY_HAND = re.compile(
    r"\bmanual(?:ly)?\b"
    r"|\b(?:user|owner|administrator) (?:\w+ )?(?:starts?|confirms?|approves?|presses|clicks|uploads?|downloads?)\b",
    re.IGNORECASE,
)


def claims(form: DeclarationForm) -> Iterator[Found]:
    """Give the claims on updates."""
    rows = list(rows_of(form, _TABLE))
    if rows and len(rows) == len(form.rows(_TABLE)):
        texts = _texts([row for _, row in rows])
        if all(map(_is_signed, texts)):
            yield from (_found("updates-signed", "5.3-7", number, row, "Cryptographic Details") for number, row in rows)
    for number, row in rows:
        if _is_automatic(row):
            yield _found("updates-automatic", "5.3-4A", number, row, "Initiation and Interaction")


def _found(statement: Statement, provision: str, number: int, row: dict[str, str], field: str) -> Found:
    claim = Claim(statement, provision, _TABLE, value(row.get("ID", "")), value(row.get(field, "")))
    return Found(claim, _TABLE, number, field if row.get(field) else "")


def _texts(rows: list[dict[str, str]]) -> list[str]:
    """Give what each row says of its cryptography; one that only refers to another row says what that one says."""
    own = [told(row, "Cryptographic Details", "Security Guarantees") for row in rows]
    by_id = {row["ID"]: text for row, text in zip(rows, own, strict=True) if row.get("ID")}
    meant = [[by_id[word] for word in _meant(row) if word in by_id] for row in rows]
    return [".\n".join([text, *others]) for text, others in zip(own, meant, strict=True)]


def _meant(row: dict[str, str]) -> list[str]:
    text = row.get("Cryptographic Details", "")
    return [match[1] for match in _REFERS.finditer(text)][:1]


def _is_signed(text: str) -> bool:
    if _NOT_SIGNED.search(text):
        return False
    pieces = [piece for said in affirmed(text) for piece in (said, *_PART.split(said))]
    return any(_SIGNED.search(one) and _SUBJECT.search(one) and not _OF_THE_CHANNEL.search(one) for one in pieces)


def _is_automatic(row: dict[str, str]) -> bool:
    text = _ALONE.sub("unattended", told(row, "Initiation and Interaction"))
    return not _BY_HAND.search(text) and any(_AUTOMATIC.search(one) for one in affirmed(text))

"""Claims of the ICS: each answer, and what its Detail says beyond that in so many words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.catalogue import load
from plimsoll.inspect.declaration._communication import claims_on_all
from plimsoll.inspect.declaration._reading import Found, value
from plimsoll.knowledge.declared_words import fold, is_unconfirmed
from plimsoll.model.declaration import DeclarationForm, Support
from plimsoll.model.facts import Claim
from plimsoll.model.facts.claim import Statement

_STATEMENTS: dict[Support, Statement] = {"Y": "supported", "N": "not-supported", "N/A": "not-applicable"}
_NO_PASSWORDS = re.compile(
    r"(?:(?:f ?\(a\)|feature \(?a\)?)(?: is)?(?: absent| not present)?[ :,-]{1,3})?"
    r"(?:(?:as |because |since )?(?:the (?:device|product) )?(?:there are )?"
    r"(?:(?:has |uses |with |using )?no (?:user )?passwords?|without (?:any )?passwords?)"
    r"(?: (?:is|are))?(?: (?:used|needed|required|employed|present|supported|set))?(?: at all| anywhere)?"
    r"|(?:the (?:device|product) )?(?:does not|doesn't) (?:use|have|need|require|support) (?:any )?passwords?"
    r"|passwords are not (?:used|present|supported|required|needed))"
    r"(?: (?:by|on|in|for|with) (?:the|this) (?:device|product))?"
)


def claims(form: DeclarationForm) -> Iterator[Found]:
    """Give the claims of the ICS, in the order of the standard; numbers of other editions are passed over."""
    for provision in load().provisions:
        row = form.ics.get(provision.id)
        if row is None or not row.support or is_unconfirmed(row.detail):
            continue
        yield _found(_STATEMENTS[row.support], provision.id, value(row.detail))
        if provision.id == "5.1-1" and row.support != "N" and _NO_PASSWORDS.fullmatch(fold(row.detail)):
            yield _found("no-passwords", provision.id, value(row.detail))
        if provision.id == "5.5-1" and row.support == "Y":
            for statement, words in claims_on_all(row.detail):
                yield _found(statement, provision.id, words)


def unread(form: DeclarationForm) -> list[str]:
    """Name the rows of the ICS that are answered and not read, because V3.1.3 has no such provision."""
    known = {provision.id for provision in load().provisions}
    return sorted(number for number, row in form.ics.items() if number not in known and row.support)


def _found(statement: Statement, provision: str, words: str) -> Found:
    return Found(Claim(statement, provision, "", "", words))

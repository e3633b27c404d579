"""A security.txt to start from (RFC 9116): fields that were seen are kept, the others are blanks."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from plimsoll.model import facts
from plimsoll.model.assessment import Assessment
from plimsoll.model.criterion import Catalogue
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.message import message
from plimsoll.model.product import MakerDomain
from plimsoll.report import words
from plimsoll.report.papers._evidence import observations_of
from plimsoll.report.papers.paper import (
    NOTHING,
    Blank,
    Block,
    Code,
    Heading,
    Items,
    Line,
    Paper,
    Paragraph,
    Piece,
    Verbatim,
    paper,
)
from plimsoll.report.papers.wording import plain

DAYS = 364
"""How long after the day of the assessment the file expires: less than a year, as RFC 9116 recommends."""
PLACE = "/.well-known/security.txt"

_CONTACT = re.compile(r"(?:https://|mailto:|tel:)[!-~]{1,500}")
_ADDRESS = re.compile(r"https://[!-~]{1,500}")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,253}", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9.-]{1,253}")

IS_NOT = (
    "It is not a published security.txt: it is one when it is served at its place, over https, and somebody reads what "
    "comes to its contact.",
    "What was seen is copied from the maker's own pages; the maker must confirm it.",
)


def draft_security_txt(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm = NOTHING) -> Paper:
    """Make the paper around the file."""
    blocks = tuple(_blocks(assessment))
    return paper("security-txt", "A security.txt to start from", assessment, blocks, is_not=IS_NOT)


def security_txt_file(assessment: Assessment) -> str:
    """Give the file alone, with its blanks marked; a file that holds one is not valid and not to be published."""
    return "".join(f"{plain(line)}\n" for line in _file(assessment))


def contacts(assessment: Assessment) -> tuple[str, ...]:
    """Give the contacts that the maker publishes, as addresses that RFC 9116 allows, each once."""
    found = [contact for _, fact in observations_of(assessment, facts.SecurityTxt) for contact in fact.contacts]
    if not any(_CONTACT.fullmatch(one) for one in found):
        found += [_as_address(fact.contact) for _, fact in observations_of(assessment, facts.DisclosurePolicy)]
    return tuple(dict.fromkeys(one for one in found if _CONTACT.fullmatch(one)))


def policies(assessment: Assessment) -> tuple[str, ...]:
    """Give the addresses of disclosure policies that were seen, each once."""
    found = (fact.url for _, fact in observations_of(assessment, facts.DisclosurePolicy))
    return tuple(dict.fromkeys(one for one in found if _ADDRESS.fullmatch(one)))


def expires(assessed_on: str) -> Piece:
    """Give the Expires value for a file made on that day; a blank when the day cannot be read."""
    try:
        last = datetime.date.fromisoformat(assessed_on) + datetime.timedelta(days=DAYS)
    except (ValueError, OverflowError):
        return Blank("a time less than a year ahead, such as 2030-01-31T00:00:00Z")
    return f"{last.isoformat()}T00:00:00Z"


def _blocks(assessment: Assessment) -> Iterator[Block]:
    for one, fact in observations_of(assessment, facts.SecurityTxt):
        yield Paragraph((message("There is one already, at {url}:", url=fact.url), Code(one.where)))
    yield Heading("The file")
    yield Verbatim(tuple(_file(assessment)))
    yield Heading("What to do with it")
    yield Items(
        (
            ("Fill the blanks, and delete the lines that begin with #.",),
            ("Serve it at", Code(PLACE), "on every domain that users know, over https, as text/plain in UTF-8."),
            ("Put a date in the calendar well before Expires; an expired file is worth nothing.",),
            ("Send a report to the contact yourself, and see that somebody answers in the time that is promised.",),
        )
    )


def _file(assessment: Assessment) -> Iterator[Line]:
    made = words.judged(assessment)
    yield "# A draft: ", made, "."
    yield ("# No certificate and no legal advice. Fill every blank, then delete the lines with #.",)
    for contact in contacts(assessment):
        yield "Contact: ", contact
    if not contacts(assessment):
        yield "Contact: ", Blank("an address for reports: mailto:, https:// or tel:")
    yield "Expires: ", expires(assessment.assessed_on)
    for policy in policies(assessment):
        yield "Policy: ", policy
    if not policies(assessment):
        yield "Policy: ", Blank("https:// address of the disclosure policy")
    yield "Preferred-Languages: ", Blank("languages that reports are read in, such as en")
    yield "Canonical: ", _canonical(assessment)
    for address in _advisories(assessment):
        yield "CSAF: ", address


def _canonical(assessment: Assessment) -> Piece:
    for one in assessment.sources:
        if isinstance(one, MakerDomain) and _DOMAIN.fullmatch(one.domain):
            return f"https://{one.domain}{PLACE}"
    return Blank(f"https:// address of this file, ending in {PLACE}")


def _advisories(assessment: Assessment) -> tuple[str, ...]:
    sources = (fact for _, fact in observations_of(assessment, facts.AdvisorySource))
    found = (one.url for one in sources if one.kind == "csaf")
    return tuple(dict.fromkeys(one for one in found if _ADDRESS.fullmatch(one)))


def _as_address(contact: str) -> str:
    return f"mailto:{contact}" if _MAIL.fullmatch(contact) else contact

"""A disclosure policy to start from, in plain words of our own.

What it holds: the minimum of EN 303 645, provision 5.2-1, and of the UK rule (contact, acknowledgement, status
updates), and what ISO/IEC 29147 recommends besides.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.model.assessment import Assessment
from plimsoll.model.criterion import Catalogue
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.facts import DisclosurePolicy
from plimsoll.model.message import message
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
    given_or_blank,
    paper,
)
from plimsoll.report.papers.security_txt import contacts

IS_NOT = (
    "It is not the maker's policy: it is one when the maker has decided to keep each promise in it, and publishes it.",
    "Have the part on legal action read by somebody who knows the law where you are.",
)


def draft_policy(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm = NOTHING) -> Paper:
    """Make the text; every time and every address is the maker's to decide."""
    maker = given_or_blank(assessment.product.maker or form.product.maker, "name of the maker")
    blocks = tuple(_blocks(assessment, maker))
    return paper(
        "disclosure-policy", "A vulnerability disclosure policy to start from", assessment, blocks, is_not=IS_NOT
    )


def _blocks(assessment: Assessment, maker: Piece) -> Iterator[Block]:
    for one, fact in observations_of(assessment, DisclosurePolicy):
        yield Paragraph((message("There is one already, at {url}:", url=fact.url), Code(one.where)))
    yield Heading("Reporting a vulnerability to us")
    yield Paragraph((maker, "wants to hear of every weakness in its products, whoever finds it."))
    yield Heading("How to reach us", 3)
    yield Items(tuple(_contact(assessment)))
    yield Paragraph(
        (
            "You need no account, no contract and no promise of silence to write to us. You need not tell us who "
            "you are. Reports in English are read; so are those in:",
            Blank("other languages, or none"),
        )
    )
    yield Heading("What this covers", 3)
    yield Items(
        (
            ("All products that we sell or support, with their software, apps and cloud services:", Blank("the list")),
            ("Our websites:", Blank("covered or not")),
            ("Not covered:", Blank("what is not, such as services of others, or nothing")),
        )
    )
    yield Heading("What to tell us", 3)
    yield Paragraph(
        (
            "The product and its software version, what goes wrong, and how we can see it ourselves. A short report "
            "today is better than a complete one next month.",
        )
    )
    yield Heading("What we do, and by when", 3)
    yield Items(_PROMISES)
    yield Heading("What we ask of you", 3)
    yield Items(_REQUESTS)
    yield Heading("No legal action", 3)
    yield Paragraph(
        (
            "Who looks for weaknesses in good faith and keeps to this policy acts with our permission. We take no "
            "legal action against them and ask nobody else to; when somebody does, we say that they had permission:",
            Blank("decision of the maker, after legal advice"),
        )
    )
    yield Heading("Changes", 3)
    yield Paragraph(("This policy was last changed on", Blank("date"), "and holds for reports from that day on."))


def _contact(assessment: Assessment) -> Iterator[Line]:
    for contact in contacts(assessment):
        yield "Write to", Code(contact), Blank("confirmation that it is read")
    if not contacts(assessment):
        yield "Write to", Blank("address for reports, or a form that needs no account")
    yield "Key for encrypted mail:", Blank("address of the key, or that the form is protected by TLS")


_PROMISES: tuple[Line, ...] = (
    ("We confirm that your report has arrived within", Blank("days, such as 3 working days"), "after it came."),
    ("We tell you what we make of it within", Blank("days, such as 10"), "after that."),
    ("We send you news every", Blank("days, such as 14"), "until the matter is resolved."),
    ("We publish what was wrong, with the update against it, within", Blank("days, such as 90"), "after your report."),
    ("We publish advisories at", Blank("address of the advisories"), "and name you there if you wish."),
    ("If we cannot agree, either of us may ask a coordinator:", Blank("national CSIRT or another third party")),
)
_REQUESTS: tuple[Line, ...] = (
    ("Look no further into the data of others than you must to show the weakness, and keep none of it.",),
    ("Do not interrupt services and do not change what belongs to others; test on products of your own.",),
    ("Give us the time named above before you publish. You may publish when it is over, with or without an update.",),
)

"""What a paper is made of: blocks of pieces, with a mark for each blank that only the maker can fill.

A paper holds no markup. The two renderers, `markdown` and `html`, make every piece visible and escape it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from plimsoll.model.assessment import Assessment
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.message import Message, message
from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report.visible import clip


class Blank(msgspec.Struct, frozen=True, tag="blank"):
    """Something that the maker must fill in or decide; shown as a mark that cannot be overlooked."""

    what: str
    """What belongs here, in a few words of ours."""


class Code(msgspec.Struct, frozen=True, tag="code"):
    """A place, a number or an address that is to be copied exactly."""

    text: str


class LaboratoryVerdict(msgspec.Struct, frozen=True, tag="laboratory-verdict"):
    """A verdict in the words of TS 103 701."""

    verdict: Verdict


Piece = str | Message | Blank | Code | Verdict | LaboratoryVerdict
Line = tuple[Piece, ...]
"""Pieces that follow each other with one space between them."""
Cell = tuple[Line, ...]
"""Lines of one cell of a table, one below the other."""


class Heading(msgspec.Struct, frozen=True, tag="heading"):
    """The head of a section."""

    text: str
    level: int = 2
    """2 or 3; the title of the paper is 1."""


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """One paragraph."""

    line: Line


class Items(msgspec.Struct, frozen=True, tag="items"):
    """A list without numbers."""

    lines: tuple[Line, ...]


class Table(msgspec.Struct, frozen=True, tag="table"):
    """A table; every row has as many cells as there are columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Verbatim(msgspec.Struct, frozen=True, tag="verbatim"):
    """Lines of a file, to be copied as they are; the pieces of a line follow each other without a space."""

    lines: tuple[Line, ...]


Block = Heading | Paragraph | Items | Table | Verbatim


class Paper(msgspec.Struct, frozen=True):
    """A text made from one assessment: equal assessments give equal papers."""

    id: str
    """Kebab-case, as in PAPERS."""
    title: str
    product: Line
    """What it speaks of."""
    made: Message
    """On what day and by which version."""
    given: tuple[Message, ...]
    """What was looked at, so that somebody else can tell whether they hold the same."""
    is_not: tuple[str, ...]
    """What it must not be taken for, in whole sentences; stands before everything else."""
    blocks: tuple[Block, ...]

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """Give every blank, in order."""
        return tuple(piece for line in _lines(self) for piece in line if isinstance(piece, Blank))


NO_CERTIFICATE = (
    "This is a draft that a program made from what it saw. It is no certificate, no report of a test laboratory and "
    "no legal advice."
)
NOTHING = DeclarationForm()
"""The form of a maker who has declared nothing."""
NOT_SHOWN = "What was not looked at or could not be decided stands as not shown; silence is never counted as met."


def paper(
    id: str, title: str, assessment: Assessment, blocks: tuple[Block, ...], *, is_not: tuple[str, ...] = ()
) -> Paper:
    """Make a paper with the head that all of them share; `is_not` adds what this one in particular is not."""
    given = tuple(words.source(one) for one in assessment.sources)
    return Paper(id, title, product(assessment), words.judged(assessment), given, (NO_CERTIFICATE, *is_not), blocks)


def product(assessment: Assessment) -> Line:
    """Name the product, and its software version where one was given."""
    name = clip(words.product_name(assessment.product, assessment.sources))
    if not assessment.product.version:
        return (name,)
    return (message("{name}, version {version}", name=name, version=assessment.product.version),)


def given_or_blank(value: str, what: str) -> Piece:
    """Give a value that was handed in, else a blank."""
    return clip(value) if value.strip() else Blank(what)


def cell(*pieces: Piece) -> Cell:
    """Make a cell of one line; of none when nothing is given."""
    return (pieces,) if pieces else ()


def _lines(given: Paper) -> Iterator[Line]:
    for block in given.blocks:
        match block:
            case Paragraph(line):
                yield line
            case Items(lines) | Verbatim(lines):
                yield from lines
            case Table(_, _, rows):
                yield from (line for row in rows for one in row for line in one)

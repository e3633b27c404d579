"""The words that both renderers write for marks: a blank, a verdict, and how many blanks are left."""

from __future__ import annotations

from plimsoll.model.message import Message
from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report.papers.paper import Blank, Code, LaboratoryVerdict, Line, Paper, Piece
from plimsoll.report.visible import say, visible

BLANK = "[to be filled: {what}]"
"""The mark of a blank; a text that still holds one is not finished."""


def blank(piece: Blank) -> str:
    """Write the mark of a blank."""
    return visible(BLANK.format(what=piece.what))


def verdict(given: Verdict) -> str:
    """Write a verdict as everywhere in Plimsoll: a sign and the word."""
    return f"{words.MARKS[given]} {say(words.VERDICTS[given])}"


def laboratory_verdict(piece: LaboratoryVerdict) -> str:
    """Write a verdict in the words of TS 103 701."""
    return piece.verdict.name.replace("_", " ")


def blanks_left(paper: Paper) -> Line:
    """Say how many blanks are left; nothing when there are none."""
    count = len(paper.blanks)
    if not count:
        return ()
    one = "{count} blank is left to the maker; until it is filled this is not finished. Its mark is"
    many = "{count} blanks are left to the maker; until they are filled this is not finished. Each has a mark like"
    return words.counted(count, one, many), Blank("what belongs there")


def plain(line: Line) -> str:
    """Join the pieces of a line of a file, without markup and without a space between them."""
    return "".join(show(piece) for piece in line)


def show(piece: Piece) -> str:
    """Write a piece as text without markup, every character of it visible."""
    match piece:
        case Verdict():
            return verdict(piece)
        case str():
            return visible(piece)
        case Message():
            return say(piece)
        case Blank():
            return blank(piece)
        case Code(text):
            return visible(text)
        case LaboratoryVerdict():
            return laboratory_verdict(piece)

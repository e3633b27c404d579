"""A paper as one page to read and print, in the looks of the report: no script, nothing fetched, every name escaped."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report._html import content_security_policy, environment
from plimsoll.report.papers.paper import Blank, Block, Code, LaboratoryVerdict, Paper, Piece
from plimsoll.report.papers.wording import blanks_left, show
from plimsoll.report.visible import sentence

if TYPE_CHECKING:  # the import is dear, and the command line lists the papers without rendering one
    from jinja2 import Template


def render(paper: Paper) -> str:
    """Write the page; equal papers give equal text."""
    style = _style()
    return _template().render(
        paper=paper, style=style, policy=content_security_policy(style), blanks_left=blanks_left(paper)
    )


def _block_kind(block: Block) -> str:
    return type(block).__name__.lower()


def _kind(piece: Piece) -> str:
    """Name the class of elements that a piece is shown as."""
    match piece:
        case Blank():
            return "blank"
        case Code():
            return "code"
        case Verdict():
            return f"verdict {words.TONES[piece]}"
        case LaboratoryVerdict():
            return f"verdict {words.TONES[piece.verdict]}"
        case _:
            return "text"


@cache
def _style() -> str:
    ours = resources.files("plimsoll.report").joinpath("templates/report.css").read_text("utf-8")
    return ours + resources.files(__package__).joinpath("templates/paper.css").read_text("utf-8")


@cache
def _template() -> Template:
    made = environment("plimsoll.report.papers")
    made.filters |= {"block_kind": _block_kind, "sentence": sentence, "piece_kind": _kind, "piece_text": show}
    return made.get_template("paper.html.j2")

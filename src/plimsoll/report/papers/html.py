"""A paper as one page to read and print, in the looks of the report: no script, nothing fetched, every name escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report.html import POLICY
from plimsoll.report.papers.paper import Blank, Block, Code, LaboratoryVerdict, Paper, Piece
from plimsoll.report.papers.wording import blanks_left, show
from plimsoll.report.visible import sentence, visible

if TYPE_CHECKING:  # the import is dear, and the command line lists the papers without rendering one
    from jinja2 import Template


def render(paper: Paper) -> str:
    """Write the page; equal papers give equal text."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return _template().render(
        paper=paper, style=style, policy=POLICY.format(digest=digest), blanks_left=blanks_left(paper)
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
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("plimsoll.report.papers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    environment.filters |= {"block_kind": _block_kind, "sentence": sentence, "piece_kind": _kind, "piece_text": show}
    return environment.get_template("paper.html.j2")


def _finalize(value: object) -> object:
    """Make every text visible on its way into the page; markup of the template's own macros passes as it is."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value

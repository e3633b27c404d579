"""A paper as Markdown (CommonMark with the tables of GitHub's flavour): no links, every name escaped.

The only HTML is the `<br>` between the lines of a cell, which Markdown has no sign of its own for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.model.verdict import Verdict
from plimsoll.report.papers.paper import (
    Blank,
    Block,
    Cell,
    Code,
    Heading,
    Items,
    LaboratoryVerdict,
    Line,
    Paper,
    Paragraph,
    Piece,
    Table,
    Verbatim,
)
from plimsoll.report.papers.wording import blank, blanks_left, plain, show
from plimsoll.report.visible import sentence, visible

_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~#$^]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_LIST = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=]))")
"""Where a sign is that makes a line a list or a heading when it stands at its beginning."""
_PLAIN_CODE = re.compile(r"[^`|\\]+")


def render(paper: Paper) -> str:
    """Write the paper; equal papers give equal text."""
    parts = [f"# {escape(paper.title)}", _line(paper.product), escape(sentence(paper.made)) + "."]
    parts += ["\n".join(f"- {escape(sentence(one))}" for one in paper.given)]
    notice = [*((text,) for text in paper.is_not), blanks_left(paper)]
    parts += ["\n>\n".join(f"> {_line(line)}" for line in notice if line)]
    parts += [_block(block) for block in paper.blocks]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """Write text so that Markdown reads it as text wherever it stands, on one line."""
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], visible(text).strip())
    return _LIST.sub(r"\1\\", escaped)


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {escape(text)}"
        case Paragraph(line):
            return _line(line)
        case Items(lines):
            return "\n".join(f"- {_line(line)}" for line in lines)
        case Table():
            return "\n".join(_table(block))
        case Verbatim(lines):
            return "\n".join(f"    {visible(plain(line))}" for line in lines)


def _table(table: Table) -> Iterator[str]:
    yield f"{escape(table.caption)}\n"
    yield _row(escape(column) for column in table.columns)
    yield "|" + "---|" * len(table.columns)
    for row in table.rows:
        yield _row(_cell(one) for one in row)


def _row(cells: Iterator[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(lines: Cell) -> str:
    return "<br>".join(_line(line) for line in lines)


def _line(line: Line) -> str:
    return " ".join(_piece(piece) for piece in line)


def _piece(piece: Piece) -> str:
    shown = show(piece)
    match piece:
        case Blank(what):
            return f"**{blank(Blank(escape(what)))}**"
        case Verdict() | LaboratoryVerdict():
            return f"**{escape(shown)}**"
        case Code() if _PLAIN_CODE.fullmatch(shown.strip()):
            return f"`{shown.strip()}`"
        case _:
            return escape(shown)

"""Lines of a fixed width for a terminal: everything written is made visible first, wrapped, and coloured last."""

from __future__ import annotations

import textwrap
from typing import Literal

from plimsoll.report.visible import visible

Style = Literal["", "bold", "dim", "good", "bad", "open"]

NARROWEST, WIDEST = 40, 120
"""Columns that are used at the least and at the most; longer lines are hard to read."""

_CODES: dict[Style, str] = {"bold": "1", "dim": "2", "good": "32", "bad": "31;1", "open": "33"}


class Page:
    """Gathers lines."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = max(NARROWEST, min(width, WIDEST))
        self._colour = colour
        self._lines: list[str] = []

    def write(self, text: str, *, indent: int = 0, first: str = "", style: Style = "") -> None:
        """Write a paragraph: `first` stands before its first line, and the others are set in to the same column.

        A word that is longer than the line, such as a place, is not broken, so that it can be copied.
        """
        lead, hang = " " * indent + visible(first), " " * (indent + len(visible(first)))
        lines = textwrap.wrap(
            visible(text),
            self.width,
            initial_indent=lead,
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self._lines += [self._painted(line, style) for line in lines or [lead.rstrip()]]

    def line(self, text: str, style: Style = "") -> None:
        """Write one line as it is, without wrapping."""
        self._lines.append(self._painted(visible(text), style))

    def ends(self, left: str, right: str, style: Style = "") -> None:
        """Write one thing at each end of a line; on two lines where they do not fit on one."""
        left, right = visible(left), visible(right)
        room = self.width - len(right)
        if len(left) + 2 <= room:
            self.line(left.ljust(room) + right, style)
            return
        self.write(left, style=style)
        self.line(right.rjust(self.width), style)

    def heading(self, text: str) -> None:
        """Write a heading with a line free above it."""
        self.blank()
        self.write(text, style="bold")

    def blank(self) -> None:
        """Leave one line free; never two."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        """Give all lines with a newline at the end."""
        return "\n".join(self._lines).rstrip("\n") + "\n"

    def _painted(self, line: str, style: Style) -> str:
        line = line.rstrip()
        if not self._colour or not style:
            return line
        bare = line.lstrip(" ")
        return f"{line[: len(line) - len(bare)]}\x1b[{_CODES[style]}m{bare}\x1b[0m"

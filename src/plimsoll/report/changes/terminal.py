"""A comparison for a terminal or a text file."""

from __future__ import annotations

from plimsoll.report._page import Page, Style
from plimsoll.report.changes._told import MARKS, Tone, conclusion, ground, sections, title, tone
from plimsoll.report.changes.change import Changes
from plimsoll.report.visible import say, sentence
from plimsoll.report.words import counted

MOST = 40
"""Changes of one kind that are shown."""

_STYLES: dict[Tone, Style] = {"good": "good", "bad": "bad", "open": "open", "none": ""}


def render(changes: Changes, *, width: int = 80, colour: bool = False) -> str:
    """Tell it in lines of at most `width` columns; only a place may be longer."""
    page = Page(width, colour)
    page.write(title(changes), style="bold")
    page.write(sentence(conclusion(changes)), style=_STYLES[tone(changes)])
    for section in sections(changes):
        page.heading(section.title)
        for one in section.entries[:MOST]:
            page.write(one.text, first=f"{MARKS[one.tone]} ", style=_STYLES[one.tone])
            if one.why:
                page.write(one.why, indent=4)
            if one.where:
                page.write(one.where, indent=4, style="dim")
        more = len(section.entries) - MOST
        if more > 0:
            page.write(say(counted(more, "and {count} more change", "and {count} more changes")), indent=2)
    page.heading("What was compared")
    for line in ground(changes):
        page.write(line, first="- ", indent=2)
    return page.text()

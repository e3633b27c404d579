"""A comparison as Markdown, for a merge request or release notes: every name escaped, no links."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.report.changes._told import MARKS, Entry, conclusion, ground, sections, title
from plimsoll.report.changes.change import Changes
from plimsoll.report.papers.markdown import escape
from plimsoll.report.visible import sentence

MOST = 500
"""Changes of one kind that are shown; the JSON has the rest."""


def render(changes: Changes) -> str:
    """Write the page; equal changes give equal text."""
    return "\n".join(_lines(changes)) + "\n"


def _lines(changes: Changes) -> Iterator[str]:
    yield f"# {escape(title(changes))}"
    yield ""
    yield f"**{escape(sentence(conclusion(changes)))}**"
    for section in sections(changes):
        yield f"\n## {escape(section.title)}\n"
        for one in section.entries[:MOST]:
            yield f"- {MARKS[one.tone]} {_entry(one)}"
        if len(section.entries) > MOST:
            yield f"- and {len(section.entries) - MOST} more"
    yield "\n## What was compared\n"
    for line in ground(changes):
        yield f"- {escape(line)}"


def _entry(one: Entry) -> str:
    told = [escape(one.text)]
    told += [f"  \n  {escape(one.why)}"] if one.why else []
    told += [f"  \n  {escape(one.where)}"] if one.where else []
    return "".join(told)

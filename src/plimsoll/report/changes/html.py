"""A comparison as one page to read and print: no script, nothing fetched, everything from the images escaped."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from plimsoll.report._html import content_security_policy, environment
from plimsoll.report.changes._told import MARKS, conclusion, ground, sections, title, tone
from plimsoll.report.changes.change import Changes
from plimsoll.report.visible import sentence

if TYPE_CHECKING:  # the import is dear, and a comparison in a terminal does not need it
    from jinja2 import Template

MOST = 500
"""Changes of one kind that are shown; the JSON has the rest."""


def render(changes: Changes) -> str:
    """Write the page; equal changes give equal text."""
    style = resources.files("plimsoll.report").joinpath("templates/report.css").read_text("utf-8")
    return _template().render(
        name=title(changes),
        conclusion=sentence(conclusion(changes)),
        tone=tone(changes),
        sections=sections(changes),
        ground=ground(changes),
        style=style,
        policy=content_security_policy(style),
        MARKS=MARKS,
        MOST=MOST,
    )


@cache
def _template() -> Template:
    return environment("plimsoll.report.changes").get_template("changes.html.j2")

"""Telling: pure functions from an assessment to text."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from plimsoll.errors import InputError
from plimsoll.model.assessment import Assessment


class Report(msgspec.Struct, frozen=True):
    """One entry of REPORTS."""

    name: str
    """What `--format` takes."""
    title: str
    """What it is for, in a few words."""
    suffixes: tuple[str, ...]
    """Ends of file names that ask for it, with the dot, lower case."""
    render: Callable[[Assessment], str]
    """Pure: equal assessments give equal text."""


def report_for(name: str) -> Report:
    """Choose a report by its own name or by the name of a file to write; raise InputError when none fits.

    The longest suffix decides, so that `.cdx.json` is not taken for `.json`.
    """
    fitting = [
        (len(suffix), report)
        for report in REPORTS
        for suffix in report.suffixes
        if name.lower().endswith(suffix) or name == report.name
    ]
    if fitting:
        return max(fitting, key=lambda one: one[0])[1]
    known = ", ".join(suffix for report in REPORTS for suffix in report.suffixes)
    raise InputError(f"the name {name!r} tells no format", hint=f"end it in one of {known}")


def _terminal(assessment: Assessment) -> str:
    from plimsoll.report import terminal

    return terminal.render(assessment)


def _json(assessment: Assessment) -> str:
    from plimsoll.report import json_report

    return json_report.render(assessment)


def _html(assessment: Assessment) -> str:
    from plimsoll.report import html

    return html.render(assessment)


REPORTS: tuple[Report, ...] = (
    Report("terminal", "a summary to read in a terminal", (".txt",), _terminal),
    Report("json", "everything, for programs", (".json",), _json),
    Report("html", "a page to read and print", (".html", ".htm"), _html),
)
"""Every report. The modules are imported when they are used, so that `--help` answers at once."""

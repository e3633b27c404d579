"""Telling: pure functions from an assessment to text."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

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

    The longest suffix decides, so that `.cdx.json` is not taken for `.json`; a whole name may be the suffix itself, as
    in `vex.cdx.json`.
    """
    fitting = [
        (len(suffix), report)
        for report in REPORTS
        for suffix in report.suffixes
        if f".{name.lower()}".endswith(suffix) or name == report.name
    ]
    if fitting:
        return max(fitting, key=lambda one: one[0])[1]
    known = ", ".join(suffix for report in REPORTS for suffix in report.suffixes)
    raise InputError(f"the name {name!r} tells no format", hint=f"end it in one of {known}")


def _of(module: str, function: str = "render") -> Callable[[Assessment], str]:
    """Import a report when it is used, so that `--help` answers at once."""

    def render(assessment: Assessment) -> str:
        text = getattr(import_module(f"plimsoll.report.{module}"), function)(assessment)
        assert isinstance(text, str)
        return text

    return render


REPORTS: tuple[Report, ...] = (
    Report("terminal", "a summary to read in a terminal", (".txt",), _of("terminal")),
    Report("json", "everything, for programs", (".json",), _of("json_report")),
    Report("html", "a page to read and print", (".html", ".htm"), _of("html")),
    Report("sarif", "findings for code scanners (SARIF 2.1.0)", (".sarif", ".sarif.json"), _of("sarif")),
    Report("cyclonedx", "bill of materials (CycloneDX 1.6)", (".cdx.json", ".bom.json"), _of("cyclonedx")),
    Report("cyclonedx-xml", "the same in XML", (".cdx.xml", ".bom.xml"), _of("cyclonedx", "render_xml")),
    Report("spdx-json", "bill of materials (SPDX 2.3)", (".spdx.json",), _of("spdx")),
    Report("spdx", "the same as tag and value", (".spdx",), _of("spdx", "render_tag_value")),
    Report("vex", "known vulnerabilities (CycloneDX 1.6)", (".vex.cdx.json",), _of("cyclonedx", "render_vex")),
    Report("vex-xml", "the same in XML", (".vex.cdx.xml",), _of("cyclonedx", "render_vex_xml")),
    Report("openvex", "known vulnerabilities (OpenVEX 0.2.0)", (".openvex.json",), _of("openvex")),
    Report("csaf", "known vulnerabilities (CSAF 2.0)", (".csaf.json",), _of("csaf")),
)
"""Every report."""

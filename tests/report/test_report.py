from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from plimsoll.errors import InputError
from plimsoll.model import codec
from plimsoll.report import REPORTS, Report, json_report, report_for
from tests.report.sample import ALL

SCHEMA = Path(__file__).parents[2] / "docs" / "assessment.schema.json"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_every_report_renders_everything_and_the_same_twice(report: Report, name: str) -> None:
    text = report.render(ALL[name]())
    assert text.endswith("\n")
    assert text.encode("utf-8") == report.render(ALL[name]()).encode("utf-8")


def test_names_and_suffixes_are_unique() -> None:
    names = [report.name for report in REPORTS]
    suffixes = [suffix for report in REPORTS for suffix in report.suffixes]
    assert len(set(names)) == len(names)
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize(
    ("name", "report"),
    [("a.html", "html"), ("A.HTM", "html"), ("x.json", "json"), ("x.txt", "terminal"), ("json", "json")],
)
def test_a_report_is_chosen_by_the_name_of_a_file_or_its_own(name: str, report: str) -> None:
    assert report_for(name).name == report


@pytest.mark.parametrize("name", ["report.pdf", "report", "", "html.exe"])
def test_a_name_that_tells_no_format_is_refused_with_a_hint(name: str) -> None:
    with pytest.raises(InputError) as refused:
        report_for(name)
    assert ".html" in refused.value.hint


@pytest.mark.parametrize("name", ALL)
def test_json_keeps_everything_and_fits_the_schema(name: str) -> None:
    text = json_report.render(ALL[name]())
    assert text.count("\n") == 1
    assert codec.decode(text.encode()) == ALL[name]()
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(json.loads(text))

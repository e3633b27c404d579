from __future__ import annotations

import re
from typing import Any

import jsonschema
import msgspec
import pytest

from plimsoll.model.assessment import Bearing, Finding
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import MakerPage
from plimsoll.model.locator import Page, place
from plimsoll.model.message import message
from plimsoll.model.verdict import Verdict
from plimsoll.report import sarif
from tests.report.bills import read
from tests.report.sample import ALL, CRITERIA, at, bad, good

TEXT = {"type": "object", "required": ["text"], "additionalProperties": False, "properties": {"text": {"minLength": 1}}}
REFERENCE = {"type": "string", "pattern": r"^(?:[A-Za-z0-9._~/?#@!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})+$"}
LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "logicalLocations": {"type": "array", "minItems": 1},
        "physicalLocation": {
            "type": "object",
            "additionalProperties": False,
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {"additionalProperties": False, "properties": {"uri": REFERENCE}},
                "region": {
                    "additionalProperties": False,
                    "properties": {
                        "byteOffset": {"type": "integer", "minimum": 0},
                        "byteLength": {"type": "integer", "minimum": 0},
                        "snippet": TEXT,
                    },
                },
            },
        },
    },
}
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["ruleId", "ruleIndex", "message"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["pass", "open", "notApplicable", "fail"]},
        "level": {"enum": ["none", "warning", "error"]},
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION},
        "partialFingerprints": {"type": "object"},
    },
}
"""Our own words for what clauses 3.10 to 3.30 of the standard ask of the parts that we write."""


def results(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(text)["runs"][0]["results"]
    return found


@pytest.mark.parametrize("name", ALL)
def test_each_result_is_of_the_form_that_the_standard_asks_for(name: str) -> None:
    run = read(sarif.render(ALL[name]()))["runs"][0]
    for one in run["results"]:
        jsonschema.Draft202012Validator(RESULT).validate(one)
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
        assert (one["kind"] == "fail") == (one["level"] != "none")
    for one in run["artifacts"]:
        jsonschema.validate(one["location"]["uri"], REFERENCE)


def test_what_refutes_is_an_error_at_its_bytes_and_a_suspicion_a_warning() -> None:
    told = results(sarif.render(bad()))
    first = told[0]
    assert (first["kind"], first["level"]) == ("fail", "error")
    levels = {(one["ruleId"], one["level"]) for one in told}
    assert ("private-keys-are-not-shared", "warning") in levels
    hashed = next(one for one in told if one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == SHADOW)
    physical = hashed["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "tidewatch2-1.4.0.bin!squashfs@0x120000/etc/shadow"
    assert (physical["region"]["byteOffset"], physical["region"]["byteLength"]) == (0x2A, 34)


SHADOW = at(b"etc/shadow", 0x2A, 34)


def test_one_place_is_told_once_of_one_criterion_and_effect() -> None:
    marks = [
        one["partialFingerprints"]["criterionAndPlace/v1"] for one in results(sarif.render(bad())) if "locations" in one
    ]
    assert marks
    assert len(set(marks)) == len(marks)


def test_what_is_met_passes_and_what_nothing_shows_stays_open() -> None:
    kinds = {one["ruleId"]: one["kind"] for one in results(sarif.render(good()))}
    assert kinds == {"update-mechanism-is-secure": "pass", "no-fixed-account-is-accepted": "open"}


def test_what_was_not_looked_at_is_a_notification() -> None:
    told = read(sarif.render(bad()))["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    texts = " ".join(one["message"]["text"] for one in told)
    assert "inspection updates is partial" in texts
    assert "512 bytes are missing" in texts
    assert "No device was looked at" in texts


def test_braces_and_links_in_names_are_no_syntax() -> None:
    why = message("{name}", name="{0} [click](https://example.com) a[1]")
    finding = Finding(CRITERIA[0].id, CRITERIA[0].id, "firmware", Verdict.FAIL, why)
    (one,) = results(sarif.render(msgspec.structs.replace(bad(), findings=(finding,))))
    assert one["message"]["text"] == r"{{0}} \[click](https://example.com) a[1]"


def test_no_character_that_drives_a_terminal_is_left() -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", sarif.render(ALL["hostile"]()))


def test_a_page_is_named_by_its_address() -> None:
    where = place(Page(b"https://example.com/a b?x=1&y=%20", "ab" * 32, 5, 6))
    page = Observation(MakerPage("privacy", "https://example.com/"), where, "pages", window="maker")
    why = message("x")
    finding = Finding("r", CRITERIA[1].id, "maker", Verdict.FAIL, why, (Bearing("refutes", why, (0,)),))
    (one,) = results(sarif.render(msgspec.structs.replace(bad(), findings=(finding,), observations=(page,))))
    uri = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "https://example.com/a%20b?x=1&y=%20"

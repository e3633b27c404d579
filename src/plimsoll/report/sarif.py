"""The findings as SARIF 2.1.0 (OASIS), for tools that show findings where they arise.

| here | in SARIF |
| --- | --- |
| criterion | a reporting descriptor (rule), with its advice as help |
| observation that refutes | a result of kind `fail`, level `error` |
| observation that raises a suspicion | a result of kind `fail`, level `warning` |
| finding that passes, is open or does not apply | a result of kind `pass`, `open` or `notApplicable`, level `none` |
| place | a physical location with bytes, and a logical location with the whole of it |
| inspection that was not completed | a notification, so that silence is not taken for a pass |
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote

import plimsoll
from plimsoll.model.assessment import Assessment, Bearing, Finding
from plimsoll.model.criterion import Criterion
from plimsoll.model.evidence import Observation
from plimsoll.model.locator import Place
from plimsoll.model.product import FirmwareImage
from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report._document import TOOL, Plain, clean, to_json, without_empty
from plimsoll.report._outline import chosen, windows_not_given
from plimsoll.report.facts import tell
from plimsoll.report.visible import prose, say, sentence

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

MOST_RESULTS = 1_000
"""Results that one finding gives; the JSON has the rest."""

_LEVELS = {"refutes": "error", "suspects": "warning"}
_KINDS = {Verdict.PASS: "pass", Verdict.INCONCLUSIVE: "open", Verdict.NOT_APPLICABLE: "notApplicable"}
_SPAN = re.compile(r"(?P<before>.*)\+0x(?P<offset>[0-9a-f]{1,15}):(?P<length>[0-9]{1,15})", re.DOTALL)
_BARE_PERCENT = re.compile(r"%(?![0-9A-F]{2})")
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def render(assessment: Assessment) -> str:
    """Write one run in JSON."""
    rules = _rules(assessment)
    numbers = {id: number for number, id in enumerate(_used(assessment))}
    run = {
        "tool": {"driver": {"name": TOOL, "version": plimsoll.__version__, "rules": rules}},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": list(_notifications(assessment))},
        ],
        "artifacts": list(_artifacts(assessment)),
        "results": [one for finding in assessment.findings for one in _results(finding, assessment, numbers)],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "product": clean(words.product_name(assessment.product, assessment.sources)),
            "assessedOn": clean(assessment.assessed_on),
            "verdicts": {one.key: one.verdict for one in assessment.capabilities},
        },
    }
    return to_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(assessment: Assessment) -> list[Plain]:
    """Describe the criteria that some finding answers to; one that the assessment does not hold by its id alone."""
    criteria = {one.id: one for one in assessment.criteria}
    used = _used(assessment)
    provisions = {id: [one.id for one in assessment.provisions if id in one.criteria] for id in used}
    return [_rule(id, criteria.get(id), provisions[id]) for id in used]


def _used(assessment: Assessment) -> list[str]:
    return sorted({one.criterion for one in assessment.findings})


def _rule(id: str, criterion: Criterion | None, provisions: Sequence[str]) -> Plain:
    if criterion is None:
        return {"id": clean(id), "shortDescription": _text(id)}
    tags = [f"capability/{criterion.capability}", *(f"EN303645/{one}" for one in provisions)]
    return {
        "id": clean(id),
        "shortDescription": _text(prose(criterion.statement)),
        "fullDescription": _text(prose(criterion.why)),
        "help": _text(prose(criterion.fix)),
        "properties": {"tags": list(map(clean, tags))},
    }


def _results(finding: Finding, assessment: Assessment, numbers: dict[str, int]) -> Iterator[Plain]:
    """Give a result for each thing that tells against it; else one that says how it stands."""
    told: dict[tuple[str, Place], Plain] = {}
    for bearing in finding.bearings:
        for observation in chosen(assessment.observations, bearing.observations):
            key = (bearing.effect, observation.where)
            if bearing.effect in _LEVELS and key not in told and len(told) < MOST_RESULTS:
                told[key] = _result(finding, bearing, observation, numbers)
    if told:
        yield from told.values()
    elif finding.verdict in _KINDS:
        yield {
            **_head(finding, numbers),
            "kind": _KINDS[finding.verdict],
            "level": "none",
            "message": _text(sentence(finding.why)),
        }
    else:
        yield {**_head(finding, numbers), "kind": "fail", "level": "error", "message": _text(sentence(finding.why))}


def _result(finding: Finding, bearing: Bearing, observation: Observation, numbers: dict[str, int]) -> Plain:
    what = f"{sentence(bearing.why)}: {tell(observation.fact)}"
    mark = hashlib.sha256(f"{finding.criterion}\0{bearing.effect}\0{observation.where}".encode()).hexdigest()
    related = [{"id": number, **_location(where)} for number, where in enumerate(observation.because[:20], 1)]
    return without_empty(
        {
            **_head(finding, numbers),
            "kind": "fail",
            "level": _LEVELS[bearing.effect],
            "message": _text(what),
            "locations": [_location(observation.where, observation)],
            "relatedLocations": related,
            "partialFingerprints": {"criterionAndPlace/v1": mark},
            "properties": without_empty({"reach": bearing.reach or "", "sureness": bearing.sureness or ""}),
        }
    )


def _head(finding: Finding, numbers: dict[str, int]) -> Plain:
    return {"ruleId": clean(finding.criterion), "ruleIndex": numbers[finding.criterion]}


def _location(where: Place, observation: Observation | None = None) -> Plain:
    span = _SPAN.fullmatch(where)
    physical: Plain = {"artifactLocation": {"uri": _uri(span["before"] if span else where)}}
    if span:
        physical["region"] = {"byteOffset": int(span["offset"], 16), "byteLength": int(span["length"])}
        if observation is not None and observation.excerpt is not None and observation.excerpt.text:
            physical["region"]["snippet"] = {"text": clean(observation.excerpt.text)}
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": clean(where)}]}


def _uri(where: str) -> str:
    """Write a place as a relative reference (RFC 3986); an address stays one. Its names are percent-encoded already."""
    if where.startswith("page:"):
        where = where.removeprefix("page:").rpartition("#")[0]  # the escapes of the place lie over those of the address
        return quote(unquote(where, errors="replace"), safe="/:?=&%@!$,;~()+*'-._")
    return quote(_BARE_PERCENT.sub("%25", where), safe="/!@=,~()%+-._")


def _artifacts(assessment: Assessment) -> Iterator[Plain]:
    for one in assessment.sources:
        if isinstance(one, FirmwareImage):
            hashes = {"sha-256": one.sha256} if one.sha256 and not one.folder else {}
            yield without_empty(
                {
                    "location": {"uri": _uri(one.name)},
                    "roles": ["analysisTarget"],
                    "length": one.size_bytes,
                    "hashes": hashes,
                }
            )


def _notifications(assessment: Assessment) -> Iterator[Plain]:
    for window in windows_not_given(assessment):
        yield {"level": "note", "message": _text(sentence(words.WINDOWS[window]))}
    for one in assessment.inspections:
        if one.status != "completed":
            yield {"level": "warning", "message": _text(sentence(words.inspection(one)))}
    for image in assessment.images:
        for problem in image.problems[:MOST_RESULTS]:
            text = f"{problem.where}: {say(problem.message)}"
            yield {"level": "warning", "message": _text(text)}


def _text(text: str) -> Plain:
    """Write a plain text message: braces are doubled (3.11.5), and what would be a link is none (3.11.6)."""
    shown = clean(text).replace("{", "{{").replace("}", "}}")
    return {"text": _LINK.sub(r"\\[", shown) or "-"}

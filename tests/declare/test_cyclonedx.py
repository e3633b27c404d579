"""A declaration in CycloneDX has the shape that the specification gives it, and those of others are read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.declare.cyclonedx import from_cyclonedx, to_cyclonedx
from plimsoll.errors import InputError
from plimsoll.model.declaration import IcsRow
from tests.declare.forms import answered, good_form


def written() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(to_cyclonedx(answered(good_form(), "5.6-6", "N", "too small")))
    return document


def test_every_reference_leads_somewhere_and_every_name_is_given_once() -> None:
    document = written()
    declarations, (standard,) = document["declarations"], document["definitions"]["standards"]
    names = [
        one["bom-ref"]
        for one in (
            document["metadata"]["component"],
            standard,
            *standard["requirements"],
            *declarations["assessors"],
            *declarations["claims"],
            *declarations["evidence"],
            *declarations["targets"]["components"],
        )
    ]
    assert len(names) == len(set(names))
    (attestation,) = declarations["attestations"]
    links = [attestation["assessor"]]
    for entry in attestation["map"]:
        links += [entry["requirement"], *entry["claims"]]
    for claim in declarations["claims"]:
        links += [claim["target"], *claim.get("evidence", [])]
    assert set(links) <= set(names)


def test_answers_have_the_scores_of_conformance() -> None:
    scores = {
        entry["requirement"]: entry.get("conformance", {}).get("score")
        for entry in written()["declarations"]["attestations"][0]["map"]
    }
    assert (scores["requirement/5.1-1"], scores["requirement/5.6-6"], scores["requirement/5.8-3"]) == (1, 0, None)


def test_an_attestation_by_another_tool_is_read() -> None:
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"type": "device", "name": "Lamp 1", "version": "1.4.2"}},
        "declarations": {
            "attestations": [
                {
                    "map": [
                        {"requirement": "r1", "claims": ["c1"], "conformance": {"score": 1.0}},
                        {"requirement": "r2", "conformance": {"score": 0, "rationale": "too small"}},
                        {"requirement": "r3", "conformance": {"score": 0.5}},
                        {"requirement": "other", "conformance": {"score": 1}},
                    ]
                }
            ],
            "claims": [{"bom-ref": "c1", "predicate": "no defaults", "reasoning": "random per unit"}],
        },
        "definitions": {
            "standards": [
                {
                    "name": "ETSI EN 303 645",
                    "requirements": [
                        {"bom-ref": "r1", "identifier": "5.1-1"},
                        {"bom-ref": "r2", "identifier": "5.6-6"},
                        {"bom-ref": "r3", "identifier": "5.6-7"},
                    ],
                },
                {"name": "Another", "requirements": [{"bom-ref": "other", "identifier": "1"}]},
            ]
        },
    }
    form = from_cyclonedx(json.dumps(document).encode())
    assert (form.product.model, form.product.software_version) == ("Lamp 1", "1.4.2")
    assert form.ics == {"5.1-1": IcsRow("Y", "random per unit"), "5.6-6": IcsRow("N", "too small")}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"bomFormat": "CycloneDX", "specVersion": "1.4"}',
        b'{"bomFormat": "CycloneDX", "specVersion": "1.6"}',
        b'{"bomFormat": "CycloneDX", "specVersion": "1.6", "declarations": 3}',
        b'{"x": ' + b"[" * 100_000,
        b'{"x": ' + b'{"y":' * 100_000,
    ],
)
def test_what_declares_nothing_is_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        from_cyclonedx(data)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_give_a_declaration_or_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        from_cyclonedx(data)

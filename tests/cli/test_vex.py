from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripts import sample_product

from plimsoll.model.codec import decode
from plimsoll.model.facts import VexStatement
from plimsoll.model.product import VexFile
from tests.cli.run import plimsoll

WORD = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://halyard.example/vex/1",
    "author": "Halyard Instruments (fictional)",
    "timestamp": "2026-01-01T00:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-2016-2148"},
            "products": [{"@id": "pkg:generic/tidewatch2", "subcomponents": [{"@id": "pkg:generic/busybox"}]}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_present",
        }
    ],
}


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    image, word = tmp_path / "bad.bin", tmp_path / "word.openvex.json"
    image.write_bytes(sample_product.image(good=False))
    word.write_text(json.dumps(WORD))
    return image, word


def test_a_makers_word_is_kept_and_turns_no_verdict(given: tuple[Path, Path], tmp_path: Path) -> None:
    image, word = given
    plain, told = tmp_path / "plain.json", tmp_path / "told.json"
    date = ("--date", "2026-01-02", "-q")
    assert plimsoll("assess", image, *date, "-o", plain).returncode == 1
    assert plimsoll("assess", image, *date, "-o", told, "--vex", word).returncode == 1
    without, with_word = decode(plain.read_bytes()), decode(told.read_bytes())
    assert with_word.capabilities == without.capabilities
    assert with_word.provisions == without.provisions
    verdicts = [
        [(one.rule, one.verdict, one.why, one.settle) for one in side.findings] for side in (without, with_word)
    ]
    assert verdicts[0] == verdicts[1]
    assert [one.form for one in with_word.sources if isinstance(one, VexFile)] == ["openvex"]
    (said,) = [one for one in with_word.observations if isinstance(one.fact, VexStatement)]
    assert (said.window, said.basis) == ("declaration", "declared")


def test_every_document_is_written_by_its_name(given: tuple[Path, Path], tmp_path: Path) -> None:
    names = (
        "a.sarif", "sbom.cdx.json", "sbom.cdx.xml", "sbom.spdx.json", "sbom.spdx", "vex.cdx.json", "vex.cdx.xml",
        "vex.openvex.json", "openvex.json", "vex.csaf.json",
    )  # fmt: skip
    words = [word for name in names for word in ("-o", tmp_path / name)]
    assert plimsoll("assess", given[0], "-q", *words).returncode == 1
    texts = {name: (tmp_path / name).read_text() for name in names}
    assert json.loads(texts["a.sarif"])["version"] == "2.1.0"
    assert "vulnerabilities" not in json.loads(texts["sbom.cdx.json"])
    assert "vulnerabilities" in json.loads(texts["vex.cdx.json"])
    assert "<vulnerabilities" in texts["vex.cdx.xml"]
    assert "<dependencies>" in texts["sbom.cdx.xml"]
    assert texts["sbom.spdx"].startswith("SPDXVersion: SPDX-2.3")
    assert json.loads(texts["sbom.spdx.json"])["spdxVersion"] == "SPDX-2.3"
    assert texts["openvex.json"] == texts["vex.openvex.json"]
    assert json.loads(texts["vex.csaf.json"])["document"]["csaf_version"] == "2.0"


def test_what_is_no_vex_is_refused_before_the_work(given: tuple[Path, Path]) -> None:
    run = plimsoll("assess", given[0], "--vex", given[0])
    assert run.returncode == 2
    assert "bad.bin" in run.stderr
    assert "Try:" in run.stderr


def test_a_makers_word_alone_is_nothing_to_assess(given: tuple[Path, Path]) -> None:
    assert plimsoll("assess", "--vex", given[1]).returncode == 2

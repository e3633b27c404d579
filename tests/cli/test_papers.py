"""`plimsoll papers` as a maker uses it: drafts from a stored assessment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripts import sample_product

from plimsoll.report.papers import PAPERS
from tests.cli.run import plimsoll


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a stored assessment of the bad twin, with its declaration beside it."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "bad.bin").write_bytes(sample_product.image(good=False))
    (folder / "tidewatch2.toml").write_text(sample_product.declaration())
    words = ["--declaration", folder / "tidewatch2.toml", "-o", folder / "a.json", "--quiet"]
    assert plimsoll("assess", folder / "bad.bin", *words).returncode == 1
    return folder / "a.json"


@pytest.mark.parametrize(("options", "suffix"), [((), ".md"), (("--html",), ".html")])
def test_every_paper_is_written_and_says_what_it_is_not(
    stored: Path, tmp_path: Path, options: tuple[str, ...], suffix: str
) -> None:
    declaration = stored.with_name("tidewatch2.toml")
    run = plimsoll("papers", stored, "-o", tmp_path, "--declaration", declaration, *options)
    assert (run.returncode, run.stderr) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {f"{kind.id}{suffix}" for kind in PAPERS}
    for path in tmp_path.iterdir():
        text = path.read_text()
        assert "no certificate" in " ".join(text.split()), path.name
        assert "Tidewatch 2" in text, path.name


def test_one_paper_is_chosen_by_its_name(stored: Path, tmp_path: Path) -> None:
    assert plimsoll("papers", stored, "-o", tmp_path, "--paper", "uk-statement").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["uk-statement.md"]
    run = plimsoll("papers", stored, "-o", tmp_path, "--paper", "uk-statment")
    assert run.returncode == 2
    assert "uk-statement" in run.stderr


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, None])
def test_what_is_no_assessment_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    run = plimsoll("papers", path, "-o", tmp_path / "out")
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


def test_words_of_a_stored_assessment_are_data_and_never_run(stored: Path, tmp_path: Path) -> None:
    assessment = json.loads(stored.read_text())
    assessment["product"]["model"] = "<script>alert(1)</script> {0.__class__} | x\n# y"
    assessment["capabilities"][0]["why"]["template"] = "{program:>999999999} {program.__class__}"
    (tmp_path / "a.json").write_text(json.dumps(assessment))
    for options in ((), ("--html",)):
        run = plimsoll("papers", tmp_path / "a.json", "-o", tmp_path / "out", *options)
        assert run.returncode == 0
    for path in (tmp_path / "out").iterdir():
        assert "<script>" not in path.read_text()
        assert path.stat().st_size < 1 << 20

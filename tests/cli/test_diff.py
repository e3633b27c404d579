from __future__ import annotations

import json
from pathlib import Path

import pytest

from plimsoll.model.codec import encode
from tests.cli.run import plimsoll
from tests.report.sample import bad, good


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_bytes(encode(good()))
    new.write_bytes(encode(bad()))
    return old, new


def test_something_worse_is_exit_code_1_and_nothing_worse_is_0(stored: tuple[Path, Path]) -> None:
    worse = plimsoll("diff", *stored)
    assert worse.returncode == 1
    assert "Something is worse" in worse.stdout
    assert plimsoll("diff", stored[0], stored[0]).returncode == 0


def test_the_form_follows_the_name_of_the_file(stored: tuple[Path, Path], tmp_path: Path) -> None:
    outputs = [word for name in ("a.html", "a.md", "a.json", "a.txt") for word in ("-o", tmp_path / name)]
    run = plimsoll("diff", *stored, *outputs, "-q")
    assert run.stdout == ""
    assert (tmp_path / "a.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "a.md").read_text().startswith("# ")
    assert json.loads((tmp_path / "a.json").read_text())["is_worse"] is True
    assert json.loads(plimsoll("diff", *stored, "--json").stdout)["is_worse"] is True


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not an assessment"),
        (b"\x7fELF", "not an assessment"),
        (b"{}", "does not name its format"),
        (b'{"format": "plimsoll.assessment/9"}', "in format 'plimsoll.assessment/9'"),
        (b'{"format": "plimsoll.assessment/1"}', "not an assessment"),
        (b'{"bomFormat": "CycloneDX"}', "does not name its format"),
        (b"[" * 100_000, "not an assessment"),
    ],
)
def test_what_is_no_assessment_is_refused_by_name_with_a_hint(
    stored: tuple[Path, Path], tmp_path: Path, content: bytes, words: str
) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(content)
    run = plimsoll("diff", stored[0], other)
    assert run.returncode == 2
    assert "other.json" in run.stderr
    assert words in run.stderr
    assert "Try:" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_name_that_tells_no_form_is_refused_before_the_work(stored: tuple[Path, Path], tmp_path: Path) -> None:
    assert plimsoll("diff", *stored, "-o", tmp_path / "a.pdf").returncode == 2
    assert plimsoll("diff", stored[0], tmp_path / "none.json").returncode == 2

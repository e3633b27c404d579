"""`plimsoll declare` as a maker uses it: a template, a check, other forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import sample_product

from plimsoll.sources.document import read_document
from tests.cli.run import plimsoll


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    """Give the declaration of the fictional maker."""
    path = tmp_path / "tidewatch2.toml"
    path.write_text(sample_product.declaration())
    return path


def test_a_template_reads_back_and_is_not_ready(tmp_path: Path) -> None:
    assert plimsoll("declare", "new", "-o", tmp_path / "new.toml").returncode == 0
    read_document("new.toml", (tmp_path / "new.toml").read_bytes())
    check = plimsoll("declare", "check", tmp_path / "new.toml")
    assert check.returncode == 1
    assert "error: ics/5.1-1" in check.stdout


def test_a_template_is_filled_in_with_what_was_seen(tmp_path: Path) -> None:
    (tmp_path / "bad.bin").write_bytes(sample_product.image(good=False))
    run = plimsoll("declare", "new", tmp_path / "bad.bin")
    assert (run.returncode, run.stderr) == (0, "")
    form = read_document("new.toml", run.stdout.encode()).form
    seen = [text for rows in form.ixit.values() for row in rows for text in row.values()]
    assert any("Seen, to be confirmed" in text and "telnet" in text for text in seen)


def test_a_template_never_replaces_a_file(declared: Path) -> None:
    run = plimsoll("declare", "new", "-o", declared)
    assert run.returncode == 2
    assert "is there already" in run.stderr
    assert declared.read_text() == sample_product.declaration()


def test_a_check_names_what_contradicts_itself(declared: Path) -> None:
    run = plimsoll("declare", "check", declared)
    assert run.returncode == 1
    assert "5.3-13 is claimed, and Support Period says" in run.stdout
    assert run.stdout.splitlines()[-1].split()[1].startswith("error")


def test_every_form_leads_back_to_the_same_declaration(declared: Path, tmp_path: Path) -> None:
    whole = read_document(declared.name, declared.read_bytes()).form
    previous = declared
    for name in ("a.json", "b.cdx.json", "tables", "c.toml"):
        run = plimsoll("declare", "convert", previous, "-o", tmp_path / name)
        assert (run.returncode, run.stderr) == (0, "")
        previous = tmp_path / name
    assert read_document("c.toml", previous.read_bytes()).form == whole


def test_a_form_for_people_holds_what_is_declared(declared: Path, tmp_path: Path) -> None:
    assert plimsoll("declare", "convert", declared, "-o", tmp_path / "d.md").returncode == 0
    assert "Tidewatch 2" in (tmp_path / "d.md").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "none.toml"), "there is no file"),
        (("convert", "none.toml", "-o", "x.toml"), "there is no file"),
        (("check", "README.md"), "README.md"),
    ],
)
def test_what_cannot_be_read_is_told(words: tuple[str, ...], said: str) -> None:
    run = plimsoll("declare", *words)
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_a_name_that_tells_no_form_is_refused(declared: Path, tmp_path: Path) -> None:
    run = plimsoll("declare", "convert", declared, "-o", tmp_path / "x.odt")
    assert run.returncode == 2
    assert "tells no form" in run.stderr

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from plimsoll.report.terminal import render
from tests.report._golden import check
from tests.report.sample import ALL, bad, good, hostile

WIDTHS = (40, 60, 80, 120)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ALL)
def test_no_line_is_wider_than_asked_but_for_a_word_that_is(name: str, width: int) -> None:
    for line in render(ALL[name](), width=width).splitlines():
        assert len(line) <= width or " " not in line.strip() or len(max(line.split(), key=len)) > width - 12, line


def test_widths_outside_of_what_reads_well_are_brought_back() -> None:
    assert render(bad(), width=1) == render(bad(), width=40)
    assert render(bad(), width=10_000) == render(bad(), width=120)


@pytest.mark.parametrize("name", ["bad", "good"])
def test_the_text_is_the_one_on_file(name: str) -> None:
    check(f"{name}.txt", render(ALL[name](), width=80))


def test_the_five_verdicts_come_first_each_with_its_word() -> None:
    lines = render(good(), width=80).splitlines()
    verdicts = [line for line in lines if re.match(r"[✓✗?–] [1-5]  ", line)]
    assert [line.split("  ")[-1].strip() for line in verdicts] == [
        "not shown", "not shown", "met", "not shown", "not applicable",
    ]  # fmt: skip
    assert lines.index(verdicts[-1]) < 15


def test_no_hostile_character_reaches_the_terminal() -> None:
    text = render(hostile(), width=80)
    assert all(line.isprintable() for line in text.split("\n"))
    assert "\\x1b[2J" in text and "\\u202e" in text


def test_colour_is_only_there_when_asked_for_and_changes_no_letter() -> None:
    plain, coloured = render(bad(), width=80), render(bad(), width=80, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert "\x1b[31;1m" in coloured


def test_hostile_names_stay_harmless_in_colour() -> None:
    text = re.sub(r"\x1b\[(?:0|1|2|32|33|31;1)m", "", render(hostile(), width=80, colour=True))
    assert "\x1b" not in text


def test_only_a_few_places_of_a_finding_are_shown_and_the_rest_is_counted() -> None:
    text = render(bad(), width=120)
    assert "and 4 more places" in text
    assert text.count("telnet.conf+") == 2


def test_equal_assessments_give_equal_text() -> None:
    assert render(bad()) == render(bad())


def test_nothing_heavy_is_imported_to_render() -> None:
    script = (
        "import sys; import plimsoll.report, plimsoll.report.terminal, plimsoll.report.listing;"
        "heavy = {'rich', 'jinja2', 'hyperscan', 'cryptography', 'click', 'plimsoll.look'} & set(sys.modules);"
        "sys.exit(' '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

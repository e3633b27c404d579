"""EPSS scores, in their official shape."""

from __future__ import annotations

import pytest

from plimsoll.knowledge.importers._parts import Broken
from plimsoll.knowledge.importers.epss import Epss
from plimsoll.knowledge.importers.importer import Edition
from tests.knowledge.files import epss, read, record, unusable


def test_a_line_gives_the_probability() -> None:
    (vulnerability,) = record(Epss, epss("CVE-2031-1000,0.04525,0.92176")).vulnerabilities
    assert (vulnerability.id, vulnerability.epss) == ("CVE-2031-1000", 0.04525)


def test_the_file_says_its_date_and_is_whole() -> None:
    assert [one for one in read(Epss, epss("CVE-2031-1000,0.1,0.1")) if isinstance(one, Edition)] == [
        Edition("epss", "2031-05-06", is_whole=True)
    ]


def test_lines_that_hold_no_probability_are_told() -> None:
    assert unusable(Epss, epss("CVE-2031-1000,1.5,0", "CVE-2031-2000,nan,0", "x,0.1,0", "CVE-2031-3000,,")) == [
        "CVE-2031-1000", "CVE-2031-2000", "x", "CVE-2031-3000",
    ]  # fmt: skip


def test_a_file_that_was_cut_off_is_broken() -> None:
    with pytest.raises(Broken, match="cut off"):
        read(Epss, epss("CVE-2031-1000,0.1,0.1")[:-5])


def test_a_file_without_its_head_is_broken() -> None:
    with pytest.raises(Broken, match="head"):
        read(Epss, b"#model_version:v1,score_date:2031-05-06T00:00:00+0000\nCVE-2031-1000,0.1,0.1\n")

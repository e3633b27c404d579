from __future__ import annotations

import msgspec
import pytest

from plimsoll.model.facts import VexStatement
from plimsoll.report import html, terminal
from plimsoll.report._holes import applies, holes
from plimsoll.report._outline import windows_not_given
from plimsoll.report.cyclonedx import render_vex
from tests.report.bills import ALL, MAKER, with_holes, with_hostile_holes
from tests.report.sample import bad

SAID = VexStatement("CVE-1", "fixed", aliases=("GHSA-1",))


def test_the_terminal_tells_open_ones_with_the_makers_word_and_counts_the_rest() -> None:
    told = " ".join(terminal.render(with_holes(), width=120).split())
    assert "✗ CVE-2016-2148, listed as exploited, busybox 1.19.4: affected" in told
    assert "the maker says: not affected (said of tidewatch2): code not reachable" in told
    assert "? CVE-2014-0160, openssl 1.0.1e: in range, but the fix may be back-ported" in told
    assert "2 do not affect it" in told


def test_the_page_sets_the_makers_word_beside_our_status() -> None:
    page = html.render(with_holes())
    row = page[page.index("CVE-2016-2148, exploited") :].partition("</tr>")[0]
    assert "affected" in row
    assert "not affected (said of tidewatch2)" in row


@pytest.mark.parametrize("name", ALL)
def test_every_page_renders_and_escapes(name: str) -> None:
    assert "<script" not in html.render(ALL[name]())
    assert "\x1b" not in terminal.render(ALL[name]())


def test_what_the_maker_says_of_others_has_a_table_of_its_own() -> None:
    other = msgspec.structs.replace(MAKER[0], fact=VexStatement("CVE-1999-1", "fixed", statement="long ago"))
    base = with_holes()
    page = html.render(msgspec.structs.replace(base, observations=(*base.observations, other)))
    assert "long ago" in page[page.index('id="said"') :]


def test_a_word_on_vulnerabilities_is_no_declaration() -> None:
    assert "declaration" in windows_not_given(with_holes())
    assert windows_not_given(with_holes()) == windows_not_given(bad())


@pytest.mark.parametrize(
    ("said", "id", "version", "told"),
    [
        (SAID, "CVE-1", "1", True),
        (SAID, "GHSA-1", "1", True),
        (SAID, "CVE-2", "1", False),
        (msgspec.structs.replace(SAID, components=(("busybox", ""),)), "CVE-1", "1", True),
        (msgspec.structs.replace(SAID, components=(("busybox", "1"),)), "CVE-1", "1", True),
        (msgspec.structs.replace(SAID, components=(("busybox", "2"),)), "CVE-1", "1", False),
        (msgspec.structs.replace(SAID, components=(("zlib", ""),)), "CVE-1", "1", False),
    ],
)
def test_of_what_a_statement_speaks(said: VexStatement, id: str, version: str, told: bool) -> None:
    assert applies(said, id, "BusyBox", version) is told


def test_the_makers_word_never_changes_our_status() -> None:
    with_word = [(one.id, one.component, one.status) for one in holes(with_holes())]
    base = with_holes()
    bare = msgspec.structs.replace(base, observations=tuple(one for one in base.observations if one not in MAKER))
    assert [(one.id, one.component, one.status) for one in holes(bare)] == with_word


def test_hostile_statuses_are_passed_over() -> None:
    assert len(holes(with_hostile_holes())) == 5
    assert render_vex(with_hostile_holes())

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.report.papers.markdown import escape, render
from plimsoll.report.papers.paper import Blank, Code, Paper, Paragraph, Table
from plimsoll.report.papers.paper import paper as make_paper
from plimsoll.report.visible import visible
from tests.report.sample import HOSTILE, bad

markdown_it = pytest.importorskip("markdown_it", reason="no Markdown parser to read it back with")
READER = markdown_it.MarkdownIt("commonmark").enable("table")

SIGNS = st.text(st.sampled_from("\\`*_[]()<>&|~#$^!-+=.:;/123 abw@\n\t\"'{}"), max_size=30)


def text_of(markdown: str) -> tuple[str, set[str]]:
    """Read Markdown; give its text and the kinds of its inline tokens."""
    inline = [token for token in READER.parse(markdown) if token.type == "inline"]
    parts = [child for token in inline for child in token.children or ()]
    return "".join(part.content for part in parts), {part.type for part in parts}


def one(*blocks: Paragraph | Table) -> Paper:
    """Make a paper of some blocks."""
    return make_paper("x", "X", bad(), blocks)


@given(SIGNS | st.text(max_size=40))
def test_text_is_read_back_as_it_was(text: str) -> None:
    read, kinds = text_of(f"- {escape(text)}")
    assert read == visible(text).strip()
    assert kinds <= {"text", "text_special"}


@given(SIGNS | st.text(max_size=40))
def test_a_cell_stays_one_cell(text: str) -> None:
    made = one(Table("T", ("a", "b"), (((((text, Code(text))),), ((Blank("c"),),)),)))
    tokens = READER.parse(render(made))
    assert sum(token.type == "td_open" for token in tokens) == 2


@pytest.mark.parametrize("text", ["1. x", "- x", "+ x", "===", "# x", "> x", "    x", "[a]: http://b", "| a |", "<b>"])
def test_no_text_begins_a_block_of_its_own(text: str) -> None:
    kinds = {token.type for token in READER.parse(escape(text))}
    assert kinds == {"paragraph_open", "inline", "paragraph_close"}


def test_a_place_is_a_code_span_and_a_hostile_one_is_text() -> None:
    assert "`a.bin+0x1:2`" in render(one(Paragraph((Code("a.bin+0x1:2"),))))
    assert "`a|b" not in render(one(Paragraph((Code("a|b`c"),))))


def test_addresses_do_not_become_links_by_themselves() -> None:
    assert escape("see https://a.example and www.b.example") == r"see https\://a.example and www\.b.example"


def test_hostile_text_stays_on_one_line() -> None:
    assert "\n" not in escape(HOSTILE)

"""Places have one canonical text form that parses back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model.locator import (
    Carve,
    Clause,
    Exchange,
    FileSpan,
    Locator,
    Member,
    Page,
    escape_path,
    parse_place,
    place,
    tree_of,
    unescape,
)
from tests.strategies import locators


@given(locators())
def test_every_place_parses_back(locator: Locator) -> None:
    assert parse_place(place(locator)) == locator


@given(locators())
def test_a_place_is_printable_ascii_without_spaces(locator: Locator) -> None:
    text = place(locator)
    assert text.isascii()
    assert text.isprintable()
    assert " " not in text


@given(st.binary())
def test_every_path_survives_escaping(path: bytes) -> None:
    assert unescape(escape_path(path)) == path


@given(st.text())
def test_parsing_arbitrary_text_gives_a_place_of_that_text_or_refuses(text: str) -> None:
    try:
        locator = parse_place(text)
    except ValueError:
        return
    assert place(locator) == text


@pytest.mark.parametrize(
    ("locator", "text"),
    [
        (
            FileSpan(b"firmware.bin", (Carve("squashfs", 0x120000), Member(b"etc/shadow")), 0x2A, 34),
            "firmware.bin!squashfs@0x120000/etc/shadow+0x2a:34",
        ),
        (
            FileSpan(b"firmware.bin", (Carve("gzip", 0x40), Carve("cpio", 0), Member(b"init"))),
            "firmware.bin!gzip@0x40!cpio@0x0/init",
        ),
        (FileSpan(b"a b", (Carve("raw", 0, 16),), 2, 3), "a%20b!raw@0x0:0x10+0x2:3"),
        (FileSpan(b"x", (Carve("cpio", 0), Member(b"new\nline\xff"))), "x!cpio@0x0/new%0Aline%FF"),
        (Exchange(b"192.0.2.7", b"tcp/443", 3, 16, 20), "exchange:192.0.2.7/tcp/443#3+0x10:20"),
        (Page(b"https:", "0" * 64), "page:https%3A#" + "0" * 64),
        (Clause(b"product.toml", b"ics/5.1-1"), "clause:product.toml#/ics/5.1-1"),
    ],
)
def test_the_canonical_text_is_as_documented(locator: Locator, text: str) -> None:
    assert place(locator) == text
    assert parse_place(text) == locator


@pytest.mark.parametrize(
    "text",
    ["", "x!squashfs", "x!squashfs@12", "x+0x1", "x/%41", "x/%0a", "x!squashfs@0x01", "exchange:x", "page:x#1", "x y"],
)
def test_a_second_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        parse_place(text)


def test_the_tree_of_a_place_is_the_place_without_its_last_member() -> None:
    assert tree_of("f.bin!zip@0x0/in.bin!squashfs@0x40/etc/passwd+0x1:2") == "f.bin!zip@0x0/in.bin!squashfs@0x40"
    assert tree_of("folder/etc/passwd+0x1:2") == "folder"

"""Many patterns in one pass: the same matches with hyperscan and with `re` alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import compiled
from plimsoll.inspect import patterns
from plimsoll.inspect.inspector import FileKind, Pattern
from plimsoll.inspect.patterns import MATCHES_PER_PATTERN, Patterns

WORDS = Pattern("word", rb"user[0-9]{1,3}=([a-z]{1,8})", (b"user",), longest=32)
URL = Pattern("url", rb"https?://[a-z.]{3,20}", (b"http",), longest=40, ignore_case=True)
SCRIPT_ONLY = Pattern("script", rb"telnetd", (b"telnetd",), kinds=("script",))
ALL = (WORDS, URL, SCRIPT_ONLY)


def found(patterns: Patterns, data: bytes, kind: FileKind = "text") -> dict[int, list[tuple[int, bytes]]]:
    matches, _ = patterns.find(data, kind)
    return {number: [(match.start(), match[0]) for match in hits] for number, hits in matches.items()}


def without_hyperscan(patterns: tuple[Pattern, ...]) -> Patterns:
    made = Patterns(patterns)
    made._database = None
    return made


def test_matches_come_with_their_groups_and_beginnings() -> None:
    matches, complete = Patterns(ALL).find(b"x user1=abc; user22=de", "text")
    assert complete
    assert [(match.start(), match[1]) for match in matches[0]] == [(2, b"abc"), (13, b"de")]


def test_case_is_ignored_where_the_pattern_says_so() -> None:
    assert found(Patterns(ALL), b"HTTP://Example.com user1=A") == {1: [(0, b"HTTP://Example.com")]}


def test_a_pattern_meant_for_scripts_is_not_found_in_text() -> None:
    assert found(Patterns(ALL), b"telnetd", "text") == {}
    assert found(Patterns(ALL), b"telnetd", "script") == {2: [(0, b"telnetd")]}


@given(st.lists(st.sampled_from([b"user1=abc", b"user", b"=", b" ", b"http://a.b.c", b"telnetd", b"\n", b"\xff"])))
def test_both_engines_find_the_same(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert found(Patterns(ALL), data, "script") == found(without_hyperscan(ALL), data, "script")


def test_the_compiled_database_is_cached_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Patterns(ALL, tmp_path)
    (cached,) = tmp_path.iterdir()
    monkeypatch.setattr(compiled, "_save", lambda path, data: pytest.fail("compiled a second time"))
    assert found(Patterns(ALL, tmp_path), b"user1=abc") == {0: [(0, b"user1=abc")]}
    assert cached.suffix == ".hs"


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    Patterns(ALL, tmp_path)
    (cached,) = tmp_path.iterdir()
    cached.write_bytes(b"damaged")
    assert found(Patterns(ALL, tmp_path), b"user1=abc") == {0: [(0, b"user1=abc")]}


def test_a_cache_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert found(Patterns(ALL, tmp_path / "file" / "cache"), b"user1=abc")


def test_a_flood_of_matches_ends_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "EVENTS_PER_FILE", 100)
    matches, complete = Patterns(ALL).find(b"user1=abc " * 1000, "text")
    assert not complete
    assert len(matches[0]) <= 101


def test_matches_of_one_pattern_are_bounded() -> None:
    for made in (Patterns((SCRIPT_ONLY,)), without_hyperscan((SCRIPT_ONLY,))):
        matches, _ = made.find(b"telnetd " * (MATCHES_PER_PATTERN + 10), "script")
        assert len(matches[0]) == MATCHES_PER_PATTERN


def test_every_pattern_of_every_inspector_says_which_literals_stand_in_it() -> None:
    from plimsoll.inspect.firmware import INSPECTORS

    for inspector in INSPECTORS:
        for pattern in inspector.patterns:
            re.compile(pattern.regex)
            assert pattern.literals, (inspector.id, pattern.name)
            assert all(pattern.literals), (inspector.id, pattern.name)

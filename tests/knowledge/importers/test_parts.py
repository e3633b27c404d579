"""JSON read piece by piece gives what JSON read at once gives, and says when a file is broken."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.knowledge.importers import _parts
from plimsoll.knowledge.importers._parts import Broken, read_parts
from plimsoll.knowledge.importers.importer import Part

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def assembled(data: bytes) -> Any:
    document: Any = {}
    for part in read_parts(io.BytesIO(data)):
        if part.is_element:
            document[part.key].append(part.value)
        else:
            document[part.key] = part.value
    return document


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=5), st.integers(1, 40))
def test_any_object_is_read_as_it_is_in_pieces_of_any_size(document: dict[str, Any], piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parts, "PIECE", piece)
        assert assembled(json.dumps(document, ensure_ascii=False).encode()) == document


@given(st.binary(max_size=200), st.integers(1, 40))
def test_any_bytes_are_read_or_broken(data: bytes, piece: int) -> None:
    for start in (b"", b"{", b"[", b'{"a":['):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_parts, "PIECE", piece)
            try:
                list(read_parts(io.BytesIO(start + data)))
            except Broken:
                continue


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_file_that_was_cut_off_is_broken(cut: int) -> None:
    data = json.dumps({"a": [{"b": 1.5}, "c"], "d": -12}).encode()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Broken):
        patch.setattr(_parts, "PIECE", 5)
        list(read_parts(io.BytesIO(data[:-cut])))


def test_what_follows_the_end_is_broken() -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Broken, match="follows"):
        patch.setattr(_parts, "PIECE", 5)
        list(read_parts(io.BytesIO(b'{"a": [1, 2, 3]} {}')))


@pytest.mark.parametrize("piece", [64, 1 << 20])
def test_nesting_without_end_is_broken(piece: int) -> None:
    for opening in (b"[", b'{"a":'):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Broken):
            patch.setattr(_parts, "PIECE", piece)
            list(read_parts(io.BytesIO(b'{"x": ' + opening * 100_000)))


def test_a_value_beyond_the_limit_is_broken_before_it_is_held() -> None:
    endless = Endless(b'{"a": "', b"x" * 1000)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Broken, match="too large"):
        patch.setattr(_parts, "PIECE", 1000)
        patch.setattr(_parts, "VALUE_CHARACTERS", 20_000)
        list(read_parts(endless))
    assert endless.given < 100_000


def test_lines_of_text_are_bounded() -> None:
    assert list(read_parts(io.BytesIO(b"a\r\nb\n"))) == [
        Part("line", []),
        Part("line", "a", True),
        Part("line", "b", True),
    ]
    with pytest.raises(Broken):
        list(read_parts(io.BytesIO(b"a" * 10_000 + b"\n")))


def test_numbers_that_json_does_not_have_are_broken() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parts, "PIECE", 4)
        for text in (b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": ' + b"9" * 5000 + b"}"):
            with pytest.raises(Broken):
                list(read_parts(io.BytesIO(text)))


class Endless:
    """A file without end."""

    def __init__(self, start: bytes, rest: bytes) -> None:
        self._next, self._rest, self.given = start, rest, 0

    def read(self, size: int, /) -> bytes:
        data, self._next = self._next[:size] + self._rest * (size // len(self._rest) + 1), b""
        self.given += size
        return data[:size]

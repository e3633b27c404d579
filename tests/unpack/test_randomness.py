"""What bytes that no format took look like; the compressed ones come from the real coders."""

from __future__ import annotations

import bz2
import lzma
import random
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.bindings import _rust
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.unpack.randomness import SHORTEST, is_dense, kind_of, split

_PROGRAM = Path(_rust.__file__).read_bytes()[: 6 << 20]
_RANDOM = random.Random(1).randbytes(1 << 20)
_SOURCES = b"".join(path.read_bytes() for path in sorted(Path(random.__file__).parent.glob("*.py")))
_TEXT = b"".join(b"line %d of a log, nothing new\n" % number for number in range(20_000))


@pytest.mark.parametrize(
    "data",
    [zlib.compress(_PROGRAM, 9)[2:], bz2.compress(_PROGRAM), zlib.compress(_SOURCES, 9)[2:]],
    ids=["deflate", "bzip2", "deflate of text"],
)
def test_what_a_coder_leaves_looks_compressed(data: bytes) -> None:
    spans = list(split(memoryview(data), 0))
    assert max(spans, key=lambda span: span.length).kind == "compressed"


def test_random_bytes_look_encrypted_and_so_does_lzma_without_a_header() -> None:
    filters = [{"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": 1 << 20}]
    for data in (_RANDOM, lzma.compress(_PROGRAM, lzma.FORMAT_RAW, filters=filters)[: 1 << 20]):
        (span,) = split(memoryview(data), 7)
        assert (span.offset, span.length, span.kind) == (7, len(data), "encrypted")
        assert span.randomness is not None and span.randomness.entropy_bits > 7.99
        assert span.randomness.sampled_bytes == len(data)


@pytest.mark.parametrize("data", [_PROGRAM, _TEXT, bytes(range(256)) * 1000, b"A" * 100_000], ids=lambda data: data[:4])
def test_programs_text_and_patterns_look_like_nothing(data: bytes) -> None:
    assert sum(span.length for span in split(memoryview(data), 0) if span.kind == "encrypted") == 0
    assert not is_dense(memoryview(data)[: 1 << 16])


def test_a_stretch_is_cut_where_its_kind_changes() -> None:
    data = _TEXT + _RANDOM[: 1 << 19] + _TEXT
    kinds = [(span.kind, span.length) for span in split(memoryview(data), 0)]
    assert [kind for kind, _ in kinds] == ["unknown", "encrypted", "unknown"]
    assert abs(kinds[1][1] - (1 << 19)) <= 1 << 15


def test_a_short_run_within_the_other_kind_is_not_told() -> None:
    data = _RANDOM[: 1 << 18] + _TEXT[: 1 << 14] + _RANDOM[1 << 18 : 1 << 19]
    assert [span.length for span in split(memoryview(data), 0)] == [len(data)]


def test_of_few_bytes_nothing_is_said_and_of_some_not_which() -> None:
    assert [span.kind for span in split(memoryview(_RANDOM[: SHORTEST - 1]), 0)] == ["unknown"]
    assert [span.kind for span in split(memoryview(_RANDOM[: 1 << 15]), 0)] == ["compressed"]
    assert kind_of(memoryview(b"")) == ("unknown", None)


@given(st.lists(st.tuples(st.sampled_from([_RANDOM, _TEXT, bytes(1 << 17)]), st.integers(0, 1 << 17)), max_size=6))
def test_spans_follow_each_other_without_a_gap(pieces: list[tuple[bytes, int]]) -> None:
    data = b"".join(data[:length] for data, length in pieces)
    position = 3
    for span in split(memoryview(data), 3):
        assert span.offset == position
        position += span.length
    assert position == 3 + len(data)

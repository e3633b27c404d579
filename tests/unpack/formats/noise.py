"""What no reader may take for its format, and changes that none may stumble over."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, Decoded, Format, Malformed, NotThisFormat, Opened, View
from plimsoll.unpack.limits import Budget, LimitReached, Limits

_BYTES = 2 << 20
_STEP = 997
_WORDS = b"the sign of the format is described here, and then its length in bytes as a number; "

Changes = list[tuple[int, bytes]]
"""Where to put which bytes."""


def assert_finds_nothing(format: Format, more: Sequence[bytes] = ()) -> None:
    """Check that random bytes and text with the signs of a format at many places hold nothing of it."""
    literals = [magic.literal for magic in format.magics] + list(more)
    for background in (
        random.Random(5).randbytes(_BYTES),
        (_WORDS * (_BYTES // len(_WORDS) + 1))[:_BYTES],
        bytes(_BYTES),
    ):
        data = bytearray(background)
        for number, offset in enumerate(range(0, _BYTES - 64, _STEP)):
            literal = literals[number % len(literals)]
            data[offset : offset + len(literal)] = literal
        explored = Explorer((format,), Budget(Limits()), lambda file: None).explore(bytes(data), b"noise")
        assert {span.format for span in explored.image.spans} == {""}
        assert explored.image.problems == ()


def changes(size: int) -> st.SearchStrategy[Changes]:
    """Give some changes to bytes of a size: few at a time, often of whole numbers and of extremes."""
    content = st.one_of(
        st.binary(min_size=1, max_size=8),
        st.sampled_from([b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\x01\0\0\0", b"\0\0\0\x01"]),
    )
    return st.lists(st.tuples(st.integers(0, size - 1), content), min_size=1, max_size=4)


def changed(image: bytes, these: Changes, end: int | None = None) -> bytes:
    """Put changes into a copy, and cut it short when an end is given."""
    data = bytearray(image)
    for offset, content in these:
        data[offset : offset + len(content)] = content
    return bytes(data[: len(image)][:end])


def assert_bounded(open_it: Callable[[View, Budget], Opened], data: bytes) -> None:
    """Check that bytes are refused or opened within their bounds, and that every file is read or refused."""
    try:
        opened = open_it(View(data), Budget(Limits(file_bytes=1 << 22, output_bytes=1 << 23, entries=10_000)))
    except (NotThisFormat, Malformed, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(data)
    if isinstance(opened, Decoded):
        return
    if isinstance(opened, Container):
        end = 0
        for part in opened.parts:
            assert part.offset >= end
            assert part.length > 0
            end = part.offset + part.length
        assert end <= opened.length
        return
    for node in opened.nodes:
        assert not {b"", b".", b".."} & set(node.path.split(b"/")) or not node.path
        if node.kind == "file":
            try:
                assert len(opened.read(node)) == node.size
            except (Malformed, LimitReached):
                continue

"""Bytes that are no image of any kind and hold the signs of one at many places."""

from __future__ import annotations

import random
from collections.abc import Iterator

from plimsoll.model.image import Problem
from plimsoll.unpack._attempts import NOT_TRIED
from plimsoll.unpack.explore import Explored, Explorer
from plimsoll.unpack.format import Format
from plimsoll.unpack.limits import Budget, Limits

SIZE = 2 << 20
STRIDE = 997


def assert_nothing_opens(format: Format) -> None:
    """Check that a format finds nothing, nor a problem, in bytes of four kinds with its signs strewn in."""
    for number, filling in enumerate(_fillings()):
        data = bytearray(filling)
        for at, magic in enumerate(format.magics):
            for offset in range(at * 61 + 64, len(data) - 600, STRIDE * len(format.magics)):
                data[offset + magic.offset : offset + magic.offset + len(magic.literal)] = magic.literal
        explored = Explorer((format,), Budget(Limits()), lambda file: None, workers=1).explore(bytes(data), b"x")
        taken = [span for span in explored.image.spans if span.format]
        assert (number, taken, explored.image.problems) == (number, [], ())


def told(explored: Explored) -> list[Problem]:
    """Give the problems but those that say that a sign stood at too many places."""
    return [one for one in explored.image.problems if one.message != NOT_TRIED]


def _fillings() -> Iterator[bytes]:
    yield random.Random(3).randbytes(SIZE)
    yield (b"0123456789 the quick brown fox\n" * (SIZE // 30))[:SIZE]
    yield bytes(SIZE)
    yield b"\xff" * SIZE

"""A memory image out of pieces at addresses, as formats of programmers have it: gaps are filled, long ones left out."""

from __future__ import annotations

from itertools import accumulate

from plimsoll.model.message import Message, message
from plimsoll.unpack.limits import Budget

GAP_BYTES = 1 << 20
"""Longest gap that is filled; after a longer one the next piece follows directly."""

FILLING_BYTES = 32 << 20
"""Most bytes that gaps are filled with, all together."""

_FILLING = b"\xff"
_SHOWN = 4


class Memory:
    """Pieces at addresses; where two lie on each other, the later one counts."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, bytes]] = []
        self.size = 0
        """Bytes of all pieces."""

    def put(self, address: int, data: bytes) -> None:
        """Add a piece."""
        if data:
            self._pieces.append((address, data))
            self.size += len(data)

    def image(self, budget: Budget, consumed: int) -> tuple[bytes, str, tuple[Message, ...]]:
        """Give the content from the lowest address on, its ranges as text, and what is wrong with it."""
        order = sorted(range(len(self._pieces)), key=lambda number: self._pieces[number][0])
        ranges, covered = self._ranges(order)
        starts = dict(zip(ranges, accumulate([0, *(stop - start for start, stop in ranges)]), strict=False))
        size = sum(stop - start for start, stop in ranges)
        budget.take_output(size, consumed)
        content = bytearray(_FILLING) * size
        base: list[int] = [0] * len(self._pieces)
        waiting = iter(ranges)
        here = next(waiting, (0, 0))
        for number in order:
            address = self._pieces[number][0]
            while address >= here[1]:
                here = next(waiting)
            base[number] = starts[here] + address - here[0]
        for at, (_, data) in zip(base, self._pieces, strict=True):
            content[at : at + len(data)] = data
        if covered == self.size:
            return bytes(content), _shown(ranges), ()
        twice = message("{size} bytes are given more than once; the last ones count", size=self.size - covered)
        return bytes(content), _shown(ranges), (twice,)

    def _ranges(self, order: list[int]) -> tuple[list[tuple[int, int]], int]:
        """Give the stretches without long gaps, in order, and how many bytes lie in some piece."""
        ranges: list[tuple[int, int]] = []
        covered = filled = 0
        for number in order:
            address, data = self._pieces[number]
            stop = address + len(data)
            end = ranges[-1][1] if ranges else 0
            gap = max(address - end, 0)
            covered += max(stop - max(address, end), 0)
            if ranges and gap <= GAP_BYTES and filled + gap <= FILLING_BYTES:
                filled += gap
                ranges[-1] = (ranges[-1][0], max(stop, end))
            else:
                ranges.append((address, stop))
        return ranges, covered


def _shown(ranges: list[tuple[int, int]]) -> str:
    shown = ", ".join(f"{start:#x} to {stop - 1:#x}" for start, stop in ranges[:_SHOWN])
    return shown if len(ranges) <= _SHOWN else f"{shown} and {len(ranges) - _SHOWN} more"

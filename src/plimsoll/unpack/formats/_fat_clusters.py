"""Clusters, and the chains that a FAT makes of them, in FAT12, FAT16, FAT32 and exFAT.

An entry of the FAT holds the number of the cluster that follows. The highest eight values end a chain, the one below
them marks a bad cluster, and 0 and 1 stand for none. The first cluster has the number 2. Source: Microsoft's published
specifications of FAT and of exFAT.

Each cluster belongs to one chain. All chains are walked once in listing, and a walk ends where it comes to a cluster
that was met before: so listing costs no more than there are clusters.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.limits import Budget

FIRST = 2
"""Number of the first cluster."""

_END_MARKS = 8
_MASKS = {12: 0xFFF, 16: 0xFFFF, 28: 0x0FFFFFFF, 32: 0xFFFFFFFF}
_RUNS_A_LOOK = 1024


class Run(msgspec.Struct, frozen=True):
    """Clusters in a row."""

    first: int
    count: int


class Claim(msgspec.Struct, frozen=True):
    """What walking a chain came to."""

    runs: tuple[Run, ...]
    """Its clusters as far as no chain before it has them."""
    fault: Literal["", "cycle", "shared", "broken"] = ""
    """Why it stopped before the end of the chain; empty when it did not."""
    reason: Message | None = None
    """The fault, for people."""

    @property
    def clusters(self) -> int:
        """Count the clusters."""
        return sum(run.count for run in self.runs)


class Clusters:
    """The clusters of one file system; reading is safe from several threads."""

    def __init__(self, view: View, table: int, bits: Literal[12, 16, 28, 32], data: int, size: int, count: int) -> None:
        self.size = size
        """Bytes of a cluster."""
        self._view = view
        self._table = table
        self._bits = bits
        self._entry = struct.Struct("<I" if bits > 16 else "<H")
        self._mask = _MASKS[bits]
        self._data = data
        there = max(view.size - data, 0) // size
        self._end = FIRST + min(count, there)
        self._claimed = bytearray(self._end)

    def position(self, cluster: int) -> int:
        """Give where a cluster begins; 0 when it does not exist."""
        return self._data + (cluster - FIRST) * self.size if FIRST <= cluster < self._end else 0

    def claim(self, first: int, budget: Budget) -> Claim:
        """Walk a chain to its end, or to the first cluster that is met a second time."""
        runs: list[Run] = []
        start = cluster = first
        while FIRST <= cluster < self._end and not self._claimed[cluster]:
            self._claimed[cluster] = 1
            following = self._next(cluster)
            if following != cluster + 1:
                runs.append(Run(start, cluster + 1 - start))
                start = following
                if not len(runs) % _RUNS_A_LOOK:
                    budget.check_time()
            if following > self._mask - _END_MARKS:
                return Claim(tuple(runs))
            cluster = following
        if cluster > start:
            runs.append(Run(start, cluster - start))
        return self._stopped(runs, cluster)

    def claim_row(self, first: int, count: int) -> Claim:
        """Take clusters in a row, of which the FAT says nothing, up to the first that is met a second time."""
        last = first + count
        if not FIRST <= first < self._end or last > self._end:
            return self._stopped([], max(last - 1, self._end) if first >= FIRST else first)
        met = self._claimed.find(1, first, last)
        end = last if met < 0 else met
        self._claimed[first:end] = b"\1" * (end - first)
        runs = (Run(first, end - first),) if end > first else ()
        return Claim(runs) if met < 0 else Claim(runs, "shared", _SHARED)

    def read_row(self, first: int, size: int) -> bytes:
        """Read clusters in a row; raise Malformed when they are not all there."""
        count = -(-size // self.size)
        if count and not (first >= FIRST and first + count <= self._end):
            raise Malformed(message("its clusters are not all there"))
        return b"".join(self.slices((Run(first, count),), size))

    def read(self, first: int, size: int) -> bytes:
        """Read the beginning of a chain; raise Malformed when the chain is shorter or leads nowhere."""
        count = -(-size // self.size)
        return b"".join(self.slices(self._runs(first, count), size))

    def slices(self, runs: Iterator[Run] | Sequence[Run], size: int) -> Iterator[memoryview]:
        """Give the first bytes of clusters that were checked to exist."""
        for run in runs:
            taken = min(run.count * self.size, size)
            yield self._view.slice(self.position(run.first), taken)
            size -= taken

    def _runs(self, first: int, count: int) -> Iterator[Run]:
        """Follow a chain for a number of clusters."""
        start = cluster = first
        for left in range(count, 0, -1):
            if not FIRST <= cluster < self._end:
                raise Malformed(self._stopped([], cluster).reason or _SHORT)
            following = self._next(cluster)
            if following != cluster + 1 or left == 1:
                yield Run(start, cluster + 1 - start)
                start = following
            if following > self._mask - _END_MARKS and left > 1:
                raise Malformed(_SHORT)
            cluster = following

    def _next(self, cluster: int) -> int:
        if self._bits == 12:
            pair: int = self._entry.unpack_from(self._view.buffer, self._table + cluster + cluster // 2)[0]
            return pair >> 4 if cluster & 1 else pair & 0xFFF
        value: int = self._entry.unpack_from(self._view.buffer, self._table + cluster * self._entry.size)[0]
        return value & self._mask

    def _stopped(self, runs: list[Run], cluster: int) -> Claim:
        """Say why a chain stops at a cluster."""
        if FIRST <= cluster < self._end:
            if any(run.first <= cluster < run.first + run.count for run in runs):
                return Claim(tuple(runs), "cycle", message("its chain of clusters runs in a circle"))
            return Claim(tuple(runs), "shared", _SHARED)
        if cluster < FIRST:
            return Claim(tuple(runs), "broken", message("its chain of clusters leads to a free cluster"))
        if cluster == self._mask - _END_MARKS:
            return Claim(tuple(runs), "broken", message("its chain of clusters leads to a bad cluster"))
        reason = message("its chain of clusters leads to cluster {number}, which is not there", number=cluster)
        return Claim(tuple(runs), "broken", reason)


_SHARED = message("some of its clusters are those of another entry too")
_SHORT = message("its chain of clusters is shorter than its size")

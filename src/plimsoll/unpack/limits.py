"""Limits on what an image may make us do, checked before anything is allocated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec

from plimsoll.model.message import Message, message

MiB = 1 << 20


class Limits(msgspec.Struct, frozen=True):
    """What one image may use; arguments, so that the same limits give the same result."""

    depth: int = 12
    """Carves and members inside each other."""
    entries: int = 1_000_000
    """Entries over all trees of the image."""
    output_bytes: int = 8192 * MiB
    """Bytes that come out of all decoders together."""
    ratio: int = 2_000
    """Most that one decoder may give for one byte that went in, once it gave more than `ratio_floor_bytes`."""
    ratio_floor_bytes: int = 64 * MiB
    """Output below which the ratio is not looked at: small sparse files are ordinary."""
    file_bytes: int = 256 * MiB
    """Largest single file or decoded stream that is held."""
    search_bytes: int = 4096 * MiB
    """Bytes gone through in looking for what a format puts behind its content, over all tries together."""
    seconds: float = 600.0
    """Wall-clock time for opening and looking."""


class LimitReached(Exception):
    """A limit would have been passed; carries the message for the record."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Budget:
    """Counts what an image has used against its limits; safe to share between threads."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._deadline = clock() + limits.seconds
        self._lock = threading.Lock()
        self._entries = 0
        self._output = 0
        self._searched = 0

    def take_output(self, produced: int, consumed: int) -> None:
        """Account for a decoder that is about to give `produced` bytes for `consumed` bytes of input."""
        limits = self.limits
        if produced > limits.file_bytes:
            raise LimitReached(
                message("{size} bytes in one piece; the limit is {limit}", size=produced, limit=limits.file_bytes)
            )
        if produced > limits.ratio_floor_bytes and produced > limits.ratio * max(consumed, 1):
            raise LimitReached(
                message("{size} bytes out of {consumed}; the limit is {ratio} for one", size=produced,
                        consumed=consumed, ratio=limits.ratio)
            )  # fmt: skip
        with self._lock:
            if self._output + produced > limits.output_bytes:
                raise LimitReached(message("more than {limit} bytes in all", limit=limits.output_bytes))
            self._output += produced
        self.check_time()

    def take_entries(self, count: int) -> None:
        """Account for entries that are about to be listed."""
        with self._lock:
            if self._entries + count > self.limits.entries:
                raise LimitReached(message("more than {limit} entries", limit=self.limits.entries))
            self._entries += count

    def take_search(self, count: int) -> None:
        """Account for bytes that were gone through in looking for an end mark."""
        with self._lock:
            self._searched += count
            if self._searched > self.limits.search_bytes:
                raise LimitReached(message("more than {limit} bytes of searching", limit=self.limits.search_bytes))
        self.check_time()

    def check_depth(self, depth: int) -> None:
        """Refuse to go deeper than the limit."""
        if depth > self.limits.depth:
            raise LimitReached(message("more than {limit} levels inside each other", limit=self.limits.depth))

    def check_time(self) -> None:
        """Refuse to go on past the deadline."""
        if self._clock() > self._deadline:
            raise LimitReached(message("more than {limit} seconds", limit=int(self.limits.seconds)))

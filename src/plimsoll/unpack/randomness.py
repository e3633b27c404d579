"""Tells whether bytes that no format took look compressed or encrypted, and on what grounds.

Bytes that deflate cannot pack are either compressed or encrypted. What remains uneven in them is
told by Pearson's chi-square test over the 256 byte values: deflate, bzip2, Zstandard and LZ4 leave 700 and more where
random bytes give 255 +- 23. LZMA and encryption leave nothing, so bytes as even as random ones are encryption or LZMA
without a header that we know. Measured on 20 MB of programs: chi-square of 256 KiB is 24,681 for deflate, 2,596 for
bzip2, 946 for Zstandard at its highest level, 243 to 304 for LZMA.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import deflate

from plimsoll.model.image import Randomness, Span, SpanKind

SHORTEST = 4096
"""Bytes below which nothing is said."""

TELLING_BYTES = 1 << 16
"""Sample below which chi-square does not tell deflate from random bytes: dense bytes are then called compressed."""

EVEN = (175.0, 350.0)
"""Chi-square that random bytes keep within, but for one time in ten thousand."""

DENSE = 0.97
"""What deflate leaves of bytes that are compressed or encrypted; machine code leaves 0.5 to 0.9."""

SAMPLE_BYTES = 1 << 20
_PIECE_BYTES = 4096
_BLOCK_BYTES = (1 << 14, 1 << 16)
_FINE_UP_TO = 4 << 20
_PROBE_BYTES = 1024
_PROBES = 4
_SHORTEST_RUN = 4


def kind_of(data: memoryview) -> tuple[SpanKind, Randomness | None]:
    """Tell what a dense stretch looks like: compressed or encrypted; unknown when it is too short to say."""
    if len(data) < SHORTEST:
        return "unknown", None
    sample = _sample(data)
    count = len(sample)
    mean = count / 256
    frequencies = Counter(sample).values()
    missing = 256 - len(frequencies)
    chi_square = (sum((one - mean) ** 2 for one in frequencies) + missing * mean * mean) / mean
    entropy = -sum(one / count * math.log2(one / count) for one in frequencies)
    is_even = count >= TELLING_BYTES and EVEN[0] <= chi_square <= EVEN[1]
    return "encrypted" if is_even else "compressed", Randomness(round(entropy, 4), round(chi_square, 1), count)


def split(data: memoryview, offset: int) -> Iterator[Span]:
    """Cut a stretch that no format took into spans by what its bytes look like; `offset` is that of its first byte."""
    for start, stop, dense in _runs(data):
        kind, randomness = kind_of(data[start:stop]) if dense else ("unknown", None)
        yield Span(offset + start, stop - start, kind, randomness=randomness)


def is_dense(data: memoryview) -> bool:
    """Tell whether deflate would gain next to nothing, by a sample of four pieces."""
    if len(data) <= _PROBES * _PROBE_BYTES:
        sample = bytes(data)
    else:
        step = (len(data) - _PROBE_BYTES) // (_PROBES - 1)
        sample = b"".join(data[at * step : at * step + _PROBE_BYTES] for at in range(_PROBES))
    return len(deflate.deflate_compress(sample, 1)) >= DENSE * len(sample)


def _runs(data: memoryview) -> list[tuple[int, int, bool]]:
    """Give stretches of dense and of other blocks in turn; a short run of one within the other is not told."""
    if len(data) < SHORTEST:
        return [(0, len(data), False)]
    block = _BLOCK_BYTES[len(data) > _FINE_UP_TO]
    runs: list[tuple[int, int, bool]] = []
    for start in range(0, len(data), block):
        stop = min(start + block, len(data))
        dense = runs[-1][2] if runs and stop - start < SHORTEST else is_dense(data[start:stop])
        if runs and runs[-1][2] == dense:
            runs[-1] = (runs[-1][0], stop, dense)
        else:
            runs.append((start, stop, dense))
    return _joined(runs, _SHORTEST_RUN * block)


def _joined(runs: list[tuple[int, int, bool]], shortest: int) -> list[tuple[int, int, bool]]:
    """Give short runs to the one before them, and the first, when it is short, to the one after it."""
    joined: list[tuple[int, int, bool]] = []
    for start, stop, dense in runs:
        if joined and (joined[-1][2] == dense or stop - start < shortest):
            joined[-1] = (joined[-1][0], stop, joined[-1][2])
        elif joined and len(joined) == 1 and joined[0][1] - joined[0][0] < shortest:
            joined[0] = (0, stop, dense)
        else:
            joined.append((start, stop, dense))
    return joined


def _sample(data: memoryview) -> bytes:
    if len(data) <= SAMPLE_BYTES:
        return bytes(data)
    count = SAMPLE_BYTES // _PIECE_BYTES
    last = len(data) - _PIECE_BYTES
    starts = (last * number // (count - 1) for number in range(count))
    return b"".join(data[start : start + _PIECE_BYTES] for start in starts)

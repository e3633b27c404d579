"""Finds and undoes the compressed kernel inside a self-extracting one: zImage, bzImage, vmlinuz, EFI zboot.

Observed in kernels as Debian ships them: the payload is one stream that begins with the sign of its own format, and
all but gzip have the size of the content behind it, 4 bytes, little-endian. What is found counts only when it can be
undone to as many bytes as a kernel has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Decoded, Malformed, NotThisFormat, View
from plimsoll.unpack.formats import bzip2, gzip, lz4, lzma, lzop, xz, zstd
from plimsoll.unpack.limits import Budget

KERNEL_BYTES = 32 << 10
"""Content below which something is no kernel; the smallest ones have some hundred thousand bytes."""

MOST_TRIES = 64
"""Most signs that are tried in one image; the decompressor before the payload has a few by chance."""

_CODECS: dict[bytes, tuple[str, Callable[[View, Budget], Decoded]]] = {
    gzip.MAGIC: ("gzip", gzip.open_gzip),
    xz.MAGIC: ("xz", xz.open_xz),
    b"\x5d\0\0": ("LZMA", lzma.open_lzma),
    b"\x6d\0\0": ("LZMA", lzma.open_lzma),
    b"BZh": ("bzip2", bzip2.open_bzip2),
    lz4.LEGACY_MAGIC: ("LZ4", lz4.open_lz4),
    lzop.MAGIC: ("LZO", lzop.open_lzop),
    zstd.MAGIC: ("zstd", zstd.open_zstd),
}
_SIGNS = re.compile(b"|".join(re.escape(sign) for sign in _CODECS))
_BANNER = re.compile(rb"Linux version (\d+\.\d+[\w.+~-]{0,60}) \(")


class Payload(msgspec.Struct, frozen=True):
    """A compressed kernel that was undone."""

    codec: str
    offset: int
    end: int
    """Behind the stream and the size that follows it."""
    data: bytes
    problems: tuple[Message, ...]

    def label(self) -> str:
        """Say which kernel it is and how it was compressed."""
        release = find_release(self.data)
        return f"Linux {release}, {self.codec}" if release else self.codec


def find_payload(view: View, budget: Budget, start: int, end: int, is_banner_needed: bool = False) -> Payload | None:
    """Give the first stream between two offsets that can be undone to a kernel; nothing when there is none."""
    for offset in _signs(view, budget, start, end):
        try:
            payload = undo_payload(view, budget, offset, end)
        except Malformed:
            continue
        if not is_banner_needed or find_release(payload.data):
            return payload
    return None


def undo_payload(view: View, budget: Budget, offset: int, end: int) -> Payload:
    """Undo the stream at an offset, which ends before another; raise Malformed when there is none of a kernel."""
    sign = _SIGNS.match(view.buffer, offset, end)
    if sign is None:
        raise Malformed(message("the kernel in it is not compressed in a way that is read"))
    codec, open_stream = _CODECS[sign[0]]
    try:
        stream = open_stream(view.cut(offset, end - offset), budget)
    except (NotThisFormat, EOFError):
        raise Malformed(message("the kernel in it cannot be undone as {codec}", codec=codec)) from None
    if len(stream.data) < KERNEL_BYTES:
        raise Malformed(message("what is compressed in it is too small for a kernel"))
    stop = offset + stream.length
    size = len(stream.data).to_bytes(4, "little")
    if codec != "gzip" and view.buffer[stop : min(stop + 4, end)] == size:
        stop += 4
    return Payload(codec, offset, stop, stream.data, stream.problems)


def find_release(data: bytes | memoryview) -> str:
    """Give the release by the banner of a kernel; nothing when there is no banner."""
    return find_banner(data)[0]


def find_banner(data: bytes | memoryview) -> tuple[str, int]:
    """Give the release by the banner of a kernel, and where that is; nothing when there is no banner."""
    found = _BANNER.search(data)
    return (found[1].decode("ascii", "replace"), found.start()) if found else ("", 0)


def _signs(view: View, budget: Budget, start: int, end: int) -> Iterator[int]:
    position = start
    for _ in range(MOST_TRIES):
        found = _SIGNS.search(view.buffer, position, end)
        budget.take_search(max((found.end() if found else end) - position, 0))
        if found is None:
            return
        yield found.start()
        position = found.start() + 1

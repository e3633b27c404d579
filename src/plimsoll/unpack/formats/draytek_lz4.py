"""Opens the compressed blocks in which DrayTek's routers hold their operating system and their web pages.

Source: draytek-arsenal by Faraday (MIT), which reads and writes them.

offset  size  stream
0       4     magic AA 1D 7F 50
4             blocks

offset  size  block
0       4     length of its data, little-endian
4             an LZ4 block of at most 64 KiB of content

There is no end mark: a block of less than 64 KiB is the last, and so is one behind which no sound block follows.
"""

from __future__ import annotations

from plimsoll.unpack.codecs import Undecodable, decode_lz4
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"\xaa\x1d\x7f\x50"
BLOCK_BYTES = 1 << 16
MOST_STORED = 2 * BLOCK_BYTES

_SHORTEST = 256
"""Content below which bytes that fit by chance are too likely."""


def open_draytek_lz4(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; raise NotThisFormat when its first block cannot be undone."""
    position = len(MAGIC)
    if view.size < position or view.slice(0, position) != MAGIC:
        raise NotThisFormat
    blocks: list[bytes] = []
    size = 0
    while not blocks or len(blocks[-1]) == BLOCK_BYTES:
        found = _undo(view, position)
        if found is None:
            break
        stored, content = found
        if size + len(content) > budget.limits.file_bytes:
            break
        try:
            budget.take_output(len(content), stored)
        except LimitReached:
            if not blocks:
                raise
            break
        position += 4 + stored
        size += len(content)
        blocks.append(content)
    if size < _SHORTEST:
        raise NotThisFormat
    return Decoded(position, b"".join(blocks), f"{len(blocks)} blocks")


FORMAT = Format("draytek-lz4", "DrayTek compressed firmware", (Magic(MAGIC),), open_draytek_lz4)


def _undo(view: View, at: int) -> tuple[int, bytes] | None:
    """Give the stored bytes and the content of a block; None when there is no sound one."""
    if at + 4 > view.size:
        return None
    stored = int.from_bytes(view.slice(at, 4), "little")
    if not 0 < stored <= min(MOST_STORED, view.size - at - 4):
        return None
    try:
        content = bytes(decode_lz4(view.slice(at + 4, stored), BLOCK_BYTES))
    except Undecodable:
        return None
    return (stored, content) if content else None

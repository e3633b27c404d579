"""Recognises F2FS images, the file system of flash behind a controller; what is in them is not read yet.

Source: observed in images that the real tool made. The superblock lies at 1024 and again one block later; all numbers
are little-endian.

offset  size  superblock                    offset  size  superblock
0       4     magic f2f52010                16      4     bytes of a block: 1 << n
4       4     version, 1 and less           20      4     blocks of a segment: 1 << n, n is 9
8       4     bytes of a sector: 1 << n     36      8     blocks
12      4     sectors of a block: 1 << n    96      12    inodes of root, nodes and metadata: 3, 1, 2
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Unsupported, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x10\x20\xf5\xf2\x01\x00"
"""The magic and the upper half of the version."""

_START = 1024
_LAYOUT = struct.Struct("<I4xIIII12xQ52xIII")
_BLOCK_BITS = range(12, 17)
_SEGMENT_BITS = 9
_FIRST_INODES = (3, 1, 2)


def open_f2fs(view: View, budget: Budget) -> Container:
    """Raise Unsupported with the length for an image, NotThisFormat for anything else."""
    if _START + _LAYOUT.size > view.size or view.slice(_START, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    _, sector, sectors, block, segment, blocks, *inodes = _LAYOUT.unpack_from(view.buffer, _START)
    if block not in _BLOCK_BITS or sector + sectors != block or segment != _SEGMENT_BITS or not blocks:
        raise NotThisFormat
    copy = (1 << block) + _START
    has_copy = copy + len(MAGIC) <= view.size and view.slice(copy, len(MAGIC)) == MAGIC
    if tuple(inodes) != _FIRST_INODES or not has_copy:
        raise NotThisFormat
    raise Unsupported(message("F2FS is not read yet"), min(blocks << block, view.size))


FORMAT = Format("f2fs", "F2FS file system", (Magic(MAGIC, _START),), open_f2fs, only_recognised=True)

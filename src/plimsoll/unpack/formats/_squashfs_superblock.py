"""What a squashfs image says of itself: the superblock, believed only when its fields agree with each other.

Written from the public description of the format, version 4.0, as its makers and users document it.

offset  size  name                offset  size  name
0       4     magic `hsqs`        32      8     reference of the root inode
4       4     number of inodes    40      8     bytes used
8       4     time of making      48      8     start of the id table
12      4     block size          56      8     start of the xattr table
16      4     number of fragments 64      8     start of the inode table
20      2     compression         72      8     start of the directory table
22      2     log2 of block size  80      8     start of the fragment table
24      2     flags               88      8     start of the export table
26      2     number of ids
28      4     version, major and minor

Little-endian; some makers of chips write all of it big-endian, as in older versions, with signs of their own. Of these
the one of AVM keeps the lengths of metadata blocks little-endian; that and the signs are facts from backhand and unblob
(MIT). A table that is absent starts at all ones.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.codecs import Decode, decode_lz4, decode_lzma, decode_lzo, decode_xz, decode_zlib, decode_zstd
from plimsoll.unpack.format import Malformed, NotThisFormat, View

SIGNS = {
    b"hsqs": "<",
    b"sqsh": ">",
    b"shsq": "<>",
    b"qshs": "><",
    b"hsqt": "<>",
    b"tqsh": "><",
    b"zlqs": "<>",
    b"sqlz": "><",
}
"""Signs and the byte orders that they may stand for, the likelier first; only the first two have one for certain."""

STANDARD = (b"hsqs", b"sqsh")

SIZE = 96

_LAYOUT = "4sI4xIIHH2xHHHQQQ8xQQQ8x"
_CODECS: dict[int, tuple[str, Decode]] = {
    1: ("gzip", decode_zlib),
    2: ("lzma", decode_lzma),
    3: ("lzo", decode_lzo),
    4: ("xz", decode_xz),
    5: ("lz4", decode_lz4),
    6: ("zstd", decode_zstd),
}
_UNNAMED = ("gzip", decode_zlib)


class Superblock(msgspec.Struct, frozen=True):
    """The fields that reading needs."""

    block_size: int
    """Content of a full data block; a power of two from 4 KiB to 1 MiB."""
    fragments: int
    """Number of fragment blocks."""
    ids: int
    """Number of owners and groups."""
    root: int
    """Reference of the root inode."""
    bytes_used: int
    id_table: int
    inode_table: int
    directory_table: int
    fragment_table: int
    order: str = "<"
    """Byte order as in struct: `<` or `>`."""
    header_order: str = "<"
    """Byte order of the headers of metadata blocks."""
    codec: str = "gzip"
    decode: Decode = decode_zlib
    """The decoder of its blocks."""

    @property
    def label(self) -> str:
        """Say what it is in a few words."""
        size = f"{self.block_size >> 10} KiB" if self.block_size < 1 << 20 else "1 MiB"
        return f"{self.codec}, {size} blocks" if self.order == "<" else f"big-endian, {self.codec}, {size} blocks"


def read_superblock(view: View) -> Superblock:
    """Read the superblock.

    Raise NotThisFormat when its fields contradict each other, Malformed when the directories are not all there.
    """
    sign = view.read(0, min(view.size, 4))
    for order in SIGNS.get(sign, "") if view.size >= SIZE else "":
        if (found := _read(view, sign, order)) is not None:
            break
    else:
        raise NotThisFormat
    if found.directory_table >= view.size:
        missing = found.bytes_used - view.size
        reason = message("cut short: {missing} of {size} bytes are missing", missing=missing, size=found.bytes_used)
        raise Malformed(reason, view.size)
    return found


def _read(view: View, sign: bytes, order: str) -> Superblock | None:
    """Read the superblock in a byte order; None when its fields contradict each other."""
    fields = struct.unpack(order + _LAYOUT, view.slice(0, SIZE))
    _, inodes, block_size, fragments, compression, block_log, ids, major, minor, *places = fields
    if (major, minor) != (4, 0):
        return None
    named = _CODECS.get(compression, _UNNAMED if sign not in STANDARD else None)
    if not 12 <= block_log <= 20 or block_size != 1 << block_log or named is None or not inodes or not ids:
        return None
    root, used, id_table, inode_table, directories, fragment_table = places
    found = Superblock(
        block_size, fragments, ids, root, used, id_table, inode_table, directories, fragment_table, order, order, *named
    )  # fmt: skip
    starts = [found.inode_table, found.directory_table, found.id_table]
    if fragments:
        starts.append(found.fragment_table)
    if min(starts) < SIZE or max(starts) >= found.bytes_used or found.inode_table >= found.directory_table:
        return None
    return found

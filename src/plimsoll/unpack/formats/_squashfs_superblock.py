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

All little-endian. A table that is absent starts at all ones.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.codecs import Decode, decode_lz4, decode_lzma, decode_lzo, decode_xz, decode_zlib, decode_zstd
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View

MAGIC = b"hsqs"
OTHER_MAGICS = (b"sqsh", b"shsq", b"qshs")
"""Big-endian, and the same two with LZMA as some makers of chips changed them; told to be squashfs, not read."""

SIZE = 96

_LAYOUT = struct.Struct("<4sI4xIIHH2xHHHQQQ8xQQQ8x")
_CODECS: dict[int, tuple[str, Decode]] = {
    1: ("gzip", decode_zlib),
    2: ("lzma", decode_lzma),
    3: ("lzo", decode_lzo),
    4: ("xz", decode_xz),
    5: ("lz4", decode_lz4),
    6: ("zstd", decode_zstd),
}


class Superblock(msgspec.Struct, frozen=True):
    """The fields that reading needs."""

    block_size: int
    """Content of a full data block; a power of two from 4 KiB to 1 MiB."""
    fragments: int
    """Number of fragment blocks."""
    compression: int
    ids: int
    """Number of owners and groups."""
    root: int
    """Reference of the root inode."""
    bytes_used: int
    id_table: int
    inode_table: int
    directory_table: int
    fragment_table: int

    @property
    def decode(self) -> Decode:
        """Give the decoder of its blocks."""
        return _CODECS[self.compression][1]

    @property
    def label(self) -> str:
        """Say what it is in a few words."""
        size = f"{self.block_size >> 10} KiB" if self.block_size < 1 << 20 else "1 MiB"
        return f"{_CODECS[self.compression][0]}, {size} blocks"


def read_superblock(view: View) -> Superblock:
    """Read the superblock.

    Raise NotThisFormat when its fields contradict each other, Malformed when the directories are not all there.
    """
    if view.size < SIZE:
        raise NotThisFormat
    if view.read(0, 4) in OTHER_MAGICS:
        raise _other_kind(view)
    magic, inodes, block_size, fragments, compression, block_log, ids, major, minor, *places = _LAYOUT.unpack(
        view.slice(0, SIZE)
    )
    if magic != MAGIC:
        raise NotThisFormat
    if (major, minor) != (4, 0):
        raise _other_kind(view)
    if not 12 <= block_log <= 20 or block_size != 1 << block_log or compression not in _CODECS or not inodes or not ids:
        raise NotThisFormat
    found = Superblock(block_size, fragments, compression, ids, *places)
    starts = [found.inode_table, found.directory_table, found.id_table]
    if fragments:
        starts.append(found.fragment_table)
    if min(starts) < SIZE or max(starts) >= found.bytes_used or found.inode_table >= found.directory_table:
        raise NotThisFormat
    if found.directory_table >= view.size:
        missing = found.bytes_used - view.size
        reason = message("cut short: {missing} of {size} bytes are missing", missing=missing, size=found.bytes_used)
        raise Malformed(reason, view.size)
    return found


def _other_kind(view: View) -> Exception:
    """Tell a squashfs 4 of the other byte order from a chance sign and from the versions that a neighbour reads."""
    sign = view.read(0, 4)
    order = "<" if sign in (b"hsqs", b"shsq") else ">"
    block_size, block_log, major = struct.unpack_from(f"{order}I6xH4xH", view.slice(0, SIZE), 12)
    if major != 4 or not 12 <= block_log <= 20 or block_size != 1 << block_log:
        return NotThisFormat()
    (length,) = struct.unpack_from(f"{order}Q", view.slice(0, SIZE), 40)
    reason = message("squashfs 4 with the sign {sign} is not read yet", sign=sign.decode())
    return Unsupported(reason, min(length, view.size))

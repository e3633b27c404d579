"""What a squashfs image of version 1 to 3 says of itself, believed only when its fields agree with each other.

Written from public descriptions of the superblock. Everything is in the byte order of the machine that it was made for.

offset  size  name                              offset  size  name
0       4     sign                              43      8     reference of the root inode
4       4     number of inodes                  51      4     block size
8       4     bytes used, before version 3      55      4     number of fragments
12      4     owners, before version 3          59      4     fragment table, before version 3
16      4     groups, before version 3          63      8     bytes used, version 3
20      4     inode table, before version 3     71      8     owners, version 3
24      4     directory table, before 3         79      8     groups, version 3
28      4     version, major and minor          87      8     inode table, version 3
32      2     block size, low bits              95      8     directory table, version 3
34      2     log2 of block size                103     8     fragment table, version 3
36      1     flags                             111     8     export table, version 3
37      1     number of owners
38      1     number of groups
39      4     time of making

Version 1 ends at 51, version 2 at 63, version 3 at 119.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._squashfs_superblock import SIGNS, Superblock

_SIZES = {1: 51, 2: 63, 3: 119}
_MOST_LOG = {1: 15}
"""Blocks of version 1 have 32 KiB at most."""
_CHECKED = 4


class OldSuperblock(Superblock, frozen=True, kw_only=True):
    """The fields that reading needs; the id table stands for that of the owners."""

    version: tuple[int, int]
    checked: bool
    """Whether a byte of check follows the header of each metadata block."""
    owners: int
    groups: int
    group_table: int
    codec: str = "zlib"

    @property
    def is_little(self) -> bool:
        """Whether numbers begin with their lowest byte, and fields of bits with their lowest bit."""
        return self.order == "<"

    @property
    def label(self) -> str:
        """Say what it is in a few words."""
        size = f"{self.block_size >> 10} KiB" if self.block_size < 1 << 20 else "1 MiB"
        end = "little-endian" if self.is_little else "big-endian"
        return f"version {self.version[0]}.{self.version[1]}, {end}, {self.codec}, {size} blocks"


def read_old_superblock(view: View) -> OldSuperblock:
    """Read the superblock.

    Raise NotThisFormat when its fields contradict each other or the version is not 1 to 3, Malformed when the
    directories are not all there.
    """
    sign = view.read(0, min(view.size, 4))
    for order in SIGNS.get(sign, "") if view.size >= _SIZES[1] else "":
        if (found := _read(view, order)) is not None:
            break
    else:
        raise NotThisFormat
    if found.directory_table >= view.size:
        used = found.bytes_used
        reason = message("cut short: {missing} of {size} bytes are missing", missing=used - view.size, size=used)
        raise Malformed(reason, view.size)
    return found


def _read(view: View, order: str) -> OldSuperblock | None:
    """Read the superblock in a byte order; None when its fields contradict each other."""
    major, minor, low_size, block_log = struct.unpack_from(f"{order}HHHH", view.buffer, 28)
    if major not in _SIZES or view.size < _SIZES[major] or minor > 255:
        return None
    if not 12 <= block_log <= _MOST_LOG.get(major, 20) or low_size != (1 << block_log) & 0xFFFF:
        return None
    inodes, used, uids, gids, inode_table, directories = struct.unpack_from(f"{order}6I", view.buffer, 4)
    flags, owners, groups, _, root = struct.unpack_from(f"{order}BBBIQ", view.buffer, 36)
    block_size, fragments, fragment_table = low_size, 0, 0
    if major > 1:
        block_size, fragments, fragment_table = struct.unpack_from(f"{order}III", view.buffer, 51)
    if major == 3:
        used, uids, gids, inode_table, directories, fragment_table = struct.unpack_from(f"{order}6Q", view.buffer, 63)
    starts = [inode_table, directories, *([fragment_table] if fragments else []), *([uids] if owners else [])]
    if not inodes or block_size != 1 << block_log or min(starts) < _SIZES[major] or max(starts) >= used:
        return None
    if inode_table >= directories or root >> 16 >= directories - inode_table or root & 0xFFFF >= 8192:
        return None
    return OldSuperblock(
        block_size, fragments, owners, root, used, uids, inode_table, directories, fragment_table, order, order,
        version=(major, minor), checked=bool(flags & _CHECKED), owners=owners, groups=groups, group_table=gids,
    )  # fmt: skip

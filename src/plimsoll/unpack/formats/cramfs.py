"""Opens cramfs images of both byte orders, the compressed root file system of small devices of the 2.4 and 2.6 years.

Written from the public description of the format and from images made with the real tools. All numbers are 32 bits.

offset  size  superblock              offset  size  superblock
0       4     magic 0x28cd3d45        32      4     CRC-32 of the image, taken with zero here
4       4     bytes of the image      36      4     edition
8       4     flags                   40      4     data blocks
12      4     unused                  44      4     files
16      16    `Compressed ROMFS`      48      16    name
                                      64      12    inode of the root

Sizes, CRC and counts hold with the flag of the second version only. 512 bytes for a boot loader may stand before the
superblock; places are counted from their beginning. Extended block pointers are told and not read.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats._cramfs_tree import Inode, Order, Walk, read_inode
from plimsoll.unpack.limits import Budget

MAGIC = 0x28CD3D45
SIGNATURE = b"Compressed ROMFS"

SECOND_VERSION = 0x001
HOLES = 0x100
WRONG_SIGNATURE = 0x200
SHIFTED_ROOT = 0x400
EXTENDED_POINTERS = 0x800

BOOT_BYTES = 512
"""What may stand before the superblock."""

_SIZE = 76
_CRC_AT = 32
_PAGE = 4096
_KNOWN = 0xFF | HOLES | WRONG_SIGNATURE | SHIFTED_ROOT | EXTENDED_POINTERS


class Superblock(msgspec.Struct, frozen=True):
    """The fields that reading needs."""

    start: int
    """Where it stands: 0, or after the bytes of a boot loader."""
    order: Order
    size: int
    """Bytes of the image; means nothing in the first version."""
    flags: int
    crc: int
    blocks: int
    """Data blocks; 0 when not known."""
    root: Inode

    @property
    def label(self) -> str:
        """Say what it is in a few words."""
        order = "little" if self.order == "<" else "big"
        version = "" if self.flags & SECOND_VERSION else ", first version"
        return f"{order}-endian{version}"


def open_cramfs(view: View, budget: Budget) -> Archive:
    """Open the image at the beginning of a view.

    Raise NotThisFormat, Malformed when the superblock is sound and the root cannot be read, Unsupported for block
    pointers that we do not read, LimitReached when too many bytes were summed. Cost: one look at the whole image.
    """
    superblock = _find_superblock(view, budget)
    whole = view
    if superblock.flags & SECOND_VERSION:
        whole = view.cut(0, min(superblock.size, view.size))
    if superblock.flags & EXTENDED_POINTERS:
        raise Unsupported(message("extended block pointers are not read yet"), whole.size)
    walk = Walk(whole, superblock.order, superblock.root, superblock.blocks, budget)
    _check_sum(view, superblock, walk, budget)
    walk.walk()
    length = whole.size
    if not superblock.flags & SECOND_VERSION:
        end = max(walk.end, superblock.start + _SIZE)
        length = min(-(-end // _PAGE) * _PAGE, whole.size)
    opened = walk.entries.archive(whole.cut(0, length), length, superblock.label)
    if len(opened.nodes) == 1 and opened.problems and superblock.root.size:
        raise Malformed(opened.problems[-1][1], length)
    return opened


FORMAT = Format(
    "cramfs",
    "cramfs file system",
    (
        Magic(MAGIC.to_bytes(4, "little")),
        Magic(MAGIC.to_bytes(4, "big")),
        Magic(MAGIC.to_bytes(4, "little"), BOOT_BYTES),
        Magic(MAGIC.to_bytes(4, "big"), BOOT_BYTES),
    ),
    open_cramfs,
)


def _find_superblock(view: View, budget: Budget) -> Superblock:
    for start in (0, BOOT_BYTES):
        superblock = _read_superblock(view, start)
        if superblock is not None and _is_believed(view, superblock, budget):
            return superblock
    raise NotThisFormat


def _read_superblock(view: View, start: int) -> Superblock | None:
    if view.size < start + _SIZE:
        return None
    orders: tuple[Order, Order] = ("<", ">")
    for order in orders:
        magic, size, flags, crc, blocks = struct.unpack_from(f"{order}III20xI4xI", view.buffer, start)
        if magic == MAGIC:
            root = read_inode(view.read(start + _SIZE - 12, 12), order)
            second = bool(flags & SECOND_VERSION)
            return Superblock(start, order, size, flags, crc if second else 0, blocks if second else 0, root)
    return None


def _is_believed(view: View, superblock: Superblock, budget: Budget) -> bool:
    """Whether the fields agree with each other, so that this is no chance sign and no other place of the superblock."""
    start, flags, root = superblock.start, superblock.flags, superblock.root
    is_second = bool(flags & SECOND_VERSION)
    if flags & ~_KNOWN or root.kind != "directory" or root.name_bytes:
        return False
    if is_second and superblock.size < start + _SIZE:
        return False
    is_signed = view.slice(start + 16, 16) == SIGNATURE
    expected = start + _SIZE
    if root.offset == expected or (not root.offset and not root.size and not start):
        return is_signed or bool(is_second and flags & WRONG_SIGNATURE and _has_right_sum(view, superblock, budget))
    if not flags & SHIFTED_ROOT or root.offset < expected or not is_signed:
        return False
    # Where a boot loader's bytes may stand before it, only the checksum tells the two places apart.
    return is_second and (not start or _has_right_sum(view, superblock, budget))


def _has_right_sum(view: View, superblock: Superblock, budget: Budget) -> bool:
    end = superblock.size
    if end > view.size:
        return False
    budget.take_search(end)
    start, crc_at = superblock.start, superblock.start + _CRC_AT
    found = zlib.crc32(view.buffer[start:crc_at])
    found = zlib.crc32(bytes(4), found)
    return zlib.crc32(view.buffer[crc_at + 4 : end], found) == superblock.crc


def _check_sum(view: View, superblock: Superblock, walk: Walk, budget: Budget) -> None:
    """Record what is missing or changed."""
    if not superblock.flags & SECOND_VERSION:
        return
    if superblock.size > view.size:
        missing = superblock.size - view.size
        walk.entries.problem(b"", message("cut short: {missing} bytes are missing", missing=missing))
    elif not _has_right_sum(view, superblock, budget):
        walk.entries.problem(b"", message("the checksum of the image is wrong"))

"""Opens littlefs images of version 2, the file system of small modules such as those of Espressif.

Source: the technical specification of littlefs, on-disk version 2.1; images made with a binding of the original. All
numbers but tags are little-endian. There are no owners, modes or links; attributes are passed over. The size of its
blocks stands in the superblock, which is the first entry of the first two blocks:

offset  size  meaning                                offset  size  meaning
8       8     `littlefs`                             28      4     blocks
20      4     version; the upper half is 2           32      4     longest name
24      4     bytes of a block                       36      8     longest file and attribute

Version 1 is recognised: it has the sign at 40, and size and number of blocks at 28 and 32.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats._littlefs_log import IN_PLACE, SUPERBLOCK, Log, read_log
from plimsoll.unpack.formats._littlefs_tree import Walk
from plimsoll.unpack.limits import Budget

MAGIC = b"littlefs"

_SIGN_AT, _OLD_SIGN_AT = 8, 40
_BLOCK_BYTES = range(104, (1 << 24) + 1)
_LONGEST_NAME = 1022
_OLD_ENTRY = bytes((0x2E, 20, 0, 8))
_OLD_VERSION = 1


def open_littlefs(view: View, budget: Budget) -> Archive:
    """Open the image at the beginning of a view.

    Raise NotThisFormat unless a whole commit of its first block has a right checksum and a superblock, Malformed when
    the second has none, Unsupported for another version.
    """
    _refuse_first_version(view)
    if view.size < _SIGN_AT + len(MAGIC) or view.slice(_SIGN_AT, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    version, block_size, blocks = _superblock(view, budget)
    length = min(block_size * blocks, view.size)
    if version >> 16 != 2:
        raise Unsupported(message("version {version} is not read", version=version >> 16), length)
    walk = Walk(view.cut(0, length), block_size, budget)
    if block_size * blocks > view.size:
        missing = block_size * blocks - view.size
        walk.entries.problem(b"", message("cut short: {missing} bytes are missing", missing=missing))
    if not _has_superblock(walk.log(1)):
        # Blocks are counted from the first of the two copies, and one alone may be the second.
        raise Malformed(message("one of the two copies of the superblock is missing or damaged"), length)
    walk.walk()
    size = f"{block_size // 1024} KiB" if block_size % 1024 == 0 else f"{block_size} byte"
    return walk.entries.archive(view.cut(0, length), length, f"{version >> 16}.{version & 0xFFFF}, {size} blocks")


FORMAT = Format("littlefs", "littlefs file system", (Magic(MAGIC, _SIGN_AT), Magic(MAGIC, _OLD_SIGN_AT)), open_littlefs)


def _superblock(view: View, budget: Budget) -> tuple[int, int, int]:
    """Give version, block size and blocks, from the first commits: a block is not longer than what it says itself."""
    fields = struct.unpack("<IIII", view.slice(20, 16)) if view.size >= 36 else (0, 0, 0, 0)
    _, block_size, blocks, longest = fields
    if block_size not in _BLOCK_BYTES or blocks < 2 or longest > _LONGEST_NAME:
        raise NotThisFormat
    budget.take_search(min(block_size, view.size))
    log = read_log(view.slice(0, min(block_size, view.size)))
    if log is None or not _has_superblock(log):
        raise NotThisFormat
    version, size, count = struct.unpack_from("<III", log.entries[0].content)
    if size != block_size or count < 2:
        raise NotThisFormat
    return version, size, count


def _has_superblock(log: Log | None) -> bool:
    if log is None or not log.entries:
        return False
    first = log.entries[0]
    is_named = (first.kind, first.name, first.content_kind) == (SUPERBLOCK, MAGIC, IN_PLACE)
    return is_named and len(first.content) >= 24


def _refuse_first_version(view: View) -> None:
    """Raise Unsupported for an image of version 1, by its superblock."""
    if view.size < _OLD_SIGN_AT + len(MAGIC) or view.slice(_OLD_SIGN_AT, len(MAGIC)) != MAGIC:
        return
    entry, block_size, blocks, version = struct.unpack("<4s8xIII", view.slice(16, 24))
    if entry == _OLD_ENTRY and version >> 16 == _OLD_VERSION and block_size in _BLOCK_BYTES and blocks >= 2:
        raise Unsupported(message("version 1 is not read yet"), min(block_size * blocks, view.size))

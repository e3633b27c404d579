"""Recognises UDF file systems, which memory cards and discs of updates may have; they are not read.

The sequence that says which standards a volume follows begins at 32768, as in ISO 9660, in pieces of 2048 bytes:
`BEA01`, `NSR02` or `NSR03`, `TEA01`. Block 256 is an anchor. It says where the descriptors of the volume are; that of
the partition says how far it goes. An image that is ISO 9660 as well is read as that. Numbers are little-endian.

offset  size  anchor                           offset  size  descriptor of a partition
0       2     tag, 2                           0       2     tag, 5
4       1     sum of the first 16 bytes        4       1     sum of the first 16 bytes
12      4     block of this one, 256           188     4     its first block
16      4     bytes of the descriptors         192     4     its blocks
20      4     their first block

Source: ECMA-167, which UDF rests on.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.model.message import message
from plimsoll.unpack.format import Format, Magic, NotThisFormat, Opened, Unsupported, View
from plimsoll.unpack.limits import Budget

START = 32_768
MAGIC = b"\0BEA01\1"

_PIECE = 2048
_MOST_PIECES = 8
_KINDS = (b"\0NSR02\1", b"\0NSR03\1")
_BLOCKS = (512, 1024, 2048, 4096)
_TAG_BYTES = 16
_ANCHOR, _ANCHOR_BLOCK, _PARTITION = 2, 256, 5
_MOST_DESCRIPTORS = 64


def open_udf(view: View, budget: Budget) -> Opened:
    """Raise Unsupported when the file system begins at the beginning of a view, otherwise NotThisFormat."""
    if view.size < START + len(MAGIC) or view.slice(START, len(MAGIC)) != MAGIC or not _has_kind(view):
        raise NotThisFormat
    for block in _BLOCKS:
        if _has_tag(view, _ANCHOR_BLOCK * block, _ANCHOR, _ANCHOR_BLOCK):
            length = min(max(_ends(view, block)), view.size)
            raise Unsupported(message("UDF file systems are not read"), length)
    raise NotThisFormat


FORMAT = Format("udf", "UDF file system", (Magic(MAGIC, START),), open_udf, only_recognised=True)


def _has_kind(view: View) -> bool:
    starts = (START + number * _PIECE for number in range(1, _MOST_PIECES))
    return any(view.buffer[start : start + len(_KINDS[0])] in _KINDS for start in starts)


def _has_tag(view: View, offset: int, kind: int, block: int) -> bool:
    """Tell whether a descriptor of a kind is at an offset, meant for a block, with a sum that fits."""
    if offset + _PIECE // 4 > view.size:
        return False
    tag = view.read(offset, _TAG_BYTES)
    is_meant = int.from_bytes(tag[12:], "little") == block
    return tag[:2] == bytes([kind, 0]) and is_meant and (sum(tag) - tag[4]) & 0xFF == tag[4]


def _ends(view: View, block: int) -> Iterator[int]:
    """Give where the anchor ends, and the partitions."""
    anchor = _ANCHOR_BLOCK * block
    yield anchor + block
    size, first = _number(view, anchor + 16), _number(view, anchor + 20)
    for number in range(first, first + min(size // block, _MOST_DESCRIPTORS)):
        if _has_tag(view, number * block, _PARTITION, number):
            yield (_number(view, number * block + 188) + _number(view, number * block + 192)) * block


def _number(view: View, offset: int) -> int:
    return int.from_bytes(view.slice(offset, 4), "little")

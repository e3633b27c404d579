"""The nodes that a UBIFS volume is made of: each says what it is and has a checksum.

Written from the publicly known layout of UBIFS and from images made with the real
tools. All numbers are little-endian; a checksum is CRC-32 without the last inversion.

offset  size  header of every node
0       4     31 18 10 06
4       4     checksum of the node from offset 8 on
8       8     sequence number: the newer of two nodes has the higher
16      4     length of the node
20      1     kind

A key is the number of an inode, 32 bits, then 3 bits of kind and 29 bits of block number or hash of the name. Behind
the header:

inode       key 16, -8, size 8, -36, links 4, owner 4, group 4, mode 4, flags 4, length of data 4, -44, data: the
            target of a symlink or the numbers of a device
content     key 16, size 4, compression 2, -2, data: up to 4096 bytes of a file
entry       key 16, inode 8, -1, type 1, length of the name 2, -4, name
cut         inode 4, -12, size before 8, size after 8: a file was made shorter
superblock  -3, kind of key 1, flags 4, smallest write 4, block bytes 4, blocks 4, -12, blocks of the log 4, -20,
            version 4, compression 2, -38, version for reading 4
master      -8, commit 8, -8, root of the index: block 4, offset 4, length 4
index       children 2, level 2, then for each child: block 4, offset 4, length 4, key 8
commit      commit 8: starts a log
reference   block 4, offset 4: where a journal goes on
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

import msgspec

from plimsoll.unpack.format import View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x31\x18\x10\x06"
HEADER_BYTES = 24
INODE, CONTENT, ENTRY, CUT, SUPERBLOCK, MASTER, REFERENCE, INDEX, COMMIT = 0, 1, 2, 4, 6, 7, 8, 9, 10

_HEADER = struct.Struct("<4sIQIB")
_LONGEST = 128 << 10
_MARK = re.compile(re.escape(MAGIC))


class Stub(msgspec.Struct, frozen=True):
    """A node's header: where it stands and what it says of itself; its checksum may not have been looked at."""

    offset: int
    length: int
    kind: int
    sequence: int


def read_stub(view: View, offset: int) -> Stub | None:
    """Read the header of a node; None when it is none or does not fit."""
    if offset < 0 or offset + HEADER_BYTES > view.size:
        return None
    magic, _, sequence, length, kind = _HEADER.unpack_from(view.buffer, offset)
    if magic != MAGIC or not HEADER_BYTES <= length <= min(_LONGEST, view.size - offset):
        return None
    return Stub(offset, length, kind, sequence)


def read_node(view: View, offset: int) -> tuple[Stub, memoryview] | None:
    """Read a node with its header; None when its checksum does not hold."""
    stub = read_stub(view, offset)
    if stub is None:
        return None
    node = view.slice(offset, stub.length)
    if zlib.crc32(node[8:]) ^ 0xFFFF_FFFF != int.from_bytes(node[4:8], "little"):
        return None
    return stub, node


def scan(view: View, start: int, end: int, budget: Budget) -> Iterator[tuple[Stub, memoryview]]:
    """Give every node whose checksum holds in a stretch, in order; raise LimitReached when there are too many."""
    position = start = max(start, 0)
    end = min(end, view.size)
    budget.take_search(max(end - start, 0))
    for match in _MARK.finditer(view.buffer, start, max(end, start)):
        if match.start() < position or match.start() % 8:
            continue
        stub = read_stub(view, match.start())
        if stub is None or match.start() + stub.length > end:
            continue
        budget.take_search(stub.length)
        found = read_node(view, match.start())
        if found is not None:
            budget.take_entries(1)
            position = match.start() + stub.length
            yield found

"""Which nodes of a UBIFS volume count: those that its index names, then those of the journal written after it.

The index is a tree of nodes whose branches carry keys; the master node names its root. What was written since the last
commit lies in the journal, which the log names. When the index is damaged, every node whose checksum holds is taken
and the newest of each key counts. A file that was deleted may then come back, which is told, and a hole cannot be told
from content that was lost.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.formats._ubifs_nodes import (
    COMMIT,
    CONTENT,
    CUT,
    ENTRY,
    INDEX,
    INODE,
    MASTER,
    REFERENCE,
    Stub,
    read_node,
    read_stub,
    scan,
)
from plimsoll.unpack.limits import Budget, LimitReached

CONTENT_BYTES = 4096
"""Bytes of a file that one content node gives."""

_LOG_BLOCK = 3
_MASTER = struct.Struct("<32xQ8xIII")
_BRANCH = struct.Struct("<IIIII")
_INODE = struct.Struct("<24xI20xQ36xIIIIII")
_INODE_BYTES = 160
_ENTRY = struct.Struct("<24xI12xQ2xH4x")
_CUT = struct.Struct("<24xI20xQ")
_KEY = struct.Struct("<24xII")
_BLOCK_BITS = (1 << 29) - 1


class Geometry(msgspec.Struct, frozen=True):
    """What of the superblock is needed to find nodes."""

    block_bytes: int
    blocks: int
    log_blocks: int


class Inode(msgspec.Struct, frozen=True):
    """What an inode node says."""

    sequence: int
    size: int
    links: int
    uid: int
    gid: int
    mode: int
    flags: int
    data: bytes


class Leaves:
    """Inodes, entries and content by their keys; of two the one with the higher sequence number."""

    def __init__(self, is_salvaged: bool = False) -> None:
        self.is_salvaged = is_salvaged
        """Whether they were collected without the index."""
        self.inodes: dict[int, Inode] = {}
        self.entries: dict[int, dict[bytes, tuple[int, int]]] = {}
        """Sequence number and inode, by directory and name; inode 0 when the entry was deleted."""
        self.contents: dict[int, dict[int, Stub]] = {}

    def add(self, stub: Stub, node: memoryview) -> bool:
        """Take a node in; tell whether it was one that counts and makes sense."""
        if stub.kind == INODE and stub.length >= _INODE_BYTES:
            self._add_inode(stub, node)
        elif stub.kind == ENTRY and stub.length >= _ENTRY.size:
            return self._add_entry(stub, node)
        elif stub.kind == CONTENT and stub.length >= 48:
            number, kind = _KEY.unpack_from(node)
            self.add_content(number, kind & _BLOCK_BITS, stub)
        elif stub.kind == CUT and stub.length >= _CUT.size:
            self._cut(stub, *_CUT.unpack_from(node))
        else:
            return False
        return True

    def add_content(self, number: int, block: int, stub: Stub) -> None:
        """Take in a stretch of a file."""
        blocks = self.contents.setdefault(number, {})
        if block not in blocks or blocks[block].sequence <= stub.sequence:
            blocks[block] = stub

    def _add_inode(self, stub: Stub, node: memoryview) -> None:
        number, size, links, uid, gid, mode, flags, length = _INODE.unpack_from(node)
        if number not in self.inodes or self.inodes[number].sequence <= stub.sequence:
            data = bytes(node[_INODE_BYTES : _INODE_BYTES + length])
            self.inodes[number] = Inode(stub.sequence, size, links, uid, gid, mode, flags, data)

    def _add_entry(self, stub: Stub, node: memoryview) -> bool:
        directory, inode, length = _ENTRY.unpack_from(node)
        name = bytes(node[_ENTRY.size : _ENTRY.size + length])
        if len(name) < length:
            return False
        names = self.entries.setdefault(directory, {})
        if name not in names or names[name][0] <= stub.sequence:
            names[name] = (stub.sequence, inode)
        return True

    def _cut(self, stub: Stub, number: int, size: int) -> None:
        first = -(-size // CONTENT_BYTES)
        blocks = self.contents.get(number, {})
        self.contents[number] = {
            block: one for block, one in blocks.items() if block < first or one.sequence > stub.sequence
        }


def read_leaves(view: View, geometry: Geometry, budget: Budget, problems: Problems) -> Leaves:
    """Find all nodes that count; what is wrong with the index is a problem of the whole."""
    leaves = Leaves()
    try:
        commit = _read_index(view, geometry, leaves, budget)
        _replay(view, geometry, commit, leaves, budget)
    except Malformed as broken:
        reason = message("{reason}; all sound nodes are taken instead, deleted ones too", reason=str(broken.reason))
        problems.add(b"", reason)
        leaves = Leaves(is_salvaged=True)
        try:
            _apply(leaves, scan(view, 0, view.size, budget))
        except LimitReached as reached:
            problems.add(b"", reached.reason)
    return leaves


def _read_index(view: View, geometry: Geometry, leaves: Leaves, budget: Budget) -> int:
    """Walk the index from its root; give the number of the commit."""
    size = geometry.block_bytes
    masters = [one for one in scan(view, size, 3 * size, budget) if one[0].kind == MASTER]
    if not masters:
        raise Malformed(message("no master node holds"))
    _, node = max(masters, key=lambda one: one[0].sequence)
    if len(node) < _MASTER.size:
        raise Malformed(message("the master node is too short"))
    commit, block, offset, _ = _MASTER.unpack_from(node)
    waiting = [(block * size + offset, -1)]
    seen = set()
    while waiting:
        place, level = waiting.pop()
        if place in seen:
            raise Malformed(message("the index names the node at {offset} twice", offset=hex(place)))
        seen.add(place)
        waiting += _read_index_node(view, size, place, level, leaves, budget)
    return int(commit)


def _read_index_node(
    view: View, size: int, place: int, level: int, leaves: Leaves, budget: Budget
) -> list[tuple[int, int]]:
    """Take in what an index node names; give the places and level of the index nodes below it."""
    found = read_node(view, place)
    if found is None or found[0].kind != INDEX or found[0].length < 28:
        raise Malformed(message("the index node at {offset} is damaged", offset=hex(place)))
    node = found[1]
    children, own_level = struct.unpack_from("<24xHH", node)
    # Signed images have a digest behind each key, so the length tells how much room a branch takes.
    stride = (len(node) - 28) // children if children else _BRANCH.size
    if stride < _BRANCH.size or level not in (-1, own_level) or own_level > 64:
        raise Malformed(message("the index node at {offset} is damaged", offset=hex(place)))
    budget.take_entries(children)
    below = []
    for child in range(children):
        block, offset, length, number, kind = _BRANCH.unpack_from(node, 28 + child * stride)
        if own_level:
            below.append((block * size + offset, own_level - 1))
        else:
            _read_leaf(view, block * size + offset, length, number, kind, leaves)
    budget.check_time()
    return below


def _read_leaf(view: View, place: int, length: int, number: int, kind: int, leaves: Leaves) -> None:
    stub = read_stub(view, place)
    if stub is not None and stub.length == length and stub.kind == CONTENT and kind >> 29 == CONTENT:
        leaves.add_content(number, kind & _BLOCK_BITS, stub)
        return
    if kind >> 29 not in (INODE, ENTRY):
        if kind >> 29 == CONTENT:
            # What the index names and is not there must fail when the file is read, not read as a hole.
            leaves.add_content(number, kind & _BLOCK_BITS, Stub(place, length, CONTENT, 0))
        return
    found = read_node(view, place)
    if found is None or found[0].kind != kind >> 29 or _KEY.unpack_from(found[1])[0] != number:
        raise Malformed(message("the node at {offset} that the index names is damaged", offset=hex(place)))
    if not leaves.add(*found):
        raise Malformed(message("the node at {offset} that the index names is damaged", offset=hex(place)))


def _replay(view: View, geometry: Geometry, commit: int, leaves: Leaves, budget: Budget) -> None:
    """Take in what the journal holds that was written after the commit."""
    size = geometry.block_bytes
    log = list(scan(view, _LOG_BLOCK * size, (_LOG_BLOCK + geometry.log_blocks) * size, budget))
    starts = [
        stub.sequence
        for stub, node in log
        if stub.kind == COMMIT and len(node) >= 32 and int.from_bytes(node[24:32], "little") == commit
    ]
    if not starts:
        return
    nodes: list[tuple[Stub, memoryview]] = []
    places: dict[int, int] = {}
    for stub, node in log:
        if stub.kind == REFERENCE and len(node) >= 32 and stub.sequence > max(starts):
            block, offset = struct.unpack_from("<24xII", node)
            places[block] = min(offset, places.get(block, size))
    for block, offset in sorted(places.items()):
        if offset < size:
            nodes += scan(view, block * size + offset, (block + 1) * size, budget)
    _apply(leaves, sorted(nodes, key=lambda one: one[0].sequence))


def _apply(leaves: Leaves, nodes: Iterable[tuple[Stub, memoryview]]) -> None:
    for stub, node in nodes:
        if stub.kind in (INODE, ENTRY, CONTENT, CUT):
            leaves.add(stub, node)

"""Finds the nodes of a JFFS2 log: their headers and checksums, what lies between them, and where the log ends.

The layout was checked field by field against images made with the real tool; what a log is, D. Woodhouse describes in
"JFFS: The Journalling Flash File System". Every node begins at a multiple of 4, in one byte order throughout:

offset  size  header            offset  size  name of a file          offset  size  inode
0       2     0x1985            12      4     inode of the directory  12      4     inode
2       2     kind and flags    16      4     version                 16      4     version
4       4     bytes of the node 20      4     inode, 0 for none       20      4     mode
8       4     CRC of bytes 0-7  24      4     time                    24      2, 2  owner, group
                                28      1     length of the name      28      4     size of the file
                                29      1     kind                    32      12    times
                                32      4     CRC of bytes 0-31       44      4     where the data goes in the file
                                36      4     CRC of the name         48      4     bytes of the data
                                40            name                    52      4     bytes of the data, decoded
                                                                      56      1     compression
                                                                      60      4     CRC of the data
                                                                      64      4     CRC of bytes 0-59
                                                                      68            data
The flag 0x2000 is cleared in a node that no longer counts; the checksums are those of before. The CRC is that of
IEEE 802.3 with a register that begins at 0 and is not inverted at the end.
"""

from __future__ import annotations

import math
import struct
import zlib
from typing import NamedTuple

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = 0x1985
VALID = 0x2000
NAME, INODE, CLEAN, PADDING, SUMMARY, XATTR, XREF = 0xE001, 0xE002, 0x2003, 0x2004, 0x2006, 0xE008, 0xE009

HOLE = 1
"""The compression of a piece that is all zeros."""

GARBAGE_BYTES = 256 << 10
"""Most bytes other than FF that may lie between two nodes: blocks that could not be read."""

BEYOND_BYTES = 16 << 20
"""How far behind more garbage than that a node is looked for, to tell that there is more."""

PROOF_BYTES = 256 << 10
"""How far from the beginning the first name or inode may lie."""

PROOF_NODES = 16
"""Most nodes that may lie before it."""

NODE_BYTES = 4 << 20
"""Longest node that is believed: none is longer than an erase block."""

NODES = 1_000_000
"""Most names and inodes that are kept of one log."""

_ERASE_BYTES = 64 << 10
_BOUNDARY_BYTES = 4096
_FIRST_WINDOW, _LAST_WINDOW = 1 << 8, 1 << 18
_HEADER_BYTES = 12

_STRUCTS = {
    order: tuple(struct.Struct(order + fields) for fields in ("HHII", "12x4I2B2x2I", "12x3I2HI12x3I2BHII"))
    for order in ("", "<", ">")
}


class Name(msgspec.Struct, frozen=True, gc=False):
    """One name in a directory, or the end of one."""

    directory: int
    version: int
    inode: int
    name: bytes
    at: int
    """Where in the log the node lies."""


class Piece(msgspec.Struct, frozen=True, gc=False):
    """One state of an inode with the data that was written with it."""

    inode: int
    version: int
    mode: int
    uid: int
    gid: int
    size: int
    """Bytes of the file from this version on."""
    offset: int
    """Where in the file the data goes."""
    stored: int
    """Bytes of the data as they lie in the log."""
    length: int
    """Bytes of the data when decoded."""
    compression: int
    crc: int
    at: int
    """Where in the log the data lies."""
    state: int
    """CRC of all the above and the times."""


class _Header(msgspec.Struct, frozen=True, gc=False):
    kind: int
    length: int
    valid: bool


class _Boundary(NamedTuple):
    """Where another log may begin, and what ours came to before."""

    at: int
    length: int
    garbage: int
    highest: int
    """Highest inode before."""


class Log:
    """Goes through a log once; what it found is in its fields."""

    def __init__(self, view: View, budget: Budget) -> None:
        self.view = view
        self.order = {b"\x85\x19": "<", b"\x19\x85": ">"}.get(view.read(0, min(view.size, 2)), "")
        self.names: list[Name] = []
        self.pieces: list[Piece] = []
        self.problems: list[Message] = []
        self.length = 0
        self._budget = budget
        self._count = 0
        self._damaged = 0
        self._garbage = 0
        self._clean: list[int] = []
        self._twice = 0
        self._boundary = _Boundary(0, 0, 0, 0)
        self._repeated: _Boundary | None = None
        self._highest = 0
        self._states: dict[tuple[bool, int, int], tuple[tuple[int, int], int]] = {}
        self._header, self._name, self._inode = _STRUCTS[self.order]

    def scan(self) -> None:
        """Read all nodes; raise NotThisFormat when they prove nothing."""
        if not self.order or self._read_header(0) is None:
            raise NotThisFormat
        position: int | None = 0
        try:
            while position is not None:
                header = self._read_header(position)
                if header is None:
                    position = self._next(position)
                    continue
                if position + header.length > self.view.size:
                    missing = position + header.length - self.view.size
                    self.problems.append(message("cut short: {missing} bytes are missing", missing=missing))
                    self.length = self.view.size
                    break
                if not self._take(position, header):
                    break
                self.length = min(position + _padded(header.length, 4), self.view.size)
                position = self.length
        except LimitReached as reached:
            if not self._is_proven():
                raise
            self.problems.append(reached.reason)
        if not self._is_proven() or self._count < 2:
            raise NotThisFormat
        self.length = self._end()
        self._note()

    def _is_proven(self) -> bool:
        return bool(self.names or self.pieces)

    def _read_header(self, position: int) -> _Header | None:
        """Read the header at a position; None when there is none."""
        if position + _HEADER_BYTES > self.view.size:
            return None
        magic, kind, length, crc = self._header.unpack_from(self.view.buffer, position)
        if magic != MAGIC or not _HEADER_BYTES <= length <= NODE_BYTES:
            return None
        whole = struct.pack(self.order + "HHI", magic, kind | VALID, length)
        return _Header(kind | VALID, length, bool(kind & VALID)) if checksum(whole) == crc else None

    def _take(self, position: int, header: _Header) -> bool:
        """Keep what a node says; give False when it is of another log, and ours ends before."""
        if not self._is_proven() and (self._count > PROOF_NODES or position > PROOF_BYTES):
            raise NotThisFormat
        self._count += 1
        if self._count & 0xFFF == 0:
            self._budget.check_time()
        if header.kind == CLEAN:
            self._clean.append(position)
            self._mark(position, self._garbage)
        if not header.valid or header.kind not in (NAME, INODE):
            return True
        if len(self.names) + len(self.pieces) >= NODES:
            raise LimitReached(message("more than {limit} nodes", limit=NODES))
        found = self._read_name(position, header) if header.kind == NAME else self._read_piece(position, header)
        if found is None:
            self._count -= 1
            self._damaged += 1
        elif self._is_of_another(found):
            self._split()
            return False
        elif isinstance(found, Name):
            self.names.append(found)
        else:
            self.pieces.append(found)
        return True

    def _mark(self, position: int, garbage: int) -> None:
        if position > self._boundary.at:
            self._boundary = _Boundary(position, self.length, garbage, self._highest)

    def _is_of_another(self, found: Name | Piece) -> bool:
        """Tell whether a node contradicts one from before the last boundary.

        In one log no version of an inode, or of the names in a directory, is given out twice, but for two cases: a hole
        that was moved keeps its version, and what mkfs appends to an image has old versions and new inodes.
        """
        self._highest = max(self._highest, found.inode)
        if isinstance(found, Name):
            key, state = (True, found.directory, found.version), (checksum(found.name), found.inode)
            is_exempt = found.inode > self._boundary.highest
        else:
            key, state = (False, found.inode, found.version), (found.crc, found.state)
            is_exempt = found.compression == HOLE
        earlier, at = self._states.setdefault(key, (state, found.at))
        if is_exempt or at == found.at:
            return False
        is_before = at < self._boundary.at
        if is_before and self._repeated is None:
            self._repeated = self._boundary
        self._twice += earlier != state
        return is_before and earlier != state

    def _split(self) -> None:
        """End before the other log: two can stand one after the other, in neighbouring partitions.

        It began no later than where nodes were first met again.
        """
        end, self.length, self._garbage, _ = self._repeated or self._boundary
        self._twice -= 1
        for found in (self.names, self.pieces):
            while found and found[-1].at >= end:
                found.pop()
        self._clean = [at for at in self._clean if at < end]

    def _read_name(self, position: int, header: _Header) -> Name | None:
        start = self._name.size
        if header.length < start:
            return None
        fields = self._name.unpack_from(self.view.buffer, position)
        directory, version, inode, _, length, _, crc, name_crc = fields
        name = self.view.read(position + start, min(length, header.length - start))
        # Behind a little-endian header the CRC of zeros is zero: a node that was wiped would pass.
        if not directory or not name or len(name) != length:
            return None
        if checksum(self.view.slice(position, 32)) != crc or checksum(name) != name_crc:
            return None
        return Name(directory, version, inode, name, position)

    def _read_piece(self, position: int, header: _Header) -> Piece | None:
        start = self._inode.size
        if header.length < start:
            return None
        fields = self._inode.unpack_from(self.view.buffer, position)
        inode, version, mode, uid, gid, size, offset, stored, length, compression, _, _, data_crc, crc = fields
        if checksum(self.view.slice(position, 60)) != crc or not inode or start + stored > header.length:
            return None
        at = position + start
        return Piece(inode, version, mode, uid, gid, size, offset, stored, length, compression, data_crc, at, crc)

    def _next(self, position: int) -> int | None:
        """Find the next node of our byte order after bytes that are none; None when the log ends before."""
        garbage, start, window_bytes = 0, position, _FIRST_WINDOW
        while start < self.view.size and garbage <= GARBAGE_BYTES:
            if not self._is_proven() and start > PROOF_BYTES:
                return None
            window = self.view.read(start, min(window_bytes, self.view.size - start))
            if self._is_proven():
                self._budget.take_search(len(window))
            for at in _signs(window):
                if not self._begins(start + at):
                    continue
                garbage += _other(window[:at])
                if garbage > GARBAGE_BYTES:
                    self._note_beyond(position, start + at)
                    return None
                if self._read_header(start + at) is None:
                    return None
                if not (start + at) % _BOUNDARY_BYTES:
                    self._mark(start + at, self._garbage)
                self._garbage += garbage
                return start + at
            garbage += _other(window)
            # No magic lies across the end of a window: nodes and windows begin at multiples of 4.
            start += len(window)
            window_bytes = min(2 * window_bytes, _LAST_WINDOW)
        if garbage > GARBAGE_BYTES and self._is_proven():
            self._look_beyond(position, start)
        return None

    def _look_beyond(self, end: int, start: int) -> None:
        """Look for a node of our byte order behind the garbage that ends the log."""
        stop = min(start + BEYOND_BYTES, self.view.size)
        while start < stop:
            window = self.view.read(start, min(_LAST_WINDOW, stop - start))
            self._budget.take_search(len(window))
            for at in _signs(window):
                if self._begins(start + at):
                    self._note_beyond(end, start + at)
                    return
            start += len(window)

    def _note_beyond(self, end: int, at: int) -> None:
        """Tell that a node lies behind the garbage that ends the log, which is then read as another one."""
        if self._read_header(at) is not None:
            reason = message("ends at {end} before more than {limit} bytes that are not readable; the nodes from {at} "
                             "on may belong to it and are read as another log",
                             end=hex(end), limit=GARBAGE_BYTES, at=hex(at))  # fmt: skip
            self.problems.append(reason)

    def _begins(self, at: int) -> bool:
        """Tell whether a node of either byte order begins here."""
        if at + _HEADER_BYTES > self.view.size:
            return False
        for order in "<>":
            magic, kind, length, crc = struct.unpack_from(order + "HHII", self.view.buffer, at)
            if magic == MAGIC and checksum(struct.pack(order + "HHI", MAGIC, kind | VALID, length)) == crc:
                return _HEADER_BYTES <= int(length) <= NODE_BYTES
        return False

    def _end(self) -> int:
        """Give the end of the log: FF up to the end of the last erase block belongs to it."""
        erase = self.erase_bytes() or _ERASE_BYTES
        first = self._clean[0] if self._clean else 0
        end = min(first + _padded(max(self.length - first, 1), erase), self.view.size)
        rest = self.view.read(self.length, max(end - self.length, 0))
        return self.length + len(rest) - len(rest.lstrip(b"\xff"))

    def erase_bytes(self) -> int:
        """Give the size of the erase blocks as the marks at their beginning tell it; 0 when they do not."""
        size = math.gcd(*(at - self._clean[0] for at in self._clean))
        return size if 4096 <= size <= NODE_BYTES else 0

    def _note(self) -> None:
        if self._damaged:
            self.problems.append(message("{count} nodes are damaged and left out", count=self._damaged))
        if self._garbage:
            self.problems.append(message("{count} bytes between its nodes are not readable", count=self._garbage))
        if self._twice:
            self.problems.append(message("{count} versions are given out twice", count=self._twice))


def checksum(data: bytes | memoryview) -> int:
    """Give the CRC that nodes carry."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _signs(data: bytes) -> list[int]:
    """Give where the magic of either byte order stands at a multiple of 4, in order."""
    found = []
    for magic in (b"\x85\x19", b"\x19\x85"):
        at = data.find(magic)
        while at >= 0:
            if not at & 3:
                found.append(at)
            at = data.find(magic, at + 1)
    return sorted(found)


def _other(data: bytes) -> int:
    """Count the bytes that are not those of erased flash."""
    return len(data) - data.count(0xFF)


def _padded(position: int, unit: int) -> int:
    return -(-position // unit) * unit

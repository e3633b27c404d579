"""Opens what is given to import: a plain file, a gzip file, or a zip archive with its members; bounded in every way.

Sources: RFC 1951, RFC 1952; PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5.
"""

from __future__ import annotations

import gzip
import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from plimsoll.knowledge.importers._parts import BrokenFile, Readable

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_END, _END64, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_PIECE = 1 << 18


class ImportLimits(msgspec.Struct, frozen=True):
    """What one file may make us do."""

    opened_bytes: int = 32 << 30
    """All that is decompressed."""
    member_bytes: int = 4 << 30
    members: int = 2_000_000
    document_bytes: int = 128 << 20
    """A document that is held whole."""


class Unit(NamedTuple):
    """One document: a file, or a member of an archive."""

    name: str
    stream: Readable
    is_member: bool


def open_units(path: Path, limits: ImportLimits) -> Iterator[Unit]:
    """Give the documents in a file; raise BrokenFile, OSError."""
    budget = _Budget(limits.opened_bytes)
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        if start[:2] == GZIP:
            yield Unit(path.name, _Gunzip(file, budget), False)
        elif start == ZIP:
            yield from _members(file, limits, budget, depth=0)
        else:
            yield Unit(path.name, _Bounded(file, budget), False)


class _Budget:
    """Bytes that may still be decompressed."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, data: bytes) -> bytes:
        self.left -= len(data)
        if self.left < 0:
            raise BrokenFile("it opens to more than the limit")
        return data


class _Bounded:
    def __init__(self, file: IO[bytes], budget: _Budget) -> None:
        self._file, self._budget = file, budget

    def read(self, size: int, /) -> bytes:
        return self._budget.take(self._file.read(size))


class _Gunzip:
    def __init__(self, file: IO[bytes], budget: _Budget) -> None:
        self._file, self._budget = gzip.GzipFile(fileobj=file), budget

    def read(self, size: int, /) -> bytes:
        try:
            return self._budget.take(self._file.read(size))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BrokenFile(f"its compression is broken or it ends too soon: {error}") from None


class _Entry(NamedTuple):
    name: str
    method: int
    flags: int
    crc: int
    packed_bytes: int
    size: int
    at: int


def _members(file: IO[bytes], limits: ImportLimits, budget: _Budget, depth: int) -> Iterator[Unit]:
    """Give the members of an archive that are JSON or CSV, in the order of its directory.

    NOTE: the nightly file of the CVE List is an archive that holds an archive.
    """
    for entry in _directory(file, limits):
        if depth == 0 and entry.name.endswith(".zip"):
            with tempfile.TemporaryFile() as inner:
                _spool(_Member(file, entry, budget), inner)
                yield from _members(inner, limits, budget, depth + 1)
        elif entry.name.endswith((".json", ".csv")):
            member = _Member(file, entry, budget)
            yield Unit(entry.name, member, True)
            member.finish()


def _spool(member: _Member, target: IO[bytes]) -> None:
    while data := member.read(_PIECE):
        target.write(data)


def _directory(file: IO[bytes], limits: ImportLimits) -> Iterator[_Entry]:
    """Read the central directory entry by entry, without holding it."""
    count, at = _end(file)
    if count > limits.members:
        raise BrokenFile(f"it has {count} members, more than the limit of {limits.members}")
    for _ in range(count):
        file.seek(at)
        head = file.read(_ENTRY.size)
        if len(head) < _ENTRY.size or not head.startswith(b"PK\x01\x02"):
            raise BrokenFile("its directory is broken")
        fields = _ENTRY.unpack(head)
        flags, method, crc, packed, size, name_bytes, extra_bytes, comment_bytes = (*fields[3:5], *fields[7:13])
        name = file.read(name_bytes).decode("utf-8", "replace")
        packed, size, place = _wide(file.read(extra_bytes), packed, size, fields[16])
        at += _ENTRY.size + name_bytes + extra_bytes + comment_bytes
        if flags & 1:
            raise BrokenFile("it is encrypted")
        if size > limits.member_bytes:
            raise BrokenFile(f"a member of it opens to {size} bytes, more than the limit")
        yield _Entry(name, method, flags, crc, packed, size, place)


def _end(file: IO[bytes]) -> tuple[int, int]:
    """Give the number of members, and where the directory is."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise BrokenFile("it ends too soon: the directory of the archive is missing")
    count, place = struct.unpack_from("<H4xI", tail, at + 10)
    if (count == 0xFFFF or place == 0xFFFFFFFF) and tail[at - 20 : at - 16] == _LOCATOR:
        file.seek(struct.unpack_from("<Q", tail, at - 12)[0])
        wide = file.read(56)
        if len(wide) < 56 or not wide.startswith(_END64):
            raise BrokenFile("its directory is broken")
        count, _, place = struct.unpack_from("<3Q", wide, 32)
    return count, place


def _wide(extra: bytes, packed: int, size: int, at: int) -> tuple[int, int, int]:
    """Take sizes that do not fit 32 bits from the extra field of Zip64."""
    values = [size, packed, at]
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            numbers = struct.iter_unpack("<Q", extra[4 : 4 + length // 8 * 8])
            values = [next(numbers, (one,))[0] if one == 0xFFFFFFFF else one for one in values]
            break
        extra = extra[4 + length :]
    return values[1], values[0], values[2]


class _Member:
    """A member of an archive as it is read; keeps its own place, for others read the same file."""

    def __init__(self, file: IO[bytes], entry: _Entry, budget: _Budget) -> None:
        self._file, self._entry, self._budget = file, entry, budget
        file.seek(entry.at)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or not head.startswith(ZIP):
            raise BrokenFile(f"the member {entry.name!r} is not where the directory says")
        self._at = entry.at + _LOCAL.size + sum(_LOCAL.unpack(head)[9:11])
        self._packed, self._left, self._crc = entry.packed_bytes, entry.size, 0
        if entry.method not in (0, 8):
            raise BrokenFile(f"the member {entry.name!r} is compressed in a way that is not read here")
        self._inflate = zlib.decompressobj(-15) if entry.method == 8 else None

    def read(self, size: int, /) -> bytes:
        data = b""
        while self._left and not data:
            data = self._budget.take(self._more(min(size, self._left)))
            self._left -= len(data)
            self._crc = zlib.crc32(data, self._crc)
        if not self._left and self._crc != self._entry.crc:
            raise BrokenFile(f"the member {self._entry.name!r} is damaged: its checksum is another")
        return data

    def finish(self) -> None:
        """Read what nobody wanted, so that damage is seen."""
        while self.read(_PIECE):
            pass

    def _more(self, size: int) -> bytes:
        if self._inflate is None:
            return self._packed_bytes(size)
        try:
            held = self._inflate.decompress(self._inflate.unconsumed_tail, size)
            return held or self._inflate.decompress(self._packed_bytes(_PIECE), size)
        except zlib.error as error:
            raise BrokenFile(f"the member {self._entry.name!r} is damaged: {error}") from None

    def _packed_bytes(self, size: int) -> bytes:
        self._file.seek(self._at)
        data = self._file.read(min(size, self._packed))
        if not data:
            raise BrokenFile(f"the member {self._entry.name!r} ends too soon")
        self._at += len(data)
        self._packed -= len(data)
        return data

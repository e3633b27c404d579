"""The records of a zip archive: headers of entries, the directory at its end, and where that lies.

Source: PKWARE's APPNOTE.TXT. All numbers are little-endian; * is all ones where an extra field of kind 1 (or the zip64
end record) has the number in 8 bytes.

header of an entry          entry of the directory         end record
0   PK 03 04                0   PK 01 02                   0   PK 05 06
4   version needed          4   version made by, system    4   number of this disk, of the first
6   flags, method           6   version needed             8   entries on this disk, in all *
10  time, date              8   flags, method              12  size of the directory, offset *
14  CRC-32                  12  time, date, CRC-32         20  length of the comment
18  packed size, size *     20  packed size, size *        22  comment
26  length of name, extra   28  length of name, extra,
30  name, extra fields          comment; disk              zip64 end record: PK 06 06, of 56 bytes, then
                            36  attributes, 2 and 4 bytes  its locator: PK 06 07, of 20 bytes
                            42  offset of the header *
                            46  name, extra, comment
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

from plimsoll.unpack.format import View
from plimsoll.unpack.formats._archive import PATH_BYTES
from plimsoll.unpack.limits import Budget

LOCAL = b"PK\x03\x04"
CENTRAL = b"PK\x01\x02"
DESCRIPTOR = b"PK\x07\x08"
END = b"PK\x05\x06"

STORED, DEFLATE, BZIP2, LZMA, OLD_ZSTD, ZSTD, XZ, AES = 0, 8, 12, 14, 20, 93, 95, 99
METHODS = {
    STORED: "stored",
    1: "shrink",
    6: "implode",
    DEFLATE: "deflate",
    9: "deflate64",
    BZIP2: "bzip2",
    LZMA: "LZMA",
    OLD_ZSTD: "zstd",
    ZSTD: "zstd",
    94: "MP3",
    XZ: "xz",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
    AES: "AES",
}
"""Methods by their number."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_BYTES = 20
_END64_MAGIC, _LOCATOR_MAGIC = b"PK\x06\x06", b"PK\x06\x07"
_END_PATTERN = re.compile(END)
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_EXTRA_ZIP64, _EXTRA_OWNER = 1, 0x7875
_ENCRYPTED, _DESCRIBED, _STRONG, _MASKED = 1, 1 << 3, 1 << 6, 1 << 13
_NEWEST_VERSION = 63


class Entry(NamedTuple):
    """An entry as the directory, or its own header, has it."""

    name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    offset: int
    """Where its header begins in the view."""
    attributes: int = 0
    """Of the file: Unix mode in the upper 16 bits, when a Unix wrote it."""
    uid: int = 0
    gid: int = 0
    length: int = 0
    """Bytes that the record takes itself."""

    @property
    def end(self) -> int:
        """Where its bytes end at the earliest: the extra fields of its header may be others than these."""
        return self.offset + _LOCAL.size + len(self.name) + self.packed

    @property
    def is_encrypted(self) -> bool:
        """Whether the content is."""
        return bool(self.flags & (_ENCRYPTED | _STRONG | _MASKED)) or self.method == AES

    @property
    def is_described_later(self) -> bool:
        """Whether the sizes follow the content, which matters in its own header only."""
        return bool(self.flags & _DESCRIBED) and not self.packed


class Directory(NamedTuple):
    """Where the directory lies in a view."""

    start: int
    end: int
    shift: int
    """What offsets in it must be moved by: 0, or less when bytes came before the archive once."""
    counted: int
    """Entries that the end record counts."""
    comment: bytes
    length: int
    """Bytes that the archive takes."""


def read_local(view: View, offset: int) -> Entry | None:
    """Read the header of an entry; None when there is none that makes sense. `length` reaches to the content."""
    try:
        header = view.slice(offset, _LOCAL.size)
        magic, version, flags, method, _, _, checksum, packed, size, named, extra = _LOCAL.unpack(header)
        if magic != LOCAL or version & 0xFF > _NEWEST_VERSION or method not in METHODS or not 0 < named <= PATH_BYTES:
            return None
        name = view.read(offset + _LOCAL.size, named)
        fields = _extra_fields(view.read(offset + _LOCAL.size + named, extra))
    except EOFError:
        return None
    if b"\0" in name:
        return None
    size, packed, _ = _widened(fields, size, packed, 0)
    length = _LOCAL.size + named + extra
    return Entry(name, flags, method, checksum, packed, size, offset, length=length)


def read_central(view: View, offset: int, shift: int) -> Entry | None:
    """Read an entry of the directory; None when there is none."""
    try:
        (magic, _, _, flags, method, _, _, checksum, packed, size, named, extra, comment, _, _, attributes, at) = (
            _CENTRAL.unpack(view.slice(offset, _CENTRAL.size))
        )
        if magic != CENTRAL:
            return None
        name = view.read(offset + _CENTRAL.size, named)
        fields = _extra_fields(view.read(offset + _CENTRAL.size + named, extra))
    except EOFError:
        return None
    size, packed, at = _widened(fields, size, packed, at)
    uid, gid = _owner(fields.get(_EXTRA_OWNER, b""))
    length = _CENTRAL.size + named + extra + comment
    return Entry(name, flags, method, checksum, packed, size, at + shift, attributes, uid, gid, length)


def find_directory(view: View, budget: Budget) -> Directory | None:
    """Find the directory of the archive that begins with the view, and not that of an archive inside it.

    Costs a search of the view when there is none; raise LimitReached when such searches come to too much.
    """
    searched = 0
    for match in _END_PATTERN.finditer(view.buffer):
        budget.take_search(match.start() - searched)
        searched = match.start()
        found = _read_end(view, match.start())
        if found is not None:
            return found
    budget.take_search(view.size - searched)
    return None


def _read_end(view: View, position: int) -> Directory | None:
    try:
        end = _END.unpack(view.slice(position, _END.size))
    except EOFError:
        return None
    _, disk, first_disk, here, count, size, offset, commented = end
    end_of_directory = position
    if _FULL16 in (here, count) or _FULL32 in (size, offset):
        wide = _read_end64(view, position - _LOCATOR_BYTES - _END64.size)
        if wide is not None:
            end_of_directory = position - _LOCATOR_BYTES - _END64.size
            disk, first_disk, here, count, size, offset = wide
    start = end_of_directory - size
    if offset == _FULL32:
        # NOTE: the real zip leaves the number out when it is told to write both wide numbers and sizes at the end.
        offset = start
        is_exact = False
    else:
        is_exact = offset == start
    if disk or first_disk or here != count or start < _LOCAL.size or start > offset:
        return None
    first = read_central(view, start, start - offset)
    if first is None or not (is_exact or _is_first(view, first)):
        return None
    past = position + _END.size
    comment = bytes(view.buffer[past : past + commented])
    return Directory(start, end_of_directory, start - offset, count, comment, past + len(comment))


def _is_first(view: View, entry: Entry) -> bool:
    """Tell whether an entry of a directory is the one at the beginning of the view."""
    header = read_local(view, 0)
    return entry.offset == 0 and header is not None and header.name == entry.name


def _read_end64(view: View, position: int) -> tuple[int, int, int, int, int, int] | None:
    try:
        magic, _, _, _, disk, first_disk, here, count, size, offset = _END64.unpack(view.slice(position, _END64.size))
        locator = view.slice(position + _END64.size, len(_LOCATOR_MAGIC))
    except EOFError:
        return None
    if magic != _END64_MAGIC or locator != _LOCATOR_MAGIC:
        return None
    return disk, first_disk, here, count, size, offset


def _extra_fields(data: bytes) -> dict[int, bytes]:
    """Give extra fields by kind; of two of one kind the first counts."""
    fields: dict[int, bytes] = {}
    position = 0
    while position + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, position)
        fields.setdefault(kind, data[position + 4 : position + 4 + length])
        position += 4 + length
    return fields


def _widened(fields: dict[int, bytes], size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Replace what is all ones by the numbers of the zip64 field, which has only those, in this order."""
    wide = fields.get(_EXTRA_ZIP64, b"")
    numbers = [number for (number,) in struct.iter_unpack("<Q", wide[: len(wide) // 8 * 8])]
    found = [numbers.pop(0) if one == _FULL32 and numbers else one for one in (size, packed, offset)]
    return found[0], found[1], found[2]


def _owner(field: bytes) -> tuple[int, int]:
    """Give owner and group from the field `ux`: version 1, then length and number of each."""
    if len(field) < 3 or field[0] != 1:
        return 0, 0
    uid, rest = field[2 : 2 + field[1]], field[2 + field[1] :]
    gid = rest[1 : 1 + rest[0]] if rest else b""
    return int.from_bytes(uid, "little"), int.from_bytes(gid, "little")

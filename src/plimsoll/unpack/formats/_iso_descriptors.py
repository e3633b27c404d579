"""The volume descriptors of an ISO 9660 image, from sector 16 on, and the boot images that its catalogue names.

Most numbers are there twice, little-endian first and big-endian behind it.

offset  size  volume descriptor                offset  size  record in a directory
0       1     0 boot, 1 primary,               0       1     bytes of the record
              2 supplementary, 255 the last    1       1     blocks of extended attributes before the content
1       5     `CD001`                          2       8     first block
6       1     version, 1                       10      8     bytes
40      32    name of the volume               25      1     flags: 2 directory, 80 more of the file follows
71      4     of a boot one: its catalogue     26      2     blocks in and between pieces, when interleaved
80      8     blocks                           32      1     bytes of the name
88      32    escapes: `%/@`, `%/C` or `%/E`   33            name, filled up to an even length; then system use
              say that names are UCS-2
128     4     bytes of a block
156     34    record of the root

Sources: ECMA-119, which is ISO 9660; the Joliet specification; the El Torito specification.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from plimsoll.unpack.format import NotThisFormat, View

SECTOR = 2048
START = 16 * SECTOR
SIGN = b"\x01CD001\x01"

DIRECTORY, ASSOCIATED, MORE = 0x02, 0x04, 0x80

_IDENTIFIER = b"CD001"
_BOOT, _PRIMARY, _SUPPLEMENTARY, _LAST = 0, 1, 2, 255
_MOST_DESCRIPTORS = 64
_TORITO = b"EL TORITO SPECIFICATION"
_ESCAPES = (b"%/@", b"%/C", b"%/E")
_UDF = (b"NSR02", b"NSR03")
_BLOCKS = (512, 1024, 2048)
_RECORD = struct.Struct("<BBI4xI4x7xBBB4xB")
_RECORD_BYTES = 33
_FLOPPIES = {1: 1200 << 10, 2: 1440 << 10, 3: 2880 << 10}
_MOST_BOOT_IMAGES = 64


class Record(msgspec.Struct, frozen=True):
    """A record in a directory, in bytes."""

    offset: int
    """Where the content begins."""
    size: int
    flags: int
    is_interleaved: bool
    name: bytes
    """As it is; 00 for the directory itself and 01 for the one above."""
    more: bytes
    """What the record has for use by the system: SUSP and Rock Ridge."""


class Volume(msgspec.Struct, frozen=True):
    """A primary or supplementary volume."""

    block: int
    size: int
    """Bytes of the whole image."""
    root: Record
    name: bytes


class Descriptors(msgspec.Struct, frozen=True):
    """What there is of volumes."""

    primary: Volume
    joliet: Volume | None
    catalogue: int
    """Where the catalogue of boot images lies; 0 when there is none."""
    has_udf: bool
    """Whether the same medium is a UDF file system too."""


class BootImage(msgspec.Struct, frozen=True):
    """An image that the firmware of a machine starts."""

    offset: int
    size: int
    """Bytes that are loaded; 0 when the catalogue leaves that open."""


def read_descriptors(view: View) -> Descriptors:
    """Read them; raise NotThisFormat unless the primary volume is sound."""
    if view.size < START + SECTOR or view.slice(START, len(SIGN)) != SIGN:
        raise NotThisFormat
    primary = _read_volume(view, view.read(START, SECTOR))
    if primary is None:
        raise NotThisFormat
    joliet: Volume | None = None
    catalogue = 0
    place = START + SECTOR
    for raw in _following(view):
        place += SECTOR
        if raw[0] == _SUPPLEMENTARY and raw[88:91] in _ESCAPES:
            joliet = joliet or _read_volume(view, raw)
        elif raw[0] == _BOOT and raw[7:].startswith(_TORITO):
            catalogue = catalogue or int.from_bytes(raw[71:75], "little") * SECTOR
        elif raw[0] == _LAST:
            break
    return Descriptors(primary, joliet, catalogue, _has_udf(view, place))


def read_record(raw: bytes | memoryview, block: int) -> Record | None:
    """Read a record from its first byte on; None when its parts do not fit into it."""
    if len(raw) < _RECORD_BYTES:
        return None
    length, attributes, first, size, flags, unit, gap, name_length = _RECORD.unpack_from(raw)
    system_use = _RECORD_BYTES + name_length + (1 - name_length % 2)
    if not name_length or length > len(raw) or _RECORD_BYTES + name_length > length:
        return None
    name = bytes(raw[_RECORD_BYTES : _RECORD_BYTES + name_length])
    offset = (first + attributes) * block
    return Record(offset, size, flags, bool(unit or gap), name, bytes(raw[system_use:length]))


def read_boot_images(view: View, catalogue: int) -> Iterator[BootImage]:
    """Give the images of a catalogue as far as it is sound."""
    if not catalogue or catalogue + SECTOR > view.size:
        return
    raw = view.read(catalogue, SECTOR)
    words: tuple[int, ...] = struct.unpack_from("<16H", raw)
    if raw[0] != 1 or raw[30:32] != b"\x55\xaa" or sum(words) & 0xFFFF:
        return
    for start in range(32, min(SECTOR, 32 * _MOST_BOOT_IMAGES), 32):
        indicator, medium, _, _, sectors, first = struct.unpack_from("<BBHHHI", raw, start)
        if indicator not in (0x00, 0x88) or not first:
            continue
        loaded = _FLOPPIES.get(medium & 0xF, sectors * 512)
        yield BootImage(first * SECTOR, loaded if loaded > 512 else 0)


def _following(view: View) -> Iterator[bytes]:
    for number in range(1, _MOST_DESCRIPTORS):
        start = START + number * SECTOR
        if start + SECTOR > view.size:
            return
        raw = view.read(start, SECTOR)
        if raw[1:6] != _IDENTIFIER:
            return
        yield raw


def _read_volume(view: View, raw: bytes) -> Volume | None:
    """Read a descriptor; None unless its numbers are there twice and fit each other."""
    blocks, block = _twice(raw, 80, 4), _twice(raw, 128, 2)
    first, size = _twice(raw, 158, 4), _twice(raw, 166, 4)
    root = read_record(raw[156:190], block or 0)
    if not (blocks and block in _BLOCKS and first and size and root is not None and root.flags & DIRECTORY):
        return None
    if root.offset + root.size > blocks * block or root.offset < START:
        return None
    return Volume(block, blocks * block, root, raw[40:72])


def _twice(raw: bytes, offset: int, size: int) -> int | None:
    """Give a number that is there in both byte orders; None when they differ."""
    little = int.from_bytes(raw[offset : offset + size], "little")
    big = int.from_bytes(raw[offset + size : offset + 2 * size], "big")
    return little if little == big else None


def _has_udf(view: View, place: int) -> bool:
    """Tell whether descriptors of UDF follow those of ISO 9660."""
    starts = range(place, min(place + 4 * SECTOR, view.size - SECTOR + 1), SECTOR)
    return any(view.read(start + 1, 5) in _UDF for start in starts)

"""Opens images for Winner Micro's Wi-Fi chips W600 and W800.

Sources: Winner Micro's public description of its firmware format; the kits for the chips. Numbers are little-endian.

offset  size  header of the W800                 offset  size  header of the W600
0       4     magic A0FFFF9F                     0       4     magic A0FFFF9F
4       4     kind, keys, signature, packing     4       4     kind, packing
8       4     load address                       8       4     load address
12      4     length of the image                12      4     length of the image
16      4     where the header stands            16      4     CRC-32 of the image
20      4     where an upgrade is put            20      4     where an upgrade is put
24      4     CRC-32 of the image                24      4     length when packed
28      4     number of the upgrade              28      4     CRC-32 when packed
32      16    version                            32      4     number of the upgrade
48      12    reserved                           36      16    version
60      4     CRC-32 of the header so far        52      4     CRC-32 of the header so far

All CRC-32 are without their last inversion. Of the kind of the W800, bit 4 says encrypted, bit 8 that a signature of
128 bytes follows, bit 16 packed with gzip, bits 19 and 20 packed with XZ.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x9f\xff\xff\xa0"

_W800 = struct.Struct("<12xI8xII16s12xI")
_W600 = struct.Struct("<6xH4xII4xII4x16sI")
_ENCRYPTED, _SIGNED, _PACKED = 1 << 4, 1 << 8, 1 << 16 | 3 << 19
_SIGNATURE_BYTES = 128
_MOST = 16 << 20


class Header(msgspec.Struct, frozen=True):
    """What both kinds of header say."""

    chip: str
    size: int
    """Bytes of the header."""
    length: int
    crc: int
    version: bytes
    content: Content
    is_signed: bool = False


def open_winner_micro(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when the checksum of its header is wrong."""
    header = _read_header(view)
    problems: list[Message] = []
    there = min(header.length, view.size - header.size)
    end = header.size + there
    if there < header.length:
        problems.append(message("cut short: {missing} bytes are missing", missing=header.length - there))
    else:
        budget.take_search(there)
        if not _matches(zlib.crc32(view.slice(header.size, there)), header.crc):
            problems.append(message("the checksum of the image is wrong"))
    parts = [Part(header.size, there, "image", header.content)] if there else []
    said = [header.chip, f"version {_text(header.version)!r}"]
    if header.content == "encrypted":
        said.append("encrypted")
    if header.is_signed and end + _SIGNATURE_BYTES <= view.size and not problems:
        parts.append(Part(end, _SIGNATURE_BYTES, "signature", "known"))
        end += _SIGNATURE_BYTES
        said.append("signed")
    return Container(end, tuple(parts), "; ".join(said), tuple(problems))


FORMAT = Format("winner-micro", "image for Winner Micro's chips", (Magic(MAGIC),), open_winner_micro)


def _read_header(view: View) -> Header:
    if view.size < _W800.size or view.read(0, 4) != MAGIC:
        raise NotThisFormat
    length, crc, _, version, own = _W800.unpack(view.slice(0, _W800.size))
    kind = int.from_bytes(view.slice(4, 4), "little")
    content: Content = "encrypted" if kind & _ENCRYPTED else "image" if kind & _PACKED else "known"
    found = Header("W800", _W800.size, length, crc, version, content, bool(kind & _SIGNED))
    if not _matches(zlib.crc32(view.slice(0, _W800.size - 4)), own):
        packing, length, crc, packed_length, packed_crc, version, own = _W600.unpack(view.slice(0, _W600.size))
        if packing:
            found = Header("W600", _W600.size, packed_length, packed_crc, version, "image")
        else:
            found = Header("W600", _W600.size, length, crc, version, "known")
        if not _matches(zlib.crc32(view.slice(0, _W600.size - 4)), own):
            raise NotThisFormat
    if not 0 < found.length <= _MOST:
        raise NotThisFormat
    return found


def _matches(crc: int, stored: int) -> bool:
    """Tell whether a CRC-32 is the stored one, with its last inversion or without."""
    return stored in (crc, crc ^ 0xFFFFFFFF)


def _text(field: bytes) -> str:
    text = field.partition(b"\0")[0]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text)

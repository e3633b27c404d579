"""Opens HDR1 and HDR2 images, the firmware of Xiaomi's routers.

Source: the handler for this format in unblob (MIT). All numbers are little-endian.

offset  size  header of HDR1                   header of HDR2
0       4     magic                            magic
4       4     offset of the signature          likewise
8       4     CRC-32 without its last inversion, from offset 12 to the end
12      2     not used                         4 not used
14      2     number of the device             at 16: device (8), at 24: region (8), 16 not used
16      32    offsets of up to eight pieces    at 48

offset  size  header of a piece
0       4     magic BE BA 00 00, or in the other order
4       4     where it goes in flash
8       4     length
12      2     kind
16      32    name, filled up with zeros
48            content

The signature is its length, 12 bytes of filling and 256 bytes.
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short, read_text
from plimsoll.unpack.limits import Budget

HEADERS = {b"HDR1": struct.Struct("<4sII4x8I"), b"HDR2": struct.Struct("<4sII36x8I")}

_PIECE = struct.Struct("<4sIIHH32s")
_PIECE_MAGICS = (b"\xbe\xba\0\0", b"\xba\xbe\0\0")
_SIGNATURE_BYTES = 272
_CHECKED_FROM = 12


def open_xiaomi(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its first piece is not sound.

    A wrong checksum, a cut tail and a piece that is not sound are problems; the other pieces are given.
    """
    layout = HEADERS.get(view.read(0, 4)) if view.size >= 4 else None
    if layout is None or view.size < layout.size:
        raise NotThisFormat
    magic, signature, checksum, *offsets = layout.unpack(view.slice(0, layout.size))
    if not offsets[0] or not layout.size + _PIECE.size <= signature <= LARGEST:
        raise NotThisFormat
    parts: list[Part] = []
    problems = _check(view, signature + _SIGNATURE_BYTES, checksum, budget)
    position = layout.size
    for number, offset in enumerate(sorted(offset for offset in offsets if offset), 1):
        part = _read_piece(view, offset, position, signature)
        if part is None and not parts:
            raise NotThisFormat
        if part is None:
            problems.append(message("piece {number} is not sound; left out", number=number))
            continue
        position = part.offset + part.length
        if part.offset < view.size:
            parts.append(Part(part.offset, min(part.length, view.size - part.offset), part.name))
    return Container(min(signature + _SIGNATURE_BYTES, view.size), tuple(parts), magic.decode("ascii"), tuple(problems))


FORMAT = Format("xiaomi", "Xiaomi HDR image", tuple(map(Magic, HEADERS)), open_xiaomi)


def _check(view: View, end: int, checksum: int, budget: Budget) -> list[Message]:
    problems = list(cut_short(view, end))
    if not problems:
        budget.take_search(end)
        if zlib.crc32(view.slice(_CHECKED_FROM, end - _CHECKED_FROM)) ^ 0xFFFFFFFF != checksum:
            problems.append(message("the checksum of the image is wrong"))
    return problems


def _read_piece(view: View, offset: int, start: int, end: int) -> Part | None:
    """Give a piece that lies between two offsets as its header has it; None when it is not sound."""
    if offset < start or offset + _PIECE.size > min(end, view.size):
        return None
    magic, _, size, _, _, name = _PIECE.unpack(view.slice(offset, _PIECE.size))
    if magic not in _PIECE_MAGICS or not size or offset + _PIECE.size + size > end:
        return None
    try:
        return Part(offset + _PIECE.size, size, read_text(name))
    except NotThisFormat:
        return None

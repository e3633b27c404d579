"""Opens upgrades for Texas Instruments' wireless chips CC13xx and CC26xx (OAD).

Source: Texas Instruments' public description of the image header in its guides to upgrades over the air. All numbers
are little-endian.

offset  size  header                             offset  size  segment
0       8     identification of the chip         0       1     kind, 0 to 5
8       4     CRC-32 of everything from 12 on    1       2     kinds of radio
12      2     versions of loader and header      4       4     length, its own header included
14      2     kinds of radio
16      4     states, kind and number            The first segment follows the header.
24      4     length of the image
28      4     entry point
32      4     version
36      4     last address
40      2     length of the header, 44

Devices mark the header as they go, and tools differ in what the CRC-32 covers. So a right one is told, and a wrong one
is no problem; identification, lengths and the first segment must fit.
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

CHIPS = (b"CC13x2R1", b"CC26x2R1", b"OAD IMG ", b"OAD NVM1")

_HEADER = struct.Struct("<8sIBBHBBBBIII4sIHH")
_SEGMENT = struct.Struct("<BHBI")
_CHECKED_FROM = 12
_KINDS = frozenset(range(6))
_MOST = 16 << 20


def open_ti_oad(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when a length does not fit."""
    if view.size < _HEADER.size + _SEGMENT.size:
        raise NotThisFormat
    chip, crc, _, _, _, _, _, kind, _, _, length, entry, version, last, header, _ = _HEADER.unpack(
        view.slice(0, _HEADER.size)
    )
    segment, _, _, size = _SEGMENT.unpack(view.slice(_HEADER.size, _SEGMENT.size))
    if chip not in CHIPS or header != _HEADER.size or not _HEADER.size < length <= min(_MOST, view.size):
        raise NotThisFormat
    if segment not in _KINDS or not _SEGMENT.size <= size <= length - _HEADER.size or entry > last:
        raise NotThisFormat
    budget.take_search(length)
    said = [chip.decode("ascii").strip(), f"kind {kind}", f"version {version.hex(' ')}"]
    if zlib.crc32(view.slice(_CHECKED_FROM, length - _CHECKED_FROM)) == crc:
        said.append("CRC-32")
    return Container(length, (Part(_HEADER.size, length - _HEADER.size, "image", "known"),), "; ".join(said))


FORMAT = Format("ti-oad", "upgrade for TI's wireless chips", tuple(map(Magic, CHIPS)), open_ti_oad)

"""Opens firmware of Hikvision's cameras and recorders of the older kind, `digicap.dav`.

Source: the Python library hiktools (MIT), which reads such files. All numbers are little-endian. The header is masked:
byte n is combined with byte (n + n / 16) % 16 of a fixed key; the files are not.

offset  size  header                                 offset  size  file
0       4     magic, HKWS or the other way round     0       32    name
4       4     checksum, not compared                 32      4     length
8       4     length of the header                   36      4     offset
12      4     number of files                        40      4     checksum, not compared
16      4     language
64            files, 44 bytes each

Newer files have other keys and are not recognised.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of, text_field
from plimsoll.unpack.limits import Budget

KEY = bytes.fromhex("bacdbcfed6caddd3bab9a3abbfcbb5be")
MAGICS = (b"HKWS", b"SWKH")
MOST_FILES = 256

_HEADER = struct.Struct("<4s4xIII")
_FILE = struct.Struct("<32sII4x")
_HEADER_BYTES = 64
_MOST_FILLING = 1024


def open_hikvision(view: View, budget: Budget) -> Container:
    """Open the firmware at the beginning of a view; raise NotThisFormat when its files do not fit its header."""
    if view.size < _HEADER_BYTES:
        raise NotThisFormat
    magic, header_bytes, count, language = _HEADER.unpack(unmask(view.read(0, _HEADER.size)))
    listed = _HEADER_BYTES + count * _FILE.size
    if magic not in MAGICS or not 0 < count <= MOST_FILES or not 0 <= header_bytes - listed <= _MOST_FILLING:
        raise NotThisFormat
    if listed > view.size:
        raise NotThisFormat
    header = unmask(view.read(0, listed))
    claims: list[Claim] = []
    for name, length, offset in _FILE.iter_unpack(header[_HEADER_BYTES:]):
        shown = text_field(name)
        if not shown or name.rstrip(b"\0").count(b"\0") or offset < header_bytes:
            raise NotThisFormat
        claims.append(Claim(shown, offset, length))
    budget.check_time()
    end = max(one.offset + one.length for one in claims)
    length = min(end, view.size)
    problems: list[Message] = []
    if length < end:
        problems.append(message("cut short: {missing} bytes are missing", missing=end - length))
    return Container(length, parts_of(claims, length, problems), f"{count} files, language {language}", tuple(problems))


def unmask(data: bytes) -> bytes:
    """Undo the masking of a header, or mask it."""
    return bytes(byte ^ KEY[number + (number >> 4) & 15] for number, byte in enumerate(data))


FORMAT = Format("hikvision", "Hikvision firmware", tuple(Magic(unmask(magic)) for magic in MAGICS), open_hikvision)

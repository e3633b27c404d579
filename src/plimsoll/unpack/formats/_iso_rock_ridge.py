"""Rock Ridge: the owners, modes, long names, links and devices of a POSIX system in an ISO 9660 image.

They are fields in the system use of a record, each with a name of two letters, its length and its version, 1. Numbers
are there twice, as everywhere, little-endian first.

SP  in the record of the root for itself: be ef, and bytes to skip in all records
CE  where more fields lie: block, offset, length        SL  target of a symlink, in parts
PX  mode, links, owner, group, number of the file       CL  the directory is at this block
PN  major and minor number of a device                  RE  the directory was put here for lack of depth
NM  name; flag 1 when it goes on                        ZF  the content is compressed: kind, header, block, size

Sources: System Use Sharing Protocol (SUSP) 1.12 and Rock Ridge Interchange Protocol (RRIP) 1.12; for ZF, the public
description of zisofs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from plimsoll.unpack.format import View

_FIELD_BYTES = 4
_MOST_AREAS = 32
_MOST_AREA_BYTES = 1 << 16
_GOES_ON, _HERE, _ABOVE, _ROOT = 0x1, 0x2, 0x4, 0x8
_SIGN = b"\xbe\xef"
_END, _AREA = b"ST", b"CE"


class Attributes(msgspec.Struct, frozen=True):
    """What Rock Ridge says of an entry; what it does not say is absent."""

    name: bytes | None = None
    mode: int | None = None
    """Kind and permission bits."""
    links: int = 1
    uid: int = 0
    gid: int = 0
    number: int = 0
    """Number of the file; 0 when it has none."""
    device: tuple[int, int] | None = None
    target: bytes | None = None
    moved_to: int | None = None
    """Block of the directory, when it is elsewhere."""
    is_moved: bool = False
    """Whether it stands elsewhere, too."""
    compressed: tuple[bytes, int] | None = None
    """Kind of compression and the real size."""


def find_skip(more: bytes) -> int | None:
    """Give the bytes to skip, from the system use of the root's own record; None when SUSP is not used."""
    for start in (0, 15):
        # Behind an area of CD-ROM XA of 14 bytes some writers leave one more.
        if more[start : start + 2] == b"SP" and more[start + 4 : start + 6] == _SIGN:
            return more[start + 6]
    if more[14:16] == b"SP" and more[18:20] == _SIGN:
        return more[20]
    return None


def read_attributes(view: View, more: bytes, skip: int, block: int) -> Attributes:
    """Collect the fields of a record; those that are too short are left out."""
    name = b""
    has_name = False
    found: dict[str, object] = {}
    target: list[bytes] = []
    for sign, data in _fields(view, more[skip:], block):
        if sign == b"NM" and data and not data[0] & (_HERE | _ABOVE):
            name += data[1:]
            has_name = True
        elif sign == b"PX" and len(data) >= 32:
            mode, links, uid, gid = (_number(data, at) for at in (0, 8, 16, 24))
            found.update(mode=mode, links=links, uid=uid, gid=gid)
            found["number"] = _number(data, 32) if len(data) >= 40 else 0
        elif sign == b"PN" and len(data) >= 16:
            found["device"] = _device(_number(data, 0), _number(data, 8))
        elif sign == b"SL" and data:
            target.append(data)
        elif sign == b"CL" and len(data) >= 8:
            found["moved_to"] = _number(data, 0)
        elif sign == b"RE":
            found["is_moved"] = True
        elif sign == b"ZF" and len(data) >= 12:
            found["compressed"] = (data[:2], _number(data, 4))
    if has_name:
        found["name"] = name
    if target:
        found["target"] = _join(target)
    return msgspec.convert(found, Attributes)


def _fields(view: View, data: bytes, block: int) -> Iterator[tuple[bytes, bytes]]:
    """Give the fields of an area and of those that it leads to."""
    for _ in range(_MOST_AREAS):
        following: tuple[int, int] | None = None
        position = 0
        while position + _FIELD_BYTES <= len(data):
            sign, length = data[position : position + 2], data[position + 2]
            if length < _FIELD_BYTES or position + length > len(data) or sign == _END:
                break
            content = data[position + _FIELD_BYTES : position + length]
            if sign == _AREA and len(content) >= 24:
                following = _number(content, 0) * block + _number(content, 8), _number(content, 16)
            else:
                yield sign, content
            position += length
        if following is None or following[1] > _MOST_AREA_BYTES or sum(following) > view.size:
            return
        data = view.read(*following)


def _join(fields: list[bytes]) -> bytes:
    """Join the parts of a target: each part has flags and a length; a part or the whole may go on in the next field."""
    target = b""
    goes_on = True
    for field in fields:
        position = 1
        while position + 2 <= len(field):
            flags, length = field[position], field[position + 1]
            text = field[position + 2 : position + 2 + length]
            position += 2 + length
            if not goes_on and not target.endswith(b"/"):
                target += b"/"
            if flags & _ROOT:
                target = b"/"
            elif flags & (_HERE | _ABOVE):
                target += b"." if flags & _HERE else b".."
            target += text
            goes_on = bool(flags & _GOES_ON)
    return target


def _device(high: int, low: int) -> tuple[int, int]:
    """Take major and minor number as they are, unless only the lower is there and it holds both, as xorriso writes it.

    Then it is a number as Linux has it: from above, 12 bits of the minor, 12 of the major and 8 of the minor.
    """
    if high or low <= 0xFF:
        return high, low
    return low >> 8 & 0xFFF, low >> 20 << 8 | low & 0xFF


def _number(data: bytes, offset: int) -> int:
    value: int = struct.unpack_from("<I", data, offset)[0]
    return value

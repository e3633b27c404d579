"""Opens UEFI capsules: how firmware is handed to a running machine for its next start.

Source: the UEFI Specification, sections on UpdateCapsule() and on the delivery of capsules that contain updates to
firmware management protocol. All numbers are little-endian.

offset  size  header                            offset  size  of the firmware management protocol, behind it
0       16    kind, a GUID                      0       4     version, 1
16      4     bytes of the header               4       2     drivers
20      4     flags                             6       2     payloads
24      4     bytes of the capsule              8       8     offset of each, from here

A payload of the firmware management protocol has a header of its own and then the image. Capsules of other kinds hold
an image as its maker made it.
"""

from __future__ import annotations

import struct
import uuid

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MANAGED = uuid.UUID("6dcbd5ed-e82d-4c44-bda1-7194199ad92a")
PLAIN = uuid.UUID("3b6686bd-0d76-4030-b70e-b5519e2fc5a0")
_KINDS = {MANAGED: "firmware management", PLAIN: "UEFI firmware"}

MOST_ITEMS = 64
"""Most drivers and payloads of a capsule that are believed."""

_HEADER = struct.Struct("<16s3I")
_LARGEST_HEADER = 4096
_KNOWN_FLAGS = 0x0007_FFFF
_ITEMS = struct.Struct("<IHH")
_PAYLOAD = struct.Struct("<I16sB3xII")
_PAYLOAD_BYTES = {1: 32, 2: 40, 3: 48}


def open_uefi_capsule(view: View, budget: Budget) -> Container:
    """Open the capsule at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    name, start, flags, length = _HEADER.unpack(view.slice(0, _HEADER.size))
    kind = uuid.UUID(bytes_le=name)
    if kind not in _KINDS or not _HEADER.size <= start <= _LARGEST_HEADER or flags & ~_KNOWN_FLAGS or length <= start:
        raise NotThisFormat
    budget.check_time()
    problems: list[Message] = []
    if length > view.size:
        problems.append(message("cut short: {missing} bytes are missing", missing=length - view.size))
    whole = view.cut(0, min(length, view.size))
    if whole.size <= start:
        raise NotThisFormat
    parts = _payloads(whole, start, problems) if kind == MANAGED else [Part(start, whole.size - start, "image")]
    return Container(whole.size, tuple(parts), _KINDS[kind], tuple(problems))


FORMAT = Format("uefi-capsule", "UEFI capsule", tuple(Magic(kind.bytes_le) for kind in _KINDS), open_uefi_capsule)


def _payloads(view: View, start: int, problems: list[Message]) -> list[Part]:
    """Cut drivers and payloads out; raise NotThisFormat when the list of them makes no sense."""
    try:
        version, drivers, payloads = _ITEMS.unpack(view.slice(start, _ITEMS.size))
        count = drivers + payloads
        if version != 1 or not 0 < count <= MOST_ITEMS:
            raise NotThisFormat
        offsets = struct.unpack(f"<{count}Q", view.slice(start + _ITEMS.size, 8 * count))
    except EOFError as error:
        raise NotThisFormat from error
    first = start + _ITEMS.size + 8 * count
    parts: list[Part] = []
    end = first
    for number, offset in enumerate(offsets):
        at = start + offset
        following = start + offsets[number + 1] if number + 1 < count else view.size
        stop = min(following, view.size)
        if not end <= at < stop:
            problems.append(message("item {number} lies outside, or on another one", number=number))
            continue
        begin, name = (at, f"driver {number}") if number < drivers else _image(view, at, stop, number - drivers)
        parts.append(Part(begin, stop - begin, name))
        end = stop
    return parts


def _image(view: View, at: int, stop: int, number: int) -> tuple[int, str]:
    """Give where the image of a payload begins, and its name: the GUID of what it is for."""
    if at + _PAYLOAD.size > stop:
        return at, f"payload {number}"
    version, name, _, _, _ = _PAYLOAD.unpack(view.slice(at, _PAYLOAD.size))
    header = _PAYLOAD_BYTES.get(version, 0)
    if not header or at + header >= stop:
        return at, f"payload {number}"
    return at + header, f"payload {number} for {uuid.UUID(bytes_le=name)}"

"""Opens burning images for Amlogic processors: the partitions that a tool writes over USB, with their SHA-1.

Source: a Python library of SaluteDevices and JetHome for such images (GPL-2.0 or MIT, taken as MIT). All numbers are
little-endian.

offset  size  header                                 offset  size  item; names have 32 bytes in version 1
0       4     CRC-32                                 0       8     number; kind: 0 plain, fe sparse
4       4     version, 1 or 2                        8       8     0
8       4     magic 56 19 b5 27                      16      16    offset, length
12      8     length                                 32      256   kind, such as PARTITION or USB
20      4     alignment of items                     288     256   name
24      4     number of items                        544     4     whether its SHA-1 follows
28      36    zeros; then the items                  548     4     whether it is a copy, of which number
                                                     552     24    zeros

An item of the kind VERIFY has the text `sha1sum` and the SHA-1 of the item of its name. Items may share their bytes.
How the CRC is computed is not described, so it is not compared.
"""

from __future__ import annotations

import hashlib
import struct

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of, text_field
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"\x56\x19\xb5\x27"
MOST_ITEMS = 1024

_HEADER = struct.Struct("<II4sQII")
_HEADER_BYTES = 64
_ITEMS = {1: struct.Struct("<IIQQQ32s32sIHH24x"), 2: struct.Struct("<IIQQQ256s256sIHH24x")}
_KINDS = (0x00, 0xFE)
_VERIFY = "VERIFY"
_PREFIX = b"sha1sum "
_HASH_BYTES = 40


class _Item(msgspec.Struct, frozen=True):
    kind: str
    name: str
    offset: int
    length: int


def open_amlogic_burn(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when an item makes no sense."""
    if view.size < _HEADER_BYTES:
        raise NotThisFormat
    _, version, magic, size, align, count = _HEADER.unpack(view.slice(0, _HEADER.size))
    entry = _ITEMS.get(version)
    if magic != MAGIC or entry is None or not 0 < count <= MOST_ITEMS or align & (align - 1):
        raise NotThisFormat
    start = _HEADER_BYTES + count * entry.size
    if any(view.slice(_HEADER.size, _HEADER_BYTES - _HEADER.size)) or start > min(size, view.size):
        raise NotThisFormat
    items: list[_Item] = []
    for _, kind, _, offset, length, main, name, *_ in entry.iter_unpack(view.slice(_HEADER_BYTES, count * entry.size)):
        if kind not in _KINDS or offset < start or offset + length > size:
            raise NotThisFormat
        items.append(_Item(text_field(main), text_field(name), offset, length))
    end = min(size, view.size)
    problems = _check_hashes(view, items, budget)
    if end < size:
        problems.append(message("cut short: {missing} bytes are missing", missing=size - end))
    parts = parts_of(_claims(items), end, problems)
    return Container(end, parts, f"version {version}, {count} items", tuple(problems))


FORMAT = Format("amlogic-burn", "Amlogic burning image", (Magic(MAGIC, 8),), open_amlogic_burn)


def _claims(items: list[_Item]) -> list[Claim]:
    """Give a claim for each stretch, by the first item that has it."""
    found: dict[tuple[int, int], Claim] = {}
    for one in items:
        content: Content = "known" if one.kind == _VERIFY else "image"
        claim = Claim(f"{one.kind} {one.name}".strip(), one.offset, one.length, content)
        found.setdefault((one.offset, one.length), claim)
    return list(found.values())


def _check_hashes(view: View, items: list[_Item], budget: Budget) -> list[Message]:
    """Say of which names no item has the SHA-1 that the image says."""
    found: list[Message] = []
    try:
        for one in items:
            text = b""
            if one.kind == _VERIFY and one.offset + len(_PREFIX) + _HASH_BYTES <= view.size:
                text = view.read(one.offset, len(_PREFIX) + _HASH_BYTES)
            if not text.startswith(_PREFIX):
                continue
            named = [item for item in items if item.name == one.name and item.kind != _VERIFY]
            whole = [item for item in named if item.offset + item.length <= view.size]
            wanted = text[len(_PREFIX) :].lower().decode("ascii", "replace")
            if whole and len(whole) == len(named) and not any(_sha1(view, item, budget) == wanted for item in whole):
                found.append(message("{name}: its SHA-1 is wrong", name=one.name))
    except LimitReached as reached:
        found.append(reached.reason)
    return found


def _sha1(view: View, item: _Item, budget: Budget) -> str:
    budget.take_search(item.length)
    return hashlib.sha1(view.slice(item.offset, item.length), usedforsecurity=False).hexdigest()

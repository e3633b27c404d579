"""Opens SEAMA images, the wrapping that D-Link and others put around firmware for an update and in flash.

Sources: the public description of the format in the wiki of OpenWrt; an image as D-Link published it. All numbers are
big-endian.

offset  size  header
0       4     magic 5e a3 a4 17
4       2     reserved, zero
6       2     length of the notes
8       4     length of the image; 0 in a seal, which has notes and no image
12      16    MD5 of the image; absent in a seal
28            notes: `key=value` and a zero, several times; then the image

A file for an update is a seal, then an image. Each is opened on its own.
"""

from __future__ import annotations

import hashlib
import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x5e\xa3\xa4\x17"
NOTES_BYTES = 4096
"""Longest notes that are believed."""

_HEADER = struct.Struct(">4sHHI")
_MD5_BYTES = 16
_SHOWN_BYTES = 255
_PRINTABLE = bytes(range(0x20, 0x7F))


def open_seama(view: View, budget: Budget) -> Container:
    """Open the seal or image at the beginning of a view; raise NotThisFormat when its notes are not sound.

    An image that is cut short or has another MD5 is a problem, and what there is of it is still a part.
    """
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, reserved, notes_length, size = _HEADER.unpack(view.slice(0, _HEADER.size))
    start = _HEADER.size + (_MD5_BYTES if size else 0)
    if magic != MAGIC or reserved or not 0 < notes_length <= NOTES_BYTES or start + notes_length > view.size:
        raise NotThisFormat
    notes = _read_notes(view.read(start, notes_length))
    if not size:
        return Container(start + notes_length, (), f"seal, {notes}")
    budget.check_time()
    start += notes_length
    image = view.cut(start, min(size, view.size - start))
    problems: list[Message] = []
    if image.size < size:
        problems.append(message("cut short: {missing} bytes are missing", missing=size - image.size))
    elif hashlib.md5(image.buffer, usedforsecurity=False).digest() != view.slice(_HEADER.size, _MD5_BYTES):
        problems.append(message("the MD5 of the image is wrong"))
    parts = (Part(start, image.size, "image"),) if image.size else ()
    return Container(start + image.size, parts, notes, tuple(problems))


FORMAT = Format("seama", "SEAMA image", (Magic(MAGIC),), open_seama)


def _read_notes(data: bytes) -> str:
    """Give the notes as they are shown; raise NotThisFormat when they are none."""
    notes = [note for note in data.split(b"\0") if note]
    if not notes or any(b"=" not in note or note.translate(None, _PRINTABLE) for note in notes):
        raise NotThisFormat
    return b" ".join(notes)[:_SHOWN_BYTES].decode("ascii")

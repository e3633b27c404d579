"""Opens D-Link's images behind a header of models and lengths, whose content is often encrypted.

Source: the structure and signature in binwalk 3 (MIT). All numbers are little-endian.

offset  size  header
0       4     magic 64 80 19 40
4       32    name of the model, filled up with zeros
36      32    name of the board
76      32    MD5 of what begins at 108, in hexadecimal, or zeros
108     4     kind of the content, 1
112     4     length of the content
116           content

Content that begins with `Salted__` is encrypted as OpenSSL does it.
"""

from __future__ import annotations

import hashlib
import re
import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short, read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"\x64\x80\x19\x40"
HEADER_BYTES = 116

_HEADER = struct.Struct("<4s32s32s8x32sII")
_CHECKED_FROM = 108
_MD5 = re.compile(rb"[0-9a-fA-F]{32}\Z")
_SALTED = b"Salted__"


def open_dlink_tlv(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    magic, model, board, checksum, kind, size = _HEADER.unpack(view.slice(0, _HEADER.size))
    texts = read_text(model), read_text(board)
    if magic != MAGIC or kind != 1 or not all(texts) or not 0 < size <= LARGEST:
        raise NotThisFormat
    if any(checksum) and not _MD5.match(checksum):
        raise NotThisFormat
    end = HEADER_BYTES + size
    data = view.slice(HEADER_BYTES, min(end, view.size) - HEADER_BYTES)
    problems: list[Message] = list(cut_short(view, end))
    if any(checksum) and not problems:
        budget.take_search(size)
        checked = view.slice(_CHECKED_FROM, end - _CHECKED_FROM)
        if hashlib.md5(checked, usedforsecurity=False).hexdigest() != checksum.decode("ascii").lower():
            problems.append(message("the MD5 of the image is wrong"))
    is_encrypted = bytes(data[: len(_SALTED)]) == _SALTED
    part = Part(HEADER_BYTES, len(data), "image", "encrypted" if is_encrypted else "image")
    label = ", ".join((f"model {texts[0]}", f"board {texts[1]}", *(["encrypted"] if is_encrypted else [])))
    return Container(HEADER_BYTES + len(data), (part,), label, tuple(problems))


FORMAT = Format("dlink-tlv", "D-Link firmware with model and board", (Magic(MAGIC),), open_dlink_tlv)

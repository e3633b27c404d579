"""Recognises MH01 images, which D-Link encrypts for its newer routers; they are not decrypted.

Source: the structure and signature in binwalk 3 (MIT). All numbers are little-endian.

offset  size  header
0       4     magic MH01
4       4     length of the image
8       4     length of what ends it
16      4     magic, once more
20      4     length of the text at 32
24      4     length of the encrypted content
32            first block of the chain in hexadecimal, and the end of the line; then `Salted__` and the content
"""

from __future__ import annotations

import re
import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"MH01"

_HEADER = struct.Struct("<4sIII4sIII")
_CHAIN = re.compile(rb"[0-9a-fA-F]{32}\s*\Z")
_LONGEST_CHAIN = 64
_SALTED = b"Salted__"


def open_mh01(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, _, end, _, again, chain, size, _ = _HEADER.unpack(view.slice(0, _HEADER.size))
    start = _HEADER.size + chain
    if magic != MAGIC or again != MAGIC or chain > _LONGEST_CHAIN or start + len(_SALTED) > view.size:
        raise NotThisFormat
    if not _CHAIN.match(view.read(_HEADER.size, chain)) or view.slice(start, len(_SALTED)) != _SALTED:
        raise NotThisFormat
    if not len(_SALTED) < size <= LARGEST or end > LARGEST:
        raise NotThisFormat
    budget.check_time()
    part = Part(start, min(size, view.size - start), "image", "encrypted")
    return Container(part.offset + part.length, (part,), "encrypted", cut_short(view, start + size))


FORMAT = Format("dlink-mh01", "D-Link encrypted firmware, MH01", (Magic(MAGIC),), open_mh01, only_recognised=True)

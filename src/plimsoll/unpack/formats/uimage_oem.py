"""Opens U-Boot images with a magic of a maker's own, which are otherwise as `uimage` describes.

Source: the public manual of U-Boot on its image types; that makers put in other magics, such as OKLI, is known.
They are searched for by system, processor, kind and compression, of Linux kernels only. What counts is the checksum of
the header, which is made with the maker's magic or, where that was put in later, with the common one.
"""

from __future__ import annotations

import zlib
from itertools import product

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats.uimage import MAGIC, open_image
from plimsoll.unpack.limits import Budget

HEADER_BYTES = 64

_PRINTABLE = frozenset(range(0x20, 0x7F))
_SIGNS = tuple(
    bytes((5, processor, kind, compression)) for processor, kind, compression in product((2, 5, 22), (2,), (0, 1, 3))
)
"""Linux; ARM, MIPS or ARM64; a kernel; not compressed, gzip or LZMA."""


def open_uimage_oem(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when the checksum of its header is wrong."""
    header = view.read(0, HEADER_BYTES) if view.size >= HEADER_BYTES else bytes(HEADER_BYTES)
    magic, checksum = header[:4], int.from_bytes(header[4:8], "big")
    if magic == MAGIC or not any(magic) or header[28:32] not in _SIGNS:
        raise NotThisFormat
    if checksum not in (zlib.crc32(first + bytes(4) + header[8:]) for first in (magic, MAGIC)):
        raise NotThisFormat
    opened = open_image(view, budget)
    text = magic.decode("ascii") if _PRINTABLE.issuperset(magic) else magic.hex()
    return Container(opened.length, opened.parts, f"magic {text}, {opened.label}", opened.problems)


FORMAT = Format(
    "uimage-oem", "U-Boot image with a maker's magic", tuple(Magic(sign, 28) for sign in _SIGNS), open_uimage_oem
)

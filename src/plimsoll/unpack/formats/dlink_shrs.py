"""Opens SHRS images, which D-Link encrypts with one key for many products.

Sources: the handler for this format in unblob (MIT); the structure in binwalk 3 (MIT); the key as the author of
dlink-decrypt published it. All numbers are big-endian.

offset  size  header
0       4     magic SHRS
4       4     length of the encrypted image, filled up to whole blocks
8       4     length of the image without what fills it up
12      16    first block of the chain
28      64    SHA-512 of the image and the key
92      64    SHA-512 of the image
156     64    SHA-512 of the encrypted image
220     512   zeros
732     1024  two signatures
1756          the image, in AES-128 with cipher block chaining
"""

from __future__ import annotations

import hashlib
import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._aes import BLOCK_BYTES, decrypt
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"SHRS"
HEADER_BYTES = 1756
KEY = bytes.fromhex("c05fbf1936c99429ce2a0781f08d6ad8")

_HEADER = struct.Struct(">4sII16s64s64s64s512s")
_ZEROS = bytes(512)


def open_shrs(view: View, budget: Budget) -> Decoded:
    """Decrypt the image at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    magic, *sizes, start, _, _, checksum, zeros = _HEADER.unpack(view.slice(0, _HEADER.size))
    size, padded = min(sizes), -(-max(sizes) // BLOCK_BYTES) * BLOCK_BYTES
    if magic != MAGIC or zeros != _ZEROS or not 0 < size <= padded <= min(size + HEADER_BYTES + BLOCK_BYTES, LARGEST):
        raise NotThisFormat
    image = view.cut(HEADER_BYTES, min(padded, view.size - HEADER_BYTES))
    problems: list[Message] = list(cut_short(view, HEADER_BYTES + padded))
    budget.take_search(image.size)
    if not problems and not any(
        hashlib.sha512(image.slice(0, length)).digest() == checksum for length in {*sizes, padded}
    ):
        problems.append(message("the SHA-512 of the encrypted image is wrong"))
    budget.take_output(image.size, image.size)
    return Decoded(HEADER_BYTES + image.size, decrypt(image.buffer, KEY, start)[:size], "AES-128", tuple(problems))


FORMAT = Format("dlink-shrs", "D-Link encrypted firmware, SHRS", (Magic(MAGIC),), open_shrs)

"""Opens `encrpted_img` images, which D-Link encrypts with one key for its routers with an X in their names.

Source: the handler for this format in unblob (MIT), with the key as its authors published it.

offset  size  header
0       12    magic encrpted_img
12      4     length of what follows, big-endian

What follows is a UBI image in AES-256 with cipher block chaining, in pieces of 128 KiB, one erase block, each of which
begins anew. The format has no checksum: unless the first piece comes out as UBI, the key is another one.
"""

from __future__ import annotations

from plimsoll.model.message import message
from plimsoll.unpack.format import Decoded, Encrypted, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._aes import BLOCK_BYTES, decrypt
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"encrpted_img"
HEADER_BYTES = 16
PIECE_BYTES = 128 << 10
KEY = b"he9-4+M!)d6=m~we1,q2a3d1n&2*Z^%8"
START = b"J%1iQl8$=lm-;8AE"

_SIGN = b"UBI#"


def open_encrpted(view: View, budget: Budget) -> Decoded:
    """Decrypt the image at the beginning of a view; raise NotThisFormat, or Encrypted when the key is another one."""
    if view.size <= HEADER_BYTES + BLOCK_BYTES or view.slice(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    size = int.from_bytes(view.slice(len(MAGIC), 4), "big")
    length = HEADER_BYTES + size
    if length in (view.size + HEADER_BYTES, view.size):
        # NOTE: whether the header counts is told differently; a file that ends where it says settles it.
        length = view.size
    if not BLOCK_BYTES <= size <= LARGEST:
        raise NotThisFormat
    data = view.slice(HEADER_BYTES, min(length, view.size) - HEADER_BYTES)
    if decrypt(data[:BLOCK_BYTES], KEY, START)[: len(_SIGN)] != _SIGN:
        if length > view.size:
            raise NotThisFormat
        raise Encrypted(message("encrypted, with another key than the known one"), length)
    budget.take_output(len(data), len(data))
    pieces = (data[offset : offset + PIECE_BYTES] for offset in range(0, len(data), PIECE_BYTES))
    content = b"".join(decrypt(piece, KEY, START) for piece in pieces)
    return Decoded(min(length, view.size), content, "AES-256", cut_short(view, length))


FORMAT = Format("dlink-encrpted", "D-Link encrypted firmware, encrpted_img", (Magic(MAGIC),), open_encrpted)

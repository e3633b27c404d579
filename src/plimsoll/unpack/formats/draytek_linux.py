"""Recognises the encrypted image in the firmware of DrayTek's routers that run Linux.

Source: draytek-arsenal by Faraday (MIT), which decrypts them with a key that one must have: ChaCha20, with a nonce of
12 bytes that stands elsewhere in the file.

offset  size  image
0       9     enc_Image
9       4     length, little-endian
13            what is encrypted
"""

from __future__ import annotations

from plimsoll.model.message import message
from plimsoll.unpack.format import Encrypted, Format, Magic, NotThisFormat, Opened, View
from plimsoll.unpack.formats._fields import LARGEST
from plimsoll.unpack.limits import Budget

MAGIC = b"enc_Image"
HEADER_BYTES = 13
SHORTEST = 64 << 10
"""Shortest image that is believed: it holds a kernel and its first file system."""


def open_draytek_linux(view: View, budget: Budget) -> Opened:
    """Tell that an image is encrypted; raise NotThisFormat unless it is there with the length that it states."""
    if view.size < HEADER_BYTES or view.slice(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    size = int.from_bytes(view.slice(len(MAGIC), 4), "little")
    if not SHORTEST <= size <= min(LARGEST, view.size - HEADER_BYTES):
        raise NotThisFormat
    budget.check_time()
    raise Encrypted(message("encrypted with ChaCha20; the maker's key would open it"), HEADER_BYTES + size)


FORMAT = Format(
    "draytek-linux", "DrayTek encrypted Linux image", (Magic(MAGIC),), open_draytek_linux, only_recognised=True
)

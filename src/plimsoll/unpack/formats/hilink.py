"""Opens the encrypted U-Boot images of Hi-Link's wireless modules, which many small products are built on.

Source: the plugin for this format in binwalk 2 (MIT), with the key as its authors published it, and its signature. From
byte 3 on the image is encrypted with DES, block by block, and what comes of it is encrypted once more from byte 0 on.
What comes out is an image of U-Boot; its header says how long it is.
"""

from __future__ import annotations

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"\x4a\x52\xca\xda"
KEY = b"H@L9K*(3"
SHIFT = 3
"""Bytes at the beginning that are encrypted once."""

_MAGIC_AT = 0x23
_HEADER_BYTES = 64
_UIMAGE = b"\x27\x05\x19\x56"
_BLOCK_BYTES = 8


def open_hilink(view: View, budget: Budget) -> Decoded:
    """Undo the image at the beginning of a view; raise NotThisFormat unless a header of U-Boot comes out."""
    if view.size <= _HEADER_BYTES + 2 * _BLOCK_BYTES or view.slice(_MAGIC_AT, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    header = decrypt(view.read(0, _HEADER_BYTES + 2 * _BLOCK_BYTES))[:_HEADER_BYTES]
    size = int.from_bytes(header[12:16], "big")
    if header[:4] != _UIMAGE or not 0 < size <= LARGEST:
        raise NotThisFormat
    length = _HEADER_BYTES + size
    taken = min(-(-length // _BLOCK_BYTES) * _BLOCK_BYTES + _BLOCK_BYTES, view.size)
    budget.take_output(taken, taken)
    clear = decrypt(view.read(0, taken))[:length]
    return Decoded(min(length, view.size), clear, "DES", cut_short(view, length))


FORMAT = Format("hilink", "Hi-Link encrypted firmware", (Magic(MAGIC, _MAGIC_AT),), open_hilink)


def decrypt(data: bytes) -> bytes:
    """Undo both layers; what does not fill a block stays as it is."""
    once = data[:SHIFT] + _undo(data[SHIFT:])
    return _undo(once)


def _undo(data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    decryptor = Cipher(TripleDES(KEY * 3), modes.ECB()).decryptor()
    whole = len(data) // _BLOCK_BYTES * _BLOCK_BYTES
    return decryptor.update(data[:whole]) + data[whole:]

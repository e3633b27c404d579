"""Opens firmware that Alpha Networks encrypts for D-Link: a SEAMA image in AES-256, with a key for each product.

Source: the handler for this format in unblob (MIT), with the keys as its authors and those of delink published them.

The whole image is in AES-256 with cipher block chaining, its header included, so it begins with the same bytes in all
images of a product. Key and first block of the chain are texts, of which each byte is combined by exclusive or with
its number, counted from 1, and with the signature of the product, over and over. What comes out begins with the seal of
a SEAMA image that has the signature, and with the length of the image that follows the seal.

offset  size  what comes out (big-endian)
0       4     magic 5e a3 a4 17
4       4     length of the notes
8       4     zero
12            notes: `signature=` and the signature, filled up with zeros
then    4     magic, once more
+4      4     length of the notes of the image
+8      4     length of the image
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._aes import BLOCK_BYTES, decrypt
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

HEADER_BYTES = 128
"""Length of seal and header together."""

_HEADER = struct.Struct(">4sII")
_MAGIC = b"\x5e\xa3\xa4\x17"
_COUNTED = 0xFC
"""Numbers of bytes begin anew after this many."""

PRODUCTS = (
    ("35666f68ef1afe1f34ef4f1121054ebe", b"wapac25_dlink.2015_dap1665",
     b"EfCHXytwsC6F0zsedwZc+9vDbCjE3ge4", b"ggPy917jwESpnfXm"),
    ("6801ccfbad6ba0ba3304b09cbb48b027", b"wapac28_dlink.2015_dap1720",
     b"qBiz6o/1RVQTtJBd3FS7FDbqogE8yoBm", b"EfDMqWWxHCOhEqgY"),
    ("df8c390d22b4dc29fb4ebfdbe8e18bfb", b"wrgac43s_dlink.2015_dir822c1",
     b"KNpsEntCcsep1jdFIs3wnXySKRGNCGmf", b"uph587JdKHrtAUlr"),
    ("f52aa0b49253bfeff821a62e28a7398b", b"wrgac65_dlink.2015_dir842",
     b"xQYoRZeD726UAbRb846kO7TeNw8eZa6u", b"zufEbNF3kUafxFiE"),
    ("21ddda0099d887a9d52d7eff3b5870a6", b"wrgac65_dlink.2015_dir842EU",
     b"xQYoRZeD726UAbRb846kO7TeNw8eZa6u", b"zufEbNF3kUafxFiE"),
    ("e313005b76df0be883245a42ff912d3d", b"wrgac05_dlob.hans_dir850l",
     b"BIuS1CVMEQG+0pUeE99jnR+vLlLd9unr", b"f3+odwHhmJL1ceW1"),
    ("0a14e424ff0fb4d75366a0b072feabdf", b"wrgac25_dlink.2013gui_dir850l",
     b"qQehHMEmEPQ5izL+cabn8bNHZXHjkp6W", b"Mmb+IKQgnO8OuF4b"),
    ("4c1b95af93725f810303964ddd760174", b"wrgac37_dlink.2013gui_dir859",
     b"KY0H9R2PDL3eu1J4uCVd1CK7BJ7vF1kc", b"qbStAzIRvWeQHz5U"),
)  # fmt: skip
"""First block of images, signature, text of the key, text of the first block of the chain."""

_BY_START = {bytes.fromhex(start): rest for start, *rest in PRODUCTS}


def open_encimg(view: View, budget: Budget) -> Decoded:
    """Decrypt the image at the beginning of a view; raise NotThisFormat when nothing sound comes out."""
    if view.size < HEADER_BYTES:
        raise NotThisFormat
    known = _BY_START.get(view.read(0, BLOCK_BYTES))
    if known is None:
        raise NotThisFormat
    signature, key, start = known
    key, start = mangle(key, signature), mangle(start, signature)
    header = decrypt(view.slice(0, HEADER_BYTES), key, start)
    size = _read_size(header, signature)
    length = -(-(HEADER_BYTES + size) // BLOCK_BYTES) * BLOCK_BYTES
    data = view.slice(0, min(length, view.size))
    budget.take_output(len(data), len(data))
    return Decoded(len(data), decrypt(data, key, start), signature.decode("ascii"), cut_short(view, length))


FORMAT = Format(
    "dlink-encimg", "D-Link encrypted firmware, encimg", tuple(Magic(start) for start in _BY_START), open_encimg
)


def mangle(text: bytes, signature: bytes) -> bytes:
    """Make a key of a text that is kept in products."""
    return bytes(
        byte ^ ((number + 1) % _COUNTED) ^ signature[number % len(signature)] for number, byte in enumerate(text)
    )


def _read_size(header: bytes, signature: bytes) -> int:
    """Give the length of the image after its header; raise NotThisFormat when seal or header are not sound."""
    magic, notes, none = _HEADER.unpack_from(header)
    second = _HEADER.size + notes
    if magic != _MAGIC or none or second + _HEADER.size > len(header):
        raise NotThisFormat
    magic, _, size = _HEADER.unpack_from(header, second)
    if magic != _MAGIC or header[_HEADER.size : second].rstrip(b"\0") != b"signature=" + signature or size > LARGEST:
        raise NotThisFormat
    return int(size)

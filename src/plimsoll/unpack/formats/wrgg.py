"""Opens WRGG images, the wrapping of Alpha Networks for D-Link's access points, in the clear or encrypted.

Sources: the handler for this format in unblob (MIT), with the key as its authors published it. Numbers are in the order
of bytes of the processor; of two readings of the length the smaller is true.

offset  size  header
0       32    signature of the product
32      8     magic 21 03 08 20, twice
40      16    version
56      16    model
88      16    number of the build
104     4     length of the image
108     4     where it goes
112     32    device that it goes to
144     16    MD5
160           the image, or the image in AES-256 as in `dlink_encimg`, with a key of the signature

Of what the MD5 is made no source says, so it is not verified. The header does not say whether the image is encrypted:
it is when something known comes out.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Decoded, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._aes import BLOCK_BYTES, decrypt
from plimsoll.unpack.formats._fields import LARGEST, cut_short, read_text
from plimsoll.unpack.formats.dlink_encimg import mangle
from plimsoll.unpack.limits import Budget

MAGIC = b"\x21\x03\x08\x20" * 2
HEADER_BYTES = 160
KEY = b"oVhq0hvXHdfaGFLdubM4/QvuVHdKee7v"
START = b"0BO5nlYankuVBe4s"

_HEADER = struct.Struct("32s8s16s16s16x16s4s4x32s16x")
_KNOWN = (b"\x5d\0\0", b"\xd0\x0d\xfe\xed", b"\x27\x05\x19\x56", b"\x5e\xa3\xa4\x17", b"\x1f\x8b\x08", b"UBI#", b"hsqs")
"""Beginnings of images: LZMA, a device tree, U-Boot, SEAMA, gzip, UBI, squashfs."""


def open_wrgg(view: View, budget: Budget) -> Container | Decoded:
    """Open the image at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    signature, magic, *texts, number, device = _HEADER.unpack(view.slice(0, _HEADER.size))
    product, version, model, build, _ = (read_text(text) for text in (signature, *texts, device))
    size = min(int.from_bytes(number, "little"), int.from_bytes(number, "big"))
    if magic != MAGIC or not product or not 0 < size <= LARGEST:
        raise NotThisFormat
    end = HEADER_BYTES + size
    data = view.slice(HEADER_BYTES, min(end, view.size) - HEADER_BYTES)
    label = ", ".join(filter(None, (product, model, version, build)))
    text = product.encode("ascii")
    key, start = mangle(KEY, text), mangle(START, text)
    if not _is_known(data[:BLOCK_BYTES]) and _is_known(decrypt(data[:BLOCK_BYTES], key, start)):
        budget.take_output(len(data), len(data))
        return Decoded(HEADER_BYTES + len(data), decrypt(data, key, start), f"{label}, AES-256", cut_short(view, end))
    part = Part(HEADER_BYTES, len(data), "image")
    return Container(HEADER_BYTES + len(data), (part,), label, cut_short(view, end))


FORMAT = Format("wrgg", "WRGG image", (Magic(MAGIC, 32),), open_wrgg)


def _is_known(block: bytes | memoryview) -> bool:
    return bytes(block).startswith(_KNOWN)

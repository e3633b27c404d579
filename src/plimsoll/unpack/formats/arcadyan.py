"""Opens Arcadyan's obfuscated firmware: LZMA of which two stretches were exchanged and one was garbled.

Source: the signature and the extractor in binwalk 3 (MIT), and the magic file of binwalk 2 (MIT) for the zeros.

offset  size  image
0       4     sign of the product, no byte of it zero
4       32    what belongs at 104
36      68    as it is
104     32    what belongs at 4, in each byte the two halves exchanged, then each two bytes exchanged; it begins
              00 D5 08 00, which is how LZMA with lc 3, lp 0, pb 2 and a dictionary of 8 MiB comes out
136           as it is

What comes out at 4 is LZMA with a header of 13 bytes.
"""

from __future__ import annotations

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats.lzma import open_lzma
from plimsoll.unpack.limits import Budget

MAGIC = b"\x00\xd5\x08\x00"
BLOCK_BYTES = 32
START, OTHER = 4, 104
MOST_BYTES = 0x1B0000
"""Longest image of this kind."""

_SHORTEST = 256
_ZEROS = slice(0x70, 0x76)


def open_arcadyan(view: View, budget: Budget) -> Decoded:
    """Open the image at the beginning of a view; raise NotThisFormat unless LZMA comes out."""
    if view.size <= _SHORTEST or view.slice(OTHER, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    head = view.read(0, OTHER + BLOCK_BYTES)
    if 0 in head[:START] or any(head[_ZEROS]):
        raise NotThisFormat
    size = min(view.size, MOST_BYTES)
    budget.take_search(size)
    clear = b"".join((tidied(head), view.slice(len(head), size - len(head))))
    found = open_lzma(View(clear[START:]), budget)
    return Decoded(START + found.length, found.data, f"sign {head[:START].hex()}, {found.label}", found.problems)


FORMAT = Format("arcadyan", "Arcadyan obfuscated firmware", (Magic(MAGIC, OTHER),), open_arcadyan)


def tidied(head: bytes) -> bytes:
    """Exchange the two stretches and make the first of them clear."""
    garbled = head[OTHER : OTHER + BLOCK_BYTES]
    halves = bytes(byte >> 4 | (byte & 15) << 4 for byte in garbled)
    block = b"".join(halves[at : at + 2][::-1] for at in range(0, BLOCK_BYTES, 2))
    end = START + BLOCK_BYTES
    return head[:START] + block + head[end:OTHER] + head[START:end] + head[OTHER + BLOCK_BYTES :]

"""Opens signed programs for Marvell's and Synaptics' Berlin processors, which are in Chromecasts and other players.

Source: the Kaitai Struct description of the format in Kaitai's gallery, which is in the public domain (CC0). All
numbers are little-endian. Keys stand before the program, each in a block of its own.

offset  size  block                                  offset  size  program of the first kind, of the fourth kind
0       4     kind: 1, or 20000000 for the fourth    6       1     key that encrypts, 0 for none
4       2     C0DE program; A2E1 key and C237 key    7       1     what it is
              of the maker, 0400 bytes; 8F02, 2F04   40, 44  4     length
              and ED08 keys, 1000 bytes              44, 48        hash of the content: 32 bytes; 64, as many of
                                                                   them as stand at 40
                                                     76, 112       signature: 256 bytes; 1024
                                                     332, 1136     content

The hash is SHA-256 or SHA-512 of the content as it stands; nothing counts as a program without it.
"""

from __future__ import annotations

import hashlib
import struct

import msgspec

from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

FIRST, FOURTH = 1, 0x20000000
PROGRAM = 0xC0DE
KEYS = {(FIRST, 0xA2E1): 0x400, (FIRST, 0xC237): 0x400, (FOURTH, 0xC237): 0x400, (FOURTH, 0x8F02): 0x1000,
        (FOURTH, 0x2F04): 0x1000, (FOURTH, 0xED08): 0x1000}  # fmt: skip
"""Length of a block of a key, by kind and magic."""

_BLOCK = struct.Struct("<IH")
_NAMES = {0: "first boot loader", 1: "second boot loader", 2: "audio and video", 3: "trusted program", 4: "kernel",
          5: "firmware of the maker", 6: "programs", 15: "data"}  # fmt: skip
_DIGESTS = {32: "sha256", 64: "sha512"}
_MOST_KEYS = 4
_LARGEST = 512 << 20


class _Layout(msgspec.Struct, frozen=True):
    """Where the fields of a program stand."""

    size: int
    digest: int
    content: int


_LAYOUTS = {FIRST: _Layout(40, 44, 332), FOURTH: _Layout(44, 48, 1136)}


def open_berlin_image(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when its hash is wrong."""
    position = keys = 0
    while position + _BLOCK.size <= view.size and keys <= _MOST_KEYS:
        kind, magic = _BLOCK.unpack(view.slice(position, _BLOCK.size))
        if magic == PROGRAM and kind in _LAYOUTS:
            return _program(view, position, keys, _LAYOUTS[kind], budget)
        if (kind, magic) not in KEYS:
            break
        position += KEYS[kind, magic]
        keys += 1
    raise NotThisFormat


FORMAT = Format(
    "berlin-image",
    "program for Berlin processors",
    tuple(Magic(_BLOCK.pack(kind, magic)) for kind, magic in [(FIRST, PROGRAM), (FOURTH, PROGRAM), *KEYS]),
    open_berlin_image,
)


def _program(view: View, start: int, keys: int, layout: _Layout, budget: Budget) -> Container:
    header = view.cut(start)
    if header.size <= layout.content:
        raise NotThisFormat
    key, what = header.read(6, 2)
    size = int.from_bytes(header.slice(layout.size, 4), "little")
    width = 32 if layout is _LAYOUTS[FIRST] else int.from_bytes(header.slice(40, 2), "little")
    end = layout.content + size
    if what not in _NAMES or width not in _DIGESTS or not 0 < size <= _LARGEST or end > header.size:
        raise NotThisFormat
    budget.take_search(size)
    found = hashlib.new(_DIGESTS[width], header.slice(layout.content, size), usedforsecurity=False).digest()
    if found != header.slice(layout.digest, width):
        raise NotThisFormat
    content: Content = "encrypted" if key else "image"
    said = [_NAMES[what], f"{keys} keys before it" if keys else "", "encrypted" if key else "", "signed"]
    part = Part(start + layout.content, size, _NAMES[what], content)
    return Container(start + end, (part,), "; ".join(filter(None, said)))

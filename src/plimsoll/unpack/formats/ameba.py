"""Opens images for Realtek's Wi-Fi chips of the kinds Ameba Z and Ameba D: RTL8710B, RTL8720D and their kin.

Source: the MIT-licensed ltchiptool. All numbers are little-endian.

offset  size  header
0       8     `81958711`, or 99 99 96 96 3F CC 66 FC of the boot loader
8       4     length of the content
12      4     address that it is loaded to
16      16    FF
32            content

An image is a row of such sections. There is no checksum; only lengths and addresses tell a section from chance.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

APPLICATION, LOADER = b"81958711", bytes.fromhex("999996963fcc66fc")

_HEADER = struct.Struct("<8sII16s")
_SPACE = b"\xff" * 16
_MOST = 16 << 20
_MOST_SECTIONS = 64
_MEMORY = frozenset({0x00, 0x02, 0x08, 0x0C, 0x0E, 0x10, 0x20, 0x30})
"""First bytes of the addresses of flash and RAM."""


def open_ameba(view: View, budget: Budget) -> Container:
    """Open the sections at the beginning of a view; raise NotThisFormat when the first makes no sense."""
    parts: list[Part] = []
    position = 0
    label = ""
    while position + _HEADER.size <= view.size and len(parts) < _MOST_SECTIONS:
        budget.check_time()
        magic, length, address, space = _HEADER.unpack(view.slice(position, _HEADER.size))
        end = position + _HEADER.size + length
        is_sound = space == _SPACE and 0 < length <= _MOST and end <= view.size and address >> 24 in _MEMORY
        if magic not in (APPLICATION, LOADER) or not is_sound:
            break
        label = label or ("boot loader" if magic == LOADER else "application")
        parts.append(Part(position + _HEADER.size, length, f"section at {address:#010x}", "known"))
        position = end
    if not parts:
        raise NotThisFormat
    return Container(position, tuple(parts), label)


FORMAT = Format("ameba", "image for Realtek's Ameba chips", (Magic(APPLICATION), Magic(LOADER)), open_ameba)

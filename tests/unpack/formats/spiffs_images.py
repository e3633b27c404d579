"""Makes SPIFFS images from the published description of the format, as tools for ESP8266 and ESP32 make them."""

from __future__ import annotations

import struct

DATA, INDEX = 0xFC, 0xF8
GONE = 0x7F
"""What is left of the flags of a page that was deleted, to be ANDed."""


class Image:
    """An image that is filled page by page."""

    def __init__(
        self,
        page: int = 256,
        block: int = 4096,
        blocks: int = 16,
        *,
        signs: str = "counted",
        names: int = 32,
        attributes: int = 4,
    ) -> None:
        self.page, self.block, self.blocks = page, block, blocks
        self.head = 13 + names + attributes
        self.tables = max(1, block // page * 2 // page)
        self.raw = bytearray(b"\xff" * (block * blocks))
        self.next = (0, self.tables)
        self.number = 0
        for one in range(blocks):
            sign = (0x0529 ^ page ^ (blocks - one if signs == "counted" else 0)) & 0xFFFF
            if signs != "none":
                struct.pack_into("<H", self.raw, one * block + self.tables * page - 4, sign)

    def put(self, owner: int, content: bytes, is_deleted: bool = False) -> int:
        """Take the next page; give where it is."""
        block, index = self.next
        self.next = (block, index + 1) if (index + 1) * self.page < self.block else (block + 1, self.tables)
        struct.pack_into("<H", self.raw, block * self.block + (index - self.tables) * 2, 0 if is_deleted else owner)
        at = block * self.block + index * self.page
        self.raw[at : at + len(content)] = content
        return at

    def write(self, name: str, content: bytes, *, is_rewritten: bool = False, kind: int = 1) -> int:
        """Write a file as the generator of ESP-IDF does, index first, or as the original does; give its head."""
        self.number += 1
        number, size = self.number, self.page - 5
        first = len(content) if not is_rewritten else 0xFFFFFFFF
        at = self.put(number | 0x8000, self.index(number, first, name, kind, is_rewritten), is_rewritten)
        for span in range(-(-len(content) // size)):
            piece = content[span * size : (span + 1) * size]
            self.put(number, struct.pack("<HHB", number, span, DATA) + piece)
        if is_rewritten:
            at = self.put(number | 0x8000, self.index(number, len(content), name, kind))
        return at

    def index(self, number: int, size: int, name: str, kind: int = 1, is_deleted: bool = False) -> bytes:
        """Give the first page of an index."""
        flags = INDEX & GONE if is_deleted else INDEX
        head = struct.pack("<HHB3xIB", number | 0x8000, 0, flags, size, kind)
        head = head[:5] + b"\xff" * 3 + head[8:]
        return (head + name.encode()).ljust(self.head, b"\0")

"""Opens the key and value store (NVS) of ESP-IDF, in which devices keep passwords of Wi-Fi, tokens and settings.

Sources and layout: see `_nvs_pages.py`. Each value is a file named after its namespace and key. Numbers are given as
text, texts without the zero at their end, blobs as they are, put together from their pieces. Of two values of one name
the one that was written later counts. Erased values are not listed.

An encrypted store has plain page headers and entries of which none has a right checksum.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Encrypted, Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries
from plimsoll.unpack.formats._nvs_pages import (
    BLOB_1,
    INDEX,
    NUMBERS,
    PAGE_BYTES,
    PIECE,
    TEXT,
    VARIABLE,
    Entry,
    Page,
    read_entries,
    read_page,
)
from plimsoll.unpack.limits import Budget

_MOST_PAGES = 4096
_BLANK_PAGES = 8
"""Pages without a header in a row after which the store has ended."""
_NONE_SOUND = 3
"""Written entries, none of them sound, from which on a store counts as encrypted."""
_ONES = 0xFFFFFFFF

_Name = tuple[int, bytes]
"""Number of a namespace, and a key."""


class Value(msgspec.Struct, frozen=True):
    """Content that is put together from stretches, or given by a number."""

    pieces: tuple[Entry, ...] = ()
    text: bytes | None = None
    kind: int = TEXT

    @property
    def offset(self) -> int:
        """Where the first of its bytes lie in the store."""
        return self.pieces[0].offset if self.pieces else 0

    @property
    def size(self) -> int:
        """Bytes of all pieces as they claim them."""
        return sum(_size(one) for one in self.pieces)

    def read(self, view: View, budget: Budget) -> bytes:
        """Read it whole; raise Malformed when a checksum is wrong."""
        if self.text is not None:
            return self.text
        budget.take_output(self.size, self.size)
        parts = []
        for one in self.pieces:
            data = view.read(one.offset, _size(one))
            if zlib.crc32(data, _ONES) != int.from_bytes(one.value[4:], "little"):
                raise Malformed(message("the checksum of its content is wrong"))
            parts.append(data)
        return b"".join(parts)


def open_esp_nvs(view: View, budget: Budget) -> Archive:
    """Open the store at the beginning of a view; raise NotThisFormat, or Encrypted when no entry can be read."""
    pages = _read_pages(view, budget)
    length = pages[-1].offset + PAGE_BYTES
    entries = Entries(budget)
    found: list[Entry] = []
    damaged = 0
    for page in sorted(pages, key=lambda one: one.sequence):
        for entry in read_entries(view, page):
            budget.take_entries(1)
            if entry.is_sound:
                found.append(entry)
            else:
                damaged += 1
    if damaged >= _NONE_SOUND and not found:
        raise Encrypted(message("none of {count} entries can be read: they are encrypted", count=damaged), length)
    if damaged:
        entries.problem(b"", message("{count} damaged entries are left out", count=damaged))
    _list(view, found, entries)
    label = f"version {max(one.version for one in pages)}, {len(pages)} pages"
    return entries.archive(view.cut(0, length), length, label)


FORMAT = Format(
    "esp-nvs",
    "key and value store of ESP-IDF",
    (
        Magic(b"\xfe" + b"\xff" * 19, 8),
        Magic(b"\xfe\xff\xff\xff" + bytes(4) + b"\xff" * 20),
        Magic(b"\xfc\xff\xff\xff" + bytes(4) + b"\xff" * 20),
    ),
    open_esp_nvs,
)


def _read_pages(view: View, budget: Budget) -> list[Page]:
    """Give the pages in a row, those without a header left out; the first must have one."""
    pages: list[Page] = []
    blank = 0
    for offset in range(0, min(view.size, _MOST_PAGES * PAGE_BYTES) - PAGE_BYTES + 1, PAGE_BYTES):
        budget.check_time()
        try:
            pages.append(read_page(view, offset))
            blank = 0
        except NotThisFormat:
            blank += 1
            if not pages or blank > _BLANK_PAGES:
                break
    if not pages:
        raise NotThisFormat
    return pages


def _list(view: View, found: list[Entry], entries: Entries) -> None:
    """Give every value its name; what is there for a blob and is not in its index is left out."""
    spaces: dict[int, bytes] = {}
    values: dict[_Name, Value] = {}
    pieces: dict[tuple[int, bytes, int], Entry] = {}
    for entry in found:
        name = (entry.namespace, entry.key)
        if entry.type in VARIABLE and not 0 <= _size(entry) <= (entry.span - 1) * 32:
            entries.problem(b"", message("{key!r}: more content than it has room for", key=escape_name(entry.key)))
        elif entry.namespace == 0:
            spaces[entry.value[0]] = entry.key
        elif entry.type == PIECE:
            pieces[(*name, entry.piece)] = entry
        elif entry.type == INDEX or entry.type in (TEXT, BLOB_1) or entry.type in NUMBERS:
            values.pop(name, None)
            values[name] = _value(entry)
        else:
            entries.problem(b"", message("{key!r}: of type {type}", key=escape_name(entry.key), type=entry.type))
    for space in dict.fromkeys(spaces.values()):
        entries.add(Node(space.replace(b"/", b"_"), "directory", 0o755))
    for name, value in values.items():
        _add(view, name, value, spaces, pieces, entries)


def _value(entry: Entry) -> Value:
    if entry.type in NUMBERS:
        (number,) = struct.unpack_from(f"<{NUMBERS[entry.type]}", entry.value)
        return Value(text=b"%d" % number, kind=entry.type)
    return Value((entry,), None, entry.type)


def _add(
    view: View,
    name: _Name,
    value: Value,
    spaces: dict[int, bytes],
    pieces: dict[tuple[int, bytes, int], Entry],
    entries: Entries,
) -> None:
    number, key = name
    space = spaces.get(number, b"namespace-%d" % number)
    if key in (b"", b".", b".."):
        entries.problem(space, message("an entry of the name {name!r} is left out", name=escape_name(key)))
        return
    path = space.replace(b"/", b"_") + b"/" + key.replace(b"/", b"_")
    if value.kind == INDEX:
        (index,) = value.pieces
        size, count, first = struct.unpack_from("<IBB", index.value)
        wanted = [pieces.get((*name, (first + one) & 0xFF)) for one in range(count)]
        there = tuple(one for one in wanted if one is not None)
        value = Value(there, b"" if not there else None, PIECE)
        if len(there) < count or value.size != size:
            entries.problem(path, message("pieces of it are missing: {found} of {wanted} bytes are there",
                                          found=value.size, wanted=size))  # fmt: skip
    elif value.kind == TEXT:
        value = _without_zero(view, value)
    size = value.size if value.text is None else len(value.text)
    entries.add(Node(path, "file", 0o600, size=size), value)


def _without_zero(view: View, value: Value) -> Value:
    """Give a text as it is read when its checksum is right; one that is damaged is refused when it is read."""
    try:
        content = b"".join(view.read(one.offset, _size(one)) for one in value.pieces)
    except EOFError:
        return value
    (entry,) = value.pieces
    if zlib.crc32(content, _ONES) != int.from_bytes(entry.value[4:], "little"):
        return value
    return Value(text=content.removesuffix(b"\0"), kind=TEXT)


def _size(entry: Entry) -> int:
    return int.from_bytes(entry.value[:2], "little") if entry.type in VARIABLE else 0

"""The tables of an SQLite file and their rows, read without SQLite.

Source: the SQLite project's description of its file format (public domain), version 3.

The library itself is not used: it runs what the file holds (views, triggers, expressions), refuses a file in
write-ahead mode that is handed to it in memory, and says nothing of where a row lies.

| offset | size | name | meaning |
| 16 | 2 | page size | big-endian; 1 stands for 65536 |
| 20 | 1 | reserved | bytes at the end of each page that are not used |

A page of a table begins with 5 (inner: children) or 13 (leaf: rows), on the first page behind 100 bytes; 3 number of
cells, 8 last child of an inner page, 8 or 12 offsets of the cells.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from plimsoll.regex import regex

MAGIC = b"SQLite format 3\0"
MOST_TABLES = 500
MOST_COLUMNS = 100
LONGEST_STATEMENT = 20_000
"""Bytes of a statement that are read for the names of columns."""
MOST_PAGES = 1 << 20
LARGEST_ROW = 64 << 20
_INNER, _LEAF = 5, 13

Value = int | bytes | None
"""Text is given as its bytes; floats as None."""

Row = tuple[Value, ...]


class _Pages:
    """The pages of a file, each of which is visited once."""

    def __init__(self, data: bytes) -> None:
        size = int.from_bytes(data[16:18], "big")
        self.data = data
        self.size = 65_536 if size == 1 else size
        self.usable = self.size - data[20]
        self.room = 4 * len(data)
        """Bytes of rows that may still be read: rows that share their bytes must not make work without end."""

    def is_sound(self) -> bool:
        return self.size >= 512 and not self.size & (self.size - 1) and self.usable >= 480

    def leaves(self, root: int) -> Iterator[tuple[int, int]]:
        """Give offset of each leaf page below a page, and of its head, in order."""
        waiting, seen = [root], set[int]()
        while waiting:
            number = waiting.pop()
            start = (number - 1) * self.size
            if number < 1 or number in seen or start + self.size > len(self.data) or len(seen) >= MOST_PAGES:
                continue
            seen.add(number)
            head = start + (100 if number == 1 else 0)
            if self.data[head] == _LEAF:
                yield start, head
            elif self.data[head] == _INNER:
                cells = self.cells(start, head, 12)
                children = [int.from_bytes(self.data[cell : cell + 4], "big") for cell in cells]
                children.append(int.from_bytes(self.data[head + 8 : head + 12], "big"))
                waiting.extend(reversed(children))

    def cells(self, start: int, head: int, width: int) -> list[int]:
        """Give the offsets of a page's cells."""
        count = int.from_bytes(self.data[head + 3 : head + 5], "big")
        first = head + width
        table = self.data[first : min(first + 2 * count, start + self.size)]
        offsets = (int.from_bytes(table[at : at + 2], "big") for at in range(0, len(table) - 1, 2))
        return [start + offset for offset in offsets if head - start + width <= offset < self.usable]


class Table(msgspec.Struct, frozen=True):
    """A table, as the statement that made it says."""

    name: bytes
    columns: tuple[bytes, ...]
    """Names in the order of the values of a row, lower case."""
    root: int


_COLUMN = regex(
    rb"\s*(?:--[^\n]*\n\s*){0,20}(?:\"([^\"]{1,80})\"|\[([^\]]{1,80})\]|`([^`]{1,80})`|'([^']{1,80})'|([^\s,()]{1,80}))"
)
_NO_COLUMN = (b"constraint", b"primary", b"unique", b"check", b"foreign")
_PIECES = regex(rb"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|[(),]")


def read_tables(data: bytes) -> Iterator[Table]:
    """Give the tables of a file, those of SQLite itself left out; nothing of what is damaged."""
    pages = _Pages(data) if data.startswith(MAGIC) and len(data) >= 512 else None
    if pages is None or not pages.is_sound():
        return
    for number, (_, _, row) in enumerate(_rows(pages, 1)):
        if number >= MOST_TABLES:
            return
        if len(row) < 5 or row[0] != b"table" or not isinstance(row[1], bytes) or not isinstance(row[4], bytes):
            continue
        if isinstance(row[3], int) and not row[1].startswith(b"sqlite_"):
            yield Table(row[1], tuple(_columns(row[4][:LONGEST_STATEMENT])), row[3])


def read_rows(data: bytes, table: Table) -> Iterator[tuple[int, int, Row]]:
    """Give offset and length of the bytes of each row of a table on its own page, and its values."""
    pages = _Pages(data)
    if pages.is_sound():
        yield from _rows(pages, table.root)


def _columns(statement: bytes) -> Iterator[bytes]:
    """Give the first word of each definition between the outer brackets of a statement."""
    depth, begin, count = 0, 0, 0
    for piece in _PIECES.finditer(statement):
        mark = piece[0]
        if mark == b"(":
            depth += 1
            begin = piece.end() if depth == 1 else begin
        elif (mark == b"," and depth == 1) or (mark == b")" and depth == 1):
            found = _COLUMN.match(statement, begin, piece.end() - 1)
            name = next((one for one in found.groups() if one), b"").lower() if found else b""
            if name not in _NO_COLUMN and count < MOST_COLUMNS:
                count += 1
                yield name
            begin = piece.end()
        if mark == b")":
            depth -= 1
            if depth <= 0:
                return


def read_table(data: bytes, name: bytes) -> Iterator[tuple[int, int, Row]]:
    """Give offset and length of each row's bytes on its own page, and its values; nothing of what is damaged."""
    pages = _Pages(data) if len(data) >= 512 else None
    if pages is None or not pages.is_sound():
        return
    for _, _, row in _rows(pages, 1):
        if len(row) >= 4 and row[0] == b"table" and row[1] == name and isinstance(row[3], int):
            yield from _rows(pages, row[3])
            return


def read_schema(data: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Give offset and length of the row of each table, its name and the statement that made it."""
    pages = _Pages(data) if len(data) >= 512 else None
    if pages is None or not pages.is_sound():
        return
    for offset, length, row in _rows(pages, 1):
        if len(row) >= 5 and row[0] == b"table" and isinstance(row[1], bytes) and isinstance(row[4], bytes):
            yield offset, length, row[1], row[4]


def _rows(pages: _Pages, root: int) -> Iterator[tuple[int, int, Row]]:
    for start, head in pages.leaves(root):
        for cell in pages.cells(start, head, 8):
            size, at = _varint(pages.data, cell)
            _, at = _varint(pages.data, at)
            local = _local(size, pages.usable)
            if size > LARGEST_ROW or at + local > start + pages.size:
                continue
            pages.room -= local
            if pages.room < 0:
                return
            payload = pages.data[at : at + local]
            if size > local:
                first = int.from_bytes(pages.data[at + local : at + local + 4], "big")
                payload += _overflow(pages, first, size - local)
            if len(payload) == size:
                yield at, local, _values(payload)


def _local(size: int, usable: int) -> int:
    """Say how many bytes of a row stay on its leaf page."""
    most = usable - 35
    if size <= most:
        return size
    least = (usable - 12) * 32 // 255 - 23
    some = least + (size - least) % (usable - 4)
    return some if some <= most else least


def _overflow(pages: _Pages, number: int, missing: int) -> bytes:
    if missing > pages.room:
        return b""
    pages.room -= missing
    pieces = []
    while missing > 0 and number:
        start = (number - 1) * pages.size
        piece = pages.data[start + 4 : start + 4 + min(missing, pages.usable - 4)]
        if not piece:
            return b""
        pieces.append(piece)
        missing -= len(piece)
        number = int.from_bytes(pages.data[start : start + 4], "big")
    return b"".join(pieces)


def _values(payload: bytes) -> Row:
    """Read a record: its types, then its values."""
    end, at = _varint(payload, 0)
    values: list[Value] = []
    place = end
    while at < min(end, len(payload)) and len(values) < 100:
        kind, at = _varint(payload, at)
        size = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind] if kind < 12 else (kind - 12) // 2
        raw = payload[place : place + size]
        place += size
        if kind >= 12:
            values.append(raw)
        elif kind in (8, 9):
            values.append(kind - 8)
        else:
            values.append(int.from_bytes(raw, "big", signed=True) if 1 <= kind <= 6 else None)
    return tuple(values)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of one to nine bytes; give it with the offset behind it."""
    value = 0
    for step in range(9):
        byte = data[at + step] if at + step < len(data) else 0
        if step == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + step + 1
    return value, at + 9

"""Records of a web archive, as they are written and read back within bounds.

Source: the WARC format 1.1 (ISO 28500:2017), clauses 4 and 5 and annex D (each record a gzip member).

    WARC/1.1 CRLF
    name: value CRLF          named fields, Content-Length among them
    CRLF
    block                     as many bytes as Content-Length says
    CRLF CRLF
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import BinaryIO

import msgspec

MiB = 1 << 20
ARCHIVE_BYTES = 256 * MiB
"""Largest archive that is read, unpacked; the largest visit is about a third of it."""
RECORDS = 5_000
FIELD_BYTES = 1 << 16
"""Most that the named fields of one record may take."""

_VERSIONS = (b"WARC/1.0", b"WARC/1.1")
_LENGTH = re.compile(r"[0-9]{1,12}")
_BREAKS = re.compile(r"[\x00-\x20\x7f]+")


class BadArchive(Exception):
    """The bytes are not an archive that can be read."""


class Record(msgspec.Struct, frozen=True):
    """Named fields, as written or with names in lower case as read, and a block."""

    fields: dict[str, str]
    block: bytes

    @property
    def id(self) -> str:
        """Give the record id of a record that is to be written."""
        return self.fields["WARC-Record-ID"]


def write_record(record: Record, *, compressed: bool) -> bytes:
    """Give the bytes of a record; what a named field cannot hold is left out of it."""
    lines = [f"{name}: {_BREAKS.sub(' ', value)}" for name, value in record.fields.items()]
    head = "\r\n".join(["WARC/1.1", *lines, f"Content-Length: {len(record.block)}", "", ""])
    data = head.encode("ascii", "replace") + record.block + b"\r\n\r\n"
    return gzip.compress(data, mtime=0) if compressed else data


def read_archive(path: Path, most: int = ARCHIVE_BYTES) -> bytes:
    """Read an archive, unpacked; raise BadArchive when it is too large or damaged, OSError when it cannot be opened."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            return _all(gzip.GzipFile(fileobj=file) if packed else file, most)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise BadArchive("it cannot be unpacked") from None


def read_records(data: bytes, most: int = RECORDS) -> list[Record]:
    """Take an archive apart; raise BadArchive at the first record that is not as it should be."""
    records: list[Record] = []
    position = 0
    while position < len(data):
        if len(records) >= most:
            raise BadArchive(f"it holds more than {most} records")
        end = data.find(b"\r\n\r\n", position, position + FIELD_BYTES)
        if end < 0:
            raise BadArchive(f"no record begins at byte {position}")
        fields = _fields(data[position:end], position)
        if not _LENGTH.fullmatch(fields.get("content-length", "")):
            raise BadArchive(f"the record at byte {position} has no length")
        start, stop = end + 4, end + 4 + int(fields["content-length"])
        if data[stop : stop + 4] != b"\r\n\r\n":
            raise BadArchive(f"the record at byte {position} does not end where it says")
        records.append(Record(fields, data[start:stop]))
        position = stop + 4
    return records


def _all(file: BinaryIO | gzip.GzipFile, most: int) -> bytes:
    pieces, size = [], 0
    while piece := file.read(MiB):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise BadArchive(f"it holds more than {most} bytes")
    return b"".join(pieces)


def _fields(head: bytes, position: int) -> dict[str, str]:
    version, *lines = head.split(b"\r\n")
    if version not in _VERSIONS:
        raise BadArchive(f"no record begins at byte {position}")
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise BadArchive(f"the record at byte {position} has a line that is no field")
        fields[name.strip().lower()] = value.strip()
    return fields

"""Opens MINIFS images, the read-only file system of TP-Link's own operating system and of its VxWorks devices.

Source: the handler for this format in unblob (MIT) and the paper that it names, "Reverse Engineered MiniFS File System"
(arXiv 2407.05064). All numbers are big-endian.

offset  size  header                       offset  size  file                      offset  size  chunk
0       6     MINIFS                       0       4     folder, in the names      0       4     offset of its stream
6       10    zeros                        4       4     name, in the names        4       4     length of it
16      4     3                            8       4     number of its chunk       8       4     length of its content
20      4     number of files              12      4     where in the chunk
24      4     length of the first chunk    16      4     length
28      4     length of the names
32            names, each up to a zero; then the files; then the chunks; then the streams, each LZMA with a header of
              13 bytes, offsets counted from the first of them
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.codecs import Undecodable, decode_lzma
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries
from plimsoll.unpack.formats._archive import cut_short as missing_at_end
from plimsoll.unpack.formats._solid import Solid, Undone
from plimsoll.unpack.limits import Budget

MAGIC = b"MINIFS" + bytes(10) + b"\0\0\0\3"
MOST_FILES = 65_536
MOST_NAME_BYTES = 1024

_HEADER = struct.Struct(">20sIII")
_FILE = struct.Struct(">5I")
_CHUNK = struct.Struct(">3I")


class Chunk(msgspec.Struct, frozen=True):
    """Where the content of some files is compressed as one."""

    at: int
    """Where in the image its stream lies."""
    stored: int
    size: int


class _Content(msgspec.Struct, frozen=True):
    """The content of a file, in what comes out of a chunk."""

    solid: Solid
    number: int
    chunk: Chunk
    start: int
    size: int

    @property
    def offset(self) -> int:
        """Where the stream of its chunk lies."""
        return self.chunk.at

    def read(self, view: View, budget: Budget) -> bytes:
        """Cut the content out of its chunk."""
        if self.start + self.size > self.chunk.size:
            raise Malformed(message("the content does not fit its chunk"))
        return self.solid.read(self.number, self.start, self.size, view, budget)


def open_minifs(view: View, budget: Budget) -> Archive:
    """Open the image at the beginning of a view; raise NotThisFormat when its tables are not sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, count, first, names_size = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or not 0 < count <= MOST_FILES or not first or not 0 < names_size <= count * MOST_NAME_BYTES:
        raise NotThisFormat
    files_at = _HEADER.size + names_size
    chunks_at = files_at + count * _FILE.size
    if chunks_at > view.size:
        raise NotThisFormat
    budget.take_entries(count)
    names = view.read(_HEADER.size, names_size)
    files = list(_FILE.iter_unpack(view.slice(files_at, count * _FILE.size)))
    chunks = _read_chunks(view, chunks_at, max(file[2] for file in files) + 1, count)

    def undo(number: int, view: View, budget: Budget) -> Undone:
        return _undo(chunks[number], view, budget)

    entries, solid = Entries(budget), Solid(undo)
    for file in files:
        solid.expect(file[2])
    for folder, name, number, start, size in files:
        path = b"%s/%s" % (_text(names, folder), _text(names, name))
        entries.add(Node(path, "file", size=size), _Content(solid, number, chunks[number], start, size))
    end = max(one.at + one.stored for one in chunks)
    if end > view.size:
        entries.problem(b"", missing_at_end(end - view.size).reason)
    return entries.archive(view, min(end, view.size), f"{count} files in {len(chunks)} chunks")


FORMAT = Format("minifs", "MINIFS file system of TP-Link", (Magic(MAGIC),), open_minifs)


def _read_chunks(view: View, at: int, count: int, files: int) -> list[Chunk]:
    """Read the table of chunks; raise NotThisFormat when they do not follow each other, or one has no content."""
    start = at + count * _CHUNK.size
    if count > files or start > view.size:
        raise NotThisFormat
    found: list[Chunk] = []
    position = 0
    for offset, stored, size in _CHUNK.iter_unpack(view.slice(at, count * _CHUNK.size)):
        if offset < position or not stored or not size:
            raise NotThisFormat
        position = offset + stored
        found.append(Chunk(start + offset, stored, size))
    return found


def _undo(chunk: Chunk, view: View, budget: Budget) -> Undone:
    budget.take_output(chunk.size, chunk.stored)
    try:
        content = bytes(decode_lzma(view.slice(chunk.at, chunk.stored), chunk.size))
    except (EOFError, Undecodable) as error:
        return b"", message("its chunk cannot be read: {error}", error=str(error))
    return content, None


def _text(names: bytes, at: int) -> bytes:
    """Give the name at an offset; raise NotThisFormat when it has no end."""
    end = names.find(b"\0", at)
    if end < 0 or at >= len(names):
        raise NotThisFormat
    return names[at:end]

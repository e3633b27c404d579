"""Opens the list of files in a MikroTik package: a zlib stream of entries, which a record of `npk` holds.

Source: the description in npk-tools by Sergey Ryazanov (ISC). Numbers are little-endian.

offset  size  entry
0       2     mode, with the kind of the file
2       6     user or group
8       4     time
12      12    version, and what is not known
24      4     length of the content
28      2     length of the name
30            name, then content; the content of a symlink is its target
"""

from __future__ import annotations

import stat
import struct
import zlib

from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import PATH_BYTES, TARGET_BYTES, Archive, Entries, Stretch
from plimsoll.unpack.formats._stream import Codec, Decoder, read_stream
from plimsoll.unpack.limits import Budget

MAGICS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")

_ENTRY = struct.Struct("<H22xIH")
_TRIED_BYTES = 4096
_KINDS: dict[int, NodeKind] = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink"}


def open_npk_files(view: View, budget: Budget) -> Archive:
    """Open the list at the beginning of a view; raise NotThisFormat when its first entry is not sound."""
    stream = read_stream(view, budget, Codec(_begin, (zlib.error,), promising_bytes=_ENTRY.size))
    entries = Entries(budget)
    for problem in stream.problems:
        entries.problem(b"", problem)
    _list(View(stream.data), entries)
    return entries.archive(View(stream.data), stream.length, "zlib")


FORMAT = Format("npk-files", "files of a MikroTik package", tuple(map(Magic, MAGICS)), open_npk_files, carve=False)


def _begin(view: View) -> Decoder:
    """Make the decoder of a stream whose first entry is sound."""
    if view.size < 2 or view.read(0, 2) not in MAGICS:
        raise NotThisFormat
    try:
        first = zlib.decompressobj().decompress(view.slice(0, min(_TRIED_BYTES, view.size)), _ENTRY.size)
    except zlib.error as error:
        raise NotThisFormat from error
    if len(first) < _ENTRY.size or not _is_sound(*_ENTRY.unpack(first)):
        raise NotThisFormat
    return _Member()


def _is_sound(mode: int, size: int, name: int) -> bool:
    return stat.S_IFMT(mode) in _KINDS and 0 < name <= PATH_BYTES and (stat.S_ISREG(mode) or size <= TARGET_BYTES)


def _list(data: View, entries: Entries) -> None:
    position = 0
    while position < data.size:
        entries.budget.take_entries(1)
        header = position + _ENTRY.size
        mode, size, name = _ENTRY.unpack(data.slice(position, _ENTRY.size)) if header <= data.size else (0, 0, 0)
        content = header + name
        if not _is_sound(mode, size, name) or content + size > data.size:
            entries.problem(b"", message("no entry is at {offset}; the rest is left out", offset=hex(position)))
            return
        kind = _KINDS[stat.S_IFMT(mode)]
        target = data.read(content, size) if kind == "symlink" else None
        node = Node(
            data.read(header, name), kind, stat.S_IMODE(mode), size=size if kind == "file" else 0, target=target
        )
        entries.add(node, Stretch(content, size) if kind == "file" else None)
        position = content + size


class _Member:
    """A zlib stream, in the manner of the other decoders of the standard library."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj()

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)

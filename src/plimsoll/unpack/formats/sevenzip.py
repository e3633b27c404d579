"""Opens 7z archives, solid ones too: firmware as makers hand it out, and what installers carry.

Source: `7zFormat.txt` of the LZMA SDK, which is in the public domain. All numbers are little-endian. The list of files
is at the end and mostly compressed itself; it is described beside its reader.

offset  size  first header
0       6     magic 37 7a bc af 27 1c
6       2     version, 0 and a number
8       4     CRC-32 of the 20 bytes from offset 12
12      8     where the list of files begins, from offset 32
20      8     its length
28      4     its CRC-32

Many files may be compressed as one, in a folder; what was undone of it is kept while its files are read. The upper half
of the attributes is the mode, when a Unix wrote them and bit 15 says so.
"""

from __future__ import annotations

import stat
import struct
import zlib

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Encrypted, Format, Magic, Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._archive import TARGET_BYTES, Archive, Content, Entries, Stretch
from plimsoll.unpack.formats._sevenzip_coders import AES, name_coder, undo_folder
from plimsoll.unpack.formats._sevenzip_header import File, Folder, Header, Stream, Streams, read_header
from plimsoll.unpack.formats._solid import Solid, Undone
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"7z\xbc\xaf\x27\x1c"
HEADER_BYTES = 64 << 20
"""Longest list of files that is read."""

MOST_LAYERS = 4
"""Lists of files that hold a list of files, one inside another."""

_START = struct.Struct("<6sBBIQQI")
_CHECKED_FROM = 12
_HAS_MODE, _IS_DIRECTORY = 0x8000, 0x10
_KINDS: dict[int, NodeKind] = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink"}


class Packed(msgspec.Struct, frozen=True):
    """The content of a file, in what comes out of a folder."""

    solid: Solid
    folder: Folder
    stream: Stream

    @property
    def offset(self) -> int:
        """Where its first bytes lie, about: as far into the packed bytes as into what comes out."""
        start, packed = self.folder.places[0] if self.folder.places else (0, 0)
        return _START.size + start + packed * self.stream.start // max(self.folder.sizes[-1], self.stream.start, 1)

    def read(self, view: View, budget: Budget) -> bytes:
        """Cut the content out and compare its checksum."""
        content = self.solid.read(self.stream.folder, self.stream.start, self.stream.size, view, budget)
        if self.stream.checksum is not None and zlib.crc32(content) != self.stream.checksum:
            raise Malformed(message("the checksum of the content is wrong"))
        return content


def open_sevenzip(view: View, budget: Budget) -> Archive:
    """Open the archive at the beginning of a view.

    Raise NotThisFormat, Malformed when its list of files cannot be read, Encrypted when that is encrypted.
    """
    if view.size < _START.size:
        raise NotThisFormat
    magic, major, _, checksum, offset, size, its_checksum = _START.unpack(view.slice(0, _START.size))
    if magic != MAGIC or major or zlib.crc32(view.slice(_CHECKED_FROM, _START.size - _CHECKED_FROM)) != checksum:
        raise NotThisFormat
    length = _START.size + offset + size
    if length > view.size:
        reason = message("cut short: {missing} bytes are missing, the list of files among them",
                         missing=length - view.size)  # fmt: skip
        raise Malformed(reason, view.size)
    whole = view.cut(0, length)
    entries = Entries(budget)
    header = _read_list(whole, offset, size, its_checksum, budget) if size else Header(Streams(), ())
    folders = header.streams.folders

    def undo(number: int, view: View, budget: Budget) -> Undone:
        return undo_folder(folders[number], view.cut(_START.size), budget)

    solid = Solid(undo)
    for stream in header.streams.contents:
        solid.expect(stream.folder)
    try:
        for file in header.files:
            budget.check_time()
            content: Content = Stretch(0, 0)
            if file.stream is not None:
                content = Packed(solid, folders[file.stream.folder], file.stream)
            _add(whole, file, content, entries)
    except LimitReached as reached:
        entries.problem(b"", reached.reason)
    return entries.archive(whole, length, _label(header.streams))


FORMAT = Format("7z", "7z archive", (Magic(MAGIC),), open_sevenzip)


def _read_list(view: View, offset: int, size: int, checksum: int | None, budget: Budget) -> Header:
    """Read the list of files, out of the streams that hold it."""
    if size > HEADER_BYTES:
        raise Malformed(message("a list of files of {size} bytes", size=size), view.size)
    data: bytes = view.read(_START.size + offset, size)
    try:
        for _ in range(MOST_LAYERS):
            if checksum is not None and zlib.crc32(data) != checksum:
                raise Malformed(message("the checksum of the list of files is wrong"))
            found = read_header(data, budget)
            if isinstance(found, Header):
                return found
            data, checksum = _undo_list(view, found, budget)
    except Malformed as broken:
        raise type(broken)(broken.reason, view.size) from broken
    raise Malformed(message("a list of files inside too many others"), view.size)


def _undo_list(view: View, streams: Streams, budget: Budget) -> tuple[bytes, int | None]:
    if len(streams.folders) != 1 or len(streams.contents) != 1:
        raise Unsupported(message("a list of files in several folders is not read"))
    folder, stream = streams.folders[0], streams.contents[0]
    if any(coder.id == AES for coder in folder.coders):
        raise Encrypted(message("the list of files is encrypted"))
    if stream.size > HEADER_BYTES:
        raise Malformed(message("a list of files of {size} bytes", size=stream.size))
    data, broken = undo_folder(folder, view.cut(_START.size), budget)
    if broken is not None:
        raise Malformed(message("the list of files cannot be read: {why}", why=str(broken)))
    return data, stream.checksum


def _add(view: View, file: File, content: Content, entries: Entries) -> None:
    if file.name is None:
        entries.problem(b"", message("an entry without a name is left out"))
        return
    name = file.name.encode("utf-8", "surrogatepass")
    mode = file.attributes >> 16 if file.attributes & _HAS_MODE else 0
    is_directory = file.is_directory or (file.stream is None and bool(file.attributes & _IS_DIRECTORY))
    kind: NodeKind = "directory" if is_directory else _KINDS.get(stat.S_IFMT(mode), "file")
    size = file.stream.size if file.stream is not None else 0
    target = _target(view, name, content, size, entries) if kind == "symlink" else None
    if kind == "file":
        entries.add(Node(name, kind, stat.S_IMODE(mode), size=size), content)
    else:
        entries.add(Node(name, kind, stat.S_IMODE(mode), target=target))


def _target(view: View, name: bytes, content: Content, size: int, entries: Entries) -> bytes | None:
    try:
        if size <= TARGET_BYTES:
            return content.read(view, entries.budget)
        reason = message("longer than {limit} bytes", limit=TARGET_BYTES)
    except Malformed as broken:
        reason = broken.reason
    shown = escape_name(name)
    entries.problem(b"", message("the target of the link {name!r} cannot be read: {why}", name=shown, why=str(reason)))
    return None


def _label(streams: Streams) -> str:
    """Name the methods, then folders that hold several files."""
    methods = sorted({" ".join(name_coder(coder) for coder in folder.coders) for folder in streams.folders})
    is_solid = len(streams.contents) > sum(bool(folder.coders) for folder in streams.folders)
    return ", ".join([*methods[:8], *(["solid"] if is_solid else [])])

"""The header of a 7z archive: where packed streams lie, how folders undo them, and the files that come of it.

Source: `7zFormat.txt` of the LZMA SDK, which is in the public domain. A number takes as many further bytes as its first
byte has ones before its first zero; what follows that zero are its highest bits. A list of bits begins at the highest.

id  header                              id  of streams                       id  of files, each with its length
01  header                              06  where packed streams lie         0e  bits: without a stream
17  streams that hold the header        07  folders                          0f  bits of those: an empty file
02  properties, left out                0b    coders of each                 11  names, UTF-16, each ended by a zero
03  further streams, not read           0c    sizes that they give           15  attributes
04  streams                             08  files in each folder             the rest is left out
05  files                               0d    how many
00  the end of any of these             09  sizes, 0a checksums
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, Unsupported
from plimsoll.unpack.limits import Budget, LimitReached

MOST_CODERS = 16
"""Most coders of a folder that are believed; the real program writes six at the most."""

_END, _HEADER, _PROPERTIES, _FURTHER, _STREAMS, _FILES = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05
_PACKED, _FOLDERS, _IN_FOLDERS, _SIZES, _CHECKSUMS, _FOLDER, _UNPACKED_SIZES, _COUNTS = range(0x06, 0x0E)
_WITHOUT_STREAM, _EMPTY_FILE, _NAMES, _ATTRIBUTES, _ENCODED = 0x0E, 0x0F, 0x11, 0x15, 0x17
_HAS_STREAMS, _HAS_SETTINGS = 0x10, 0x20


class Coder(msgspec.Struct, frozen=True):
    """One step in undoing a folder."""

    id: bytes
    settings: bytes
    inputs: int
    outputs: int


class Folder(msgspec.Struct, frozen=True):
    """Coders, how they follow each other, and what goes in."""

    coders: tuple[Coder, ...]
    pairs: tuple[tuple[int, int], ...]
    """Number of the stream that goes into a coder, and of the one that comes out of a coder and is that."""
    packed: tuple[int, ...]
    """Numbers of the streams into coders that lie in the archive."""
    sizes: tuple[int, ...] = ()
    """Bytes of each stream that comes out of a coder."""
    checksum: int | None = None
    places: tuple[tuple[int, int], ...] = ()
    """Offset and length of each packed stream, after the first header of the archive."""


class Stream(msgspec.Struct, frozen=True):
    """The content of a file, within what comes out of a folder."""

    folder: int
    start: int
    size: int
    checksum: int | None


class Streams(msgspec.Struct, frozen=True):
    """All folders, and the contents in them in the order of the files that have one."""

    folders: tuple[Folder, ...] = ()
    contents: tuple[Stream, ...] = ()


class File(msgspec.Struct, frozen=True):
    """An entry of the list of files."""

    name: str | None
    """Absent when it is left out or is no text."""
    is_directory: bool
    attributes: int
    stream: Stream | None


class Header(msgspec.Struct, frozen=True):
    """A header that has been read in full."""

    streams: Streams
    files: tuple[File, ...]


class Reader:
    """Takes bytes of a header one after the other; raises EOFError at its end.

    `most` bounds what is counted: a list of that length may be made before its bytes are taken.
    """

    def __init__(self, data: bytes, most: int) -> None:
        self._data = data
        self._most = most
        self._position = 0

    @property
    def left(self) -> int:
        """Bytes that have not been taken."""
        return len(self._data) - self._position

    def take(self, count: int) -> bytes:
        """Take bytes."""
        if count > self.left:
            raise EOFError
        self._position += count
        return self._data[self._position - count : self._position]

    def number(self) -> int:
        """Take a number of up to nine bytes."""
        first = self.take(1)[0]
        extra = next((bit for bit in range(8) if not first & 0x80 >> bit), 8)
        low = int.from_bytes(self.take(extra), "little")
        return (first & 0x7F >> extra) << 8 * extra | low if extra < 8 else low

    def count(self, least_bytes: int = 1) -> int:
        """Take a number of things, each of which takes so many bytes of what is left; raise LimitReached."""
        found = self.number()
        if found * least_bytes > self.left:
            raise EOFError
        if found > self._most:
            raise LimitReached(message("more than {limit} entries", limit=self._most))
        return found

    def bits(self, count: int) -> list[bool]:
        """Take a list of bits."""
        data = int.from_bytes(self.take(-(-count // 8)), "big")
        width = -(-count // 8) * 8
        return [char == "1" for char in f"{data:0{width}b}"[:count]] if count else []

    def defined(self, count: int) -> list[bool]:
        """Take a list of bits, or one byte for all of them."""
        return [True] * count if self.take(1)[0] else self.bits(count)

    def checksums(self, count: int) -> list[int | None]:
        """Take checksums, of which some may not be there."""
        defined = self.defined(count)
        found = iter(struct.unpack(f"<{sum(defined)}I", self.take(4 * sum(defined))))
        return [next(found) if is_there else None for is_there in defined]

    def end(self, *ids: int) -> int:
        """Take an id that must be one of these, or the end."""
        found = self.take(1)[0]
        if found not in (_END, *ids):
            raise Malformed(message("the list of files is damaged: {found} where it may not be", found=hex(found)))
        return found


def read_header(data: bytes, budget: Budget) -> Header | Streams:
    """Read a header: the list of files, or the streams that hold it. Raise Malformed, Unsupported or LimitReached."""
    reader = Reader(data, budget.limits.entries)
    try:
        kind = reader.take(1)[0]
        if kind == _ENCODED:
            return _read_streams(reader, budget)
        if kind != _HEADER:
            raise Malformed(message("the list of files is damaged: {found} where it may not be", found=hex(kind)))
        return _read_files(reader, budget)
    except EOFError as error:
        raise Malformed(message("the list of files is damaged: it ends too early")) from error


def _read_files(reader: Reader, budget: Budget) -> Header:
    streams = Streams()
    files: tuple[File, ...] = ()
    while (part := reader.end(_PROPERTIES, _FURTHER, _STREAMS, _FILES)) != _END:
        if part == _PROPERTIES:
            while reader.number() != _END:
                reader.take(reader.number())
        elif part == _FURTHER:
            raise Unsupported(message("a list of files in further streams is not read"))
        elif part == _STREAMS:
            streams = _read_streams(reader, budget)
        else:
            files = _read_list(reader, streams, budget)
    return Header(streams, files)


def _read_streams(reader: Reader, budget: Budget) -> Streams:
    start = 0
    sizes: list[int] = []
    folders: list[Folder] = []
    contents: tuple[Stream, ...] | None = None
    while (part := reader.end(_PACKED, _FOLDERS, _IN_FOLDERS)) != _END:
        if part == _PACKED:
            start, sizes = _read_packed(reader)
        elif part == _FOLDERS:
            folders = _placed(_read_folders(reader), start, sizes)
        else:
            contents = _read_contents(reader, folders, budget)
    if contents is None:
        contents = tuple(Stream(number, 0, _size(one), one.checksum) for number, one in enumerate(folders))
    return Streams(tuple(folders), contents)


def _read_packed(reader: Reader) -> tuple[int, list[int]]:
    """Give where the packed streams begin, and the length of each."""
    start, count = reader.number(), reader.count()
    sizes: list[int] = []
    while (part := reader.end(_SIZES, _CHECKSUMS)) != _END:
        if part == _SIZES:
            sizes = [reader.number() for _ in range(count)]
        else:
            reader.checksums(count)
    return start, sizes


def _read_folders(reader: Reader) -> list[Folder]:
    _expect(reader, _FOLDER)
    count = reader.count(2)
    if reader.take(1)[0]:
        raise Unsupported(message("folders in further streams are not read"))
    folders = [_read_folder(reader) for _ in range(count)]
    _expect(reader, _UNPACKED_SIZES)
    for number, folder in enumerate(folders):
        outputs = sum(coder.outputs for coder in folder.coders)
        sizes = tuple(reader.number() for _ in range(outputs))
        folders[number] = msgspec.structs.replace(folder, sizes=sizes)
    while reader.end(_CHECKSUMS) != _END:
        found = reader.checksums(count)
        folders = [msgspec.structs.replace(one, checksum=each) for one, each in zip(folders, found, strict=True)]
    return folders


def _read_folder(reader: Reader) -> Folder:
    count = reader.number()
    if not 0 < count <= MOST_CODERS:
        raise Malformed(message("a folder of {count} coders", count=count))
    coders = tuple(_read_coder(reader) for _ in range(count))
    inputs, outputs = sum(one.inputs for one in coders), sum(one.outputs for one in coders)
    if not 0 < outputs <= inputs + 1 or max(inputs, outputs) > 4 * MOST_CODERS:
        raise Malformed(message("a folder whose coders do not fit together"))
    pairs = tuple((reader.number(), reader.number()) for _ in range(outputs - 1))
    left = inputs - len(pairs)
    bound = {into for into, _ in pairs}
    packed = tuple(reader.number() for _ in range(left)) if left > 1 else ()
    if left == 1:
        packed = tuple(one for one in range(inputs) if one not in bound)[:1]
    return Folder(coders, pairs, packed)


def _read_coder(reader: Reader) -> Coder:
    flags = reader.take(1)[0]
    id = reader.take(flags & 0x0F)
    inputs, outputs = (reader.number(), reader.number()) if flags & _HAS_STREAMS else (1, 1)
    settings = reader.take(reader.number()) if flags & _HAS_SETTINGS else b""
    return Coder(id, settings, inputs, outputs)


def _placed(folders: list[Folder], position: int, sizes: list[int]) -> list[Folder]:
    """Give each folder the places of its packed streams, which lie one after the other."""
    waiting = iter(sizes)
    placed = []
    for folder in folders:
        places = []
        for size in (next(waiting, None) for _ in folder.packed):
            if size is None:
                raise Malformed(message("the list of files names fewer packed streams than its folders take"))
            places.append((position, size))
            position += size
        placed.append(msgspec.structs.replace(folder, places=tuple(places)))
    return placed


def _read_contents(reader: Reader, folders: list[Folder], budget: Budget) -> tuple[Stream, ...]:
    """Read how the content of each folder is cut into those of files."""
    counts = [1] * len(folders)
    part = reader.end(_COUNTS, _SIZES, _CHECKSUMS)
    if part == _COUNTS:
        counts = [reader.number() for _ in folders]
        if sum(counts) > budget.limits.entries:
            raise LimitReached(message("more than {limit} entries", limit=budget.limits.entries))
        part = reader.end(_SIZES, _CHECKSUMS)
    cuts = [[reader.number() for _ in range(count - 1)] if part == _SIZES else [] for count in counts]
    if part == _SIZES:
        part = reader.end(_CHECKSUMS)
    found: list[Stream] = []
    for number, (folder, count, sizes) in enumerate(zip(folders, counts, cuts, strict=True)):
        if not count:
            continue
        if len(sizes) != count - 1 or sum(sizes) > _size(folder):
            raise Malformed(message("the files of a folder take more than it has"))
        start = 0
        for size in (*sizes, _size(folder) - sum(sizes)):
            found.append(Stream(number, start, size, folder.checksum if count == 1 else None))
            start += size
    while part == _CHECKSUMS:
        unknown = [number for number, one in enumerate(found) if one.checksum is None]
        for number, checksum in zip(unknown, reader.checksums(len(unknown)), strict=True):
            found[number] = msgspec.structs.replace(found[number], checksum=checksum)
        part = reader.end(_CHECKSUMS)
    return tuple(found)


def _read_list(reader: Reader, streams: Streams, budget: Budget) -> tuple[File, ...]:
    count = reader.number()
    budget.take_entries(count)
    names: list[str | None] = [None] * count
    without = [False] * count
    empty: list[bool] = []
    attributes = [0] * count
    while (part := reader.number()) != _END:
        inside = Reader(reader.take(reader.number()), budget.limits.entries)
        if part == _WITHOUT_STREAM:
            without = inside.bits(count)
        elif part == _EMPTY_FILE:
            empty = inside.bits(sum(without))
        elif part in (_NAMES, _ATTRIBUTES):
            defined = inside.defined(count) if part == _ATTRIBUTES else []
            if inside.take(1)[0]:
                raise Unsupported(message("a list of files in further streams is not read"))
            if part == _NAMES:
                names = _read_names(inside, count)
            else:
                attributes = _read_attributes(inside, defined)
    contents, empty_files = iter(streams.contents), iter(empty)
    files = []
    for name, is_without, attribute in zip(names, without, attributes, strict=True):
        is_directory = is_without and not next(empty_files, False)
        stream = None if is_without else next(contents, None)
        files.append(File(name, is_directory, attribute, stream))
    return tuple(files)


def _read_names(reader: Reader, count: int) -> list[str | None]:
    """Give names; None for one that is no text."""
    units = reader.take(reader.left // 2 * 2)
    text = units.decode("utf-16-le", "surrogatepass")
    names: list[str | None] = list(text.split("\0")[:-1][:count])
    return names + [None] * (count - len(names))


def _read_attributes(reader: Reader, defined: list[bool]) -> list[int]:
    found = iter(struct.unpack(f"<{sum(defined)}I", reader.take(4 * sum(defined))))
    return [next(found) if is_there else 0 for is_there in defined]


def _expect(reader: Reader, id: int) -> None:
    if reader.end(id) != id:
        raise Malformed(message("the list of files is damaged: a part is missing"))


def _size(folder: Folder) -> int:
    """Give the bytes that come out of a folder: the stream that goes into no other coder."""
    bound = {out for _, out in folder.pairs}
    return next((size for number, size in enumerate(folder.sizes) if number not in bound), 0)

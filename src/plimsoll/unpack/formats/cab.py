"""Opens Microsoft cabinets, stored or compressed by MSZIP: what fwupd and Windows are given firmware in.

Source: Microsoft's Open Specification [MS-CAB]; Microsoft's description of MSZIP, [MS-MCI]. All numbers are
little-endian.

offset  size  header                          size  folder
0       4     magic MSCF                      4     where its first block is
8       4     bytes of the cabinet            2     blocks
16      4     where the list of files is      2     compression in the low four bits: 0 none, 1 MSZIP, 2 Quantum, 3 LZX
24      2     version, 3 and 1
26      2     folders                         size  file
28      2     files                           4     bytes
30      2     flags: 1 and 2 others before    4     where they begin in what the folder gives
              and after, 4 reserved bytes     2     folder; from fffd on, in the cabinet before or after
32      4     set, number in it               6     date, time, attributes
36            with flag 4: reserved bytes           name, up to a zero; parts of paths are joined by a backslash
              here (2), in each folder (1)
              and each block (1); then names  size  block
              of the others                   4     checksum, or zero
                                              2     packed bytes
                                              2     bytes, up to 32,768

A block of MSZIP is `CK`, then deflate that may point back into the block before. LZX and Quantum are not read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._archive import Archive, Content, Entries, Unreadable
from plimsoll.unpack.formats._solid import Solid, Undone
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"MSCF"
BLOCK_BYTES = 32_768
"""Most bytes that a block gives."""

_HEADER = struct.Struct("<4s4xI4xI4xBB5H")
_RESERVED = struct.Struct("<HBB")
_FOLDER = struct.Struct("<IHH")
_FILE = struct.Struct("<IIHHHH")
_BLOCK = struct.Struct("<IHH")
_BEFORE, _AFTER, _HAS_RESERVED = 1, 2, 4
_STORED, _MSZIP = 0, 1
_METHODS = {_STORED: "stored", _MSZIP: "MSZIP", 2: "Quantum", 3: "LZX"}
_ELSEWHERE = 0xFFFD
_NAME_BYTES = 256


class Folder(NamedTuple):
    """A stream that holds files."""

    start: int
    blocks: int
    method: int
    block_reserved: int
    end: int = 0
    """Where the next folder begins, at the latest."""


class Packed(msgspec.Struct, frozen=True):
    """The content of a file, in what comes out of a folder."""

    solid: Solid
    folder: int
    offset: int
    """About where its first bytes lie."""
    start: int
    size: int

    def read(self, view: View, budget: Budget) -> bytes:
        """Cut the content out."""
        return self.solid.read(self.folder, self.start, self.size, view, budget)


def open_cab(view: View, budget: Budget) -> Archive:
    """Open the cabinet at the beginning of a view; raise NotThisFormat when its tables are not sound."""
    if view.size < _HEADER.size or view.read(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    _, length, listed, minor, major, folders, files, flags, _, _ = _HEADER.unpack(view.slice(0, _HEADER.size))
    if (major, minor) != (1, 3) or flags > 7 or not folders or not _HEADER.size < listed < length:
        raise NotThisFormat
    budget.check_time()
    found = tuple(_read_folders(view, folders, flags))
    if any(not listed <= one.start <= length for one in found):
        raise NotThisFormat
    entries = Entries(budget)
    if length > view.size:
        entries.problem(b"", message("cut short: {missing} bytes are missing", missing=length - view.size))
    whole = view.cut(0, min(length, view.size))
    found = _apart(found, whole.size)
    _list(whole, listed, files, found, entries)
    methods = ", ".join(sorted({_METHODS.get(one.method, f"method {one.method}") for one in found}))
    return entries.archive(whole, whole.size, methods)


FORMAT = Format("cab", "Microsoft cabinet", (Magic(MAGIC),), open_cab)


def _read_folders(view: View, count: int, flags: int) -> Iterator[Folder]:
    position = _HEADER.size
    folder_reserved = block_reserved = 0
    if flags & _HAS_RESERVED:
        reserved, folder_reserved, block_reserved = _RESERVED.unpack(view.slice(position, _RESERVED.size))
        position += _RESERVED.size + reserved
    for _ in range(2 * bool(flags & _BEFORE) + 2 * bool(flags & _AFTER)):
        position += len(_text(view, position)) + 1
    for _ in range(count):
        start, blocks, method = _FOLDER.unpack(view.slice(position, _FOLDER.size))
        yield Folder(start, blocks, method & 0x0F, block_reserved)
        position += _FOLDER.size + folder_reserved


def _apart(folders: tuple[Folder, ...], end: int) -> tuple[Folder, ...]:
    """Let each folder end where the next begins: two never share blocks, or a small cabinet could cost much."""
    starts = sorted({folder.start for folder in folders})
    ends = dict(zip(starts, [*starts[1:], end], strict=True))
    taken: set[int] = set()
    found = []
    for folder in folders:
        found.append(folder._replace(end=folder.start if folder.start in taken else ends[folder.start]))
        taken.add(folder.start)
    return tuple(found)


def _list(view: View, position: int, count: int, folders: tuple[Folder, ...], entries: Entries) -> None:
    def undo(number: int, view: View, budget: Budget) -> Undone:
        return _undo(folders[number], view, budget)

    solid = Solid(undo)
    try:
        for number in range(count):
            entries.budget.take_entries(1)
            size, start, folder, _, _, _ = _FILE.unpack(view.slice(position, _FILE.size))
            name = _text(view, position + _FILE.size)
            if not number and (not name or _ELSEWHERE > folder >= len(folders)):
                raise NotThisFormat
            position += _FILE.size + len(name) + 1
            content: Content
            if folder < len(folders):
                solid.expect(folder)
                content = Packed(solid, folder, folders[folder].start + start // BLOCK_BYTES, start, size)
            elif folder >= _ELSEWHERE:
                content = Unreadable(0, message("the content goes on from or into another cabinet"))
            else:
                content = Unreadable(0, message("the content is in a folder that is absent"))
            entries.add(Node(name.replace(b"\\", b"/"), "file", size=size), content)
    except EOFError:
        entries.problem(b"", message("the list of files is cut short"))
    except LimitReached as reached:
        entries.problem(b"", reached.reason)


def _undo(folder: Folder, view: View, budget: Budget) -> Undone:
    """Give what comes out of a folder, as far as its blocks are sound."""
    if folder.method not in (_STORED, _MSZIP):
        method = _METHODS.get(folder.method, str(folder.method))
        raise Unsupported(message("the method {method} is not read", method=method))
    parts: list[bytes] = []
    window = b""
    position = folder.start
    view = view.cut(0, min(max(folder.end, 0), view.size))
    size = 0
    broken: Message | None = None
    for number in range(folder.blocks):
        try:
            head = view.slice(position, _BLOCK.size + folder.block_reserved)
            checksum, packed, unpacked = _BLOCK.unpack(head[: _BLOCK.size])
            data = view.slice(position + len(head), packed)
        except EOFError:
            return b"".join(parts), message("cut short; {size} bytes of content can be read", size=size)
        if unpacked > BLOCK_BYTES:
            return b"".join(parts), message("block {number} of the folder is too long", number=number)
        size += unpacked
        if size > budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes in one piece", limit=budget.limits.file_bytes))
        budget.take_output(unpacked, packed)
        if checksum and _xor(head[4:], _xor(data)) != checksum:
            broken = broken or message("the checksum of block {number} of the folder is wrong", number=number)
        content = _undo_block(data, unpacked, window) if folder.method == _MSZIP else bytes(data)
        if content is None or len(content) != unpacked:
            return b"".join(parts), message("block {number} of the folder is damaged", number=number)
        parts.append(content)
        window = (window + content)[-BLOCK_BYTES:]
        position += len(head) + packed
    return b"".join(parts), broken


def _undo_block(data: memoryview, size: int, window: bytes) -> bytes | None:
    if bytes(data[:2]) != b"CK":
        return None
    try:
        return zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=window).decompress(data[2:], size + 1)
    except zlib.error:
        return None


def _xor(data: memoryview, value: int = 0) -> int:
    """Combine words of 4 bytes by exclusive or; bytes that are left over count from the last one on."""
    words = len(data) // 4
    left = int.from_bytes(data[words * 4 :], "big")
    number = int.from_bytes(data[: words * 4], "little")
    while words > 1:
        words = (words + 1) // 2
        number = number & (1 << 32 * words) - 1 ^ number >> 32 * words
    return number ^ left ^ value


def _text(view: View, position: int) -> bytes:
    """Read a name; raise EOFError when no zero ends it."""
    name, end, _ = bytes(view.buffer[position : position + _NAME_BYTES]).partition(b"\0")
    if not end:
        raise EOFError
    return name

"""Opens romfs images, the plain root file system of the smallest Linux devices and of boot disks.

Written from the public description of the format and from images made with the real tools. All numbers are 32 bits,
big-endian; all headers begin at multiples of 16.

offset  size  image                              offset  size  header of an entry
0       8     `-rom1fs-`                         0       4     next header, and what it is in the low four bits
8       4     bytes of the image                 4       4     first header below, header linked to, or device
12      4     makes the sum of 512 bytes zero    8       4     bytes of content
16            name, zeros to 16; then headers    12      4     makes the sum of the header zero
                                                 16            name, zeros to 16; then the content

The low bits say: 0 hard link, 1 directory, 2 file, 3 symlink, 4 block device, 5 character device, 6 socket, 7 fifo;
8 more when it can be executed. There are no owners and no other modes; they are given as Linux shows them. The first
header is the root directory, and images are filled up to a multiple of 1024.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import PATH_BYTES, Archive, Entries, Stretch
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"-rom1fs-"
NAME_BYTES = 255
"""Longest name that is believed."""

_HEADER_BYTES = 16
_SUMMED_BYTES = 512
_FILL = 1024
_HARD_LINK = 0
_DIRECTORY = 1
_EXECUTABLE = 8
_KINDS: tuple[tuple[NodeKind, int], ...] = (
    ("file", 0o644),
    ("directory", 0o644),
    ("file", 0o644),
    ("symlink", 0o777),
    ("block", 0o600),
    ("character", 0o600),
    ("socket", 0o644),
    ("fifo", 0o644),
)


class Header(msgspec.Struct, frozen=True):
    """The header of an entry."""

    next: int
    """Where the next header of the directory is; 0 for the last."""
    type: int
    """0 to 7."""
    is_executable: bool
    info: int
    size: int
    name: bytes
    content: int
    """Where the content begins."""
    is_sound: bool
    """Whether its sum is zero."""


def open_romfs(view: View, budget: Budget) -> Archive:
    """Open the image at the beginning of a view.

    Raise NotThisFormat, or Malformed when it is romfs and its root cannot be read. Wrong sums are problems.
    """
    if view.size < 2 * _HEADER_BYTES or view.read(0, 8) != MAGIC:
        raise NotThisFormat
    size = int.from_bytes(view.slice(8, 4), "big")
    first = _end_of_name(view, _HEADER_BYTES)
    if size < 2 * _HEADER_BYTES or first is None:
        raise NotThisFormat
    summed = min(size, _SUMMED_BYTES)
    is_sound = summed <= view.size and not _sum(view.read(0, summed))
    whole = view.cut(0, min(size, view.size))
    try:
        root = _read_header(whole, first)
    except Malformed as broken:
        raise _refused(is_sound, broken, whole.size) from broken
    if root.type != _DIRECTORY:
        raise _refused(is_sound, Malformed(message("the root is no directory")), whole.size)
    if not is_sound and not root.is_sound:
        raise NotThisFormat
    walk = _Walk(whole, budget)
    if size > view.size:
        walk.entries.problem(b"", message("cut short: {missing} bytes are missing", missing=size - view.size))
    elif not is_sound:
        walk.entries.problem(b"", message("the checksum of the image is wrong"))
    walk.walk(root)
    name = view.read(_HEADER_BYTES, first - _HEADER_BYTES).partition(b"\0")[0]
    label = "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in name)
    return walk.entries.archive(whole, _length(view, size), label)


FORMAT = Format("romfs", "romfs file system", (Magic(MAGIC),), open_romfs)


class _Walk:
    """Lists an image once; what it found is in its entries."""

    def __init__(self, view: View, budget: Budget) -> None:
        self.entries = Entries(budget)
        self._view = view
        self._budget = budget
        self._met: set[int] = set()
        self._waiting: list[tuple[bytes, int]] = []
        self._links: list[tuple[bytes, Header]] = []
        self._contents: dict[int, Stretch] = {}
        self._kept_bytes = 0

    def walk(self, root: Header) -> None:
        """List everything from the root down, hard links last."""
        self.entries.add(_node(b"", root))
        self._waiting.append((b"", root.info & ~15))
        try:
            while self._waiting:
                self._list(*self._waiting.pop())
            for path, header in self._links:
                self._link(path, header)
        except LimitReached as reached:
            self.entries.problem(b"", reached.reason)

    def _list(self, path: bytes, offset: int) -> None:
        """Follow the headers of one directory, each header of the image once."""
        self._budget.check_time()
        below = len(self._waiting)
        names: set[bytes] = set()
        while offset:
            if offset in self._met:
                where = hex(offset)
                self.entries.problem(path, message("the header at {offset} was met before; not followed", offset=where))
                break
            self._met.add(offset)
            try:
                header = _read_header(self._view, offset)
            except Malformed as broken:
                self.entries.problem(path, broken.reason)
                break
            self._budget.take_entries(1)
            if header.name not in (b".", b".."):
                self._enter(path, offset, header, names)
            offset = header.next
        self._waiting[below:] = reversed(self._waiting[below:])

    def _enter(self, directory: bytes, offset: int, header: Header, names: set[bytes]) -> None:
        name = header.name
        path = directory + b"/" + name if directory else name
        if not name or b"/" in name or name in names or len(path) > PATH_BYTES:
            shown = escape_name(name)
            self.entries.problem(directory, message("an entry of the name {name!r} is left out", name=shown))
            return
        names.add(name)
        self._kept_bytes += len(path)
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))
        if not header.is_sound:
            self.entries.problem(path, message("the checksum of its header is wrong"))
        if header.type == _HARD_LINK:
            self._links.append((path, header))
            return
        self._add(path, offset, header)
        if header.type == _DIRECTORY:
            self._waiting.append((path, header.info & ~15))

    def _link(self, path: bytes, link: Header) -> None:
        """Add a further name of an entry; a link to a link or to a directory is a problem."""
        offset = link.info & ~15
        try:
            header = _read_header(self._view, offset)
        except Malformed as broken:
            self.entries.problem(path, broken.reason)
            return
        if header.type in (_HARD_LINK, _DIRECTORY) or offset not in self._met:
            self.entries.problem(path, message("a hard link to no file; not followed"))
            return
        self._add(path, offset, header)

    def _add(self, path: bytes, offset: int, header: Header) -> None:
        node = _node(path, header)
        if node.kind == "symlink":
            node = msgspec.structs.replace(node, target=self._target(path, header))
        content = None
        if node.kind == "file":
            content = self._contents.setdefault(offset, Stretch(header.content, header.size))
        self.entries.add(node, content)

    def _target(self, path: bytes, header: Header) -> bytes | None:
        if header.size > PATH_BYTES:
            self.entries.problem(path, message("a link target of {length} bytes", length=header.size))
            return None
        self._kept_bytes += header.size
        try:
            return self._view.read(header.content, header.size)
        except EOFError:
            self.entries.problem(path, message("the target of the link lies outside"))
            return None


def _read_header(view: View, offset: int) -> Header:
    """Read a header; raise Malformed when it is not all there or its name has no end."""
    end = _end_of_name(view, offset + _HEADER_BYTES)
    if end is None:
        raise Malformed(message("the header at {offset} is damaged or lies outside", offset=hex(offset)))
    data = view.read(offset, end - offset)
    following, info, size, _ = struct.unpack_from(">IIII", data)
    name = data[_HEADER_BYTES:].partition(b"\0")[0]
    kind, is_executable = following & 7, bool(following & _EXECUTABLE)
    return Header(following & ~15, kind, is_executable, info, size, name, end, not _sum(data))


def _end_of_name(view: View, offset: int) -> int | None:
    """Give where a name and its zeros end, a multiple of 16 after its beginning; None when it has no end."""
    if offset > view.size:
        return None
    length = bytes(view.buffer[offset : offset + NAME_BYTES + 1]).find(b"\0")
    end = offset + (length // 16 + 1) * 16
    return end if length >= 0 and end <= view.size else None


def _sum(data: bytes) -> int:
    """Add the words; bytes beyond the last whole word are left out."""
    words = len(data) // 4
    numbers: tuple[int, ...] = struct.unpack_from(f">{words}I", data)
    return sum(numbers) & 0xFFFFFFFF


def _refused(is_sound: bool, broken: Malformed, length: int) -> Exception:
    """Tell damage from a chance sign: a sum that fits is no chance."""
    return Malformed(broken.reason, length) if is_sound else NotThisFormat()


def _node(path: bytes, header: Header) -> Node:
    kind, mode = _KINDS[header.type]
    mode |= 0o111 if header.is_executable else 0
    device = (header.info >> 16, header.info & 0xFFFF) if kind in ("block", "character") else None
    return Node(path, kind, mode, size=header.size if kind == "file" else 0, device=device)


def _length(view: View, size: int) -> int:
    """Give the bytes of the image, with the zeros that fill it up."""
    end = -(-size // _FILL) * _FILL
    if size >= view.size:
        return view.size
    filled = min(end, view.size)
    return filled if not any(view.slice(size, filled - size)) else size

"""Opens cpio archives of the three kinds in text: newc, newc with checksums, and the portable kind of POSIX.1 (odc).

Sources: IEEE Std 1003.1 on pax, cpio interchange format; the kernel's public description of the initramfs buffer
format; archives made with the real tool. An archive ends at the entry `TRAILER!!!`; zeros up to a full 512 bytes
belong to it.

newc, fields of 8 hexadecimal digits     odc, fields of 6 octal digits, * of 11
0    magic 070701, or 070702 (checksums)  0   magic 070707
6    inode                                6   device
14   mode                                 12  inode
22   owner, group, links, time            18  mode
54   size of the content                  24  owner, group, links
62   device, major and minor              42  device that a special file stands for
78   device that a special file stands    48  time *
     for, major and minor                 59  length of the name with its zero
94   length of the name with its zero     65  size of the content *
102  sum of the bytes, or zero            76  name, content
110  name, content, each filled up to a
     multiple of 4

In newc only the last of the names of a file carries the content. In odc each does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import PATH_BYTES, TARGET_BYTES, Archive, Entries, Stretch, cut_short
from plimsoll.unpack.limits import Budget, LimitReached

NEWC, CRC, ODC = b"070701", b"070702", b"070707"
END = b"TRAILER!!!"

_NEWC = re.compile(rb"07070[12]([0-9A-Fa-f]{104})")
_ODC = re.compile(rb"070707([0-7]{70})")
_NEWC_SIZE, _ODC_SIZE = 110, 76
_RECORD = 512
_LABELS = {NEWC: "newc", CRC: "newc with checksums", ODC: "odc"}
_KINDS: dict[int, NodeKind] = {
    0o01: "fifo",
    0o02: "character",
    0o04: "directory",
    0o06: "block",
    0o10: "file",
    0o12: "symlink",
    0o14: "socket",
}


class Header(msgspec.Struct, frozen=True):
    """One entry as its header states it."""

    name: bytes
    kind: NodeKind | None
    """Absent when the mode has a kind that does not exist."""
    mode: int
    uid: int
    gid: int
    device: tuple[int, int]
    checksum: int
    """Sum of the content's bytes; 0 when the archive has no checksums."""
    content: Stretch
    end: int
    """Where the next header begins."""
    file: tuple[int, ...] = ()
    """What the names of one file have in common; empty when the file has only one."""


def open_cpio(view: View, budget: Budget) -> Archive:
    """Open the archive at the beginning of a view; raise NotThisFormat when its first header is not sound."""
    magic = view.read(0, len(NEWC)) if view.size >= len(NEWC) else b""
    if magic not in _LABELS:
        raise NotThisFormat
    header: Header | None = _read(view, magic, 0)
    if header is None or (header.kind is None and header.name != END):
        raise NotThisFormat
    entries = Entries(budget)
    length = _list(view, magic, header, entries)
    return entries.archive(view, length, _LABELS[magic])


FORMAT = Format("cpio", "cpio archive", (Magic(NEWC), Magic(CRC), Magic(ODC)), open_cpio)


def _list(view: View, magic: bytes, header: Header, entries: Entries) -> int:
    """List all entries; give the length of the archive."""
    headers: list[Header] = []
    position, at = 0, header
    try:
        while at.name != END:
            entries.budget.take_entries(1)
            headers.append(at)
            position = at.end
            if position > view.size:
                raise cut_short(position - view.size)
            following = _read(view, magic, position)
            if following is None:
                raise Malformed(message("no header is at {offset}; the rest is left out", offset=hex(position)))
            at = following
        position = _end(view, at.end)
    except (Malformed, LimitReached) as stopped:
        if not position:
            raise
        entries.problem(b"", stopped.reason)
    _add_all(view, headers, entries)
    return min(position, view.size)


def _read(view: View, magic: bytes, offset: int) -> Header | None:
    """Read the header at an offset; None when there is none."""
    try:
        return _READERS[magic](view, offset)
    except EOFError:
        return None


def _read_newc(view: View, offset: int, has_sums: bool) -> Header | None:
    match = _NEWC.match(view.read(offset, _NEWC_SIZE))
    if match is None:
        return None
    digits = match[1]
    fields = [int(digits[at : at + 8], 16) for at in range(0, len(digits), 8)]
    inode, mode, uid, gid, links, time, size, major, minor, its_major, its_minor, length, checksum = fields
    name = _name(view, offset + _NEWC_SIZE, length)
    if name is None:
        return None
    start = _padded(offset + _NEWC_SIZE + length, 4)
    kind = _KINDS.get(mode >> 12)
    file = (major, minor, inode, mode, uid, gid, links, time) if links > 1 and kind == "file" else ()
    return Header(
        name, kind, mode & 0o7777, uid, gid, (its_major, its_minor), checksum if has_sums else 0,
        Stretch(start, size), _padded(start + size, 4), file,
    )  # fmt: skip


def _read_odc(view: View, offset: int) -> Header | None:
    match = _ODC.match(view.read(offset, _ODC_SIZE))
    if match is None:
        return None
    digits = match[1]
    fields = [int(digits[at : at + 6], 8) for at in range(0, 42, 6)]
    device, inode, mode, uid, gid, links, its = fields
    time, length, size = int(digits[42:53], 8), int(digits[53:59], 8), int(digits[59:], 8)
    name = _name(view, offset + _ODC_SIZE, length)
    if name is None:
        return None
    start = offset + _ODC_SIZE + length
    kind = _KINDS.get(mode >> 12)
    file = (device, inode, mode, uid, gid, links, time) if links > 1 and kind == "file" else ()
    content = Stretch(start, size)
    return Header(name, kind, mode & 0o7777, uid, gid, (its >> 8, its & 0xFF), 0, content, start + size, file)


_READERS: dict[bytes, Callable[[View, int], Header | None]] = {
    NEWC: partial(_read_newc, has_sums=False),
    CRC: partial(_read_newc, has_sums=True),
    ODC: _read_odc,
}


def _name(view: View, offset: int, length: int) -> bytes | None:
    """Read a name with its closing zero; None when it is none, or longer than any that can be opened."""
    if not 2 <= length <= PATH_BYTES + 1:
        return None
    name = view.read(offset, length)
    # Some writers fill the name up with more zeros and count them.
    return name.rstrip(b"\0") if name.endswith(b"\0") else None


def _add_all(view: View, headers: list[Header], entries: Entries) -> None:
    holders = _holders(view, headers)
    try:
        for number, header in enumerate(headers):
            entries.budget.check_time()
            _add(view, header, headers[holders.get(number, number)].content, entries)
    except LimitReached as reached:
        entries.problem(b"", reached.reason)


def _holders(view: View, headers: list[Header]) -> dict[int, int]:
    """Tell for each further name of a file which entry carries the content."""
    files: dict[tuple[int, ...], list[int]] = {}
    for number, header in enumerate(headers):
        if header.file:
            files.setdefault(header.file, []).append(number)
    found: dict[int, int] = {}
    for numbers in files.values():
        holder = next((one for one in reversed(numbers) if headers[one].content.length), numbers[0])
        for number in numbers:
            if number != holder and _is_same(view, headers[number].content, headers[holder].content):
                found[number] = holder
    return found


def _is_same(view: View, one: Stretch, holder: Stretch) -> bool:
    """Tell whether an entry has no content of its own: none at all, or the same bytes again."""
    if not one.length:
        return True
    try:
        mine, its = view.slice(one.offset, one.length), view.slice(holder.offset, holder.length)
    except EOFError:
        return False
    return mine == its


def _add(view: View, header: Header, content: Stretch, entries: Entries) -> None:
    kind = header.kind
    if kind is None:
        name = escape_name(header.name)
        entries.problem(b"", message("the entry {name!r} is of no known kind; it is left out", name=name))
        return
    size, target, device = 0, None, None
    if kind == "file":
        size = content.length
        _verify(view, header, entries)
    elif kind == "symlink":
        target = _target(view, header, entries)
    elif kind in ("character", "block"):
        device = header.device
    node = Node(header.name, kind, header.mode, header.uid, header.gid, size, target, device)
    entries.add(node, content if kind == "file" else None)


def _target(view: View, header: Header, entries: Entries) -> bytes | None:
    content = header.content
    try:
        if content.length <= TARGET_BYTES:
            return view.read(content.offset, content.length).rstrip(b"\0")
    except EOFError:
        pass
    name = escape_name(header.name)
    entries.problem(b"", message("the target of the link {name!r} cannot be read", name=name))
    return None


def _verify(view: View, header: Header, entries: Entries) -> None:
    """Compare the checksum, when the archive has one and the content is all there."""
    if not header.checksum or not header.content.length:
        return
    try:
        content = header.content.read(view, entries.budget)
    except Malformed:
        return
    if sum(content) & 0xFFFFFFFF != header.checksum:
        name = escape_name(header.name)
        entries.problem(b"", message("the checksum of {name!r} is not that of its content", name=name))


def _end(view: View, position: int) -> int:
    """Give the end of an archive whose last entry ends at a position: what fills up the record is its own."""
    end = min(_padded(position, _RECORD), view.size)
    if position < end and not any(view.slice(position, end - position)):
        return end
    return position


def _padded(position: int, unit: int) -> int:
    return -(-position // unit) * unit

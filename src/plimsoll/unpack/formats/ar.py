"""Opens ar archives: Debian packages (deb), their kin of OpenWrt (ipk), and libraries of object files.

Source: the public descriptions of the format in the manual pages ar(5) of FreeBSD and deb(5) of Debian; archives made
with the real tool. After `!<arch>` and a line feed come members, each at an even offset. There is no end mark.

offset  size  header of a member
0       16    name, filled up with spaces
16      12    time, decimal
28      6     owner, decimal
34      6     group, decimal
40      8     mode, octal
48      10    size, decimal
58      2     grave accent, line feed

System V and GNU end a name by `/`; one that is too long is `/` and its offset in the member `//`, where it ends by `/`
and a line feed. BSD writes `#1/` and a length: so many of the first bytes of the content are the name. Members `/`,
`/SYM64/` and `__.SYMDEF` list symbols and are left out.
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import PATH_BYTES, Archive, Entries, Stretch
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"!<arch>\n"
NAMES_BYTES = 16 << 20
"""Longest table of long names that is read."""

_HEADER_BYTES = 60
_HEADER = struct.Struct("16s12s6s6s8s10s2s")
_DECIMAL, _OCTAL = re.compile(rb"-?[0-9]* *"), re.compile(rb"[0-7]* *")
_SYMBOLS = (b"/", b"/SYM64/", b"__.SYMDEF", b"__.SYMDEF SORTED", b"__.SYMDEF_64")
_LONG_NAMES = b"//"
_BSD_NAME = re.compile(rb"#1/([0-9]{1,5})")
_SYSTEM_V_NAME = re.compile(rb"/([0-9]{1,15})")
_VERSION_BYTES = 16


class Member(NamedTuple):
    """A header as it stands."""

    name: bytes
    uid: int
    gid: int
    mode: int
    start: int
    """Where its content begins."""
    size: int


def open_ar(view: View, budget: Budget) -> Archive:
    """Open the archive at the beginning of a view; raise NotThisFormat when it has no sound first member."""
    if view.size < len(MAGIC) + _HEADER_BYTES or view.read(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    first = _read_member(view, len(MAGIC))
    if first is None:
        raise NotThisFormat
    entries = Entries(budget)
    length = _list(view, first, entries)
    return entries.archive(view, length, _label(view, first))


FORMAT = Format("ar", "ar archive", (Magic(MAGIC),), open_ar)


def _list(view: View, first: Member, entries: Entries) -> int:
    """List all members; give the length of the archive."""
    long_names = b""
    member: Member | None = first
    position = len(MAGIC)
    try:
        while member is not None:
            entries.budget.take_entries(1)
            entries.budget.check_time()
            position = member.start + member.size
            if position > view.size:
                missing = position - view.size
                entries.problem(b"", message("cut short: {missing} bytes are missing", missing=missing))
            if member.name == _LONG_NAMES:
                long_names = bytes(view.buffer[member.start : min(position, member.start + NAMES_BYTES)])
            elif member.name not in _SYMBOLS:
                _add(view, member, long_names, entries)
            position = _filled(view, position)
            member = _read_member(view, position)
        if bytes(view.buffer[position + 58 : position + 60]) == b"`\n":
            reason = message("the header at {offset} is damaged; the rest is left out", offset=hex(position))
            entries.problem(b"", reason)
    except LimitReached as reached:
        entries.problem(b"", reached.reason)
    return min(position, view.size)


def _read_member(view: View, position: int) -> Member | None:
    """Read the header at a position; None when there is none that is sound."""
    if position + _HEADER_BYTES > view.size:
        return None
    name, *numbers, mode, size, end = _HEADER.unpack(view.slice(position, _HEADER_BYTES))
    if end != b"`\n" or b"\0" in name or b"\n" in name or not size[:1].isdigit():
        return None
    if not all(map(_DECIMAL.fullmatch, (*numbers, size))) or not _OCTAL.fullmatch(mode):
        return None
    _, uid, gid = (int(number.strip(b" -") or b"0") for number in numbers)
    permissions = int(mode.strip() or b"0", 8) & 0o7777
    return Member(name.rstrip(b" "), uid, gid, permissions, position + _HEADER_BYTES, int(size))


def _add(view: View, member: Member, long_names: bytes, entries: Entries) -> None:
    name, start, size = member.name, member.start, member.size
    bsd, system_v = _BSD_NAME.fullmatch(name), _SYSTEM_V_NAME.fullmatch(name)
    if bsd is not None:
        named = min(int(bsd[1]), size)
        name = bytes(view.buffer[start : start + min(named, PATH_BYTES + 1)]).rstrip(b"\0")
        if name in _SYMBOLS:
            return
        start, size = start + named, size - named
    elif system_v is not None:
        at = int(system_v[1])
        name, found, _ = long_names[at : at + PATH_BYTES + 2].partition(b"\n")
        if not found:
            entries.problem(b"", message("the name of the member at {offset} is not in the table of long names; "
                                         "the member is left out", offset=hex(member.start)))  # fmt: skip
            return
    name = name.removesuffix(b"/")
    entries.add(Node(name, "file", member.mode, member.uid, member.gid, size), Stretch(start, size))


def _filled(view: View, position: int) -> int:
    """Go past the byte that fills a member up to an even offset; the last member may lack it."""
    is_filled = position % 2 and position < view.size and view.buffer[position] in b"\n\0"
    return position + 1 if is_filled else position


def _label(view: View, first: Member) -> str:
    """Name the package that it is; deb(5) asks for the member `debian-binary` at the beginning."""
    if first.name.rstrip(b"/") != b"debian-binary" or first.size > _VERSION_BYTES:
        return ""
    version = bytes(view.buffer[first.start : first.start + first.size]).strip()
    shown = version.decode("ascii", "replace") if version.replace(b".", b"").isdigit() else ""
    return f"Debian package {shown}".strip()

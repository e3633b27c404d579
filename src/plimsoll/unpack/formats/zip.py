"""Opens zip archives, zip64 too: update packages, and whatever a program packs for itself.

Source: PKWARE's APPNOTE.TXT; the public description of the extra field `ux` by Info-ZIP. The directory at the end
counts, as it does when an archive is unpacked; names are taken as the bytes that they are there. Of an archive that is
cut short, and so has no directory, what its entries say of themselves is read: names and contents, no modes.

Two entries never share bytes in a sound archive. Of those that do, as in archives made to burst, the first is read.
"""

from __future__ import annotations

import stat
from collections import Counter

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import TARGET_BYTES, Archive, Content, Entries, Unreadable
from plimsoll.unpack.formats._zip_content import Packed
from plimsoll.unpack.formats._zip_records import (
    LOCAL,
    METHODS,
    Directory,
    Entry,
    find_directory,
    read_central,
    read_local,
)
from plimsoll.unpack.formats._zip_salvage import salvage
from plimsoll.unpack.limits import Budget, LimitReached

_SHOWN_BYTES = 80
_KINDS: dict[int, NodeKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


def open_zip(view: View, budget: Budget) -> Archive:
    """Open the archive whose first entry is at the beginning of a view; raise NotThisFormat when there is none."""
    first = read_local(view, 0)
    if first is None:
        raise NotThisFormat
    budget.check_time()
    entries = Entries(budget)
    directory = find_directory(view, budget)
    comment = b""
    if directory is not None:
        found, length, comment = _list(view, directory, entries), directory.length, directory.comment
    else:
        found, length = salvage(view, budget)
        reason = message("cut short: the directory at the end is missing; names are as found, modes are not known")
        entries.problem(b"", reason)
    whole = view.cut(0, length)
    shared = _shared(found, length)
    try:
        for number, entry in enumerate(found):
            budget.check_time()
            _add(whole, entry, entries, number in shared)
    except LimitReached as reached:
        entries.problem(b"", reached.reason)
    return entries.archive(whole, length, _label(found, comment))


FORMAT = Format("zip", "zip archive", (Magic(LOCAL),), open_zip)


def _list(view: View, directory: Directory, entries: Entries) -> list[Entry]:
    found: list[Entry] = []
    position = directory.start
    try:
        while position < directory.end and (entry := read_central(view, position, directory.shift)) is not None:
            entries.budget.take_entries(1)
            found.append(entry)
            position += entry.length
    except LimitReached as reached:
        entries.problem(b"", reached.reason)
        return found
    if len(found) != directory.counted:
        reason = message("{count} entries are listed, {expected} are counted", count=len(found),
                         expected=directory.counted)  # fmt: skip
        entries.problem(b"", reason)
    return found


def _shared(found: list[Entry], length: int) -> set[int]:
    """Give the numbers of entries that begin inside another one; one that does not fit in the archive hides none."""
    shared: set[int] = set()
    end = 0
    for number in sorted(range(len(found)), key=lambda one: (found[one].offset, one)):
        entry = found[number]
        if entry.offset < end:
            shared.add(number)
        elif entry.end <= length:
            end = entry.end
    return shared


def _add(view: View, entry: Entry, entries: Entries, is_shared: bool) -> None:
    mode = entry.attributes >> 16
    kind = _KINDS.get(stat.S_IFMT(mode))
    if kind is None:
        kind = "directory" if entry.name.endswith(b"/") else "file"
    content: Content | None = None
    target = None
    if kind in ("file", "symlink"):
        content = Packed(entry)
        if is_shared:
            content = Unreadable(max(entry.offset, 0), message("the bytes of the entry are those of another one"))
    if kind == "symlink" and content is not None:
        target, content = _target(view, entry, content, entries), None
    size = entry.size if kind == "file" else 0
    permissions = stat.S_IMODE(mode)
    entries.add(Node(entry.name, kind, permissions, entry.uid, entry.gid, size, target), content)


def _target(view: View, entry: Entry, content: Content, entries: Entries) -> bytes | None:
    try:
        if entry.size <= TARGET_BYTES:
            return content.read(view, entries.budget)
        reason = message("longer than {limit} bytes", limit=TARGET_BYTES)
    except Malformed as broken:
        reason = broken.reason
    name = escape_name(entry.name)
    entries.problem(b"", message("the target of the link {name!r} cannot be read: {why}", name=name, why=str(reason)))
    return None


def _label(found: list[Entry], comment: bytes) -> str:
    counts = Counter(METHODS.get(entry.method, f"method {entry.method}") for entry in found if entry.size)
    notes = [method for method, _ in sorted(counts.items())]
    encrypted = sum(entry.is_encrypted for entry in found)
    if encrypted:
        notes.append(f"{encrypted} encrypted")
    if comment:
        notes.append(f"comment {escape_name(comment[:_SHOWN_BYTES])}")
    return ", ".join(notes)

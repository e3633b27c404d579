"""Opens the archives in the firmware of D-Link's early DSL routers, which begin DE AF BE AD.

Source: the handler for this format in unblob (MIT). Numbers are little-endian. Behind the magic entries follow:

offset  size  folder                      file
0       1     86                          87
1       2     length of the name          likewise
3             name                        name; length of the content, 4 bytes; content, a gzip stream

There is no end mark: entries go on as long as they are sound. Files are listed as they are stored.
"""

from __future__ import annotations

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries, Stretch
from plimsoll.unpack.limits import Budget

MAGIC = b"\xde\xaf\xbe\xad"
FOLDER, FILE = 0x86, 0x87
MOST_NAME_BYTES = 1024

_GZIP = b"\x1f\x8b\x08"


def open_deafbead(view: View, budget: Budget) -> Archive:
    """Open the archive at the beginning of a view; raise NotThisFormat unless it has a file."""
    if view.size < len(MAGIC) or view.slice(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    entries = Entries(budget)
    position, files = len(MAGIC), 0
    while (found := _read_entry(view, position)) is not None:
        budget.take_entries(1)
        name, start, size = found
        if size:
            entries.add(Node(name, "file", size=size), Stretch(start, size))
            files += 1
        else:
            entries.add(Node(name, "directory"))
        position = start + size
    if not files:
        raise NotThisFormat
    return entries.archive(view, position, f"{files} files")


FORMAT = Format(
    "dlink-deafbead",
    "D-Link DEAFBEAD archive",
    tuple(Magic(MAGIC + bytes([kind])) for kind in (FOLDER, FILE)),
    open_deafbead,
)


def _read_entry(view: View, at: int) -> tuple[bytes, int, int] | None:
    """Give the name of an entry and where its content lies, none of a folder; None where there is no sound one."""
    if at + 3 > view.size:
        return None
    head = view.read(at, 3)
    length = int.from_bytes(head[1:], "little")
    start = at + 3 + length
    if head[0] not in (FOLDER, FILE) or not 0 < length <= MOST_NAME_BYTES or start > view.size:
        return None
    name = view.read(at + 3, length).rstrip(b"\0").replace(b"\\", b"/")
    if not name or min(name) < 0x20:
        return None
    if head[0] == FOLDER:
        return name, start, 0
    if start + 4 + len(_GZIP) > view.size or view.slice(start + 4, len(_GZIP)) != _GZIP:
        return None
    size = int.from_bytes(view.slice(start, 4), "little")
    return (name, start + 4, size) if len(_GZIP) < size <= view.size - start - 4 else None

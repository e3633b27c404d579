"""Opens ISO 9660 images: installers and updates, and the media of boards that start from them.

Sources: ECMA-119, which is ISO 9660; the specifications of Joliet, Rock Ridge and El Torito; and images made with the
real tools. Names and attributes are those of Rock Ridge where it is used, otherwise the names are those of Joliet, or
the plain ones without their version. Boot images that have no name in the tree are files of its directory `[BOOT]`.
Partitions that are put behind the last file are no part of the tree, though the volume counts them in: unless only
zeros are there, it ends with its last file, and they are looked for as anything else is.
"""

from __future__ import annotations

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.unpack.format import Format, Magic, Malformed, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats._iso_descriptors import SECTOR, SIGN, START, read_boot_images, read_descriptors
from plimsoll.unpack.formats._iso_tree import Walk
from plimsoll.unpack.limits import Budget

_PIECE = 1 << 20


def open_iso9660(view: View, budget: Budget) -> Archive:
    """Open the image at the beginning of a view; raise NotThisFormat, or Malformed when nothing of it is there."""
    found = read_descriptors(view)
    size = found.primary.size
    whole = view.cut(0, min(size, view.size))
    if found.primary.root.offset >= whole.size:
        raise Malformed(message("cut short: {missing} bytes are missing", missing=size - view.size), whole.size)
    walk = Walk(whole, found.primary, found.joliet, budget)
    if size > view.size:
        walk.entries.problem(b"", message("cut short: {missing} bytes are missing", missing=size - view.size))
    if found.has_udf:
        walk.entries.problem(b"", message("it holds a UDF file system too, which is not read"))
    walk.walk(read_boot_images(whole, found.catalogue))
    name = escape_name(found.primary.name.rstrip(b" \0"))
    label = f"{walk.names} names" + (f", name {name}" if name else "")
    return walk.entries.archive(whole, _length(whole, walk.end, budget), label)


FORMAT = Format("iso9660", "ISO 9660 image", (Magic(SIGN, START),), open_iso9660)


def _length(view: View, end: int, budget: Budget) -> int:
    """Give the end of the volume, or that of its last file when something else follows."""
    end = min(-(-end // SECTOR) * SECTOR, view.size)
    for start in range(end, view.size, _PIECE):
        size = min(_PIECE, view.size - start)
        budget.take_search(size)
        if view.read(start, size).count(0) != size:
            return end
    return view.size

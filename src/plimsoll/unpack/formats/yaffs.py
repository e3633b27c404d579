"""Opens YAFFS images, version 2 and 1: the file system of raw NAND flash in older phones, cameras and routers.

Images are dumps of flash pages with their spare bytes, as a tool or a running device wrote them, in either byte order;
images that lost the spare bytes are read when a tool made them. What is known of the format, and from where, stands in
the neighbours: the chunks, the headers, and which of them count. Error-correcting codes are not used, checkpoints are
passed over, and of two chunks of version 1 that are the same page the later in the image is taken.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats._yaffs_bare import BareLog, read_bare
from plimsoll.unpack.formats._yaffs_chunks import Log, check_start, find_layout
from plimsoll.unpack.formats._yaffs_headers import FILE, ROOT, SPECIAL
from plimsoll.unpack.formats._yaffs_objects import Objects
from plimsoll.unpack.limits import Budget

_UNUSED_SUM = b"\xff\xff"


def open_yaffs(view: View, budget: Budget) -> Archive:
    """Open the image at the beginning of a view, which must be the header of something in the root directory.

    Raise NotThisFormat when the first chunks do not prove it.
    """
    order = check_start(view)
    layout = find_layout(view, order, budget)
    log: Log | BareLog | None
    if layout is not None:
        log = Log(view, layout, budget)
        log.scan()
        page = layout.page
    else:
        log = read_bare(view, order, budget)
        page = log.page if log is not None else 0
    if log is None:
        raise NotThisFormat
    objects = Objects(log.headers, log.chunks, page, budget)
    for reason in log.problems:
        objects.entries.problem(b"", reason)
    objects.walk()
    archive = objects.entries.archive(view.cut(0, log.length), log.length, log.label)
    if len(archive.nodes) < 2 and any(min(path, default=0x20) < 0x20 for path, _ in archive.problems):
        raise NotThisFormat  # Chunks that lead to nothing and names that nobody gives were met by chance.
    return archive


FORMAT = Format(
    "yaffs",
    "YAFFS file system",
    tuple(
        Magic(struct.pack(order + "II", kind, ROOT) + _UNUSED_SUM)
        for order in "<>"
        for kind in range(FILE, SPECIAL + 1)
    ),
    open_yaffs,
)

"""Opens FAT12, FAT16 and FAT32 file systems: boot partitions of boards, memory cards, and stores of microcontrollers.

Source: Microsoft's published specification of the FAT file system, and images made with the real tools. Long names are
read, short ones in the case that their entry asks for; deleted entries are left out. FAT has neither owners nor modes.
It is found at any offset: its sign has but two bytes, so the boot sector must fit itself and a FAT must begin where it
says.
"""

from __future__ import annotations

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.unpack.format import Format, Magic, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats._fat_boot import SIGN, SIGN_AT, Boot, read_boot
from plimsoll.unpack.formats._fat_clusters import Clusters
from plimsoll.unpack.formats._fat_tree import Walk
from plimsoll.unpack.limits import Budget

_PIECE = 1 << 20
_KIB = 1024
_NO_NAME = b"NO NAME"


def open_fat(view: View, budget: Budget) -> Archive:
    """Open the file system at the beginning of a view; raise NotThisFormat.

    What is cut short, FATs that differ, and chains that lead nowhere or into each other are problems.
    """
    boot = read_boot(view)
    whole = view.cut(0, min(boot.size, view.size))
    bits = 28 if boot.bits == 32 else boot.bits
    clusters = Clusters(whole, boot.tables[0].start, bits, boot.data, boot.cluster_bytes, boot.clusters)
    walk = Walk(whole, boot, clusters, budget)
    if boot.size > view.size:
        walk.entries.problem(b"", message("cut short: {missing} bytes are missing", missing=boot.size - view.size))
    if boot.are_copies:
        _compare(whole, boot, walk, budget)
    walk.walk()
    return walk.entries.archive(whole, whole.size, _label(boot, walk.name))


FORMAT = Format("fat", "FAT file system", (Magic(SIGN, SIGN_AT),), open_fat)


def _compare(view: View, boot: Boot, walk: Walk, budget: Budget) -> None:
    """Say which FATs are not as the one that is read."""
    first, *others = boot.tables
    for table in others:
        budget.take_search(min(len(table), view.size))
        for start in range(0, len(table), _PIECE):
            one, other = first.start + start, table.start + start
            size = min(_PIECE, len(table) - start, view.size - max(one, other))
            if size > 0 and view.read(one, size) != view.read(other, size):
                walk.entries.problem(b"", message("the copies of its FAT differ"))
                return


def _label(boot: Boot, name: bytes) -> str:
    size = boot.cluster_bytes
    label = f"FAT{boot.bits}, " + (f"{size // _KIB} KiB clusters" if size >= _KIB else f"{size} byte clusters")
    own = name or boot.name.rstrip(b" \0")
    return label if own in (b"", _NO_NAME) else f"{label}, name {escape_name(own)}"

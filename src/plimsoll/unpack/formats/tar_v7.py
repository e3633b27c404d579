"""Opens tar archives of the oldest kind, which have no sign of their own: told by the checksum of their first header.

Source: the public manual of GNU tar, on the basic tar format. Only the beginning of bytes is tried.
"""

from __future__ import annotations

from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats._tar_header import BLOCK, parse_header
from plimsoll.unpack.formats.tar import read_tar
from plimsoll.unpack.limits import Budget

_KINDS = (b"\0", b"0", b"1", b"2", b"5")
_MODE = 100


def open_tar_v7(view: View, budget: Budget) -> Archive:
    """Open the archive at the beginning of a view; raise NotThisFormat when its first header is not sound."""
    header = parse_header(view.read(0, BLOCK)) if view.size >= BLOCK else None
    if header is None or header.style != "v7" or header.kind not in _KINDS:
        raise NotThisFormat
    return read_tar(view, budget)


FORMAT = Format(
    "tar-v7", "tar archive of the oldest kind", (Magic(b"0", _MODE), Magic(b" ", _MODE)), open_tar_v7, carve=False
)

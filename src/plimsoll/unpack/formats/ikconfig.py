"""Opens the configuration that a kernel was built with, where it was built into the kernel, as a tree of one file.

Source: the description of the kernel's build option IKCONFIG, which keeps its `.config` and gives it as
`/proc/config.gz`. In the kernel it is the text `IKCFG_ST`, a gzip stream and the text `IKCFG_ED`, as is widely told;
no image with one was at hand when this was written.

The tree has one file, `config`.
"""

from __future__ import annotations

import re

import msgspec

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import FileSystem, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Entries
from plimsoll.unpack.formats.gzip import open_gzip
from plimsoll.unpack.limits import Budget

MAGIC = b"IKCFG_ST"
END = b"IKCFG_ED"
NAME = b"config"
LARGEST_BYTES = 2 << 20
"""Most compressed bytes that are believed; those of the largest configurations are below 100 KB."""

_SETTING = re.compile(rb"^(?:# )?CONFIG_\w+(?:=| is not set)", re.MULTILINE)
_NO_TEXT = bytes(set(range(0x20)) - {9, 10, 12, 13} | {0x7F})


class Held(msgspec.Struct, frozen=True):
    """Content that was undone when it was found."""

    offset: int
    data: bytes

    def read(self, view: View, budget: Budget) -> bytes:
        """Give the bytes."""
        return self.data


def open_ikconfig(view: View, budget: Budget) -> FileSystem:
    """Open the configuration at the beginning of a view; raise NotThisFormat when it is not there in full."""
    start = len(MAGIC)
    if view.read(0, start) != MAGIC:
        raise NotThisFormat
    stream = open_gzip(view.cut(start, min(LARGEST_BYTES, view.size - start)), budget)
    length = start + stream.length + len(END)
    if stream.problems or view.read(start + stream.length, len(END)) != END:
        raise NotThisFormat
    text = stream.data
    if not _SETTING.search(text) or text != text.translate(None, _NO_TEXT):
        raise NotThisFormat
    budget.take_entries(1)
    entries = Entries(budget)
    entries.add(Node(NAME, "file", 0o444, size=len(text)), Held(start, text))
    return entries.archive(view, length, f"{len(_SETTING.findall(text))} settings")


FORMAT = Format("ikconfig", "configuration of a kernel", (Magic(MAGIC),), open_ikconfig)

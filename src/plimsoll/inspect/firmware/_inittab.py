"""Reads /etc/inittab: `tty::action:process` of busybox and procd, `id:runlevels:action:process` of SysV init.

The formats are those of the comments in busybox's example, of OpenWrt's procd and of inittab(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from plimsoll.regex import regex

MOST_ENTRIES = 500
_DEFAULT = regex(rb"^[^#\n:]*:([0-9Ss]):initdefault:", re.MULTILINE)
_AT_BOOT = frozenset(
    (b"sysinit", b"boot", b"bootwait", b"wait", b"once", b"respawn", b"respawnlate", b"askfirst", b"askconsole",
     b"askconsolelate")
)  # fmt: skip


class Entry(msgspec.Struct, frozen=True):
    """A line that starts something at boot."""

    action: bytes
    process: bytes
    offset: int
    length: int
    enabled: bool
    """Whether its run levels hold the default one."""

    @property
    def is_console(self) -> bool:
        """Whether it is kept running on a terminal, rather than done once."""
        return self.action.startswith((b"respawn", b"ask"))


def entries(data: bytes) -> Iterator[Entry]:
    """Give what an inittab starts, in its order."""
    default = _DEFAULT.search(data)
    offset = 0
    for line in data.split(b"\n")[:MOST_ENTRIES]:
        fields = line.strip().split(b":", 3)
        if len(fields) == 4 and not fields[0].startswith(b"#") and fields[2] in _AT_BOOT and fields[3]:
            levels = fields[1]
            always = default is None or not levels or fields[2] in (b"sysinit", b"boot", b"bootwait")
            enabled = always or (default is not None and default[1] in levels)
            yield Entry(fields[2], fields[3].strip(), offset, len(line), enabled)
        offset += len(line) + 1


def default_level(data: bytes) -> bytes:
    """Give the default run level; empty when there is none, as with busybox."""
    default = _DEFAULT.search(data)
    return default[1] if default else b""

"""Which programs a BusyBox binary has in it.

Source: BusyBox as it is built: since 1.2 its applets' names stand one after the other, each ended by a zero byte and in
the order of their bytes, for it finds them by halving.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import BusyboxApplets

FEWEST = 8
"""Names below which a run is taken for something else."""

_COMMON = frozenset(
    (b"ash", b"cat", b"chmod", b"cp", b"echo", b"grep", b"ifconfig", b"init", b"kill", b"ln", b"ls", b"mkdir", b"mount",
     b"mv", b"ps", b"rm", b"sed", b"sh", b"sleep", b"test", b"touch", b"true", b"umount", b"vi")
)  # fmt: skip
_MOST_COMMON = 4
"""So many of the common names have to be among them."""
_RUN = re.compile(rb"(?<=\0)(?:[a-z\[][a-z0-9_.+\[-]{0,23}\0){8,1000}")


class BusyboxAppletTable(Inspector):
    """Reads the table of applets."""

    id = "busybox-applets"
    title = "Which programs does BusyBox have in it?"
    what = (
        "The table of the names of applets in a BusyBox binary, so that a hole in an applet that is left out is known."
    )
    limits = (
        "Tables of versions before 1.2, and of builds for a single applet, are not read. An applet that is built in "
        "and has no link may still be run."
    )
    patterns = (Pattern("banner", rb"BusyBox v[01]\.\d", (b"BusyBox v",), longest=24, kinds=("elf",)),)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the longest table of a binary that names itself BusyBox."""
        best: tuple[int, tuple[bytes, ...]] = (0, ())
        for run in _RUN.finditer(look.data):
            for offset, names in _rising(run[0]):
                if len(names) > len(best[1]) and len(_COMMON & set(names)) >= _MOST_COMMON:
                    best = run.start() + offset, names
        offset, names = best
        if len(names) >= FEWEST:
            length = sum(len(name) + 1 for name in names)
            yield Seen(BusyboxApplets(tuple(map(printable, names))), offset, length)


def _rising(run: bytes) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Split a run of names into stretches in which each is after the one before, with their offsets."""
    start = offset = 0
    names: list[bytes] = []
    for name in run.split(b"\0")[:-1]:
        if names and name <= names[-1]:
            yield start, tuple(names)
            start, names = offset, []
        names.append(name)
        offset += len(name) + 1
    yield start, tuple(names)

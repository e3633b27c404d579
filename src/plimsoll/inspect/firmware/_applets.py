"""The applets that a BusyBox holds, by the table of names in its own program.

Source: observed in BusyBox 1.19 to 1.36 of several machines, and agreeing with what `busybox --list` prints: the names
stand one behind the other, each closed by a zero byte, sorted by their bytes, each once.

Before 1.13 the names stood apart, wherever the linker put them; what is read there would not be all. So a table counts
only from that version on, and only when it is long and names applets that hardly any BusyBox is without.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.inspector import Look, Seen
from plimsoll.model.facts import BuiltInApplets, Component, Fact
from plimsoll.regex import regex

FIRST_WITH_TABLE = (1, 13)
FEWEST_NAMES = 12
MOST_NAMES = 1_000
_RUN = regex(rb"(?:[a-z0-9\[][a-z0-9_.+\[-]{0,23}\0){%d,}" % FEWEST_NAMES)
_USUAL = frozenset((b"ash", b"sh", b"cat", b"cp", b"echo", b"hush", b"init", b"ls", b"mount", b"mv", b"ps", b"rm"))
FEWEST_USUAL = 4
_VERSION = regex(r"(\d{1,3})\.(\d{1,3})")


def read_applets(look: Look, fact: Fact) -> Iterator[Seen]:
    """Give the applets of a file that is a BusyBox itself; nothing where its table is not found for certain."""
    if not isinstance(fact, Component) or fact.name != "busybox" or look.kind != "elf" or fact.linkage == "dynamic":
        return
    version = _VERSION.match(fact.version)
    if version is None or (int(version[1]), int(version[2])) < FIRST_WITH_TABLE:
        return
    tables = [table for run in _RUN.finditer(look.data) for table in _sorted_runs(run.start(), run[0])]
    tables = [(at, names) for at, names in tables if len(_USUAL.intersection(names)) >= FEWEST_USUAL]
    if len(tables) == 1:
        ((offset, names),) = tables
        length = sum(len(name) + 1 for name in names)
        applets = BuiltInApplets("busybox", fact.version, tuple(name.decode("ascii") for name in names))
        yield Seen(applets, offset, length)


def _sorted_runs(start: int, run: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Part a run of names where one does not come after the one before."""
    names: list[bytes] = []
    at = start
    for name in run[:-1].split(b"\0"):
        if names and name <= names[-1]:
            if FEWEST_NAMES <= len(names) <= MOST_NAMES:
                yield at - sum(len(one) + 1 for one in names), names
            names = []
        names.append(name)
        at += len(name) + 1
    if FEWEST_NAMES <= len(names) <= MOST_NAMES:
        yield at - sum(len(one) + 1 for one in names), names

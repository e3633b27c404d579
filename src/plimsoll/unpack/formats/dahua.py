"""Opens firmware of Dahua's cameras and recorders: a zip archive whose first two letters are DH in place of PK.

Source: public descriptions by owners of such cameras; the notes on zip variants of BANG. Some files have the letters
in the header of every entry, others in the first only. The directory at the end is that of any zip archive, so the
letters are put back where it says that entries begin, and the archive is opened as one.
"""

from __future__ import annotations

from plimsoll.model.message import message
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._zip_records import LOCAL, find_directory, read_central, read_local
from plimsoll.unpack.limits import Budget

MAGIC = b"DH\x03\x04"
MOST_ENTRIES = 100_000

_LONGEST_FIRST = 65_536 + 4096
"""Bytes within which the header of the first entry lies."""


def open_dahua(view: View, budget: Budget) -> Decoded:
    """Open the archive at the beginning of a view; raise NotThisFormat when it has no directory."""
    start = view.read(0, min(_LONGEST_FIRST, view.size))
    if start[:4] != MAGIC or read_local(View(LOCAL + start[4:]), 0) is None:
        raise NotThisFormat
    directory = find_directory(view, budget)
    if directory is None or directory.shift:
        raise NotThisFormat
    budget.take_output(directory.length, directory.length)
    content = bytearray(view.slice(0, directory.length))
    position, problems = directory.start, []
    for _ in range(MOST_ENTRIES):
        entry = read_central(view, position, 0) if position < directory.end else None
        if entry is None:
            break
        if content[entry.offset : entry.offset + 4] == MAGIC:
            content[entry.offset : entry.offset + 4] = LOCAL
        position += entry.length
    else:
        problems.append(message("more than {limit} entries", limit=MOST_ENTRIES))
    return Decoded(directory.length, bytes(content), f"{directory.counted} entries", tuple(problems))


FORMAT = Format("dahua", "Dahua firmware", (Magic(MAGIC),), open_dahua)

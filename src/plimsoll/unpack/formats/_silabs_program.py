"""What the upgrade files of Silicon Labs' two boot loaders share: rows of tags, and programs put together from pieces.

A program comes in pieces with the addresses that they are written to. Pieces that follow each other in memory are one
file, named after the address of the first.
"""

from __future__ import annotations

import zlib
from typing import Literal

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Container, NotThisFormat, Part, View
from plimsoll.unpack.formats._archive import Archive, Entries
from plimsoll.unpack.limits import Budget

RESIDUE = 0x2144DF1C
"""CRC-32 of anything that ends with its own CRC-32."""


class Tag(msgspec.Struct, frozen=True):
    """One tag, its header not counted."""

    id: int
    offset: int
    length: int


class Tags(msgspec.Struct, frozen=True):
    """All tags of a file in order."""

    tags: tuple[Tag, ...]
    end: int
    """Where the last of them ends."""
    problems: tuple[Message, ...]


class Pieces:
    """Collects content by address."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._runs: list[Run] = []
        self._names: set[bytes] = set()

    def add(self, name: str, address: int, offset: int, content: bytes | memoryview) -> None:
        """Add content that is written to an address; `offset` is where it lies in the file."""
        if not content:
            return
        self._budget.take_entries(1)
        last = self._runs[-1] if self._runs else None
        if last is not None and (last.name, last.address + last.size) == (name, address):
            last.add(content)
        else:
            self._runs.append(Run(name, address, offset, content))

    def into(self, entries: Entries) -> None:
        """Make a file of each run."""
        for run in self._runs:
            path = b"%s at %#x" % (run.name.encode("ascii"), run.address)
            if path in self._names:
                path += b" of tag at %#x" % run.offset
            self._names.add(path)
            entries.add(Node(path, "file", 0o644, size=run.size), run)


class Run:
    """Content of one stretch of memory."""

    def __init__(self, name: str, address: int, offset: int, content: bytes | memoryview) -> None:
        self.name = name
        self.address = address
        self.offset = offset
        self.size = len(content)
        self._contents = [content]

    def add(self, content: bytes | memoryview) -> None:
        """Add what follows in memory."""
        self._contents.append(content)
        self.size += len(content)

    def read(self, view: View, budget: Budget) -> bytes:
        """Put it together."""
        budget.take_output(self.size, self.size)
        return b"".join(self._contents)


def read_tags(
    view: View, width: int, order: Literal["big", "little"], known: frozenset[int], last: int, budget: Budget
) -> Tags:
    """Read tags up to the last, their ids and lengths of so many bytes in an order.

    What is cut short or damaged ends them. Raise NotThisFormat when there are not even two.
    """
    tags: list[Tag] = []
    position = 0
    problem = message("cut short: its last tag is missing")
    while position + 2 * width <= view.size:
        id_, length = (int.from_bytes(view.slice(at, width), order) for at in (position, position + width))
        start = position + 2 * width
        if id_ not in known:
            problem = message("the tag at {offset} is not known; what follows is not read", offset=hex(position))
            break
        budget.take_entries(1)
        there = min(length, view.size - start)
        tags.append(Tag(id_, start, there))
        position = start + there
        if there < length:
            problem = message("cut short: {missing} bytes are missing", missing=length - there)
            break
        if id_ == last:
            budget.take_search(position)
            is_right = zlib.crc32(view.slice(0, position)) == RESIDUE
            wrong = () if is_right else (message("the checksum of the file is wrong"),)
            return Tags(tuple(tags), position, wrong)
    if len(tags) < 2:
        raise NotThisFormat
    return Tags(tuple(tags), position, (problem,))


def encrypted(found: Tags, data: int, label: str) -> Container:
    """Give a file whose programs are encrypted."""
    parts = tuple(Part(one.offset, one.length, "", "encrypted") for one in found.tags if one.id == data and one.length)
    return Container(found.end, parts, label, found.problems)


def archive(view: View, found: Tags, pieces: Pieces, entries: Entries, label: str) -> Archive:
    """Give a file whose programs can be read."""
    for problem in found.problems:
        entries.problem(b"", problem)
    pieces.into(entries)
    return entries.archive(view.cut(0, found.end), found.end, label)

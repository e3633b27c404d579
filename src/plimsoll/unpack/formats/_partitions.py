"""What tables of partitions share: partitions, and what lies between them, as parts.

A table says where partitions lie and nothing of what is between them, where boot loaders of many boards are: so those
stretches are parts without a name.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Part, View


class Partition(msgspec.Struct, frozen=True):
    """A partition as its table has it, in bytes."""

    start: int
    length: int
    name: str
    """Printable."""

    @property
    def end(self) -> int:
        """Give where it ends."""
        return self.start + self.length


def cut_parts(
    view: View, partitions: Iterable[Partition], own: Iterable[range], end: int
) -> tuple[tuple[Part, ...], tuple[Message, ...]]:
    """Make parts of what is there up to an end of partitions and between them; `own` is where the tables lie."""
    problems: list[Message] = []
    taken = list(own)
    kept = [*_apart(_within(view, partitions, problems), taken, problems)]
    parts = [Part(one.start, one.length, one.name) for one in kept]
    position = 0
    for stretch in sorted((*taken, *(range(one.start, one.end) for one in kept)), key=lambda one: one.start):
        if position < min(stretch.start, end):
            parts.append(Part(position, min(stretch.start, end) - position))
        position = max(position, stretch.stop)
    if position < end:
        parts.append(Part(position, end - position))
    return tuple(sorted(parts, key=lambda one: one.offset)), tuple(problems)


def _within(view: View, partitions: Iterable[Partition], problems: list[Message]) -> list[Partition]:
    """Cut off what is not there."""
    found: list[Partition] = []
    for one in partitions:
        if one.start >= view.size:
            problems.append(message("{name}: lies outside", name=one.name))
            continue
        if one.end > view.size:
            missing = one.end - view.size
            problems.append(message("{name}: cut short: {missing} bytes are missing", name=one.name, missing=missing))
            one = msgspec.structs.replace(one, length=view.size - one.start)
        found.append(one)
    return found


def _apart(partitions: list[Partition], own: list[range], problems: list[Message]) -> Iterable[Partition]:
    """Leave out partitions that overlap the tables or a partition before."""
    tables = sorted(own, key=lambda one: one.start)
    at = end = 0
    for one in sorted(partitions, key=lambda one: (one.start, -one.length)):
        while at < len(tables) and tables[at].stop <= one.start:
            at += 1
        if one.start < end:
            problems.append(message("{name}: overlaps another partition; left out", name=one.name))
        elif at < len(tables) and tables[at].start < one.end:
            problems.append(message("{name}: overlaps the table of partitions; left out", name=one.name))
        else:
            end = one.end
            yield one

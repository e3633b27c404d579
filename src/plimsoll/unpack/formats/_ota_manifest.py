"""Reads the list of contents of an update payload: partitions, and the operations that write them.

Source: `update_metadata.proto` of the Android Open Source Project and of ChromiumOS. Numbers of the fields:

list of contents           partition           operation                  extent
3   bytes of a block       1  name             1  kind                    1  first block
4   signatures: offset     7  size (1),        2  data: offset            2  blocks
5   signatures: length        SHA-256 (2)      3  data: length
13  partition              8  operation        4  extents that are read
                                               6  extents that are written
                                               8  SHA-256 of the data
"""

from __future__ import annotations

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed
from plimsoll.unpack.formats._protobuf import Fields, Value
from plimsoll.unpack.limits import Budget

BLOCK_BYTES = 4096
"""Length of a block when the list does not say it."""
MOST_PARTITIONS = 1024
MOST_OPERATIONS = 500_000
"""Most operations of a partition."""

_BLOCKS = tuple(1 << power for power in range(9, 21))


class Operation(msgspec.Struct, frozen=True):
    """Writes some blocks of a partition."""

    kind: int
    offset: int
    """Where its data begins behind the list of contents."""
    length: int
    reads: bool
    """Whether it needs blocks of the partition as it was before."""
    extents: tuple[tuple[int, int], ...]
    """First block and number of blocks of each stretch that it writes."""
    sha256: bytes
    """Of its data; empty when not told."""

    @property
    def blocks(self) -> int:
        """Give how many blocks it writes."""
        return sum(count for _, count in self.extents)


class Partition(msgspec.Struct, frozen=True):
    """A partition as the update leaves it."""

    name: bytes
    size: int
    operations: tuple[Operation, ...]

    @property
    def data_bytes(self) -> int:
        """Give how many bytes of data it is made from."""
        return sum(one.length for one in self.operations)


class Manifest(msgspec.Struct, frozen=True):
    """The list of contents."""

    block_bytes: int
    signatures: tuple[int, int]
    """Offset behind the list, and length; zeros when there are none."""
    partitions: tuple[Partition, ...]


def read_manifest(data: memoryview, budget: Budget) -> Manifest:
    """Read the list; raise Malformed when it is damaged."""
    block_bytes, offset, length = BLOCK_BYTES, 0, 0
    found: list[memoryview] = []
    fields = Fields(budget)
    for number, value in fields.read(data):
        if len(found) > MOST_PARTITIONS:
            break
        match number, value:
            case 3, int():
                block_bytes = value
            case 4, int():
                offset = value
            case 5, int():
                length = value
            case 13, memoryview():
                found.append(value)
    if block_bytes not in _BLOCKS or not 0 < len(found) <= MOST_PARTITIONS:
        raise Malformed(message("its list of contents makes no sense"))
    partitions = tuple(_partition(one, block_bytes, fields) for one in found)
    return Manifest(block_bytes, (offset, length), partitions)


def _partition(data: memoryview, block_bytes: int, fields: Fields) -> Partition:
    name, size = b"", 0
    operations: list[Operation] = []
    for number, value in fields.read(data):
        match number, value:
            case 1, memoryview():
                name = bytes(value)
            case 7, memoryview():
                size = next((one for field, one in fields.read(value) if field == 1 and isinstance(one, int)), 0)
            case 8, memoryview():
                operations.append(_operation(value, fields))
                if len(operations) > MOST_OPERATIONS:
                    raise Malformed(message("more than {limit} operations", limit=MOST_OPERATIONS))
    written = max((start + count for one in operations for start, count in one.extents), default=0)
    return Partition(name, size or written * block_bytes, tuple(operations))


def _operation(data: memoryview, fields: Fields) -> Operation:
    numbers: dict[int, int] = {}
    extents: list[tuple[int, int]] = []
    reads, sha256 = False, b""
    for number, value in fields.read(data):
        if isinstance(value, int):
            numbers[number] = value
        elif number == 4:
            reads = True
        elif number == 6:
            extents.append(_extent(value, fields))
        elif number == 8:
            sha256 = bytes(value)
    return Operation(numbers.get(1, 0), numbers.get(2, 0), numbers.get(3, 0), reads, tuple(extents), sha256)


def _extent(data: memoryview, fields: Fields) -> tuple[int, int]:
    numbers: dict[int, Value] = dict(fields.read(data))
    start, count = numbers.get(1, 0), numbers.get(2, 0)
    if not isinstance(start, int) or not isinstance(count, int):
        raise Malformed(message("its list of contents makes no sense"))
    return start, count

"""Reads a flattened device tree as a row of properties, each with the path of its node.

Source: the Devicetree Specification, release 0.4, chapter 5. All numbers are 32 bits, big-endian.

offset  size  header                              token  structure block
0       4     magic d0 0d fe ed                   1      node begins: name and a zero, filled up to 4
4       4     bytes of the tree                   2      node ends
8       4     place of the structure block        3      property: bytes of its value, place of its name among
12      4     place of the strings block                 the strings, value filled up to 4
20      4     version                             4      nothing
24      4     oldest version it can be read as    9      the block ends
32      4     bytes of the strings block
36      4     bytes of the structure block
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, NotThisFormat, View

MAGIC = b"\xd0\x0d\xfe\xed"
MOST_TOKENS = 200_000
"""Most tokens of a tree that are read."""
DEPTH = 64
"""Deepest node that is read."""
NAME_BYTES = 255
"""Longest name that is believed; the specification allows 31."""
UNKNOWN = b"?"
"""Name of a property when the tree is cut short before its strings, which mostly stand last."""

_HEADER = struct.Struct(">10I")
_WORD = struct.Struct(">I")
_PROPERTY = struct.Struct(">II")
_BEGIN, _END_NODE, _VALUE, _NOTHING, _END = 1, 2, 3, 4, 9


class Header(msgspec.Struct, frozen=True):
    """The fields that reading needs, in bytes."""

    size: int
    structure: int
    structure_size: int
    strings: int
    strings_size: int


class Property(msgspec.Struct, frozen=True):
    """A property, or a node when it has no name."""

    path: tuple[bytes, ...]
    """Names of the nodes from the root down; empty for the root."""
    name: bytes
    offset: int = 0
    """Where the value lies in the view."""
    length: int = 0


def read_header(view: View) -> Header:
    """Read the header; raise NotThisFormat when its fields contradict each other."""
    if view.size < _HEADER.size or view.read(0, 4) != MAGIC:
        raise NotThisFormat
    _, size, structure, strings, _, version, oldest, _, strings_size, structure_size = _HEADER.unpack(
        view.slice(0, _HEADER.size)
    )
    if version < 17 or oldest > 17 or structure % 4 or min(structure, strings) < _HEADER.size:
        raise NotThisFormat
    if structure + structure_size > size or strings + strings_size > size or structure_size < 16:
        raise NotThisFormat
    return Header(size, structure, structure_size, strings, strings_size)


def read_properties(view: View, header: Header) -> Iterator[Property]:
    """Give nodes and properties in their order, as far as they are sound; then raise Malformed.

    Raise NotThisFormat when the root node does not come first.
    """
    position = header.structure
    end = min(header.structure + header.structure_size, view.size)
    path: list[bytes] = []
    for count in range(MOST_TOKENS):
        if position + 4 > end:
            raise Malformed(message("the device tree ends before its end mark"))
        (token,) = _WORD.unpack(view.slice(position, 4))
        position += 4
        if count == 0 and (token != _BEGIN or position >= end or view.buffer[position]):
            raise NotThisFormat
        if token == _BEGIN:
            name = _text(view, position, end)
            position += (len(name) + 4) // 4 * 4
            path.append(name)
            if len(path) > DEPTH:
                raise Malformed(message("nodes more than {limit} deep", limit=DEPTH))
            yield Property(tuple(path[1:]), b"")
        elif token == _VALUE and path and position + _PROPERTY.size <= end:
            length, place = _PROPERTY.unpack(view.slice(position, _PROPERTY.size))
            position += _PROPERTY.size
            if length > header.structure_size or place >= header.strings_size:
                raise Malformed(message("the property at {offset} lies outside", offset=hex(position)))
            name = UNKNOWN
            if header.strings + header.strings_size <= view.size:
                name = _text(view, header.strings + place, header.strings + header.strings_size)
            yield Property(tuple(path[1:]), name, position, length)
            position += (length + 3) // 4 * 4
        elif token == _END_NODE and path:
            path.pop()
        elif token == _END and not path:
            return
        elif token != _NOTHING:
            raise Malformed(message("the device tree is damaged at {offset}", offset=hex(position)))
    raise Malformed(message("a device tree of more than {limit} tokens", limit=MOST_TOKENS))


def read_regions(
    view: View, header: Header, wanted: frozenset[tuple[bytes, ...]], left_out: frozenset[bytes]
) -> list[tuple[int, int]]:
    """Give where the structure block says something of the wanted nodes, as it stands when they are hashed.

    A wanted node counts with its properties but those left out, its direct children with their names alone. The mark
    that ends the block always counts. Raise Malformed when the block is not sound.
    """
    regions: list[tuple[int, int]] = []
    start = header.structure
    path: list[bytes] = []
    levels = [0]
    for position, token, name in _tokens(view, header):
        if token == _BEGIN:
            path.append(name)
            inherited = max(levels[-1] - 1, 0)
            levels.append(2 if tuple(path[1:]) in wanted else inherited)
            counts = levels[-1] > 0
        elif token == _END_NODE:
            counts = levels.pop() > 0
            path.pop()
        else:
            counts = token == _END or (levels[-1] == 2 and name not in left_out)
        if counts:
            if regions and regions[-1][1] == start:
                regions[-1] = regions[-1][0], position
            else:
                regions.append((start, position))
        start = position
    return regions


def _tokens(view: View, header: Header) -> Iterator[tuple[int, int, bytes]]:
    """Give each token with where it ends and, for nodes and properties, the name."""
    position = header.structure
    end = header.structure + header.structure_size
    depth = 0
    for _ in range(MOST_TOKENS):
        if position + 4 > end:
            break
        (token,) = _WORD.unpack(view.slice(position, 4))
        position += 4
        name = b""
        if token == _BEGIN:
            name = _text(view, position, end)
            position += (len(name) + 4) // 4 * 4
            depth += 1
        elif token == _VALUE and position + _PROPERTY.size <= end:
            length, place = _PROPERTY.unpack(view.slice(position, _PROPERTY.size))
            name = _text(view, header.strings + place, header.strings + header.strings_size)
            position += _PROPERTY.size + (length + 3) // 4 * 4
        elif token == _END_NODE:
            depth -= 1
        elif token not in (_NOTHING, _END):
            break
        if position > end or depth < 0 or depth > DEPTH:
            break
        yield position, token, name
        if token == _END:
            return
    raise Malformed(message("the structure of the device tree is not sound"))


def _text(view: View, offset: int, end: int) -> bytes:
    """Give a name that ends with a zero."""
    data = bytes(view.buffer[offset : min(offset + NAME_BYTES + 1, end)])
    name, zero, _ = data.partition(b"\0")
    if not zero:
        raise Malformed(message("the name at {offset} has no end", offset=hex(offset)))
    return name

"""Reads the nodes of a flattened device tree with the values of their properties.

Source: the Devicetree Specification, release 0.4, chapter 5. All numbers are 32 bits, big-endian.

offset  size  header                              token  structure block
0       4     magic d0 0d fe ed                   1      node begins: name and a zero, filled up to 4
4       4     bytes of the tree                   2      node ends
8       4     place of the structure block        3      property: bytes of its value, place of its name among
12      4     place of the strings block                 the strings, value filled up to 4
20      4     version                             4      nothing
32      4     bytes of the strings block          9      the block ends
36      4     bytes of the structure block
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

MAGIC = b"\xd0\x0d\xfe\xed"
LARGEST = 16 << 20
"""Bytes of the largest tree that is read."""
MOST_TOKENS = 100_000
DEEPEST = 32
LONGEST_NAME = 255

_HEADER = struct.Struct(">10I")
_WORD = struct.Struct(">I")
_PROPERTY = struct.Struct(">II")
_BEGIN, _END_NODE, _VALUE, _NOTHING = 1, 2, 3, 4

Nodes = Mapping[bytes, Mapping[bytes, bytes]]
"""Properties by name, by the path of their node; the root is the empty path."""


def read_device_tree(data: bytes, start: int, within: bytes = b"") -> Nodes | None:
    """Read the tree that begins at `start`, of it the node at a path and what is below; None when it is none."""
    if start + _HEADER.size > len(data) or data[start : start + 4] != MAGIC:
        return None
    _, size, structure, strings, _, version, oldest, _, strings_size, structure_size = _HEADER.unpack_from(data, start)
    if not _HEADER.size <= size <= min(LARGEST, len(data) - start) or version < 16 or oldest > 17:
        return None
    if structure % 4 or max(structure + structure_size, strings + strings_size) > size:
        return None
    names = data[start + strings : start + strings + strings_size]
    return _read(data, start + structure, start + structure + (structure_size or size - structure), names, within)


def _read(data: bytes, at: int, end: int, names: bytes, within: bytes) -> Nodes | None:
    nodes: dict[bytes, dict[bytes, bytes]] = {}
    path: list[bytes] = []
    for _ in range(MOST_TOKENS):
        if at + 4 > end:
            return None
        (token,) = _WORD.unpack_from(data, at)
        at += 4
        if token == _BEGIN:
            stop = data.find(b"\0", at, min(end, at + LONGEST_NAME + 1))
            if stop < 0 or len(path) >= DEEPEST:
                return None
            path.append(data[at:stop])
            at += (stop - at + 4) // 4 * 4
        elif token == _END_NODE:
            if not path:
                return None
            path.pop()
        elif token == _VALUE:
            if at + 8 > end:
                return None
            length, name = _PROPERTY.unpack_from(data, at)
            at += 8
            if at + length > end:
                return None
            here = b"/".join(path[1:])
            if here == within or here.startswith(within + b"/") or not within:
                key = names[name : name + LONGEST_NAME].partition(b"\0")[0]
                nodes.setdefault(here, {})[key] = data[at : at + length]
            at += (length + 3) // 4 * 4
        elif token != _NOTHING:
            return nodes
    return None

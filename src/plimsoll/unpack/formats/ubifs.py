"""Opens UBIFS volumes: the root file system of devices with raw NAND, found inside UBI.

Written from the publicly known layout of UBIFS and from images made with the real
tools. The journal is replayed. Extended attributes are not listed; encrypted content is told and not read; signatures
are not verified.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.codecs import Decode, Undecodable, decode_lzo, decode_zstd
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.formats._ubifs_index import CONTENT_BYTES, Geometry, Inode, read_leaves
from plimsoll.unpack.formats._ubifs_nodes import CONTENT, MAGIC, SUPERBLOCK, Stub, read_node, read_stub
from plimsoll.unpack.formats._ubifs_tree import Walk
from plimsoll.unpack.limits import Budget

_SUPERBLOCK = struct.Struct("<27xB4xIII12xI20xIH38xI")
_SUPERBLOCK_BYTES = 4096
_KNOWN_VERSION = 5
_ENCRYPTED = 0x40
_NAMES = ("none", "lzo", "zlib", "zstd")
_KIB = 1024


class Superblock(msgspec.Struct, frozen=True):
    """What the superblock says."""

    geometry: Geometry
    compression: int


def open_ubifs(view: View, budget: Budget) -> Ubifs:
    """Open the volume at the beginning of a view.

    Raise NotThisFormat, Malformed when no root directory is found, Unsupported for later versions.
    """
    superblock = _read_superblock(view)
    geometry = superblock.geometry
    whole = view.cut(0, min(geometry.block_bytes * geometry.blocks, view.size))
    problems = Problems()
    leaves = read_leaves(whole, geometry, budget, problems)
    walk = Walk(leaves, budget, problems)
    walk.walk()
    if not walk.nodes:
        raise Malformed(message("no root directory is found"), whole.size)
    contents = {path: (leaves.inodes[number], leaves.contents.get(number, {})) for path, number in walk.files.items()}
    return Ubifs(whole, superblock, walk, contents, problems, budget)


FORMAT = Format("ubifs", "UBIFS file system", (Magic(MAGIC),), open_ubifs)


class Ubifs:
    """An opened volume; a FileSystem."""

    def __init__(
        self,
        view: View,
        superblock: Superblock,
        walk: Walk,
        contents: dict[bytes, tuple[Inode, dict[int, Stub]]],
        problems: Problems,
        budget: Budget,
    ) -> None:
        self.length = view.size
        self.label = f"{_NAMES[superblock.compression]}, {superblock.geometry.block_bytes // _KIB} KiB blocks"
        self.nodes: tuple[Node, ...] = tuple(walk.nodes)
        self.problems: tuple[tuple[bytes, Message], ...] = problems.all()
        self._view = view
        self._contents = contents
        self._is_salvaged = walk.is_salvaged
        self._budget = budget

    def position(self, node: Node) -> int:
        """Give the offset of the first bytes of content."""
        _, blocks = self._contents.get(node.link_to or node.path, (None, {}))
        return blocks[min(blocks)].offset if blocks else 0

    def read(self, node: Node) -> bytes:
        """Read one regular file whole; holes are zeros. Without an index a file with holes is not read."""
        inode, blocks = self._contents.get(node.link_to or node.path, (None, {}))
        if inode is None:
            raise Malformed(message("no content is known of this file"))
        if inode.flags & _ENCRYPTED:
            raise Unsupported(message("the content is encrypted"))
        last = -(-inode.size // CONTENT_BYTES)
        if self._is_salvaged and sum(block < last for block in blocks) < last:
            raise Malformed(message("parts of the content are missing"))
        self._budget.take_output(inode.size, sum(stub.length for stub in blocks.values()))
        content = bytearray(inode.size)
        for block, stub in blocks.items():
            start = block * CONTENT_BYTES
            if start < inode.size:
                data = _read_content(self._view, stub)[: inode.size - start]
                content[start : start + len(data)] = data
        return bytes(content)


def _read_superblock(view: View) -> Superblock:
    stub = read_stub(view, 0)
    if stub is None or stub.kind != SUPERBLOCK or stub.length != _SUPERBLOCK_BYTES:
        raise NotThisFormat
    found = read_node(view, 0)
    if found is None:
        raise NotThisFormat
    key, smallest, size, blocks, log, version, compression, for_reading = _SUPERBLOCK.unpack_from(found[1])
    if not 4 * _KIB <= size <= 1 << 30 or size % 8 or not smallest or blocks < 4 or log >= blocks:
        raise NotThisFormat
    length = min(size * blocks, view.size)
    if (version > _KNOWN_VERSION and for_reading) or key or compression >= len(_NAMES):
        raise Unsupported(message("UBIFS of version {version} is not read", version=version), length)
    return Superblock(Geometry(size, blocks, log), compression)


def _read_content(view: View, stub: Stub) -> bytes | bytearray | memoryview:
    """Give the bytes of one content node; raise Malformed when it is damaged."""
    found = read_node(view, stub.offset)
    if found is None or (found[0].kind, found[0].length) != (CONTENT, stub.length) or stub.length < 48:
        raise Malformed(message("the node at {offset} is damaged", offset=hex(stub.offset)))
    size, compression = struct.unpack_from("<40xIH", found[1])
    data = found[1][48:]
    if size > CONTENT_BYTES or compression >= len(_DECODERS):
        raise Malformed(message("the node at {offset} cannot be read", offset=hex(stub.offset)))
    decode: Decode = _DECODERS[compression]
    try:
        content = decode(data, size)
    except Undecodable as error:
        reason = message("the node at {offset} is damaged: {error}", offset=hex(stub.offset), error=str(error))
        raise Malformed(reason) from error
    if len(content) != size:
        raise Malformed(message("the node at {offset} holds {found} bytes, not {size}", offset=hex(stub.offset),
                                found=len(content), size=size))  # fmt: skip
    return content


def _copy(block: memoryview, limit: int) -> bytes:
    return bytes(block[: limit + 1])


def _inflate(block: memoryview, limit: int) -> bytes:
    """Undo a deflate stream without the header of zlib."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(block, limit + 1)
    except zlib.error as error:
        raise Undecodable(str(error)) from error


_DECODERS: tuple[Decode, ...] = (_copy, decode_lzo, _inflate, decode_zstd)

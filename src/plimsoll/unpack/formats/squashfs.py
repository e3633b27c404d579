"""Opens squashfs 4.0 images in all six compressions and both byte orders: the root file system of most routers.

Written from the public description of the format and from images made with the real tools. Data blocks of a file lie
one after the other; the tail may lie in a fragment block that many small files share. Makers of chips changed byte
order, sign or LZMA without a word in the superblock: when the root cannot be read as that says, other ways are tried.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.codecs import Undecodable
from plimsoll.unpack.format import Format, Magic, Malformed, View
from plimsoll.unpack.formats._squashfs_fragments import Fragments
from plimsoll.unpack.formats._squashfs_inodes import Content
from plimsoll.unpack.formats._squashfs_metadata import Metadata
from plimsoll.unpack.formats._squashfs_old_codecs import codecs
from plimsoll.unpack.formats._squashfs_superblock import SIGNS, Superblock, read_superblock
from plimsoll.unpack.formats._squashfs_tree import Walk
from plimsoll.unpack.limits import Budget, LimitReached

_AS_IT_IS = 1 << 24
_NUMBER = struct.Struct("<I")


def open_squashfs(view: View, budget: Budget) -> Squashfs:
    """Open the image at the beginning of a view.

    Raise NotThisFormat, also for other versions; Malformed when the superblock is sound and the root cannot be read.
    """
    found = read_superblock(view)
    whole = view.cut(0, min(found.bytes_used, view.size))
    superblock = _that_reads(whole, found, budget)
    metadata = Metadata(whole, superblock, budget)
    problems: list[tuple[bytes, Message]] = []
    if superblock.bytes_used > view.size:
        missing = superblock.bytes_used - view.size
        problems.append((b"", message("cut short: {missing} bytes are missing", missing=missing)))
    owners = _read_table(metadata, superblock.id_table, superblock.ids * 4, "id", problems)
    places = _read_table(metadata, superblock.fragment_table, superblock.fragments * 16, "fragment", problems)
    ids = tuple(owner for (owner,) in struct.iter_unpack(superblock.order + "I", owners[: len(owners) & ~3]))
    walk = Walk(metadata, superblock, ids, budget)
    walk.walk()
    fragments = Fragments(whole, superblock, _little_endian(places, superblock.order))
    return Squashfs(whole, superblock, walk, fragments, problems, budget)


FORMAT = Format("squashfs", "squashfs file system", tuple(Magic(sign) for sign in SIGNS), open_squashfs)


class Squashfs:
    """An opened image; a FileSystem."""

    def __init__(
        self,
        view: View,
        superblock: Superblock,
        walk: Walk,
        fragments: Fragments,
        problems: list[tuple[bytes, Message]],
        budget: Budget,
    ) -> None:
        self.length = view.size
        self.label = superblock.label
        self.nodes: tuple[Node, ...] = tuple(walk.nodes)
        self.problems: tuple[tuple[bytes, Message], ...] = (*problems, *walk.problems)
        self._view = view
        self._contents = walk.contents
        self._fragments = fragments
        self._block_size = superblock.block_size
        self._decode = superblock.decode
        self._budget = budget

    def position(self, node: Node) -> int:
        """Give the offset of the first data block, or of the fragment block for a file that lies wholly in one."""
        content = self._contents.get(node.link_to or node.path)
        if content is None or not content.size:
            return 0
        if content.blocks is None or any(content.blocks):
            return content.start
        return self._fragments.start(content.fragment)

    def read(self, node: Node) -> bytes:
        """Read one regular file whole."""
        content = self._contents.get(node.link_to or node.path)
        if content is None:
            raise Malformed(message("no content is known of this file"))
        blocks = [block for (block,) in _NUMBER.iter_unpack(content.blocks or b"")]
        self._budget.take_output(content.size, sum(block & _AS_IT_IS - 1 for block in blocks) + self._block_size)
        parts = self._data_blocks(content, blocks)
        tail = content.size - sum(map(len, parts))
        if tail:
            parts.append(self._fragments.read(content.fragment, content.fragment_offset, tail))
        if len(parts) == 1 and isinstance(parts[0], bytes):
            return parts[0]
        return b"".join(parts)

    def _data_blocks(self, content: Content, blocks: list[int]) -> list[bytes | bytearray | memoryview]:
        parts: list[bytes | bytearray | memoryview] = []
        position = content.start
        left = content.size
        for block in blocks:
            wanted = min(left, self._block_size)
            stored = block & _AS_IT_IS - 1
            parts.append(self._data_block(position, stored, wanted, bool(block & _AS_IT_IS)))
            position += stored
            left -= wanted
        return parts

    def _data_block(self, position: int, stored: int, wanted: int, as_it_is: bool) -> bytes | bytearray | memoryview:
        """Give one data block of exactly `wanted` bytes; nothing stored means zeros."""
        if not stored:
            return bytes(wanted)
        try:
            block = self._view.slice(position, stored)
        except EOFError as error:
            raise Malformed(message("the data block at {offset} lies outside", offset=hex(position))) from error
        if stored > self._block_size:
            raise Malformed(message("the data block at {offset} is too long", offset=hex(position)))
        try:
            content = block if as_it_is else self._decode(block, wanted)
        except Undecodable as error:
            reason = message("the data block at {offset} is damaged: {error}", offset=hex(position), error=str(error))
            raise Malformed(reason) from error
        if len(content) != wanted:
            found = len(content)
            reason = message("the data block at {offset} holds {found} bytes, not {wanted}", offset=hex(position),
                             found=found, wanted=wanted)  # fmt: skip
            raise Malformed(reason)
        return content


def _that_reads(whole: View, superblock: Superblock, budget: Budget) -> Superblock:
    """Give the superblock with the first codec and order of headers by which the root and its first entry are read.

    It is given as it is when none does, so that what is wrong is told in its own terms.
    """
    for tried in _ways(superblock):
        budget.check_time()
        # NOTE: trials use a budget of their own; they are short, and what they give is not kept.
        trial = Budget(budget.limits)
        if Walk(Metadata(whole, tried, trial), tried, (), trial).is_plausible():
            return tried
    return superblock


def _ways(superblock: Superblock) -> Iterator[Superblock]:
    """Give the ways in which an image may be written, the one that its superblock names first."""
    orders = "<" if superblock.order == "<" else "><"
    for order in orders:
        yield msgspec.structs.replace(superblock, header_order=order)
    for codec in codecs():
        for order in orders:
            yield msgspec.structs.replace(superblock, header_order=order, codec=codec.name, decode=codec.decode)


def _little_endian(places: bytes, order: str) -> bytes:
    """Give the rows of the fragment table as little-endian ones."""
    if order == "<":
        return places
    return b"".join(struct.pack("<QI4x", *row) for row in struct.iter_unpack(">QI4x", places[: len(places) & ~15]))


def _read_table(metadata: Metadata, index: int, length: int, name: str, problems: list[tuple[bytes, Message]]) -> bytes:
    """Read a table as far as it is there; when that is not all, record why."""
    found, reason = b"", None
    try:
        found, broken = metadata.read_table(index, length)
        reason = broken.reason if broken is not None else None
    except LimitReached as reached:
        reason = reached.reason
    if reason is not None:
        problems.append((b"", message("the {name} table: {reason}", name=name, reason=str(reason))))
    return found

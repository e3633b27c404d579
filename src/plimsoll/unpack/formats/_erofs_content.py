"""Reads the content of files of an EROFS image, and keeps what was undone last of the file in which others are packed.

Files that are read in disk order ask for what is packed nearly in order too, so a few kept extents are enough.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator

from plimsoll.model.message import message
from plimsoll.unpack.codecs import Undecodable
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._erofs_codecs import decode
from plimsoll.unpack.formats._erofs_extents import Extent, is_flat, list_flat
from plimsoll.unpack.formats._erofs_index import list_compressed
from plimsoll.unpack.formats._erofs_inodes import Inode, read_inode
from plimsoll.unpack.formats._erofs_superblock import ZERO_PADDING, Superblock
from plimsoll.unpack.limits import Budget

KEPT_EXTENTS = 8
"""Extents of the packed file that are kept."""


class Contents:
    """Content by inode; safe to share between threads."""

    def __init__(self, view: View, superblock: Superblock, budget: Budget) -> None:
        self._view = view
        self._superblock = superblock
        self._budget = budget
        self._packed: list[Extent] | None = None
        self._kept: OrderedDict[int, bytes | memoryview] = OrderedDict()
        self._lock = threading.Lock()

    def find_first(self, inode: Inode) -> int:
        """Give where the content begins in the image; 0 when that cannot be told."""
        try:
            first = next(self._extents(inode), None)
        except Malformed:
            return 0
        return first.at if first is not None and first.how != "packed" else 0

    def read(self, inode: Inode) -> bytes:
        """Read content whole; raise Malformed or LimitReached when that cannot be done."""
        extents = self._list(inode)
        self._budget.take_output(inode.size, sum(extent.stored for extent in extents))
        parts = [self._part(extent) for extent in extents]
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)

    def _list(self, inode: Inode) -> list[Extent]:
        if inode.size > self._budget.limits.file_bytes:
            self._budget.take_output(inode.size, inode.size)
        return list(self._extents(inode))

    def _extents(self, inode: Inode) -> Iterator[Extent]:
        if is_flat(inode):
            return list_flat(self._view, self._superblock, inode)
        return list_compressed(self._view, self._superblock, inode)

    def _part(self, extent: Extent) -> bytes | memoryview:
        if extent.how == "packed":
            return self._read_packed(extent.at, extent.length)
        return self._undo(extent)

    def _undo(self, extent: Extent) -> bytes | memoryview:
        """Give exactly the bytes of an extent."""
        if extent.how == "zeros":
            return bytes(extent.length)
        try:
            block = self._view.slice(extent.at, extent.stored)
        except EOFError as error:
            raise Malformed(message("the content at {offset} lies outside", offset=hex(extent.at))) from error
        if extent.how == "stored":
            content: bytes | memoryview = block[: extent.length]
        elif extent.how == "turned":
            content = _turn(block, extent.start & self._superblock.block_size - 1, extent.length)
        else:
            is_padded_first = bool(self._superblock.needed & ZERO_PADDING)
            try:
                content = decode(extent.how, block, extent.length, extent.is_part, is_padded_first)
            except Undecodable as error:
                reason = message("the extent at {offset} is damaged: {error}", offset=hex(extent.at), error=str(error))
                raise Malformed(reason) from error
        if len(content) != extent.length:
            reason = message("the extent at {offset} holds {found} bytes, not {wanted}", offset=hex(extent.at),
                             found=len(content), wanted=extent.length)  # fmt: skip
            raise Malformed(reason)
        return content

    def _read_packed(self, offset: int, length: int) -> bytes:
        """Copy a stretch out of the packed file."""
        with self._lock:
            if self._packed is None:
                self._packed = self._list_packed()
            extents = self._packed
            parts: list[bytes | memoryview] = []
            end = offset + length
            index = max(bisect_right(extents, offset, key=lambda one: one.start) - 1, 0)
            while offset < end and index < len(extents):
                extent = extents[index]
                stop = min(end, extent.start + extent.length)
                if stop > offset:
                    parts.append(memoryview(self._keep(extent))[offset - extent.start : stop - extent.start])
                    offset = stop
                index += 1
        if offset < end:
            raise Malformed(message("it lies outside the file in which it is packed"))
        return b"".join(parts)

    def _list_packed(self) -> list[Extent]:
        number = self._superblock.packed
        if not number:
            raise Malformed(message("there is no file in which it could be packed"))
        extents = self._list(read_inode(self._view, self._superblock, number))
        if any(extent.how == "packed" for extent in extents):
            raise Malformed(message("the file in which others are packed is packed itself"))
        return extents

    def _keep(self, extent: Extent) -> bytes | memoryview:
        """Give an extent of the packed file, undone now or kept from before."""
        content = self._kept.pop(extent.start, None)
        if content is None:
            if extent.how != "stored":
                self._budget.take_output(extent.length, extent.stored)
            content = self._undo(extent)
        self._kept[extent.start] = content
        if len(self._kept) > KEPT_EXTENTS:
            self._kept.popitem(last=False)
        return content


def _turn(block: memoryview, first: int, length: int) -> bytes:
    """Put stored bytes in order: the first of them is at the extent's place within its block."""
    return b"".join((block[first:], block[:first]))[:length]

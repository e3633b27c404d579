"""Opens update payloads of Android and ChromiumOS: the `payload.bin` of an update over the air, version 2.

Source: `update_metadata.proto` of the Android Open Source Project and of ChromiumOS. Numbers are big-endian.

offset  size  header
0       4     magic CrAU
4       8     version, 2
12      8     length of the list of contents
20      4     length of the list's signature
24            list of contents, its signature; data of the operations; signature of the whole

The tree has one file for each partition, of its name. Each operation writes blocks of it: data as it is, packed with
bzip2, xz or zstd, or zeros. An update that builds on what a device holds already reads old blocks; its partitions are
recognised only. Of a partition that is larger than may be held the tree has the files, which are made block by block
as they are read. Signatures are not verified: their key is elsewhere. What no operation writes reads as zeros.
"""

from __future__ import annotations

import bz2
import hashlib
import struct
from functools import partial

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.codecs import Undecodable, decode_xz, decode_zstd
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, Unsupported, View, Volumes
from plimsoll.unpack.formats._large_partitions import WithLarge
from plimsoll.unpack.formats._ota_manifest import Manifest, Operation, Partition, read_manifest
from plimsoll.unpack.formats._pieced_view import Kept, Piece, PiecedView, Pieces
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"CrAU\0\0\0\0\0\0\0\2"
LARGEST_MANIFEST = 32 << 20
"""Longest list of contents that is read."""

_HEADER = struct.Struct(">12sQI")
_REPLACE, _BZ, _ZERO, _DISCARD, _XZ = 0, 1, 6, 7, 8
_ZSTD = (11, 14)
"""Numbers of the zstd operation in ChromiumOS and in Android; 11 is a difference in Android, which reads old blocks."""
_START_BYTES = 8 << 20


def open_ota_payload(view: View, budget: Budget) -> Volumes:
    """Open the payload at the beginning of a view; raise NotThisFormat or Malformed."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, manifest_bytes, signature_bytes = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or not 0 < manifest_bytes <= LARGEST_MANIFEST:
        raise NotThisFormat
    start = _HEADER.size + manifest_bytes + signature_bytes
    if start > view.size:
        raise Malformed(message("cut short: {missing} bytes are missing", missing=start - view.size), view.size)
    manifest = read_manifest(view.slice(_HEADER.size, manifest_bytes), budget)
    budget.take_entries(len(manifest.partitions))
    opened = Payload(view, start, manifest, budget)
    large = {node.path: found for node in opened.nodes if (found := opened.view_of(node)) is not None}
    return WithLarge(opened, large, budget) if large else opened


FORMAT = Format("ota-payload", "Android update payload", (Magic(MAGIC),), open_ota_payload)


class Payload:
    """An opened payload; a FileSystem of Volumes."""

    def __init__(self, view: View, start: int, manifest: Manifest, budget: Budget) -> None:
        self._view = view
        self._start = start
        self._block_bytes = manifest.block_bytes
        self._budget = budget
        problems = Problems()
        self._partitions = _by_name(manifest, problems)
        ends = [one.offset + one.length for part in self._partitions.values() for one in part.operations if one.length]
        end = start + max([sum(manifest.signatures), *ends])
        if end > view.size:
            problems.add(b"", message("cut short: {missing} bytes are missing", missing=end - view.size))
        self.length = min(end, view.size)
        self._verify(problems)
        self.label = f"blocks of {manifest.block_bytes} bytes"
        self.nodes: tuple[Node, ...] = tuple(
            Node(name, "file", size=one.size) for name, one in self._partitions.items()
        )
        self.problems: tuple[tuple[bytes, Message], ...] = problems.all()

    def view_of(self, node: Node) -> PiecedView | None:
        """Give a partition that is larger than may be held without making it; None of the others.

        None too of one that cannot be made.
        """
        partition = self._partition(node)
        if partition.size <= self._budget.limits.file_bytes:
            return None
        try:
            _check(partition, self._block_bytes, self._view.size)
        except Malformed:
            return None
        operations = partition.operations
        kept = Kept(lambda number: self._decode(number, operations[number]))
        pieces: list[Piece] = []
        for number, operation in enumerate(operations):
            done = 0
            for first, count in operation.extents if operation.kind not in (_ZERO, _DISCARD) else ():
                length = count * self._block_bytes
                pieces.append(Piece(first * self._block_bytes, length, partial(_read_kept, kept, number, done)))
                done += length
        return PiecedView(Pieces(pieces), partition.size)

    def position(self, node: Node) -> int:
        """Give where the data of the partition begins."""
        return min((piece.start for piece in self.pieces(node)), default=0)

    def read(self, node: Node) -> bytes:
        """Read one partition whole."""
        partition = self._partition(node)
        _check(partition, self._block_bytes, self._view.size)
        self._budget.take_output(partition.size, partition.data_bytes)
        content = bytearray(partition.size)
        for number, operation in enumerate(partition.operations):
            self._budget.check_time()
            data = memoryview(self._decode(number, operation))
            for first, count in operation.extents:
                offset, length = first * self._block_bytes, count * self._block_bytes
                piece = data[: min(length, partition.size - offset)]
                content[offset : offset + len(piece)] = piece
                data = data[length:]
        return bytes(content)

    def start(self, node: Node) -> bytes:
        """Give what the operation of the first block writes; nothing when the partition cannot be read."""
        partition = self._partition(node)
        if partition.size > self._budget.limits.file_bytes:
            return b""
        try:
            _check(partition, self._block_bytes, self._view.size)
            for number, operation in enumerate(partition.operations):
                if operation.extents and operation.extents[0][0] == 0:
                    is_short = operation.blocks * self._block_bytes <= _START_BYTES
                    return bytes(self._decode(number, operation)[:_START_BYTES]) if is_short else b""
        except (Malformed, LimitReached):
            pass
        return b""

    def pieces(self, node: Node) -> tuple[range, ...]:
        """Give where the data of a partition lies."""
        merged: list[range] = []
        spans = ((self._start + one.offset, one.length) for one in self._partition(node).operations if one.length)
        for start, length in sorted(spans):
            stop = min(start + length, self.length)
            if merged and start <= merged[-1].stop:
                merged[-1] = range(merged[-1].start, max(stop, merged[-1].stop))
            elif start < stop:
                merged.append(range(start, stop))
        return tuple(merged)

    def _partition(self, node: Node) -> Partition:
        try:
            return self._partitions[node.path]
        except KeyError:
            raise Malformed(message("no content is known of this file")) from None

    def _verify(self, problems: Problems) -> None:
        """Compare the SHA-256 of each operation's data, once for each stretch of the payload."""
        total = sum(one.data_bytes for one in self._partitions.values())
        if total > min(self._view.size, self._budget.limits.search_bytes // 4):
            problems.add(b"", message("too long to verify: {size} bytes", size=total))
            return
        self._budget.take_search(total)
        for name, partition in self._partitions.items():
            for number, one in enumerate(partition.operations):
                if one.sha256 and one.length and self._start + one.offset + one.length <= self._view.size:
                    data = self._view.slice(self._start + one.offset, one.length)
                    if hashlib.sha256(data).digest() != one.sha256:
                        problems.add(name, message("the SHA-256 of operation {number} is wrong", number=number))

    def _decode(self, number: int, operation: Operation) -> bytes | bytearray | memoryview:
        """Give what an operation writes; raise Malformed when that cannot be told."""
        wanted = operation.blocks * self._block_bytes
        if operation.kind in (_ZERO, _DISCARD):
            return b""
        try:
            data = self._view.slice(self._start + operation.offset, operation.length)
            if operation.kind == _REPLACE:
                return data
            self._budget.take_output(wanted, operation.length)
            if operation.kind == _XZ:
                return decode_xz(data, wanted)
            if operation.kind == _BZ:
                return _decode_bzip2(data, wanted)
            return decode_zstd(data, wanted)
        except EOFError as error:
            raise Malformed(message("operation {number} is cut short", number=number)) from error
        except Undecodable as error:
            raise Malformed(message("operation {number} cannot be undone", number=number)) from error


def _read_kept(kept: Kept, number: int, shift: int, offset: int, length: int) -> bytes:
    return kept.read(number, shift + offset, length)


def _decode_bzip2(data: memoryview, wanted: int) -> bytes:
    decoder = bz2.BZ2Decompressor()
    try:
        content = decoder.decompress(data, wanted)
        if not decoder.eof and (not content or decoder.decompress(b"", 1)):
            raise Undecodable("cut short, or more content than there may be")
    except (OSError, EOFError, ValueError) as error:
        raise Undecodable(str(error)) from error
    return content


def _by_name(manifest: Manifest, problems: Problems) -> dict[bytes, Partition]:
    """Give the partitions whose names can stand in a tree, the first of two with one name."""
    found: dict[bytes, Partition] = {}
    for one in manifest.partitions:
        if one.name in (b"", b".", b"..") or b"/" in one.name or b"\0" in one.name or one.name in found:
            shown = escape_name(one.name[:255])
            problems.add(b"", message("a partition of the name {name!r} is left out", name=shown))
            continue
        found[one.name] = one
    return found


def _check(partition: Partition, block_bytes: int, view_bytes: int) -> None:
    """Raise Unsupported or Malformed when the partition cannot be made from the payload alone."""
    plain = (_REPLACE, _BZ, _ZERO, _DISCARD, _XZ, *_ZSTD)
    if any(one.reads or one.kind not in plain for one in partition.operations):
        raise Unsupported(message("built on what a device holds already, which is not in the update"))
    blocks = -(-partition.size // block_bytes)
    inside = all(start + count <= blocks for one in partition.operations for start, count in one.extents)
    if not inside or sum(one.blocks for one in partition.operations) > blocks or partition.data_bytes > view_bytes:
        raise Malformed(message("its operations write more than the partition holds"))

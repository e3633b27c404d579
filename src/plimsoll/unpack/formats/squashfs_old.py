"""Opens squashfs images of version 1 to 3, both byte orders, in zlib and in the LZMA of makers of chips.

Written from public descriptions of the format and checked against images. Nothing in such an image names its codec: the
one that undoes the root directory is taken, or the first data block when all metadata are stored as they are.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.codecs import Undecodable
from plimsoll.unpack.format import Format, Magic, Malformed, View
from plimsoll.unpack.formats._squashfs_fragments import Fragments
from plimsoll.unpack.formats._squashfs_old_codecs import Codec, certain_codecs, codecs
from plimsoll.unpack.formats._squashfs_old_superblock import OldSuperblock, read_old_superblock
from plimsoll.unpack.formats._squashfs_old_tree import OldMetadata, OldWalk
from plimsoll.unpack.formats._squashfs_superblock import SIGNS
from plimsoll.unpack.formats.squashfs import Squashfs
from plimsoll.unpack.limits import Budget, LimitReached

_AS_IT_IS = 1 << 24
_ROWS_TRIED = 64
_SAMPLES = 8


def open_squashfs_old(view: View, budget: Budget) -> Squashfs:
    """Open the image at the beginning of a view.

    Raise NotThisFormat, also for version 4; Malformed when the superblock is sound and the root cannot be read by any
    codec.
    """
    found = read_old_superblock(view)
    whole = view.cut(0, min(found.bytes_used, view.size))
    superblock, is_certain = _with_codec(whole, found, budget)
    image = _Image(whole, superblock, budget)
    if not is_certain:
        chosen = _with_codec_of_data(image)
        if chosen.decode is not superblock.decode:
            image = _Image(whole, chosen, budget)
    if found.bytes_used > view.size:
        missing = found.bytes_used - view.size
        image.problems.insert(0, (b"", message("cut short: {missing} bytes are missing", missing=missing)))
    fragments = Fragments(whole, image.superblock, image.places)
    return Squashfs(whole, image.superblock, image.walk, fragments, image.problems, budget)


FORMAT = Format(
    "squashfs-old", "squashfs file system before version 4", tuple(Magic(sign) for sign in SIGNS), open_squashfs_old
)


class _Image:
    """The tables of an image, read by one codec."""

    def __init__(self, whole: View, superblock: OldSuperblock, budget: Budget) -> None:
        self.whole = whole
        self.superblock = superblock
        self.problems: list[tuple[bytes, Message]] = []
        metadata = OldMetadata(whole, superblock, budget)
        owners = (
            *_read_numbers(metadata, superblock.id_table, superblock.owners, "owner", self.problems),
            *_read_numbers(metadata, superblock.group_table, superblock.groups, "group", self.problems),
        )
        self.places = _read_places(metadata, superblock, self.problems)
        self.walk = OldWalk(metadata, superblock, owners, budget)
        self.walk.walk()

    def samples(self) -> Iterator[tuple[memoryview, int]]:
        """Give compressed data blocks and fragments with the bytes that must come out of each, at least."""
        rows = list(struct.iter_unpack("<QI4x", self.places))
        block_size = self.superblock.block_size
        for content in self.walk.contents.values():
            start, stored, wanted = content.start, int.from_bytes((content.blocks or b"")[:4], "little"), content.size
            if not content.blocks and content.fragment < len(rows):
                start, stored = rows[content.fragment]
                wanted += content.fragment_offset
            if 0 < stored < _AS_IT_IS and start + stored <= self.whole.size:
                yield self.whole.slice(start, stored), min(wanted, block_size)


def _with_codec(whole: View, superblock: OldSuperblock, budget: Budget) -> tuple[OldSuperblock, bool]:
    """Take the first codec by which the root and its first entry can be read; say whether it had anything to undo."""
    for codec in codecs():
        budget.check_time()
        tried = _with(superblock, codec)
        # NOTE: trials use a budget of their own; they are short, and what they give is not kept.
        trial = Budget(budget.limits)
        metadata = OldMetadata(whole, tried, trial)
        if OldWalk(metadata, tried, (), trial).is_plausible():
            if metadata.undone:
                return tried, True
            return _with_codec_of_fragments(whole, tried, budget)
    raise Malformed(message("the root directory cannot be read by any codec"), whole.size)


def _with_codec_of_fragments(whole: View, superblock: OldSuperblock, budget: Budget) -> tuple[OldSuperblock, bool]:
    """Take the first codec that undoes the beginning of the fragment table, if any part of that is compressed."""
    count = min(superblock.fragments, _ROWS_TRIED)
    for codec in codecs():
        tried = _with(superblock, codec)
        metadata = OldMetadata(whole, tried, Budget(budget.limits))
        places, broken = metadata.read_places(superblock.fragment_table, count, superblock.version[0] == 3)
        rows = struct.iter_unpack("<QI4x", places)
        if metadata.undone and not broken and all(start + size % _AS_IT_IS <= whole.size for start, size in rows):
            return tried, True
    return superblock, False


def _with_codec_of_data(image: _Image) -> OldSuperblock:
    """Take the codec that undoes most of the first few blocks of data; the one before when it undoes none."""
    samples = list(itertools.islice(image.samples(), _SAMPLES))
    best, most = image.superblock, 0
    for codec in certain_codecs():
        fitting = sum(_fits(codec, block, wanted) for block, wanted in samples)
        if fitting > most:
            best, most = _with(image.superblock, codec), fitting
    return best


def _fits(codec: Codec, block: memoryview, wanted: int) -> bool:
    try:
        return len(codec.decode(block, wanted)) == wanted
    except Undecodable:
        return False


def _with(superblock: OldSuperblock, codec: Codec) -> OldSuperblock:
    return msgspec.structs.replace(superblock, codec=codec.name, decode=codec.decode)


def _read_numbers(
    metadata: OldMetadata, start: int, count: int, name: str, problems: list[tuple[bytes, Message]]
) -> tuple[int, ...]:
    """Read a table of owners; zeros when it is not there, which is recorded."""
    try:
        return metadata.read_numbers(start, count)
    except Malformed as broken:
        problems.append((b"", message("the {name} table: {reason}", name=name, reason=str(broken.reason))))
        return (0,) * count


def _read_places(metadata: OldMetadata, superblock: OldSuperblock, problems: list[tuple[bytes, Message]]) -> bytes:
    """Read the fragment table as far as it is there; when that is not all, record why."""
    found, reason = b"", None
    try:
        is_new = superblock.version[0] == 3
        found, broken = metadata.read_places(superblock.fragment_table, superblock.fragments, is_new)
        reason = broken.reason if broken is not None else None
    except LimitReached as reached:
        reason = reached.reason
    if reason is not None:
        problems.append((b"", message("the {name} table: {reason}", name="fragment", reason=str(reason))))
    return found

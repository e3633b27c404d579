"""What became of the bytes of an image: which were understood, as what, and which were not."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.locator import Place
from plimsoll.model.message import Message

SpanKind = Literal["understood", "padding", "compressed", "encrypted", "unknown"]
"""What became of bytes. The last three were not understood; compressed and encrypted are what such bytes look like."""


NOT_UNDERSTOOD: tuple[SpanKind, ...] = ("compressed", "encrypted", "unknown")


class Randomness(msgspec.Struct, frozen=True):
    """How even bytes are: the grounds for saying that they look compressed or encrypted."""

    entropy_bits: float
    """Shannon entropy of a byte, 0.0 to 8.0."""
    chi_square: float
    """Against all 256 bytes being as frequent, 255 degrees of freedom; about 255 for random bytes."""
    sampled_bytes: int
    """Bytes that were counted, spread over the stretch."""


class Span(msgspec.Struct, frozen=True):
    """A stretch of the image's own bytes; the spans of an image follow each other without a gap."""

    offset: int
    length: int
    kind: SpanKind
    format: str = ""
    """Name of the format for an understood stretch, else empty."""
    label: str = ""
    """What the format says of itself, such as `xz, 1204 files`; printable."""
    randomness: Randomness | None = None
    """Of a stretch that looks compressed or encrypted; absent when its kind has other grounds, such as a header."""


class TreeSummary(msgspec.Struct, frozen=True):
    """One file system, archive or folder that was found."""

    where: Place
    """Place of its root."""
    format: str
    files: int
    """Regular files."""
    entries: int
    """All entries, directories and devices among them."""
    bytes: int
    """Sum of the sizes of the regular files."""


class Problem(msgspec.Struct, frozen=True):
    """Something that could not be read, and where."""

    where: Place
    message: Message


class Opaque(msgspec.Struct, frozen=True):
    """A file in a tree that is, or for the most part looks, compressed or encrypted in a way that was not undone."""

    where: Place
    tree: Place
    """Place of the root of its tree."""
    kind: SpanKind
    bytes: int
    """Bytes of it that were not understood."""
    randomness: Randomness | None = None


class Partition(msgspec.Struct, frozen=True):
    """A part of a flash, as its software divides it."""

    name: str
    """Printable."""
    offset: int
    length: int
    stated_in: Place
    """Place of the bytes that say so."""


class ImageMap(msgspec.Struct, frozen=True):
    """How much of an image was understood, and what is in it."""

    image: str
    """Name of the image as in its places."""
    size_bytes: int
    spans: tuple[Span, ...] = ()
    trees: tuple[TreeSummary, ...] = ()
    problems: tuple[Problem, ...] = ()
    opaque: tuple[Opaque, ...] = ()
    partitions: tuple[Partition, ...] = ()
    """By the kernel's command line or a device tree in the image, where that fits what was found; by offset."""

    @property
    def understood_share(self) -> float:
        """Share of the bytes that are not padding which were understood, 0.0 to 1.0; 0.0 for an empty image.

        Where a tree holds opaque files it is no more than the share of that tree's content which they leave: an
        archive whose one large file is encrypted was not understood because its headers were.
        """
        known = sum(span.length for span in self.spans if span.kind == "understood")
        all_bytes = sum(span.length for span in self.spans if span.kind != "padding")
        share = known / all_bytes if all_bytes else 0.0
        content = {tree.where: tree.bytes for tree in self.trees}
        hidden: dict[Place, int] = {}
        for one in self.opaque:
            hidden[one.tree] = hidden.get(one.tree, 0) + one.bytes
        return min([share, *(max(0.0, 1 - lost / max(content.get(tree, 0), lost)) for tree, lost in hidden.items())])

    def bytes_of(self, *kinds: SpanKind) -> int:
        """Count the bytes of the image that are of some kinds, in the image itself and in files of its trees."""
        spans = sum(span.length for span in self.spans if span.kind in kinds)
        return spans + sum(one.bytes for one in self.opaque if one.kind in kinds)

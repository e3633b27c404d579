"""What became of the bytes of an image: which were understood, as what, and which were not."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.locator import Place
from plimsoll.model.message import Message

SpanKind = Literal["understood", "padding", "unknown"]


class Span(msgspec.Struct, frozen=True):
    """A stretch of the image's own bytes; the spans of an image follow each other without a gap."""

    offset: int
    length: int
    kind: SpanKind
    format: str = ""
    """Name of the format for an understood stretch, else empty."""
    label: str = ""
    """What the format says of itself, such as `xz, 1204 files`; printable."""


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


class ImageMap(msgspec.Struct, frozen=True):
    """How much of an image was understood, and what is in it."""

    image: str
    """Name of the image as in its places."""
    size_bytes: int
    spans: tuple[Span, ...] = ()
    trees: tuple[TreeSummary, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def understood_share(self) -> float:
        """Share of the bytes that are not padding which were understood, 0.0 to 1.0; 0.0 for an empty image."""
        known = sum(span.length for span in self.spans if span.kind == "understood")
        unknown = sum(span.length for span in self.spans if span.kind == "unknown")
        return known / (known + unknown) if known + unknown else 0.0

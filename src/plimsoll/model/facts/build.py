"""When an image was built, and what was mended in it."""

from __future__ import annotations

from typing import Literal

import msgspec


class BuildDate(msgspec.Struct, frozen=True, tag="build-date"):
    """The day on which something says it was built or installed."""

    subject: Literal["kernel", "busybox", "u-boot", "package"]
    date: str
    """ISO date."""
    name: str = ""
    """Package, for a package; escaped."""


class PatchNote(msgspec.Struct, frozen=True, tag="patch-note"):
    """A vulnerability that the change log or the patch of a package says was mended."""

    package: str
    """Name of the folder of the package's documentation, or empty; escaped."""
    id: str
    """CVE id."""

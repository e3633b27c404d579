"""What was built into programs that are put together from parts, and when."""

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


class BusyboxApplets(msgspec.Struct, frozen=True, tag="busybox-applets"):
    """The programs that a BusyBox binary has in it, by its own table."""

    applets: tuple[str, ...]
    """Names in the table's order, escaped."""


class KernelConfiguration(msgspec.Struct, frozen=True, tag="kernel-configuration"):
    """How a kernel was configured, for the options that bear on known vulnerabilities."""

    built_in: tuple[str, ...]
    """Options that are built into the kernel, such as `CONFIG_PACKET`."""
    modular: tuple[str, ...]
    """Options that are built as modules."""
    off: tuple[str, ...]
    """Options that are off, or unknown to this kernel."""
    release: str = ""
    """Version that the configuration names; empty when it names none."""


class KernelModules(msgspec.Struct, frozen=True, tag="kernel-modules"):
    """Which of the modules that bear on known vulnerabilities lie in a tree."""

    present: tuple[str, ...]
    """Names without `.ko`, with `_` for `-`."""
    count: int
    """Modules of any name in the tree."""


class PatchNote(msgspec.Struct, frozen=True, tag="patch-note"):
    """A vulnerability that the change log or the patch of a package says was mended."""

    package: str
    """Name of the folder of the package's documentation, or empty; escaped."""
    id: str
    """CVE id."""

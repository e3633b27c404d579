"""Which software is in the image, and how that is known."""

from __future__ import annotations

from typing import Literal

import msgspec

ComponentBasis = Literal["package-database", "os-release", "kernel", "module", "banner", "symbol", "file-name"]


class Component(msgspec.Struct, frozen=True, tag="component"):
    """A piece of software with a version, as one source states it."""

    name: str
    """Upstream name, lower case, such as busybox; the package's name for a package database."""
    version: str
    """As stated; empty when the source gives none."""
    basis: ComponentBasis
    purl: str = ""
    """Package URL, when one can be formed."""
    linkage: Literal["", "own", "static", "dynamic"] = ""
    """For banners: own when the file is the program or library itself; static when a copy is linked in; dynamic when
    the file only mentions a library that it loads from elsewhere, so it is no copy."""
    architecture: str = ""
    """As the package database writes it."""
    source: str = ""
    """Source package or upstream project when the database names one."""


class OperatingSystem(msgspec.Struct, frozen=True, tag="operating-system"):
    """What the image says it is, by os-release and its kin."""

    id: str
    """Lower case, such as openwrt or debian; escaped."""
    version: str = ""
    name: str = ""
    """As written for people; escaped."""

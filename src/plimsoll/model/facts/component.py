"""Which software is in the image, and how that is known."""

from __future__ import annotations

from typing import Literal

import msgspec

ComponentBasis = Literal[
    "package-database", "build-info", "os-release", "kernel", "module", "symbol", "banner", "file-name", "lock-file"
]
"""What states a component, strongest first. build-info: what a build tool wrote into a program or archive; lock-file:
what was to be installed, where nothing shows that it was."""


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
    source_version: str = ""
    """Version of the source package, where the database says that it is another than the package's."""


class OperatingSystem(msgspec.Struct, frozen=True, tag="operating-system"):
    """What the image says it is, by os-release and its kin."""

    id: str
    """Lower case, such as openwrt or debian; escaped."""
    version: str = ""
    name: str = ""
    """As written for people; escaped."""
    patched_to: str = ""
    """ISO date of the security patch level that Android states; empty elsewhere."""


class PackagedFile(msgspec.Struct, frozen=True, tag="packaged-file"):
    """A file in which a component was seen is one that a package brought, by the package manager's own list."""

    package: str
    """Name as in the package database."""
    manager: str
    """Type of the package URL: opkg, deb, apk ..."""


class BuiltInApplets(msgspec.Struct, frozen=True, tag="built-in-applets"):
    """The programs that a program of many programs holds, by its own table: what is not there is not built in."""

    program: str
    """Name as in Component, such as busybox."""
    version: str
    """As in Component; empty when it states none."""
    names: tuple[str, ...]
    """Sorted, in ASCII order."""


class InstalledComponent(msgspec.Struct, frozen=True, tag="installed-component"):
    """A component of one version, merged from everything that states it; the places of all that are in `because`."""

    name: str
    """Name of its identifier, lower case; where it has none, as the strongest source states it."""
    version: str
    """Upstream version: without epoch and revision of a package; empty when none is stated."""
    basis: ComponentBasis
    """The strongest of the bases."""
    bases: tuple[ComponentBasis, ...] = ()
    """All of them, strongest first."""
    identified: bool = False
    """Whether the name is that of an identifier, and so of an upstream project."""
    stated: tuple[str, ...] = ()
    """Versions as the sources write them, that of the strongest first, such as `1:1.35.0-4+deb12u1`."""
    packages: tuple[str, ...] = ()
    """Names of the packages that it comes in; empty when no database lists it."""
    sources: tuple[str, ...] = ()
    """Source packages that the database names."""
    purls: tuple[str, ...] = ()
    """Package URLs, that of the strongest source first."""
    linkage: Literal["", "own", "static"] = ""
    """static: nothing but copies that are linked into other programs."""
    conflicts: tuple[str, ...] = ()
    """Versions that other sources state of the same copy and that do not agree; the strongest source was believed."""

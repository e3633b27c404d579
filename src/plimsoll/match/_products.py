"""Under which names knowledge may hold a component, and which of its versions is compared there, in which order.

Sources: NISTIR 7695 on CPE names, the Package URL specification.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import unquote

import msgspec

from plimsoll.knowledge.components import KnownComponent, load
from plimsoll.match.versions import Order, is_version
from plimsoll.model.facts import InstalledComponent, OperatingSystem

PACKAGES: Mapping[str, Order] = {"deb": "dpkg", "opkg": "opkg", "apk": "apk", "rpm": "rpm", "alpm": "rpm"}
"""Types of Package URLs whose versions count the revisions of a packager."""
MOST_NAMES = 64
"""Names of packages that one component is looked up by."""
_LANGUAGES: Mapping[str, Order] = {"npm": "semver", "cargo": "semver", "golang": "semver"}

LINUX = KnownComponent("linux", "image", cpe=("linux:linux_kernel",), scheme="kernel", lifetime="linux")

_PURL = re.compile(r"pkg:(?P<type>[a-z0-9.+-]+)/(?:(?P<namespace>[^@?#]+)/)?(?P<name>[^/@?#]+)")
_ABI = re.compile(r"(\d+\.\d+)\.0-\d{1,3}-[a-z]")
"""The release of a kernel of Debian or Ubuntu, which names its interface and not its version."""
_LAST = 65535
"""Later than any release of a line."""


class Target(msgspec.Struct, frozen=True):
    """A way to look a component up."""

    products: tuple[str, ...]
    order: Order
    version: str
    """Empty when it is none that can be compared."""
    is_package: bool
    """Whether the version is that of a package, which counts the packager's repairs too."""


def type_of(purl: str) -> str:
    """Give the type of a Package URL; empty when it is none."""
    match = _PURL.match(purl)
    return match["type"] if match else ""


@cache
def _by_name() -> dict[str, KnownComponent]:
    return {**{one.name: one for one in load()}, LINUX.name: LINUX}


def known_as(fact: InstalledComponent) -> KnownComponent | None:
    """Give the identifier of a component; None when it has none."""
    return _by_name().get(fact.name) if fact.identified or fact.name == LINUX.name else None


def span_of_line(fact: InstalledComponent) -> tuple[str, str] | None:
    """Give the first and the last version that a kernel may have whose release names its line only; None for others."""
    match = _ABI.match(fact.version) if fact.name == LINUX.name else None
    return (match[1], f"{match[1]}.{_LAST}") if match else None


def package_version(fact: InstalledComponent) -> str:
    """Give the whole version of a package of a distribution; empty when no package database states it."""
    is_package = fact.basis == "package-database" and type_of(fact.purls[0] if fact.purls else "") in PACKAGES
    return fact.stated[0] if is_package and fact.stated else ""


def revision(fact: InstalledComponent) -> str:
    """Give what a packager added to the maker's version; empty when that is nothing."""
    return package_version(fact).rpartition("-")[2] if "-" in package_version(fact) else ""


def targets(
    fact: InstalledComponent, version: str, system: OperatingSystem | None, cpe_of: Callable[[str], tuple[str, ...]]
) -> tuple[Target, ...]:
    """Give the ways to look a component up: by its maker's releases, and by the distribution's packages."""
    known = known_as(fact)
    purl = fact.purls[0] if fact.purls else ""
    order: Order = known.scheme if known else _LANGUAGES.get(type_of(purl), "generic")
    found = [Target(_maker_products(fact, known, purl, cpe_of), order, usable(order, version), is_package=False)]
    if whole := package_version(fact):
        order = PACKAGES[type_of(purl)]
        found.append(Target(_package_products(fact, purl, system), order, usable(order, whole), is_package=True))
    return tuple(one for one in found if one.products)


def usable(order: Order, version: str) -> str:
    """Give a version that can be compared, and nothing for another."""
    return version if is_version(order, version) else ""


def _maker_products(
    fact: InstalledComponent, known: KnownComponent | None, purl: str, cpe_of: Callable[[str], tuple[str, ...]]
) -> tuple[str, ...]:
    """Name a component as its maker's releases are named; one without an identifier by what its packages stand for."""
    if known is not None:
        cpes = tuple(f"cpe:{cpe}" for cpe in known.cpe) or cpe_of(known.name)
        keys = [*cpes, _key(known.purl or f"pkg:generic/{known.name}")]
    elif type_of(purl) in PACKAGES:
        names = dict.fromkeys((fact.name, *fact.packages, *map(_last, fact.sources)))
        keys = list(next((found for name in names if (found := cpe_of(name))), ()))
    else:
        keys = [_key(purl)] if purl else list(cpe_of(fact.name))
    return tuple(dict.fromkeys(key.lower() for key in keys))


def _package_products(fact: InstalledComponent, purl: str, system: OperatingSystem | None) -> tuple[str, ...]:
    """Name a package of a distribution, with its release and without, by the names of its sources and its own."""
    match = _PURL.match(purl)
    if match is None or not match["namespace"]:
        return ()
    namespace = unquote(match["namespace"])
    names = dict.fromkeys(name.lower() for name in (*map(_last, fact.sources), *fact.packages, match["name"]))
    release = release_of(system) if system is not None and system.id == namespace else ""
    keys = [f"purl:pkg:{match['type']}/{namespace}/{name}" for name in list(names)[:MOST_NAMES]]
    return (*(f"{key}?distro={release}" for key in keys if release), *keys)


def _last(source: str) -> str:
    """Give the name of a source package, which OpenWrt writes as a path."""
    return source.rstrip("/").rpartition("/")[2]


def release_of(system: OperatingSystem) -> str:
    """Name the release of a distribution as Package URLs do, such as `debian-12` or `alpine-3.18`."""
    parts = re.match(r"v?(\d{1,4})(?:\.(\d{1,4}))?", system.version)
    if parts is None:
        return ""
    is_whole = system.id in ("debian", "rhel", "almalinux", "rocky", "centos", "raspbian") or parts[2] is None
    return f"{system.id}-{parts[1]}" if is_whole else f"{system.id}-{parts[1]}.{parts[2]}"


def _key(purl: str) -> str:
    bare = purl.partition("?")[0].partition("#")[0]
    name, at, version = bare.rpartition("@")
    return f"purl:{unquote(name if at and '/' not in version else bare)}".lower()

"""Under which names knowledge may hold a component, and which of its versions is compared there, in which order.

Sources: NISTIR 7695 on CPE names, the Package URL specification, Debian policy 5.6.12 and the guides of opkg, apk and
rpm on what stands before and behind the upstream version in that of a package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import unquote

import msgspec

from plimsoll.knowledge.components import KnownComponent, load
from plimsoll.match.versions import Order, is_version
from plimsoll.model.facts import Component, OperatingSystem

PACKAGES: Mapping[str, Order] = {"deb": "dpkg", "opkg": "opkg", "apk": "apk", "rpm": "rpm", "alpm": "rpm"}
"""Types of Package URLs whose versions count the revisions of a packager."""
_LANGUAGES: Mapping[str, Order] = {"npm": "semver", "cargo": "semver", "golang": "semver"}

LINUX = KnownComponent("linux", "image", cpe=("linux:linux_kernel",), scheme="kernel", lifetime="linux")

_PURL = re.compile(r"pkg:(?P<type>[a-z0-9.+-]+)/(?:(?P<namespace>[^@?#]+)/)?(?P<name>[^/@?#]+)")
_EPOCH = re.compile(r"\d{1,9}:")
_REPACKED = re.compile(r"[+~.](?:dfsg|ds|repack|debian|git|gh|svn|nmu|really|really[\d.]*)[\w.~+]*\Z")
_ABI = re.compile(r"\d+\.\d+\.0-\d{1,3}-[a-z]")
"""The release of a kernel of Debian or Ubuntu, which names its interface and not its version."""


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
    known = {one.name: one for one in load()}
    names = {package: one for one in load() for package in one.packages}
    return {"kernel": LINUX, **names, **known, "linux": LINUX}


def known_as(fact: Component) -> KnownComponent | None:
    """Give the component that a fact is of; for a package by its own name, or that of its source."""
    names = _by_name()
    if fact.basis != "package-database":
        return names.get(fact.name)
    if type_of(fact.purl) not in PACKAGES:
        return None
    return names.get(fact.name) or names.get(source_of(fact))


def source_of(fact: Component) -> str:
    """Give the name of the source package; the last part of what OpenWrt writes as a path."""
    return fact.source.rpartition("/")[2] or fact.name


def upstream(version: str, type: str) -> str:
    """Give the maker's version in that of a package."""
    version = _EPOCH.sub("", version, count=1)
    if type == "apk":
        return re.sub(r"-r\d+\Z", "", version).replace("_", "")
    if type in PACKAGES and "-" in version:
        version = version.rpartition("-")[0]
    if "+really" in version:
        return version.rpartition("+really")[2]
    return _REPACKED.sub("", version)


def revision(version: str, type: str) -> str:
    """Give what the packager added to the maker's version; empty when that is nothing."""
    if type not in PACKAGES or "-" not in version:
        return ""
    return version.rpartition("-")[2]


def targets(
    name: str,
    known: KnownComponent | None,
    version: str,
    package: Component | None,
    system: OperatingSystem | None,
    cpe_of: Callable[[str], tuple[str, ...]],
) -> tuple[Target, ...]:
    """Give the ways to look a component up: by its maker's releases, and by the distribution's packages."""
    type = type_of(package.purl) if package else ""
    order: Order = known.scheme if known else _LANGUAGES.get(type, "generic")
    own = upstream(version, type) if package else version
    if known is LINUX and _ABI.match(own):
        own = ""
    found = [Target(_maker_products(name, known, package, cpe_of), order, _usable(order, own), is_package=False)]
    if package and type in PACKAGES:
        keys = _package_products(package, system)
        found.append(Target(keys, PACKAGES[type], _usable(PACKAGES[type], package.version), is_package=True))
    return tuple(one for one in found if one.products)


def _usable(order: Order, version: str) -> str:
    return version if is_version(order, version) else ""


def _maker_products(
    name: str, known: KnownComponent | None, package: Component | None, cpe_of: Callable[[str], tuple[str, ...]]
) -> tuple[str, ...]:
    if known is not None:
        keys = [f"cpe:{cpe}" for cpe in known.cpe] or list(cpe_of(known.name))
        purl = known.purl or f"pkg:generic/{known.name}"
        keys.append(_key(purl))
    elif package is not None and type_of(package.purl) not in PACKAGES:
        keys = [_key(package.purl)]
    else:
        keys = list(cpe_of(name))
        if package is not None and not keys:
            keys = list(cpe_of(package.name))
    return tuple(dict.fromkeys(key.lower() for key in keys if key))


def _package_products(package: Component, system: OperatingSystem | None) -> tuple[str, ...]:
    """Name a package of a distribution, with its release and without, by its own name and by its source's."""
    match = _PURL.match(package.purl)
    if match is None or not match["namespace"]:
        return ()
    stem = f"purl:pkg:{match['type']}/{unquote(match['namespace'])}"
    names = dict.fromkeys((source_of(package).lower(), package.name.lower()))
    release = release_of(system) if system is not None and system.id == unquote(match["namespace"]) else ""
    keys = [f"{stem}/{one}" for one in names]
    return (*(f"{key}?distro={release}" for key in keys if release), *keys)


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

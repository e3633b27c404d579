"""From a package of a distribution to the component that it is, and from its version to the upstream one.

Source: the identifiers' own lists of packages; Debian policy, chapters 5.6.12 (versions: epoch, upstream, revision) and
8.1 (names of library packages: the soname's number, a hyphen before it where the name ends in a digit); the versions of
OpenWrt (`-<release>`, `-r<release>`), Alpine (`-r<release>`) and rpm (`epoch:version-release`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from plimsoll.knowledge.components import load

SYSTEM_MANAGERS = frozenset(("opkg", "deb", "apk", "rpm", "alpm", "generic"))
"""Managers of whole systems: their packages may be any upstream project; those of a language are its own."""

KERNEL = "linux"
_KERNELS = re.compile(
    r"(?:kernel|kmod-.+|linux-image-.+|[a-z0-9-]+-modules-\d[\w.+-]*-di|linux|linux-(?:lts|virt|rpi\d?|zen)|kernel-(?:image|core|modules?)-?.*)"
)
_NO_CODE = re.compile(
    r".+-(?:dev|devel|doc|docs|dbg|dbgsym|debuginfo|data|headers|l10n|locales?|lang|man|manpages|i18n|examples)"
    r"|.+-locale-.+|linux-(?:libc-dev|headers-.+|base|doc.*|source.*|firmware.*|kbuild.*|compiler.*|config.*)"
)
"""Packages that hold no program: text, headers, translations."""
_AFTER_HYPHEN = re.compile(r"-\d[\d.]*(?:-\d+)?\Z")
_SONAME = re.compile(r"\d[\d.]*[a-z]?\Z")
_REVISION = re.compile(r"-r?[\w.+~]*\Z")
_REPACKED = re.compile(r"(?:[+~]|[.-](?:dfsg|ds)\b)")
_EARLY = re.compile(r"~(?=(?:rc|beta|alpha|pre)\d)")
"""A release before the release: upstream writes a hyphen."""
_RELEASE = re.compile(r"-(\d+\.\d+\.\d+-[\w.+-]+?)(?:-di)?\Z")
_NUMBERS = re.compile(r"\d+\.\d+(?:\.\d+)*")
_EPOCH = re.compile(r"\d+:")


@cache
def _identifiers() -> dict[str, str]:
    """Give the identifier of each name that it or its packages bear; what two claim belongs to neither."""
    found: dict[str, str] = {}
    claimed: set[str] = set()
    for one in load():
        for name in one.packages:
            if found.setdefault(name, one.name) != one.name:
                claimed.add(name)
    for name in claimed:
        del found[name]
    return found | {one.name: one.name for one in load()}


@cache
def _by_library() -> dict[str, str]:
    """Give the identifier of each library, by what its file's name begins with; what two claim belongs to neither."""
    found: dict[str, set[str]] = {}
    for one in load():
        for library in one.libraries:
            found.setdefault(library.partition(".so")[0], set()).add(one.name)
    return {library: min(names) for library, names in found.items() if len(names) == 1}


def component_of(package: str, source: str) -> str:
    """Give the identifier of the component that a package is; empty when it has none or holds no program."""
    package = package.removesuffix("-udeb")
    if _KERNELS.fullmatch(package):
        return KERNEL
    if _NO_CODE.fullmatch(package):
        return ""
    known = _identifiers()
    return next((known[name] for name in _names(package, source) if name in known), "")


def kernel_release(package: str) -> str:
    """Give the release that a package of a kernel bears in its name, which is not always the kernel's version."""
    match = _RELEASE.search(package)
    return match[1] if match else ""


def is_identified(name: str) -> bool:
    """Tell whether a name is that of an identifier."""
    return name == KERNEL or _identifiers().get(name) == name


def _names(package: str, source: str) -> Iterator[str]:
    """Give the names under which a package may be known, the surest first."""
    yield package
    upstream = source.rstrip("/").rpartition("/")[2]
    if upstream and upstream != KERNEL:  # NOTE: the kernel's source package holds tools and headers as well.
        yield upstream
    if package.startswith("lib"):
        plain = _AFTER_HYPHEN.sub("", package)
        plain = plain if plain != package else _SONAME.sub("", package)
        yield plain
        yield _by_library().get(plain, "")


def upstream_version(manager: str, version: str, component: str = "") -> str:
    """Take off what a distribution adds to an upstream version: epoch, revision, marks of repacking."""
    if manager not in SYSTEM_MANAGERS:
        return version
    if component == KERNEL and (numbers := _NUMBERS.match(version)):
        return numbers[0]
    plain = _EPOCH.sub("", version, count=1) if _EPOCH.match(version) else version
    plain = _REVISION.sub("", plain)
    plain = _EARLY.sub("-", plain)
    cut = _REPACKED.search(plain)
    return plain[: cut.start()] if cut and cut.start() else plain


def is_same_version(one: str, other: str) -> bool:
    """Tell whether two statements can be of one version: equal, or one goes into more detail than the other."""
    shorter, longer = sorted((one.lower(), other.lower()), key=len)
    return longer == shorter or (longer.startswith(shorter) and not longer[len(shorter)].isalnum())

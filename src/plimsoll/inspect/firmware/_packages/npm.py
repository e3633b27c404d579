"""Packages of Node.js: each one's `package.json` in `node_modules`, or else the lock file of an application.

Source: npm's documentation of package.json (`name`, `version`), of folders (`node_modules/<name>`,
`node_modules/@<scope>/<name>`; Debian keeps them in `share/nodejs`), and of package-lock.json (`packages`, by path,
with `dev` for what only builds need).

A lock file says what was to be installed and not what is there: it speaks only where no package lies beside it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.firmware._packages.package import MOST_PACKAGES, Package, Reader, text
from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

LARGEST_PACKAGE = 1 << 20
LARGEST_LOCK = 16 << 20
_PATH = regex(rb"(?:.*/)?(?:node_modules|share/nodejs)/(?:@[^/]+/)?[^/@.][^/]*/package\.json")
_FOLDER = regex(rb"(?:node_modules|share/nodejs)/(?:@[^/]+/)?[^/]+/?")
_PLAYGROUND = frozenset(
    (b"test", b"tests", b"__tests__", b"fixtures", b"__fixtures__", b"fixture", b"example", b"examples", b"doc",
     b"docs", b"spec", b"testdata", b"test-data", b"mock", b"mocks", b"bench", b"benchmark", b"benchmarks")
)  # fmt: skip
_NAME = regex(r"(?:@(?P<scope>[a-z0-9~_.-]{1,100})/)?(?P<name>[A-Za-z0-9~_.-]{1,200})")
_VERSION = regex(r"\d[\w.+-]{0,100}")


class _Manifest(msgspec.Struct):
    name: str
    version: str


class _Locked(msgspec.Struct):
    version: str = ""
    name: str = ""
    dev: bool = False
    optional: bool = False
    link: bool = False


class _Lock(msgspec.Struct):
    packages: dict[str, _Locked]


def _is_installed(look: Look) -> bool:
    if _PATH.fullmatch(look.path) is None:
        return False
    others = _FOLDER.sub(b"", look.path)  # NOTE: a package may itself be named `test` or `docs`.
    return _PLAYGROUND.isdisjoint(others.split(b"/")[:-1])


def _read_installed(look: Look) -> Iterator[Package]:
    if len(look.data) > LARGEST_PACKAGE:
        return
    try:
        manifest = msgspec.json.decode(look.data, type=_Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    yield from _package(manifest.name, manifest.version)


def _is_locked(look: Look) -> bool:
    return _PLAYGROUND.isdisjoint(look.path.split(b"/")) and b"node_modules/" not in look.path


def _read_locked(look: Look) -> Iterator[Package]:
    if len(look.data) > LARGEST_LOCK:
        return
    try:
        lock = msgspec.json.decode(look.data, type=_Lock)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    for path, one in list(lock.packages.items())[:MOST_PACKAGES]:
        name = one.name or path.rpartition("node_modules/")[2]
        if path and not one.dev and not one.optional and not one.link:
            yield from _package(name, one.version)


def _package(name: str, version: str) -> Iterator[Package]:
    match = _NAME.fullmatch(name)
    if match is not None and _VERSION.fullmatch(version):
        scope = f"@{match['scope']}" if match["scope"] else ""
        yield Package(text(match["name"].encode()), text(version.encode()), None, None, namespace=scope)


def folder_of_lock(path: bytes) -> bytes:
    """Give the folder of packages that lies beside a lock file when they were installed."""
    return posixpath.join(posixpath.dirname(path), b"node_modules")


INSTALLED = Reader("npm", "package-database", _is_installed, _read_installed, names=frozenset((b"package.json",)))
LOCKED = Reader(
    "npm",
    "lock-file",
    _is_locked,
    _read_locked,
    names=frozenset((b"package-lock.json",)),
    yields_to="installed",
)

"""Which files a package brought, by the lists that package managers keep.

Source: dpkg(1) and opkg: `info/<package>.list`, a path on each line, from the root of the system (opkg may put a tab
and more behind it); the Alpine wiki on the apk database: `F:` folder, `R:` file in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from plimsoll.inspect.inspector import Look
from plimsoll.inspect.scan import printable

LARGEST_LIST = 32 << 20
_LIST = re.compile(rb"(?P<root>(?:.*?/)??)(?:usr/|var/|opt/)?lib/(?P<manager>opkg|dpkg)/info/(?P<package>[^/]+)\.list")
_APK = re.compile(rb"(?P<root>(?:.*?/)??)(?:usr/)?lib/apk/db/installed")
_MERGED = re.compile(rb"\Ausr/(?=s?bin/|lib)")
"""Systems that moved `/bin` and `/lib` below `/usr` list files under either name."""


class FileList(msgspec.Struct, frozen=True):
    """The list of one package, or of a whole database."""

    manager: str
    root: bytes
    """Folder in the tree from which the paths count."""
    package: str
    """Empty for a database that lists the files of all packages."""
    data: bytes


class Owner(msgspec.Struct, frozen=True):
    """The package that brought a file."""

    package: str
    manager: str


def is_file_list(look: Look) -> bool:
    """Tell by its path whether a file lists what a package brought."""
    if look.name.endswith(b".list"):
        return _LIST.fullmatch(look.path) is not None
    return look.name == b"installed" and _APK.fullmatch(look.path) is not None


def read_file_list(look: Look) -> FileList | None:
    """Keep a list as it is, until it is known of which files one asks; None for one that is too long."""
    if len(look.data) > LARGEST_LIST:
        return None
    if match := _LIST.fullmatch(look.path):
        manager = "deb" if match["manager"] == b"dpkg" else "opkg"
        name = match["package"].partition(b":")[0]  # NOTE: dpkg puts the architecture behind a colon.
        return FileList(manager, match["root"], printable(name), bytes(look.data))
    match = _APK.fullmatch(look.path)
    return FileList("apk", match["root"], "", bytes(look.data)) if match else None


def owners(lists: Iterable[FileList], wanted: Iterable[bytes]) -> dict[bytes, Owner]:
    """Give the package of each wanted path that a list names; the first list counts."""
    asked: dict[bytes, list[bytes]] = {}
    for path in wanted:
        asked.setdefault(_MERGED.sub(b"", path), []).append(path)
    found: dict[bytes, Owner] = {}
    for one in lists:
        for package, path in _paths(one):
            inside = _MERGED.sub(b"", one.root + path) if not one.root else one.root + path
            for here in asked.get(inside, ()):
                found.setdefault(here, Owner(package, one.manager))
    return found


def _paths(one: FileList) -> Iterator[tuple[str, bytes]]:
    if one.package:
        for line in one.data.split(b"\n"):
            yield one.package, line.partition(b"\t")[0].strip().lstrip(b"/")
        return
    package, folder = "", b""
    for line in one.data.split(b"\n"):
        letter, value = line[:2], line[2:].strip()
        if letter == b"P:":
            package = printable(value)
        elif letter == b"F:":
            folder = value
        elif letter == b"R:":
            yield package, folder + b"/" + value if folder else value

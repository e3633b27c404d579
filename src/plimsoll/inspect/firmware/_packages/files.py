"""Which files a package brought, by the lists that package managers keep.

Source: dpkg(1) and opkg: `info/<package>.list`, a path on each line, from the root of the system (opkg may put a tab
and more behind it); the Alpine wiki on the apk database: `F:` folder, `R:` file in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

import msgspec

from plimsoll.inspect.inspector import Look
from plimsoll.inspect.scan import printable
from plimsoll.regex import regex

LARGEST_LIST = 32 << 20
_LIST = regex(rb"(?P<root>(?:.*?/)??)(?:usr/|var/|opt/)?lib/(?P<manager>opkg|dpkg)/info/(?P<package>[^/]+)\.list")
_APK = regex(rb"(?P<root>(?:.*?/)??)(?:usr/)?lib/apk/db/installed")
_MERGED = regex(rb"\Ausr/(?=s?bin/|lib)")
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
    asked = tuple(wanted)
    by_root: dict[bytes, dict[bytes, bytes]] = {}
    found: dict[bytes, Owner] = {}
    for one in lists:
        lines = by_root.get(one.root)
        if lines is None:
            lines = by_root[one.root] = _lines_of(one.root, asked)
        for package, line in _named(one, lines.keys()):
            found.setdefault(lines[line], Owner(package, one.manager))
    return found


def _lines_of(root: bytes, paths: Iterable[bytes]) -> dict[bytes, bytes]:
    """Give each path by the lines that a list below a root may name it with."""
    lines: dict[bytes, bytes] = {}
    for path in paths:
        if path.startswith(root):
            inside = path[len(root) :]
            bare = _MERGED.sub(b"", inside)
            lines |= {b"/" + name: path for name in (bare, b"usr/" + bare, inside)}
    return lines


def _named(one: FileList, wanted: Set[bytes]) -> Iterator[tuple[str, bytes]]:
    """Give the wanted lines that a list has, each with its package."""
    if one.package:
        lines = one.data.split(b"\n")
        if b"\t" in one.data:
            lines = [line.partition(b"\t")[0] for line in lines]
        yield from ((one.package, line) for line in sorted(wanted & set(lines)))
        return
    package, folder = "", b""
    for line in one.data.split(b"\n"):
        letter, value = line[:2], line[2:]
        if letter == b"P:":
            package = printable(value)
        elif letter == b"F:":
            folder = value
        elif letter == b"R:" and (path := b"/" + folder + b"/" + value if folder else b"/" + value) in wanted:
            yield package, path

"""Finds which statements of OpenSSH's server are in force, over its main file and those that it includes.

As in sshd_config(5): the first value of a keyword holds, what stands in a `Match` block holds for some callers only and
goes before the rest, and `Include` takes files in the order of their names, those without a leading `/` from /etc/ssh.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.inspector import Kept
from plimsoll.model.evidence import Excerpt
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST_READ = 2_000
"""Most files and patterns that are read for the main files of one tree, each as often as it is included."""
MOST_FOUND = 200
"""Most files that one `Include` takes."""
MOST_LISTED = 1_000
"""Most files of a folder that are compared with a pattern."""
LONGEST_NAME = 100
"""Bytes of the longest pattern for the name of a file."""
DEEPEST = 16
"""Depth of files that include files, as in OpenSSH."""

_CUMULATIVE = frozenset(
    ("hostkey", "port", "listenaddress", "allowusers", "denyusers", "allowgroups", "denygroups", "match")
)
"""Keywords that add to what was written before."""
_MAIN = regex(rb"((?:[^/]+/)*?)(?:usr/(?:local/)?)?etc/ssh/sshd_config\Z")


class Statement(msgspec.Struct, frozen=True):
    """One line of a configuration, among them `match` and `include`."""

    key: str
    value: bytes
    offset: int
    length: int
    excerpt: Excerpt


class SshdFile(msgspec.Struct, frozen=True):
    """A configuration file of OpenSSH's server."""

    statements: tuple[Statement, ...]
    is_in_use: bool
    """Whether it stands where the program looks; for a file to be included: where it may be included from."""
    is_main: bool
    """False for a file that counts only when another includes it."""


class _Reading:
    """What is in force after a main file was read."""

    def __init__(self, files: dict[bytes, Kept], folders: dict[bytes, list[bytes]], tree: Tree) -> None:
        self.files = files
        self.folders = folders
        self.tree = tree
        self.base = b""
        """Folder of the tree that is the root of the product's files."""
        self.left = MOST_READ

    def in_force(self, path: bytes) -> Iterator[tuple[bytes, int]]:
        """Give the file and number of each statement that holds for everybody."""
        main = _MAIN.match(path)
        self.base = main[1] if main is not None else b""
        everywhere: dict[str, list[tuple[bytes, int]]] = {}
        matched: dict[str, list[tuple[bytes, int]]] = {}
        for file, number, statement, block in self._statements(path, "", 0):
            if block in ("", "all"):
                place = matched if block == "all" else everywhere
                place.setdefault(statement.key, []).append((file, number))
        for key in everywhere | matched:
            found = matched.get(key) or everywhere[key]
            yield from found if key in _CUMULATIVE else found[:1]

    def _statements(self, path: bytes, block: str, depth: int) -> Iterator[tuple[bytes, int, Statement, str]]:
        """Give statements in the order in which they are read, each with `all`, `some` or nothing for its block."""
        kept = self.files.get(path)
        if kept is None or depth > DEEPEST or self.left <= 0:
            return
        self.left -= 1
        outer = block
        for number, statement in enumerate(kept.value.statements):
            if statement.key == "match":
                block = "all" if _is_for_all(statement) and outer != "some" else "some"
                yield path, number, statement, ""
            elif statement.key == "include":
                for included in self._included(statement.value):
                    yield from self._statements(included, block, depth + 1)
            else:
                yield path, number, statement, block

    def _included(self, value: bytes) -> Iterator[bytes]:
        for pattern in value.replace(b'"', b" ").split():
            full = pattern.lstrip(b"/") if pattern.startswith(b"/") else b"etc/ssh/" + pattern
            folder, _, name = (self.base + full).rpartition(b"/")
            self.left -= 1
            if len(name) > LONGEST_NAME or self.left <= 0:
                return
            if not any(mark in name for mark in (b"*", b"?", b"[")):
                node = self.tree.resolve(self.base + full)
                found = [node.path] if node is not None else []
            else:
                names = self.folders.get(folder, [])[:MOST_LISTED]
                found = [one for one in names if fnmatch.fnmatchcase(one.rpartition(b"/")[2], name)]
            yield from found[:MOST_FOUND]


def statements_in_order(kept: Sequence[Kept]) -> Iterator[tuple[Kept, Statement, bool]]:
    """Give each statement, with its file and whether it is in force; not what takes files in or ends a block."""
    trees: dict[object, list[Kept]] = {}
    for one in kept:
        if isinstance(one.value, SshdFile):
            trees.setdefault(one.tree.stem, []).append(one)
    for files in trees.values():
        standing = _standing(files)
        for one in files:
            for number, statement in enumerate(one.value.statements):
                if statement.key != "include" and not _is_for_all(statement):
                    yield one, statement, (one.path, number) in standing


def _is_for_all(statement: Statement) -> bool:
    return statement.key == "match" and statement.value.lower() == b"all"


def _standing(files: Sequence[Kept]) -> set[tuple[bytes, int]]:
    """Give the statements of a tree that are in force; without a main file, all that it would include are read."""
    used = {one.path: one for one in files if one.value.is_in_use}
    folders: dict[bytes, list[bytes]] = {}
    for path in sorted(used):
        folders.setdefault(path.rpartition(b"/")[0], []).append(path)
    reading = _Reading(used, folders, files[0].tree)
    mains = [path for path in sorted(used) if used[path].value.is_main]
    roots = mains or [path for path in sorted(used) if path.rpartition(b"/")[0].endswith(b"sshd_config.d")]
    return {place for path in roots for place in reading.in_force(path)}

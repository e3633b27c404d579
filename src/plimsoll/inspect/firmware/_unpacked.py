"""Reads the commands of a script that unpack an archive, and finds what they bring to where accounts are read.

Options are those of tar in POSIX.1-1988, GNU and busybox, and of unzip. The archive is one that was opened where it
lies: a tree of its own within the tree of the script.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._shell import Command
from plimsoll.inspect.firmware._shell_tokens import is_known
from plimsoll.inspect.inspector import Kept
from plimsoll.model.facts import AccountStoreCopy, UnpackedArchive
from plimsoll.model.locator import Carve, Member, escape_name, escape_path
from plimsoll.sources.tree import Tree

WITHIN = "!"
"""Stands in the path of a source between an archive and what lies in it."""
_STORES: tuple[Literal["passwd", "shadow"], ...] = ("passwd", "shadow")


class Unpacked(msgspec.Struct, frozen=True):
    """A command that unpacks an archive into a folder."""

    archive: bytes
    folder: bytes
    command: bytes
    offset: int
    length: int


def unpacked(commands: Sequence[Command]) -> Iterator[Unpacked]:
    """Give the commands that unpack an archive; without a folder, into the one that the command before went to."""
    before: tuple[bytes, ...] = ()
    for command in commands:
        words = command.words
        name = posixpath.basename(words[0])
        if name == b"busybox" and len(words) > 1:
            words, name = words[1:], words[1]
        place = before[1] if len(before) == 2 and before[0] == b"cd" else b""
        archive, folder = _tar(words[1:]) if name == b"tar" else _unzip(words[1:]) if name == b"unzip" else (b"", b"")
        folder = folder or place
        if archive.startswith(b"/") and folder.startswith(b"/") and is_known(archive) and is_known(folder):
            yield Unpacked(archive, posixpath.normpath(folder), name, command.offset, command.length)
        before = command.words


def _tar(words: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Give archive and folder of a command that extracts: `xzf A -C D`, `-x -f A`, `--directory=D`."""
    archive, folder, extracts = b"", b"", False
    waiting = list(words)
    is_first = True
    while waiting:
        word = waiting.pop(0)
        is_old = is_first and word[:1].isalpha()
        is_first = False
        if word.startswith(b"--"):
            key, equals, value = word[2:].partition(b"=")
            if key in (b"file", b"directory") and not equals:
                value = waiting.pop(0) if waiting else b""
            extracts = extracts or key in (b"extract", b"get")
            archive, folder = (value if key == b"file" else archive), (value if key == b"directory" else folder)
        elif is_old or (word.startswith(b"-") and len(word) > 1):
            letters = word if is_old else word[1:]
            extracts = extracts or b"x" in letters.split(b"f")[0]
            for letter in (b"f", b"C"):
                _, found, joined = letters.partition(letter)
                if found:
                    value = joined if joined and not is_old else (waiting.pop(0) if waiting else b"")
                    archive, folder = (value if letter == b"f" else archive), (value if letter == b"C" else folder)
                    if not is_old:
                        break
    return (archive, folder) if extracts else (b"", b"")


def _unzip(words: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Give archive and folder of `unzip A -d D`."""
    folder = next((after for word, after in pairwise(words) if word == b"-d"), b"")
    archive = next((word for word in words if not word.startswith(b"-")), b"")
    return archive, folder


def copies_of(kept: Kept, one: Unpacked, trees: Sequence[Tree]) -> Iterator[AccountStoreCopy | UnpackedArchive]:
    """Give an archive that comes to lie over the root or /etc, and the stores of accounts that it brings there."""
    node = kept.tree.resolve(one.archive)
    if node is None or node.kind != "file":
        return
    path = node.link_to or node.path
    for tree in trees:
        if not _is_of(tree, kept.tree, path):
            continue
        folder = (kept.tree.real_path(one.folder) or one.folder).strip(b"/")
        if one.folder == b"/" or posixpath.basename(one.folder) == b"etc":
            yield UnpackedArchive(escape_path(path), escape_path(folder), escape_name(one.command))
        for store in _STORES:
            for member, put in _places(store.encode(), one.folder):
                inner = tree.resolve(member)
                if inner is not None and inner.kind == "file":
                    source = f"{escape_path(path)}{WITHIN}/{escape_path(inner.path)}"
                    target = escape_path(kept.tree.real_path(put) or put.lstrip(b"/"))
                    yield AccountStoreCopy(store, source, target, escape_name(one.command))


def _places(store: bytes, folder: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the paths in an archive that become a store of /etc, each with where it comes to lie."""
    if posixpath.basename(folder) == b"etc":
        yield store, posixpath.join(folder, store)
    yield b"etc/" + store, posixpath.join(folder, b"etc", store)


def _is_of(tree: Tree, outer: Tree, path: bytes) -> bool:
    """Tell whether a tree is what a file of another tree holds, and not what lies deeper in it."""
    steps, above = tree.stem.steps, outer.stem.steps
    rest = steps[len(above) :]
    is_there = tree.stem.image == outer.stem.image and steps[: len(above)] == above and rest[:1] == (Member(path),)
    return is_there and len(rest) > 1 and all(isinstance(step, Carve) for step in rest[1:])

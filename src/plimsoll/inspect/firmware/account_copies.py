"""Which other file comes to stand where the accounts of the system are read: templates that a script puts there, links.

Commands are those of POSIX and busybox. The ways were observed in trees of router and camera makers, whose /etc/passwd
lies in memory or on a partition of settings and is made anew at boot.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal

from plimsoll.inspect.firmware._conditions import LONGEST_PATH
from plimsoll.inspect.firmware._shell import read_script
from plimsoll.inspect.firmware._shell_tokens import is_known
from plimsoll.inspect.firmware._standing import is_active, line_at
from plimsoll.inspect.firmware._unpacked import copies_of, unpacked
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import AccountStoreCopy
from plimsoll.model.locator import escape_name, escape_path
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

LARGEST = 1 << 18
"""Bytes of the largest script that is read."""
MOST = 100
"""Most copies recorded of one script."""

_STORES: tuple[Literal["passwd", "shadow"], ...] = ("passwd", "shadow")
_COPIERS = (b"cp", b"mv", b"ln", b"install", b"mount", b"cat")
_WITH_VALUE = regex(rb"-[A-Za-z]*[mgotS]\Z|--(?:mode|owner|group|suffix|target-directory)\Z")
"""Options of cp, install and mount that take the next word."""
_MADE = regex(
    rb"(?:^|[;&|({]|\b(?:then|else|do)\b)[ \t]*([\w./-]{1,100})([^\n;&|]{0,300}?)(?<![>0-9&])>\|?[ \t]*[\"']?"
    rb"(/[^\s\"';&|<>$`]{0,200}/(?:passwd|shadow))\b"
)
"""A command whose output becomes the store; a here-document is text of the script itself."""
_WRITERS = (b"echo", b"printf")
_COPIED = regex(rb"[ \t]+[\"']?([^\s\"';&|<>$`*?-][^\s\"';&|<>$`*?]{0,200})[\"']?[ \t]*\Z")


class AccountCopies(Inspector):
    """Records each command of a script, and each link of a tree, that puts a file where accounts are read."""

    id = "account-copies"
    title = "Which other file becomes the list of accounts?"
    what = (
        "Commands of scripts that copy, move, link, mount or print a file to /etc/passwd or /etc/shadow, or to where a "
        "link of the image leads from there, or that copy a folder with such files over /etc; archives of the image "
        "that scripts unpack over the root or /etc; and those links."
    )
    limits = (
        "Paths in variables that the script itself does not set, copies that a compiled program makes, and overlays "
        "that the kernel mounts, are not followed. Of what an archive brings, accounts, keys of users and the settings "
        "of services are, and start scripts are not."
    )
    patterns = (
        Pattern("store", rb"/(?:passwd|shadow)\b", (b"/passwd", b"/shadow"), longest=16, kinds=("script", "text")),
        Pattern(
            "folder",
            rb"\b(?:tar|unzip)[ \t][^\n;|&]{2,200}|"
            rb"\b(?:cp|mv|ln|mount)[ \t][^\n;|&]{1,200}[ \t\"'][\w./-]{0,60}/etc/?(?:[ \t\r\n;\"']|$)",
            (b"/etc", b"tar", b"unzip"),
            longest=320,
            kinds=("script", "text"),
        ),
    )
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take shell scripts that name a store or copy over /etc."""
        is_script = look.kind == "script" or look.path.startswith(b"etc/uci-defaults/") or look.name.endswith(b".sh")
        return bool(look.matches) and is_script and 0 < len(look.data) <= LARGEST

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the copies of one script."""
        tree, given = look.file.tree, 0
        commands = read_script(look.data, {})
        yield from (one for one in islice(unpacked(commands), MOST) if is_active(look, one.offset))
        for command in commands:
            if given >= MOST or not is_active(look, command.offset):
                continue
            for fact in _copies(command.words, tree):
                given += 1
                yield Seen(fact, command.offset, command.length)
        for start in sorted({line_at(look.data, one.start())[0] for one in look.matches.get("store", ())})[:MOST]:
            _, line = line_at(look.data, start)
            match = _MADE.search(line)
            if match is not None and is_active(look, start + match.start(1)):
                made = None if b"<<" in line else _printed(match, tree)
                if made is not None:
                    yield Seen(made, start + match.start(1), match.end() - match.start(1))

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the links that lead from where accounts are read to another place, and what archives bring there."""
        for one in kept:
            for fact in copies_of(one, one.value, trees):
                where = one.tree.stem.at(one.path, one.value.offset, one.value.length)
                yield Observation(fact, where, self.id)
        for tree in trees:
            for store in _STORES:
                path = b"etc/" + store.encode()
                real = tree.real_path(path)
                link = next((one for one in (path, b"etc") if _is_link(tree, one)), None)
                if link is not None and real is not None and real != path:
                    fact = AccountStoreCopy(store, escape_path(real), escape_path(path), "symlink")
                    yield Observation(fact, tree.stem.at(link), self.id)


def _is_link(tree: Tree, path: bytes) -> bool:
    node = tree.by_path.get(path)
    return node is not None and node.kind == "symlink"


def _copies(words: Sequence[bytes], tree: Tree) -> Iterator[AccountStoreCopy]:
    """Read a command that copies, moves, links or mounts: its sources, then its target."""
    name = posixpath.basename(words[0])
    if name == b"busybox" and len(words) > 1:
        words = words[1:]
        name = words[0]
    paths = _paths(words[1:]) if name in _COPIERS[:-1] else []
    if len(paths) < 2 or not paths[-1].startswith(b"/") or not all(map(is_known, paths)):
        return
    target = paths[-1]
    for source in paths[:-1]:
        if name == b"ln" and not source.startswith(b"/"):
            source = posixpath.normpath(posixpath.join(posixpath.dirname(target), source))
        if source.startswith(b"/"):
            yield from _copy(source, target, name, tree)


def _paths(words: Sequence[bytes]) -> list[bytes]:
    """Give the words that are no options, nor the value of one."""
    found, is_value = [], False
    for word in words:
        if not is_value and not word.startswith(b"-"):
            found.append(word)
        is_value = not is_value and _WITH_VALUE.match(word) is not None
    return found


def _copy(source: bytes, target: bytes, name: bytes, tree: Tree) -> Iterator[AccountStoreCopy]:
    """Give the stores that one copy of a file or of a folder puts in place."""
    if len(source) > LONGEST_PATH or len(target) > LONGEST_PATH:
        return
    into, whole = target.rstrip(b"/"), source.rstrip(b"/")
    for store in _STORES:
        raw = store.encode()
        if posixpath.basename(into) == raw:
            yield _fact(store, whole, into, name, tree)
        elif posixpath.basename(whole) == raw and _is_folder(into, tree):
            yield _fact(store, whole, into + b"/" + raw, name, tree)
        elif posixpath.basename(whole) in (b"*", b"."):
            yield from _of_folder(store, posixpath.dirname(whole), into, name, tree)
        elif posixpath.basename(into) == b"etc" and name in (b"mount", b"ln"):
            yield from _of_folder(store, whole, into, name, tree)
        elif posixpath.basename(whole) == b"etc" and name in (b"cp", b"mv"):
            is_new = posixpath.basename(into) == b"etc" and tree.resolve(into) is None
            yield from _of_folder(store, whole, into if is_new else into + b"/etc", name, tree)


def _is_folder(path: bytes, tree: Tree) -> bool:
    node = tree.resolve(path)
    return posixpath.basename(path) == b"etc" or (node is not None and node.kind == "directory")


def _of_folder(
    store: Literal["passwd", "shadow"], source: bytes, target: bytes, name: bytes, tree: Tree
) -> Iterator[AccountStoreCopy]:
    """Give the store that lies in a folder which becomes another."""
    inner = source + b"/" + store.encode()
    if posixpath.basename(target) == b"etc" and tree.resolve(inner) is not None:
        yield _fact(store, inner, target + b"/" + store.encode(), name, tree)


def _fact(
    store: Literal["passwd", "shadow"], source: bytes, target: bytes, name: bytes, tree: Tree
) -> AccountStoreCopy:
    """Give the copy by real paths; a link that `ln` or `mv` replaces is not followed."""
    folder, _, last = target.rpartition(b"/")
    if name in (b"ln", b"mv", b"mount"):
        put = posixpath.join(tree.real_path(folder) or folder.lstrip(b"/"), last)
    else:
        put = tree.real_path(target) or target.lstrip(b"/")
    return AccountStoreCopy(store, _real(source, tree), escape_path(put), escape_name(name))


def _real(source: bytes, tree: Tree) -> str:
    """Give the path of a source that lies in the tree or is written in it; its own path where it is not there."""
    node = tree.resolve(source)
    if node is not None and node.kind == "file":
        return escape_path(node.link_to or node.path)
    return escape_path(tree.real_path(source) or source.lstrip(b"/"))


def _printed(match: re.Match[bytes], tree: Tree) -> AccountStoreCopy | None:
    """Read `cat FILE > /etc/passwd`; of another command the output is not known."""
    name = posixpath.basename(match[1])
    if name in _WRITERS or len(match[3]) > LONGEST_PATH:
        return None
    store = _STORES[match[3].endswith(b"shadow")]
    source = _COPIED.fullmatch(match[2]) if name == b"cat" else None
    if name == b"cat" and source is not None and source[1].startswith(b"/"):
        return _fact(store, source[1], match[3], name, tree)
    put = escape_path(tree.real_path(match[3]) or match[3].lstrip(b"/"))
    return AccountStoreCopy(store, "", put, escape_name(name))

"""Finds and reads systemd units in a file tree: search path, aliases, masks, templates, drop-ins, settings.

Search path and drop-ins are those of systemd.unit(5), the form of a file that of systemd.syntax(7).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from plimsoll.regex import regex
from plimsoll.sources.tree import Node, Tree

MOST_LINES = 2_000
"""Lines read of one unit file."""
MOST_SETTINGS = 2_000
"""Assignments taken of one unit, those of its drop-ins among them."""
LONGEST_VALUE = 8_192
"""Bytes of one setting, its continued lines joined."""

FOLDERS = (
    b"etc/systemd/system.control", b"run/systemd/system.control", b"run/systemd/transient",
    b"etc/systemd/system", b"etc/systemd/system.attached", b"run/systemd/system", b"usr/local/lib/systemd/system",
    b"usr/lib/systemd/system", b"lib/systemd/system",
)  # fmt: skip
"""The search path, what comes first counts."""
_SUFFIXES = (
    b".service", b".socket", b".target", b".timer", b".path", b".mount", b".automount", b".swap", b".slice", b".device",
    b".scope",
)  # fmt: skip
_NAME = regex(rb"[\w:.\\@%-]{1,255}\Z")
_SPECIFIER = regex(rb"%(.)", re.DOTALL)
_MOST_HOPS = 10


class Setting(msgspec.Struct, frozen=True):
    """An assignment in a unit file."""

    section: bytes
    key: bytes
    value: bytes
    path: bytes
    """Of the file it stands in."""
    offset: int
    length: int


class Unit(msgspec.Struct, frozen=True):
    """A unit with its drop-ins."""

    name: bytes
    """Its own name, aliases followed."""
    path: bytes
    """Of its main file."""
    settings: tuple[Setting, ...]
    aliases: tuple[bytes, ...] = ()
    """Names by which it was found, its own among them."""
    is_masked: bool = False

    def all(self, section: bytes, key: bytes) -> list[Setting]:
        """Give the assignments of a list in order; an empty one takes back those before it."""
        found: list[Setting] = []
        for one in self.settings:
            if one.section == section and one.key == key:
                found.append(one)
                if not one.value:
                    found.clear()
        return found

    def last(self, section: bytes, key: bytes) -> bytes:
        """Give the value that counts of a setting; empty when there is none."""
        found = self.all(section, key)
        return found[-1].value if found else b""

    def expand(self, value: bytes) -> bytes:
        """Put the specifiers in that the name tells; those that only the device knows stay."""
        return _SPECIFIER.sub(lambda match: self._specifier(match[1], match[0]), value)[:LONGEST_VALUE]

    def _specifier(self, letter: bytes, written: bytes) -> bytes:
        stem = self.name.rpartition(b".")[0]
        prefix, at, instance = stem.partition(b"@")
        if at and not instance and letter in b"iInNjJ":
            return written
        known = {
            b"n": self.name, b"N": stem, b"p": prefix, b"P": unescaped(prefix), b"i": instance,
            b"I": unescaped(instance), b"j": prefix.rpartition(b"-")[2], b"J": unescaped(prefix.rpartition(b"-")[2]),
            b"f": b"/" + unescaped(instance or prefix).lstrip(b"/"), b"%": b"%", b"t": b"/run", b"S": b"/var/lib",
            b"C": b"/var/cache", b"L": b"/var/log", b"E": b"/etc", b"T": b"/tmp", b"V": b"/var/tmp", b"u": b"root",
            b"U": b"0", b"h": b"/root",
        }  # fmt: skip
        return known.get(letter, written)


class Units:
    """The units of one tree, found by name."""

    def __init__(self, tree: Tree, text: Callable[[Node], bytes]) -> None:
        self._tree = tree
        self._text = text
        self._found: dict[bytes, Unit | None] = {}
        self._parsed: dict[bytes, tuple[Setting, ...]] = {}
        self.is_cut = False
        """Whether a unit had more lines or assignments than are taken."""
        reached = [node.path for folder in FOLDERS if (node := tree.resolve(folder)) is not None]
        self.folders = tuple(dict.fromkeys(reached))
        """The search path as far as the tree has it, links followed."""

    def find(self, name: bytes) -> Unit | None:
        """Find a unit; None when no file has its name. A masked one is given as its mask."""
        if name not in self._found:
            self._found[name] = self._find(name) if is_unit_name(name) else None
        return self._found[name]

    def behind_mask(self, name: bytes) -> Unit | None:
        """Find the unit that a mask hides, in the rest of the search path."""
        for folder in self.folders:
            node = self._tree.resolve(folder + b"/" + name)
            if node is not None and node.kind == "file" and node.size:
                return self._read(name, node, (name,))
        return None

    def names(self, suffix: bytes) -> list[bytes]:
        """Name the units of a kind that have a file, sorted."""
        found = {posixpath.basename(node.path) for folder in self.folders for node in self._tree.glob(folder)}
        return sorted(name for name in found if name.endswith(suffix) and is_unit_name(name))

    def linked(self, unit: Unit, kind: bytes) -> Iterator[bytes]:
        """Name the units in the folders `.wants` or `.requires` of a unit; a link to nothing takes one out."""
        seen: set[bytes] = set()
        for folder in self.folders:
            for alias in dict.fromkeys(one for name in unit.aliases for one in (name, template_of(name)) if one):
                real = self._tree.resolve(folder + b"/" + alias + kind)
                for node in self._tree.glob(real.path) if real else ():
                    name = posixpath.basename(node.path)
                    if name not in seen and node.kind in ("symlink", "file"):
                        seen.add(name)
                        if not self._is_null(node.path):
                            yield name

    def _find(self, name: bytes) -> Unit | None:
        for candidate in dict.fromkeys((name, template_of(name) or name)):
            for folder in self.folders:
                path = folder + b"/" + candidate
                if path not in self._tree.by_path:
                    continue
                node = self._tree.resolve(path)
                if self._is_null(path) or (node is not None and node.kind == "file" and not node.size):
                    return Unit(name, path, (), (name,), True)
                if node is not None and node.kind == "file":
                    own = self._own_name(name, candidate, node)
                    return self._read(own, node, tuple(dict.fromkeys((own, name))))
        return None

    def _own_name(self, name: bytes, candidate: bytes, node: Node) -> bytes:
        """Give the name of what a file is a link to, the instance kept."""
        target = posixpath.basename(node.path)
        if target == candidate or not is_unit_name(target) or posixpath.dirname(node.path) not in self.folders:
            return name
        if target == template_of(name):
            return name
        if b"@." in target and b"@" in name:
            prefix, _, suffix = target.partition(b"@")
            return prefix + b"@" + name.partition(b"@")[2].rpartition(b".")[0] + suffix
        return target

    def _read(self, name: bytes, node: Node, aliases: tuple[bytes, ...]) -> Unit:
        settings: list[Setting] = []
        for one in (node, *self._drop_ins(aliases)):
            if len(settings) <= MOST_SETTINGS:
                settings += self._settings(one)
        self.is_cut = self.is_cut or len(settings) > MOST_SETTINGS
        return Unit(name, node.path, tuple(settings[:MOST_SETTINGS]), aliases)

    def _settings(self, node: Node) -> tuple[Setting, ...]:
        """Read a file, once."""
        if node.path not in self._parsed:
            text = self._text(node)
            self.is_cut = self.is_cut or text.count(b"\n") > MOST_LINES
            self._parsed[node.path] = tuple(_settings(text, node.path))
        return self._parsed[node.path]

    def _drop_ins(self, aliases: tuple[bytes, ...]) -> list[Node]:
        """Give the drop-ins of a unit sorted by their names; of two with one name the first of the path counts."""
        found: dict[bytes, bytes] = {}
        bases = [base for name in aliases for base in _drop_in_bases(name)]
        for folder in self.folders:
            for base in dict.fromkeys(bases):
                real = self._tree.resolve(folder + b"/" + base + b".d")
                for node in self._tree.glob(real.path) if real else ():
                    if node.path.endswith(b".conf"):
                        found.setdefault(posixpath.basename(node.path), node.path)
        nodes = [self._tree.resolve(found[name]) for name in sorted(found) if not self._is_null(found[name])]
        return [node for node in nodes if node is not None and node.kind == "file"]

    def _is_null(self, path: bytes) -> bool:
        """Tell whether a path is a link that ends in /dev/null."""
        for _ in range(_MOST_HOPS):
            node = self._tree.by_path.get(path)
            if node is None or node.kind != "symlink" or node.target is None:
                return False
            path = posixpath.normpath(posixpath.join(b"/" + posixpath.dirname(path), node.target)).lstrip(b"/")
            if path == b"dev/null":
                return True
        return False


def is_unit_name(name: bytes) -> bool:
    """Tell whether a name is that of a unit."""
    return name.endswith(_SUFFIXES) and _NAME.match(name) is not None


def template_of(name: bytes) -> bytes:
    """Give the template of an instance; empty when the name is not one of an instance."""
    prefix, at, rest = name.partition(b"@")
    instance, dot, suffix = rest.rpartition(b".")
    return prefix + b"@." + suffix if at and dot and instance else b""


def unescaped(text: bytes) -> bytes:
    r"""Undo the escapes of a unit name: `-` stands for `/`, `\xHH` for a byte."""
    return re.sub(rb"\\x([0-9a-fA-F]{2})|-", lambda match: bytes([int(match[1], 16)]) if match[1] else b"/", text)


def words_of(value: bytes) -> list[tuple[bytes, bool]]:
    """Split a value into words as systemd does; tell of each whether it stood in single or double quotes."""
    found: list[tuple[bytes, bool]] = []
    word, quote, open_, quoted = bytearray(), 0, False, False
    position = 0
    while position < len(value):
        byte = value[position]
        if byte == 0x5C and position + 1 < len(value):
            taken, text = _escape(value, position)
            word += text
            position, open_ = position + taken, True
            continue
        if quote and byte == quote:
            quote = 0
        elif not quote and byte in b"'\"":
            quote, open_, quoted = byte, True, True
        elif not quote and byte in b" \t\r":
            if open_:
                found.append((bytes(word), quoted))
            word, open_, quoted = bytearray(), False, False
        else:
            word.append(byte)
            open_ = True
        position += 1
    return [*found, (bytes(word), quoted)] if open_ else found


def environment_of(values: Mapping[bytes, bytes], data: bytes) -> dict[bytes, bytes]:
    """Read a file of variables, one on a line, on top of those before it."""
    found = dict(values)
    for line in data.split(b"\n")[:MOST_LINES]:
        name, equals, value = line.strip().partition(b"=")
        if equals and re.fullmatch(rb"[A-Za-z_]\w*", name):
            value = value.strip()[:LONGEST_VALUE]
            found[name] = value[1:-1] if value[:1] in (b'"', b"'") and value[-1:] == value[:1] else value
    return found


def _escape(value: bytes, position: int) -> tuple[int, bytes]:
    """Read an escape: how many bytes it takes, and what it stands for."""
    byte = value[position + 1 : position + 2]
    if byte == b"x" and re.match(rb"[0-9a-fA-F]{2}", value[position + 2 : position + 4]):
        return 4, bytes([int(value[position + 2 : position + 4], 16)])
    plain = {b"n": b"\n", b"t": b"\t", b"s": b" ", b"r": b"\r", b'"': b'"', b"'": b"'", b"\\": b"\\", b";": b";"}
    return 2, plain.get(byte, b"\\" + byte)


def _drop_in_bases(name: bytes) -> Iterator[bytes]:
    """Give the names whose drop-in folders hold for a unit: its own, its template, shortened at each dash, its kind."""
    stem, _, suffix = name.rpartition(b".")
    yield name
    if template_of(name):
        yield template_of(name)
    for match in list(re.finditer(rb"-", stem))[-20:]:
        yield stem[: match.end()] + b"." + suffix
    yield suffix


def _settings(data: bytes, path: bytes) -> Iterator[Setting]:
    """Read the assignments of a unit file; continued lines are one, comments between them left out."""
    section, pending, begin, offset = b"", b"", 0, 0
    for raw in data.split(b"\n")[:MOST_LINES]:
        line, here = raw.strip(), offset
        offset += len(raw) + 1
        if line[:1] in (b"#", b";"):
            continue
        begin = begin if pending else here
        if line.endswith(b"\\"):
            pending = (pending + line[:-1] + b" ")[:LONGEST_VALUE]
            continue
        whole, pending = (pending + line)[:LONGEST_VALUE], b""
        if whole.startswith(b"[") and whole.endswith(b"]"):
            section = whole[1:-1]
        elif (parts := whole.partition(b"="))[1]:
            yield Setting(section, parts[0].strip(), parts[2].strip(), path, begin, here + len(raw) - begin)

"""Opens tar archives, of POSIX (ustar, pax) and of GNU: update packages, and trees that someone else unpacked.

Sources: IEEE Std 1003.1 on pax; the public manual of GNU tar. An archive ends at two blocks of zeros; zeros up to a
full record of 20 blocks belong to it. An entry that replaces the name, target or size of the next one comes before it:
kinds `L` and `K` of GNU, kind `x` of pax; kind `g` holds for all that follow.
"""

from __future__ import annotations

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Content, Entries, Stretch, Unreadable, cut_short
from plimsoll.unpack.formats._tar_header import BLOCK, Header, parse_header, parse_records
from plimsoll.unpack.formats._tar_holes import read_gnu_pieces, read_pax_pieces
from plimsoll.unpack.limits import Budget, LimitReached

EXTENSION_BYTES = 1 << 20
"""Longest name or pax header that is read."""

_RECORD = 20 * BLOCK
_KINDS: dict[bytes, NodeKind] = {b"3": "character", b"4": "block", b"5": "directory", b"6": "fifo", b"D": "directory"}
_FILES = (b"0", b"\0", b"7", b"S")
_WITHOUT_CONTENT = (b"1", b"2", b"3", b"4", b"5", b"6")
_LONG_NAME, _LONG_TARGET, _PAX, _PAX_SUN, _PAX_ALL = b"L", b"K", b"x", b"X", b"g"
_LABEL, _CONTINUED = b"V", b"M"
_USED_OF_ALL = frozenset((b"path", b"linkpath", b"size", b"uid", b"gid"))
_USED = _USED_OF_ALL | {
    b"GNU.sparse." + name for name in (b"major", b"minor", b"name", b"size", b"realsize", b"map", b"offset")
}


def open_tar(view: View, budget: Budget) -> Archive:
    """Open the archive at the beginning of a view; raise NotThisFormat when its first header is not sound."""
    header = parse_header(view.read(0, BLOCK)) if view.size >= BLOCK else None
    if header is None or header.style == "v7":
        raise NotThisFormat
    return read_tar(view, budget)


FORMAT = Format("tar", "tar archive", (Magic(b"ustar", 257),), open_tar)


def read_tar(view: View, budget: Budget) -> Archive:
    """Read an archive whose first header is known to be sound."""
    reader = _Reader(view, budget)
    reader.read()
    return reader.entries.archive(view, min(reader.position, view.size), reader.style)


class _Reader:
    """Goes through an archive once."""

    def __init__(self, view: View, budget: Budget) -> None:
        self.entries = Entries(budget)
        self.position = 0
        self.style = "v7"
        self._view = view
        self._all: dict[bytes, bytes] = {}
        self._next: dict[bytes, bytes] = {}

    def read(self) -> None:
        """List all entries; what ends the archive too early is a problem."""
        try:
            while not self._ends():
                self._read_entry()
        except EOFError:
            self.entries.problem(b"", message("cut short: the archive has no end"))
        except (Malformed, LimitReached) as stopped:
            if not self.position:
                raise
            self.entries.problem(b"", stopped.reason)

    def _ends(self) -> bool:
        """Tell whether the end is reached; then go past it."""
        view, start = self._view, self.position
        if start >= view.size:
            raise EOFError
        end = min(start + BLOCK, view.size)
        if any(view.slice(start, end - start)):
            return False
        self.position = end
        full = min(-(-(start + 2 * BLOCK) // _RECORD) * _RECORD, view.size)
        for last in (full, min(start + 2 * BLOCK, view.size)):
            if not any(view.slice(start, last - start)):
                self.position = last
                break
        return True

    def _read_entry(self) -> None:
        self.entries.budget.take_entries(1)
        self.entries.budget.check_time()
        block = self._view.read(self.position, BLOCK)
        header = parse_header(block)
        if header is None:
            offset = hex(self.position)
            raise Malformed(message("no header is at {offset}; the rest is left out", offset=offset))
        if self.style != "pax":
            self.style = header.style
        start = self.position + BLOCK
        if header.kind in (_LONG_NAME, _LONG_TARGET, _PAX, _PAX_SUN, _PAX_ALL):
            self._go_past(start, header.size)
            self._extend(header, start)
            return
        extended, self._next = self._all | self._next, {}
        self._add(_replaced(header, extended), extended, block, start)

    def _go_past(self, start: int, size: int) -> None:
        self.position = start + -(-size // BLOCK) * BLOCK
        if start + size > self._view.size:
            raise cut_short(start + size - self._view.size)

    def _extend(self, header: Header, start: int) -> None:
        """Keep what an entry says of the next one, or of all."""
        if header.size > EXTENSION_BYTES:
            self.entries.problem(b"", message("a header of {size} bytes is left out", size=header.size))
            return
        data = self._view.read(start, header.size)
        if header.kind in (_LONG_NAME, _LONG_TARGET):
            self._next[b"path" if header.kind == _LONG_NAME else b"linkpath"] = data.partition(b"\0")[0]
            return
        self.style = "pax"
        records = parse_records(data)
        if records is None:
            self.entries.problem(b"", message("a pax header at {offset} is damaged; it is left out", offset=hex(start)))
        elif header.kind == _PAX_ALL:
            self._all |= {key: value for key, value in records if key in _USED_OF_ALL}
        else:
            self._next |= {key: value for key, value in records if key in _USED}

    def _add(self, header: Header, extended: dict[bytes, bytes], block: bytes, start: int) -> None:
        """Add an entry and go past it; one whose content is cut off is added all the same."""
        kind = header.kind
        if kind == b"1":
            self._add_link(header)
        elif kind == b"2":
            self._add_node(header, "symlink", target=header.target)
        elif kind in _KINDS or (kind in (b"0", b"\0") and header.name.endswith(b"/")):
            node_kind = _KINDS.get(kind, "directory")
            self._add_node(header, node_kind, device=header.device if kind in (b"3", b"4") else None)
        elif kind == _CONTINUED:
            self.entries.problem(b"", message("a file that goes on from another archive is left out"))
        elif kind != _LABEL:
            start = self._add_file(header, extended, block, start)
        self._go_past(start, 0 if kind in _WITHOUT_CONTENT else header.size)

    def _add_link(self, header: Header) -> None:
        """Add a further name of an entry that came before."""
        found = self.entries.find(header.target)
        if found is None or found[0].kind == "directory":
            name, target = escape_name(header.name), escape_name(header.target)
            reason = message("the entry {name!r} is a link to {target!r}, which is absent", name=name, target=target)
            self.entries.problem(b"", reason)
            return
        node, content = found
        self.entries.add(Node(header.name, node.kind, node.mode, node.uid, node.gid, node.size, node.target,
                              node.device), content)  # fmt: skip

    def _add_file(self, header: Header, extended: dict[bytes, bytes], block: bytes, start: int) -> int:
        """Add a regular file; give where its content begins, which is later when more header blocks follow."""
        if header.kind not in _FILES:
            name, kind = escape_name(header.name), escape_name(header.kind)
            reason = message(
                "the entry {name!r} is of the unknown kind {kind!r}, taken as a file", name=name, kind=kind
            )
            self.entries.problem(b"", reason)
        content: Content = Stretch(start, header.size)
        size = header.size
        try:
            if header.kind == b"S":
                pieces = read_gnu_pieces(self._view, block, start, header.size)
                start, content, size = pieces.offset, pieces, pieces.size
            elif any(key.startswith(b"GNU.sparse.") for key in extended):
                pieces = read_pax_pieces(self._view, extended, start, header.size)
                content, size = pieces, pieces.size
        except Malformed as broken:
            content = Unreadable(start, broken.reason)
        self._add_node(header, "file", content, size=size)
        return start

    def _add_node(
        self,
        header: Header,
        kind: NodeKind,
        content: Content | None = None,
        size: int = 0,
        target: bytes | None = None,
        device: tuple[int, int] | None = None,
    ) -> None:
        node = Node(header.name, kind, header.mode, header.uid, header.gid, size, target, device)
        self.entries.add(node, content)


def _replaced(header: Header, extended: dict[bytes, bytes]) -> Header:
    """Put what stood in entries before it into a header."""
    numbers = {key: int(value) for key, value in extended.items() if value.isdigit() and len(value) < 20}
    return Header(
        extended.get(b"GNU.sparse.name") or extended.get(b"path") or header.name,
        header.mode,
        numbers.get(b"uid", header.uid),
        numbers.get(b"gid", header.gid),
        numbers.get(b"size", header.size),
        header.kind,
        extended.get(b"linkpath") or header.target,
        header.style,
        header.device,
    )

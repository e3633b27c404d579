"""What is inside an image, for `plimsoll unpack --list`: the map of its bytes, then its trees as `ls -l` shows them.

Names are written as in places, so that one of them can be put behind its tree's place to name the entry.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from typing import TYPE_CHECKING

from plimsoll.model.image import ImageMap, Span
from plimsoll.model.locator import escape_path
from plimsoll.model.message import message
from plimsoll.report import words
from plimsoll.report._page import Page, Style
from plimsoll.report.visible import say, sentence, visible
from plimsoll.sources.tree import Node, NodeKind

if TYPE_CHECKING:  # it brings in every reader of formats, which nothing here needs
    from plimsoll.frames import ListedTree
    from plimsoll.look import Listing

_TYPES: Mapping[NodeKind, int] = {
    "file": stat.S_IFREG,
    "directory": stat.S_IFDIR,
    "symlink": stat.S_IFLNK,
    "character": stat.S_IFCHR,
    "block": stat.S_IFBLK,
    "fifo": stat.S_IFIFO,
    "socket": stat.S_IFSOCK,
}
_STYLES: Mapping[NodeKind, Style] = {"directory": "bold", "symlink": "dim"}


def render_listing(listing: Listing, *, width: int = 100, colour: bool = False) -> str:
    """List an image; entries take as many columns as they need, everything else at most `width`."""
    page = Page(width, colour)
    _map(page, listing.image)
    for tree in listing.trees:
        _tree(page, tree)
    _problems(page, listing.image)
    return page.text()


def _map(page: Page, image: ImageMap) -> None:
    page.write(f"{image.image}, {words.size(image.size_bytes)}", style="bold")
    page.write(sentence(words.understood(image)))
    page.blank()
    digits = len(f"{image.size_bytes:x}")
    page.line(f"  {'offset':<{digits + 2}}  {'length':>{digits + 2}}  what", "dim")
    for span in image.spans:
        page.line(f"  {span.offset:#0{digits + 2}x}  {span.length:>#{digits + 2}x}  {_what(span)}", _shade(span))
    if image.partitions:
        page.blank()
        page.write(say(message("Partitions, as {place} states them:", place=image.partitions[0].stated_in)))
    for one in image.partitions:
        page.line(f"  {one.offset:#0{digits + 2}x}  {one.length:>#{digits + 2}x}  {visible(one.name)}")


def _what(span: Span) -> str:
    name = " ".join(dict.fromkeys([span.kind, span.format])) if span.kind != "understood" else span.format
    why = words.grounds(span.kind, span.randomness)
    return ", ".join(
        part for part in (name.strip(), words.size(span.length), span.label, say(why) if why else "") if part
    )


def _shade(span: Span) -> Style:
    return "" if span.kind == "understood" else "dim" if span.kind == "padding" else "open"


def _tree(page: Page, tree: ListedTree) -> None:
    page.blank()
    page.write(tree.where, style="bold")
    page.write(say(message("{format}, {count} entries", format=tree.format, count=f"{len(tree.nodes):,}")))
    rows = [(node, f"{node.uid}:{node.gid}", _size(node)) for node in sorted(tree.nodes, key=_order)]
    owners = max((len(owner) for _, owner, _ in rows), default=0)
    sizes = max((len(size) for _, _, size in rows), default=0)
    for node, owner, size in rows:
        mode = stat.filemode(_TYPES[node.kind] | node.mode)
        page.line(f"{mode} {owner:>{owners}} {size:>{sizes}} {_name(node)}", _STYLES.get(node.kind, ""))


def _order(node: Node) -> list[bytes]:
    return node.path.split(b"/")


def _size(node: Node) -> str:
    if node.device is not None:
        return f"{node.device[0]}, {node.device[1]}"
    return str(node.size) if node.kind == "file" else "-"


def _name(node: Node) -> str:
    name = escape_path(node.path) or "."
    if node.target is not None:
        return f"{name} -> {escape_path(node.target)}"
    if node.link_to is not None:
        return f"{name} = {escape_path(node.link_to)}"
    return name


def _problems(page: Page, image: ImageMap) -> None:
    lines = [f"{problem.where}: {say(problem.message)}" for problem in image.problems]
    lines += [f"{one.where}: {say(words.opaque(one))}" for one in image.opaque]
    for number, line in enumerate(lines):
        if number == 0:
            page.heading("What could not be read")
        page.write(line, first="- ", indent=2)

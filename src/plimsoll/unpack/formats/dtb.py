"""Opens flattened device trees, which tell a kernel what a board is made of, and overlays that change them.

Source: the Devicetree Specification, release 0.4, chapter 5; the header is shown in `_devicetree.py`. The tree is its
own: it is read from one end to the other to see that it is one. A tree with images in it is a FIT image, or the
remains of one.
"""

from __future__ import annotations

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, Malformed, NotThisFormat, Part, View
from plimsoll.unpack.formats._devicetree import MAGIC, Header, Property, read_header, read_properties
from plimsoll.unpack.formats._devicetree_keys import MOST_KEYS, SIGNATURE, read_keys
from plimsoll.unpack.formats._headers import SHOWN_BYTES, shown_text
from plimsoll.unpack.limits import Budget

LARGEST = 32 << 20
"""Longest tree that is believed."""

_SHOWN = 4
_OVERLAYS = (b"__overlay__", b"__fixups__", b"__local_fixups__")


def open_dtb(view: View, budget: Budget) -> Container:
    """Open the tree at the beginning of a view; raise NotThisFormat when it is none, or too damaged to tell."""
    header = read_header(view)
    if header.size > LARGEST:
        raise NotThisFormat
    length = min(header.size, view.size)
    nodes, root, keys, problems = _read(view, header, budget)
    if header.size > view.size:
        problems.insert(0, message("cut short: {missing} bytes are missing", missing=header.size - view.size))
    if problems and len(root) + len(nodes) < 2:
        raise NotThisFormat
    part = Part(0, length, "tree", "known")
    held = tuple(read_keys(view, keys))
    return Container(length, (part,), _label(view, nodes, root), tuple(problems[:1]), held)


FORMAT = Format("dtb", "Device tree", (Magic(MAGIC),), open_dtb)


def _read(
    view: View, header: Header, budget: Budget
) -> tuple[set[bytes], dict[bytes, Property], dict[bytes, dict[bytes, Property]], list[Message]]:
    """Give the names of the first nodes below the root, the properties of the root, and those of each node of a key."""
    names: set[bytes] = set()
    root: dict[bytes, Property] = {}
    keys: dict[bytes, dict[bytes, Property]] = {}
    problems: list[Message] = []
    budget.check_time()
    try:
        for found in read_properties(view, header):
            if len(found.path) >= 2 and found.path[0] == b"images":
                raise NotThisFormat
            if len(found.path) == 2 and found.path[0] == SIGNATURE and len(keys) < MOST_KEYS:
                keys.setdefault(found.path[1], {}).setdefault(found.name, found)
            if found.path:
                names.add(found.path[-1 if found.path[-1] in _OVERLAYS else 0])
            elif found.name:
                root.setdefault(found.name, found)
    except Malformed as broken:
        problems.append(broken.reason)
    return names, root, keys, problems


def _label(view: View, nodes: set[bytes], root: dict[bytes, Property]) -> str:
    """Give model and compatible boards, as the tree has them."""
    said = ["overlay"] if nodes.intersection(_OVERLAYS) else []
    said += _texts(view, root.get(b"model"))[:1]
    compatible = _texts(view, root.get(b"compatible"))[:_SHOWN]
    if compatible:
        said.append("compatible " + " ".join(compatible))
    return ", ".join(said)


def _texts(view: View, found: Property | None) -> list[str]:
    """Give the texts of a property; nothing when it is absent or not all there."""
    if found is None or found.offset + found.length > view.size:
        return []
    texts = view.read(found.offset, min(found.length, SHOWN_BYTES)).split(b"\0")
    return [shown_text(text) for text in texts if text]

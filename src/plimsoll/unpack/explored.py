"""What exploring an image came to."""

from __future__ import annotations

import msgspec

from plimsoll.model.image import ImageMap, TreeSummary
from plimsoll.model.message import Message
from plimsoll.sources.tree import Tree


class Explored(msgspec.Struct, frozen=True):
    """What exploring an image came to."""

    image: ImageMap
    trees: tuple[Tree, ...]
    """Sorted by place."""
    stopped: Message | None = None
    """Why it ended before everything was opened; absent when it did not."""


def summary_of(tree: Tree) -> TreeSummary:
    """Count what a tree holds."""
    files = [node for node in tree.nodes if node.kind == "file"]
    size = sum(node.size for node in files)
    return TreeSummary(tree.stem.at(), tree.format, len(files), len(tree.nodes), size)

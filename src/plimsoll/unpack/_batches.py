"""Shares the files of a tree out to tasks, so that each has about as much to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.sources.tree import Node

BATCH_BYTES = 1 << 20
"""Content of the files that one task reads: a smaller task costs more to hand out than to do."""


def batches(files: Sequence[Node]) -> Iterator[list[Node]]:
    """Give the files in their order, some at a time."""
    batch: list[Node] = []
    size = 0
    for node in files:
        batch.append(node)
        size += node.size + 512
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

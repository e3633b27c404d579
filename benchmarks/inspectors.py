"""Measure what share of the looking each inspector takes, over a tree of 100 MB of this machine's programs and files.

    python benchmarks/inspectors.py [FOLDER]

One thread does all the work, so that CPU time can be told apart. The search for patterns is one for all inspectors.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import CONTENT_BYTES, collect
from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.inspect.inspector import Inspector, Kept, Look
from plimsoll.inspect.scan import Scan
from plimsoll.sources.tree import Tree
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.folder import Folder
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.limits import Budget, Limits


class Timed(Inspector):
    """An inspector with a watch on all that it does."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self.id = inspector.id  # type: ignore[misc]
        self.patterns = inspector.patterns  # type: ignore[misc]
        self.seconds = 0.0

    def wants(self, look: Look) -> bool:
        started = time.thread_time()
        try:
            return self._inspector.wants(look)
        finally:
            self.seconds += time.thread_time() - started

    def look(self, look: Look) -> Iterator[Any]:
        return self._watched(self._inspector.look(look))

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Any]:
        return self._watched(self._inspector.conclude(trees, kept))

    def _watched(self, things: Iterable[Any]) -> Iterator[Any]:
        """Give what is given, and stop the watch while somebody else has it."""
        each = iter(things)
        while True:
            started = time.thread_time()
            try:
                thing = next(each)
            except StopIteration:
                return
            finally:
                self.seconds += time.thread_time() - started
            yield thing


def measure(root: Path) -> None:
    """Print a row for each inspector that takes half a percent or more."""
    timed = [Timed(one) for one in INSPECTORS]
    with tempfile.TemporaryDirectory() as cache:
        Scan(timed, b"salt", lambda one: None, Path(cache))  # The patterns are compiled once for all time.
        found: list[object] = []
        scan = Scan(timed, b"salt", found.append, Path(cache))
    budget = Budget(Limits(seconds=3600))
    explorer = Explorer(FORMATS, budget, scan.visit, workers=1)
    began = time.process_time()
    explored = explorer.explore_tree(Folder(bytes(root), budget), b"root")
    scan.conclude(explored.trees)
    total = time.process_time() - began
    files = sum(tree.files for tree in explored.image.trees)
    size = sum(tree.bytes for tree in explored.image.trees)
    print(f"{files} files, {size >> 20} MiB: {total:.2f} s of CPU, {len(found)} facts")
    for one in sorted(timed, key=lambda one: -one.seconds):
        if one.seconds >= total / 200:
            print(f"{one.id:28}{one.seconds:8.2f} s{100 * one.seconds / total:7.1f} %")
    rest = total - sum(one.seconds for one in timed)
    print(f"{'reading, search, digests':28}{rest:8.2f} s{100 * rest / total:7.1f} %")


def main() -> None:
    """Measure a folder, or a tree of this machine's own files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    folder = parser.parse_args().folder
    if folder is not None:
        measure(folder)
        return
    with tempfile.TemporaryDirectory() as work:
        root = Path(work) / "root"
        collect(root, CONTENT_BYTES)
        measure(root)


if __name__ == "__main__":
    main()

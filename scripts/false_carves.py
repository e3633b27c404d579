"""Count what is carved out of ordinary files in which nothing should be found, to know how often a carve is false.

Ordinary files are programs, libraries, texts and pictures of this machine: what begins with a format that we open is
left out. Whatever is then found at any offset is listed by format, with a few places, so that each can be looked at:
programs do carry compressed streams and device trees of their own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from plimsoll.unpack.signs import Signs

SHOWN = 5
LARGEST = 64 << 20
KINDS_FIRST = frozenset({"vmlinux", "qualcomm-elf"})
"""Formats that every program begins like."""


def ordinary(roots: list[Path], most_bytes: int, signs: Signs) -> Iterator[tuple[Path, bytes]]:
    """Give files, in order, until so many bytes were given."""
    taken = 0
    for path in sorted(path for root in roots for path in root.rglob("*")):
        if path.is_symlink() or not path.is_file() or not 0 < path.stat().st_size <= LARGEST:
            continue
        data = path.read_bytes()
        if begins_like_a_format(data, signs):
            continue
        yield path, data
        taken += len(data)
        if taken >= most_bytes:
            return


def begins_like_a_format(data: bytes, signs: Signs) -> bool:
    """Tell whether a format opens at the beginning."""
    for format in signs.at_start(data):
        try:
            format.open(View(data), Budget(Limits()))
        except Exception:  # noqa: BLE001 - refused, damaged or past a limit: an ordinary file all the same
            continue
        return format.name not in KINDS_FIRST
    return False


def main() -> int:
    """Carve, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", nargs="*", type=Path, default=[Path("/usr")])
    parser.add_argument("--megabytes", type=int, default=1_000)
    given = parser.parse_args()
    signs = Signs(FORMATS)
    found: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    places: dict[str, list[str]] = {}
    files = size = 0
    started = time.process_time()
    for path, data in ordinary(given.roots, given.megabytes * 1_000_000, signs):
        files += 1
        size += len(data)
        try:
            explored = Explorer(FORMATS, Budget(Limits()), lambda file: None, workers=1).explore(data, b"x")
        except LimitReached as reached:
            print(f"{path}: {reached}", file=sys.stderr)
            continue
        for span in explored.image.spans:
            if span.format:
                found[span.format] += 1
                taken[span.format] += span.length
                places.setdefault(span.format, []).append(f"{path}+{span.offset:#x}:{span.length} {span.label}")
    print(f"{files:,} files, {size / 1e6:,.0f} MB, {time.process_time() - started:,.0f} s of processor time")
    print(f"{'format':20}{'found':>8}{'bytes':>14}")
    for name, count in found.most_common():
        print(f"{name:20}{count:8}{taken[name]:14,}")
        for place in places[name][:SHOWN]:
            print(f"    {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Build the good and bad twins, assess them all, and tell how often the verdicts are right: `make accuracy`.

The images are put together from real packages of Debian in a process pool, and nothing of them is kept. Exit code 1
when a pair is not told right, 2 when the packages or a tool cannot be had.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from scripts.twins import debian
from scripts.twins.measure import Result, listen, measure
from scripts.twins.page import page, table
from scripts.twins.pair import Pair
from scripts.twins.pairs import CLEAN, PAIRS, wanted
from scripts.twins.tree import MissingTool

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print what is missed or false and the table, and write the page when asked."""
    options = _options(arguments)
    started = time.monotonic()
    pairs = [one for one in PAIRS if re.search(options.only, one.name)]
    try:
        debian.fetch(wanted())
        with ProcessPoolExecutor(options.workers, get_context("fork")) as pool:
            heard = pool.map(listen, () if options.only else CLEAN)
            measured = list(zip(pairs, pool.map(measure, pairs), strict=True))
            noises = list(heard)
    except (debian.OutOfReach, MissingTool) as error:
        print(f"NOT MEASURED: {error}", file=sys.stderr)
        return 2
    for pair, result in measured:
        _complain(pair, result)
    for noise in noises:
        for criterion, said in noise.firm:
            print(f"false   {noise.name} without a defect, {criterion}: {said}")
    print(table(measured))
    print(f"{time.monotonic() - started:.0f} s")
    if options.write:
        PAGE.write_text(page(measured, noises), "utf-8")
    is_right = all(result.is_right for _, result in measured) and not any(one.firm for one in noises)
    return 0 if is_right else 1


def _complain(pair: Pair, result: Result) -> None:
    if not result.is_told:
        print(f"missed  {pair.name} ({pair.on}): {pair.expected} of {pair.criterion}: {pair.says}")
    for one in result.falsehoods:
        print(f"false   {pair.name}, {one.twin} twin, {one.criterion}: {one.said}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", default="", help="measure the pairs whose names this expression finds, and nothing else"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

"""Assess every image of a private folder and print one line each; the folder is named by PLIMSOLL_CORPUS.

Columns: time, share of the bytes understood, trees, files, the five verdicts (+ met, - not met, ? not shown, . not
applicable), the image. What could not be opened follows with the reason.
"""

from __future__ import annotations

import datetime
import os
import sys
import time
from pathlib import Path

from plimsoll.assess import assess
from plimsoll.errors import PlimsollError
from plimsoll.model.assessment import Assessment
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict

MARKS = {Verdict.PASS: "+", Verdict.FAIL: "-", Verdict.INCONCLUSIVE: "?", Verdict.NOT_APPLICABLE: "."}
DEFAULT = Path(__file__).parent.parent.parent / "shared" / "corpus"


def line(assessment: Assessment, seconds: float) -> str:
    """Tell one assessment in a line, and in a second why a share is low."""
    image = assessment.images[0]
    if not image.trees and not image.understood_share:
        why = f"{image.problems[0].message}" if image.problems else "no known format was found"
        return f"{seconds:6.2f} s  could not open {image.image}: {why}"
    marks = " ".join(MARKS[one.verdict] for one in assessment.capabilities)
    files = sum(tree.files for tree in image.trees)
    text = (
        f"{seconds:6.2f} s  {image.understood_share:6.1%}  {len(image.trees):3} trees {files:6} files   "
        f"{marks}   {image.image}"
    )
    if image.understood_share < 0.95:
        reasons = [f"{problem.where}: {problem.message}" for problem in image.problems[:3]]
        text += "\n" + "\n".join(f"          {reason}" for reason in reasons or ["no known format in the rest"])
    return text


def main() -> int:
    """Assess them all; fail only when the program itself does."""
    folder = Path(os.environ.get("PLIMSOLL_CORPUS", DEFAULT)) / "images"
    if not folder.is_dir():
        print(f"there is no folder {folder}; name one with PLIMSOLL_CORPUS", file=sys.stderr)
        return 2
    today = datetime.datetime.now(datetime.UTC).date()
    for path in sorted(folder.iterdir()):
        started = time.monotonic()
        try:
            print(line(assess(path, Product(), today=today), time.monotonic() - started), flush=True)
        except PlimsollError as error:
            print(f"{time.monotonic() - started:6.2f} s  could not open {path.name}: {error}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

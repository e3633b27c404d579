"""Assess every image of a private folder and print one line each; the folder is named by PLIMSOLL_CORPUS.

Columns: time, share of the bytes understood, trees, files, the five verdicts (+ met, - not met, ? not shown, . not
applicable), the image, and the time against `unsquashfs` where that reads it too. What could not be opened, and why a
share is below 95 %, follows.
"""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from plimsoll.assess import assess
from plimsoll.errors import PlimsollError
from plimsoll.model.assessment import Assessment
from plimsoll.model.image import NOT_UNDERSTOOD, ImageMap, Span
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict
from plimsoll.report import words

MARKS = {Verdict.PASS: "+", Verdict.FAIL: "-", Verdict.INCONCLUSIVE: "?", Verdict.NOT_APPLICABLE: "."}
LONGEST = 3
"""Stretches of each kind that are told."""
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
        text += "".join(f"\n          {reason}" for reason in reasons(image))
    return text


def reasons(image: ImageMap) -> list[str]:
    """Say why a share is low: what unknown bytes look like, opaque files, and problems."""
    told = []
    for kind in NOT_UNDERSTOOD:
        spans = [span for span in image.spans if span.kind == kind]
        if spans:
            told.append(f"{sum(span.length for span in spans):,} bytes: {words.SPAN_KINDS[kind]}")
            longest = sorted(spans, key=lambda span: (-span.length, span.offset))[:LONGEST]
            told += [f"  {span.offset:#x}, {span.length:,} bytes: {what_it_is(span)}" for span in longest]
    told += [f"{one.where}: {words.opaque(one)}" for one in image.opaque[:3]]
    return told + [f"{problem.where}: {problem.message}" for problem in image.problems[:3]]


def what_it_is(span: Span) -> str:
    """Say what such a stretch is as far as it goes: a stream can be undone, and what is in it not be known."""
    return f"{span.format}, {span.label}; so is what is in it" if span.format else "of no format that is known"


def against_unsquashfs(path: Path, image: ImageMap, seconds: float) -> str:
    """Give how long `unsquashfs` takes for the same file system; nothing where it cannot read it."""
    offsets = [span.offset for span in image.spans if span.format == "squashfs"]
    if not offsets or shutil.which("unsquashfs") is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        command = ["unsquashfs", "-p", "1", "-q", "-n", "-o", str(offsets[0]), "-d", f"{folder}/out", str(path)]
        started = time.monotonic()
        done = subprocess.run(command, capture_output=True, check=False)
        spent = time.monotonic() - started
    return f"   {seconds / spent:.1f} x unsquashfs -p1" if done.returncode == 0 else ""


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
            assessment = assess(path, Product(), today=today)
            spent = time.monotonic() - started
            first, *rest = line(assessment, spent).split("\n")
            print("\n".join([first + against_unsquashfs(path, assessment.images[0], spent), *rest]), flush=True)
        except PlimsollError as error:
            print(f"{time.monotonic() - started:6.2f} s  could not open {path.name}: {error}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

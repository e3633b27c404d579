"""One line on a terminal that says how far the work has come; silent in a pipe."""

from __future__ import annotations

import sys
import time
from typing import Self

from plimsoll.assess import Progress

SECONDS_BETWEEN = 0.1
_WORDS = {
    "opening": "opening",
    "looking": "looking",
    "visiting": "visiting the maker's pages",
    "matching": "trying default passwords",
    "judging": "judging",
}


class ProgressLine:
    """Writes to standard error, over itself, when that is a terminal and the operator did not ask for silence."""

    def __init__(self, quiet: bool) -> None:
        self._silent = quiet or not sys.stderr.isatty()
        self._last = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if not self._silent:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, progress: Progress) -> None:
        """Show how far it has come, a few times a second."""
        now = time.monotonic()
        if self._silent or now - self._last < SECONDS_BETWEEN:
            return
        self._last = now
        text = _WORDS[progress.stage]
        if progress.files:
            text += f": {progress.files} files, {progress.done_bytes >> 20} of {progress.total_bytes >> 20} MiB"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

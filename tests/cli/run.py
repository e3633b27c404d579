"""Runs the program as a person or a build does."""

from __future__ import annotations

import os
import subprocess
import sys

SECONDS = 120


def plimsoll(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a pipe, with its words and additions to the environment."""
    return subprocess.run(
        [sys.executable, "-m", "plimsoll", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=os.environ | environment,
        check=False,
    )

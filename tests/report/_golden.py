"""Texts on file that reports are compared with; `PLIMSOLL_GOLDEN=write` writes them anew, then read the diff."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    """Compare a text with the one on file, byte for byte."""
    file = FOLDER / name
    if os.environ.get("PLIMSOLL_GOLDEN") == "write":
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")

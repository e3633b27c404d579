"""Many expressions compiled into one hyperscan database, kept in a folder from one run to the next."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

Expression = tuple[bytes, bool]
"""An expression, and whether upper and lower case are the same in it. `.` is any byte, `^` the start of any line."""


def database(expressions: tuple[Expression, ...], cache: Path | None = None) -> Any:
    """Give a database that names each expression by its number; None where there is no hyperscan, or nothing to seek.

    It is taken from the folder `cache` when it was compiled before, and compiled once in a process otherwise: who looks
    at several images, or at many files in tests, waits for it once.
    """
    try:
        import hyperscan  # noqa: F401
    except ImportError:
        return None
    return _database(expressions, cache) if expressions else None


def scratch(compiled: Any) -> Any:
    """Give what one thread needs to search with a database; None for none."""
    if compiled is None:
        return None
    import hyperscan

    return hyperscan.Scratch(compiled)


@lru_cache(maxsize=16)
def _database(expressions: tuple[Expression, ...], cache: Path | None) -> Any:
    import hyperscan

    path = cache / f"patterns-{_key(expressions, getattr(hyperscan, '__version__', ''))}.hs" if cache else None
    if path is not None and (loaded := _load(path)) is not None:
        return loaded
    made = hyperscan.Database()
    made.compile(
        expressions=[expression for expression, _ in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[
            hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_MULTILINE | (hyperscan.HS_FLAG_CASELESS if ignore_case else 0)
            for _, ignore_case in expressions
        ],
    )
    if path is not None:
        _save(path, hyperscan.dumpb(made))
    return made


def _key(expressions: tuple[Expression, ...], engine: str) -> str:
    """Name a compiled database by what went into it and the processor it was made for."""
    import platform

    parts = [engine, platform.machine(), _processor_features(), *map(repr, expressions)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _processor_features() -> str:
    try:
        with Path("/proc/cpuinfo").open() as cpuinfo:
            return next((line for line in cpuinfo if line.startswith(("flags", "Features"))), "")
    except OSError:
        return ""


def _load(path: Path) -> Any:
    import hyperscan

    try:
        return hyperscan.loadb(path.read_bytes(), mode=hyperscan.HS_MODE_BLOCK)
    except (OSError, hyperscan.error):
        return None


def _save(path: Path, data: bytes) -> None:
    """Write a cache file whole or not at all; a cache that cannot be written is no error."""
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        return

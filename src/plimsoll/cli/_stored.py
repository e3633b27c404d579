"""Assessments that were stored before, as `plimsoll assess -o FILE.json` writes them."""

from __future__ import annotations

from pathlib import Path

from plimsoll.errors import InputError
from plimsoll.model.assessment import Assessment
from plimsoll.model.codec import decode

LARGEST_BYTES = 256 << 20
"""Bytes of the largest assessment that is read."""


def read_assessment(path: Path) -> Assessment:
    """Read one; raise InputError, naming the file, when there is none that this version reads."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}", hint="check the path") from None
    if len(data) > LARGEST_BYTES:
        raise InputError(f"{str(path)!r} is larger than an assessment can be")
    try:
        return decode(data)
    except InputError as error:
        raise InputError(f"{str(path)!r}: {error.what}", hint=error.hint) from error

"""What the status of a provision says: M or R, under which conditions, for which features (EN 303 645, Annex B)."""

from __future__ import annotations

import re

_IN_BRACKETS = re.compile(r"\(([^)]*)\)")


def conditions_in(status: str) -> list[str]:
    """List the conditions and features that a status names: `M C (14) F (e)` names 14 and e."""
    return [mark.strip() for group in _IN_BRACKETS.findall(status) for mark in group.split(",")]

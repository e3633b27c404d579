"""Tells whether the firmware was looked through for something, so that not having seen it says something."""

from __future__ import annotations

from plimsoll.judge.engine import OPENING, UNDERSTOOD_SHARE_TO_CONFIRM
from plimsoll.model.evidence import Evidence
from plimsoll.model.product import Window


def is_completed(evidence: Evidence, inspector: str, window: Window) -> bool:
    """Tell whether an inspection was made, and completed wherever it was made."""
    made = [one.status for one in evidence.inspections if one.window == window and one.inspector == inspector]
    return bool(made) and all(status == "completed" for status in made)


def is_looked_through(evidence: Evidence, *inspectors: str) -> bool:
    """Tell whether images were opened and understood as far as the engine asks, and all the inspections completed.

    An image without any files, such as one program, is never looked through: what programs do is not read from them.
    """
    is_understood = all(
        image.trees and image.understood_share >= UNDERSTOOD_SHARE_TO_CONFIRM for image in evidence.images
    )
    return (
        bool(evidence.images)
        and is_understood
        and all(is_completed(evidence, one, "firmware") for one in (OPENING, *inspectors))
    )

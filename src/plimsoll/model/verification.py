"""What became of the places of an assessment when they were looked up again in an image."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.locator import Place

Standing = Literal["holds", "there", "changed", "gone", "unreached", "elsewhere"]
"""holds: the bytes have the digest that was kept; there: the place is found, and no digest was kept of it; changed: the
bytes differ; gone: nothing is there; unreached: opening ended before it came there, so nothing can be said; elsewhere:
not a place in an image, so it was not looked up."""

STANDINGS: tuple[Standing, ...] = ("changed", "gone", "unreached", "holds", "there", "elsewhere")
"""In the order in which they are told."""

BROKEN: tuple[Standing, ...] = ("changed", "gone", "unreached")
"""Those of which an assessment is not borne out by the image."""


class Checked(msgspec.Struct, frozen=True):
    """One place, looked up again."""

    where: Place
    standing: Standing
    observations: tuple[int, ...]
    """Numbers of the observations that point there, ascending."""


class Verification(msgspec.Struct, frozen=True):
    """All places of an assessment, looked up again in an image."""

    same_image: bool | None
    """Whether the image has the digest that the assessment names; None where the assessment names none to compare."""
    checked: tuple[Checked, ...]
    """Sorted by place."""
    stopped: str = ""
    """Why opening the image ended early; empty when it did not."""

    @property
    def is_borne_out(self) -> bool:
        """Tell whether every place in the image still holds."""
        return all(one.standing not in BROKEN for one in self.checked)

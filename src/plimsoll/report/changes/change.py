"""The nouns of a comparison."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.assessment import Assessment
from plimsoll.model.image import ImageMap
from plimsoll.model.locator import Place
from plimsoll.model.message import Message
from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report._document import image_of

Direction = Literal["up", "down", "other"]
"""other: which of the two is newer is not told by their numbers alone."""


class Side(msgspec.Struct, frozen=True):
    """One of the two assessments."""

    product: str
    version: str
    assessed_on: str
    plimsoll_version: str
    sha256: str
    """Of the image; empty when none was given."""
    understood: float | None
    """Share of the bytes of the first image that were understood, 0.0 to 1.0; None without an image."""


class Turn(msgspec.Struct, frozen=True):
    """A verdict that is another one now."""

    kind: Literal["capability", "provision", "criterion"]
    id: str
    title: str
    old: Verdict | None
    """None when it was not judged."""
    new: Verdict | None
    why: Message | None
    """The deciding reason now."""
    before: Message | None
    """The deciding reason then."""
    is_worse: bool


class ComponentChange(msgspec.Struct, frozen=True):
    """A component that is new, gone, or of other versions."""

    kind: Literal["added", "removed", "changed"]
    name: str
    old: tuple[str, ...]
    """Versions then, sorted; an empty text stands for one that is not stated."""
    new: tuple[str, ...]
    direction: Direction | None
    """For changed ones."""
    where: Place
    """Where it is seen now; then, for one that is removed."""


class HoleChange(msgspec.Struct, frozen=True):
    """A known vulnerability that is open now and was not, or the other way round, or has another status."""

    kind: Literal["opened", "closed", "gone", "changed"]
    """closed: something shows it; gone: it is only not told any more, which shows nothing."""
    id: str
    component: str
    old: str
    """Version and status then; empty when it was not told."""
    new: str
    why: str
    """Of the status now; for one that is closed or gone, how that came."""
    exploited: bool
    is_worse: bool


class ThingChange(msgspec.Struct, frozen=True):
    """A service, account, key, certificate or address that appeared, is gone, or is told otherwise."""

    kind: Literal["appeared", "gone", "changed"]
    subject: Literal["service", "account", "private key", "certificate", "endpoint", "update client"]
    old: str
    """What was told of it, in one line."""
    new: str
    where: Place


class Changes(msgspec.Struct, frozen=True):
    """All that changed."""

    old: Side
    new: Side
    remarks: tuple[Message, ...]
    """What makes the two hard to compare."""
    turns: tuple[Turn, ...]
    holes: tuple[HoleChange, ...]
    components: tuple[ComponentChange, ...]
    things: tuple[ThingChange, ...]

    @property
    def is_worse(self) -> bool:
        """Tell whether anything is worse."""
        return (
            any(one.is_worse for one in self.turns)
            or any(one.is_worse for one in self.holes)
            or any(one.direction == "down" for one in self.components)
        )

    @property
    def is_same(self) -> bool:
        """Tell whether nothing that is compared changed."""
        return not (self.turns or self.holes or self.components or self.things)


def side(assessment: Assessment) -> Side:
    """Say of an assessment what it is of."""
    image = image_of(assessment)
    first: ImageMap | None = next(iter(assessment.images), None)
    return Side(
        words.product_name(assessment.product, assessment.sources),
        assessment.product.version,
        assessment.assessed_on,
        assessment.plimsoll_version,
        image.sha256 if image else "",
        first.understood_share if first else None,
    )

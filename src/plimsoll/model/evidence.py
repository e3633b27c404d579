"""What was seen and where, and which inspections were done: all that a judgement may rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, TypeVar, cast

import msgspec

from plimsoll.model.facts import Fact
from plimsoll.model.image import ImageMap
from plimsoll.model.locator import Place
from plimsoll.model.message import Message
from plimsoll.model.product import Product, Window

Basis = Literal["observed", "declared", "derived"]
Status = Literal["completed", "partial", "skipped", "unsupported", "failed"]
F = TypeVar("F", bound=Fact)
T = TypeVar("T")


class Excerpt(msgspec.Struct, frozen=True):
    """The exact bytes at a place, by digest, and what of them may be shown."""

    digest: str
    """`sha256:` and the hexadecimal digest, or `hmac-sha256:` and the salted digest when the bytes are secret."""
    length: int
    """Number of bytes."""
    text: str = ""
    """Short printable text of the bytes, or the shape of a secret; empty when there is nothing fit to show."""


class Observation(msgspec.Struct, frozen=True):
    """A fact, where it was seen, and by whom."""

    fact: Fact
    where: Place
    inspector: str
    """Id of the inspector or matcher that recorded it."""
    excerpt: Excerpt | None = None
    basis: Basis = "observed"
    window: Window = "firmware"
    because: tuple[Place, ...] = ()
    """For a derived fact: the places of what it was derived from."""


class Inspection(msgspec.Struct, frozen=True):
    """Which inspector ran, how far it came, and what it covered."""

    inspector: str
    status: Status
    window: Window = "firmware"
    reason: Message | None = None
    """Why it is not completed; absent when it is."""
    files: int = 0
    """Files it read."""
    bytes: int = 0
    """Bytes it read."""


class Evidence(msgspec.Struct, frozen=True, dict=True):
    """Everything recorded of a product, in a fixed order."""

    observations: tuple[Observation, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    images: tuple[ImageMap, ...] = ()
    secrets: Mapping[str, bytes] = {}
    """Clear text of concealed secrets by digest: in memory only, for matchers; never part of an assessment."""
    product: Product = Product()
    """What the operator says the product is; empty where nothing was said."""

    def of(self, kind: type[F]) -> Iterable[tuple[Observation, F]]:
        """Give each observation of one kind of fact, with the fact typed."""
        return self._by_kind.get(kind, ())

    def once(self, work_out: Callable[[Evidence], T]) -> T:
        """Give what a function makes of this evidence; made when it is first asked for, for many rules ask alike."""
        if work_out not in self._worked_out:
            self._worked_out[work_out] = work_out(self)
        return cast(T, self._worked_out[work_out])

    @cached_property
    def _by_kind(self) -> dict[type, list[tuple[Observation, Any]]]:
        found: dict[type, list[tuple[Observation, Any]]] = {}
        for observation in self.observations:
            found.setdefault(type(observation.fact), []).append((observation, observation.fact))
        return found

    @cached_property
    def _worked_out(self) -> dict[Callable[[Evidence], Any], Any]:
        return {}

"""What a matcher is: observations and knowledge in, derived observations out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.product import Window


class Matcher:
    """Derives facts from facts; opens nothing. Matchers run in the order of MATCHERS and see earlier results."""

    id: ClassVar[str]
    """Kebab-case, stable."""
    window: ClassVar[Window] = "firmware"
    """Whose facts it derives from; it runs only where that window was looked through."""
    title: ClassVar[str]
    what: ClassVar[str]
    limits: ClassVar[str]

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the data it uses, with dates."""
        return ()

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Give derived observations (basis `derived`), and an Inspection when it could not do all of its work."""
        raise NotImplementedError

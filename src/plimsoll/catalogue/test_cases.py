"""How each provision is tested: the test groups and cases of ETSI TS 103 701 V2.1.1 for the five capabilities.

Numbers are those of the specification; purposes and criteria are in our own words (`test_cases.toml`).
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from plimsoll.catalogue._table import read_table

Kind = Literal["conceptual", "functional", "conceptual and functional"]
"""Conceptual: does the declared design meet the provision? Functional: does the device behave so?"""

Automation = Literal["full", "partial", "human"]
Certainty = Literal["sure", "likely"]


class TestUnit(msgspec.Struct, frozen=True):
    """One thing that must hold for a case to pass."""

    id: str
    """Case and letter, such as `5.1-1-2/b`; the letters are ours, in the order in which the criteria are listed."""
    pass_when: str


class TestCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One test case of a group."""

    id: str
    """Provision and running number, such as 5.1-1-2."""
    kind: Kind
    purpose: str
    pass_when: tuple[str, ...]
    """What must hold, all of it."""
    automation: Automation
    """How much of it a machine can do."""
    inputs: tuple[str, ...] = ()
    """What it is done on: declaration, firmware, network, organisation, laboratory and so on."""
    note: str = ""

    @property
    def units(self) -> tuple[TestUnit, ...]:
        """Give the criteria one by one, lettered from a."""
        return tuple(TestUnit(f"{self.id}/{chr(97 + at)}", text) for at, text in enumerate(self.pass_when))


class TestGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All cases of one provision."""

    provision: str
    """Number of EN 303 645 V3.1.3."""
    cases: tuple[TestCase, ...]
    capability: int | None = None
    """None for a provision that another one of a capability inherits from."""
    in_v1: bool = True
    """Whether V1.1.1 has such a group."""
    v1_differences: str = ""
    """How V1.1.1 differs; empty when it does not, or has no such group."""
    note: str = ""
    certainty: Certainty = "sure"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    groups: tuple[TestGroup, ...]


@cache
def load_cases() -> tuple[TestGroup, ...]:
    """Give all test groups in the order of the standard; raise CatalogueError when our file is malformed."""
    return read_table("test_cases.toml", _File).groups

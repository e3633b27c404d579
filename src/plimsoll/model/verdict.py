"""The four verdicts and how several become one (the words of TS 103 701)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import reduce
from typing import Literal


class Verdict(enum.StrEnum):
    """PASS reads as met, FAIL as not met, INCONCLUSIVE as not shown."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not-applicable"


Effect = Literal["confirms", "refutes", "supports", "suspects", "blocks"]
"""What an observation does for a criterion: confirms and refutes decide; supports and suspects only raise or lower
confidence; blocks keeps the verdict open until a gap is filled."""

Reach = Literal["internet", "network", "device", "physical"]
"""How near somebody must be to use a weakness: anywhere on the internet; on the home network or within reach of its
radio; logged in on the product; with hands on it."""

Sureness = Literal["firm", "likely", "suspected"]
"""How sure it is: firm when every link was seen; likely when one link was not, which the words name; suspected else."""

_ORDER = (Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL)


def combine(one: Verdict, other: Verdict) -> Verdict:
    """Give the verdict over both: any FAIL fails, else any INCONCLUSIVE stays open, and what does not apply is neutral.

    Commutative, associative and idempotent.
    """
    return max(one, other, key=_ORDER.index)


def combine_all(verdicts: Iterable[Verdict]) -> Verdict:
    """Combine any number of verdicts; none at all is INCONCLUSIVE, for silence is never a pass."""
    given = list(verdicts)
    return reduce(combine, given) if given else Verdict.INCONCLUSIVE

"""Tells in a table how often the verdicts on the twins are right, and on which noise the rest rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
from scripts.twins.measure import Noise, Result
from scripts.twins.pair import Pair

from plimsoll.catalogue import load

_COLUMNS = (
    "capability", "pairs", "true positives", "false negatives", "false positives", "true negatives", "precision",
    "recall",
)  # fmt: skip

Measured = Sequence[tuple[Pair, Result]]


class Sums(msgspec.Struct, frozen=True):
    """What came of the pairs of a capability."""

    pairs: int
    found: int
    """True positives: what one twin shows was said of it, at the planted file."""
    missed: int
    false: int
    """False positives: what was said of either twin and is not true."""
    silent: int
    """True negatives: twins of which nothing false was said."""

    @property
    def precision(self) -> str:
        """Share of what was said that is true."""
        return _share(self.found, self.found + self.false)

    @property
    def recall(self) -> str:
        """Share of what is true that was said."""
        return _share(self.found, self.found + self.missed)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def sums(measured: Measured, capability: int | None = None) -> Sums:
    """Add up the pairs of one capability, or of all; a falsehood counts for the capability that it is about."""
    own = [result for pair, result in measured if capability in (None, pair.capability)]
    told = [one for _, result in measured for one in result.falsehoods if capability in (None, one.capability)]
    return Sums(
        pairs=len(own),
        found=sum(one.is_told for one in own),
        missed=sum(not one.is_told for one in own),
        false=len(told),
        silent=sum(not one.falsehoods for one in own),
    )


def table(measured: Measured) -> str:
    """Write the table: a line for each capability, and one for all."""
    rows = [
        f"| {' | '.join(_COLUMNS)} |",
        "|---" + "|---:" * (len(_COLUMNS) - 1) + "|",
    ]
    titles = {one.number: one.title for one in load().capabilities}
    for number in sorted({pair.capability for pair, _ in measured}):
        rows.append(_row(f"{number} {titles[number]}", sums(measured, number)))
    return "\n".join([*rows, _row("all", sums(measured))])


def _row(name: str, one: Sums) -> str:
    cells = (name, one.pairs, one.found, one.missed, one.false, one.silent, one.precision, one.recall)
    return f"| {' | '.join(map(str, cells))} |"


def page(measured: Measured, noises: Sequence[Noise]) -> str:
    """Write the page of the documentation."""
    return f"""# How often the verdicts are right

Written by `make accuracy`. Each pair is two firmware images that are alike but for one thing: the bad twin has a
defect, and the good twin has in its place what is sound, or what only looks like the defect. Both are put together by
`scripts/twins/` from real packages of Debian, whose versions and digests are pinned, with file systems made by the real
tools. Nothing of the packages is kept here.

A pair is told right when what the one twin shows is said of it and points at the planted file, and when nothing false
is said of either: no firm ground against a criterion that nothing in the twin breaks, and of the good twin no suspicion
by the rule in question. *Not met* asks for a firm ground; *suspected* for a doubt that leaves the verdict open;
*doubted* for either; *open* for a question that is put; *supported* for a sign that speaks for the good twin.

{table(measured)}

These are planted truths, written by those who write the rules: they show that what is known is told apart, and not how
often a defect of another kind is found in products.

## Products without a defect

Whole packages, with their documentation and examples, put together into products in which nothing is planted. No
verdict of theirs may be "not met"; each suspicion is noise, or a question that somebody who knows the product answers.

{_noise(noises)}

{_suspicions(noises)}

## The pairs

{_pairs(measured)}
"""


def _noise(noises: Sequence[Noise]) -> str:
    rows = ["| product | packages | firm grounds | suspicions |", "|---|---:|---:|---:|"]
    rows += [f"| {one.name} | {one.packages} | {len(one.firm)} | {len(one.suspicions)} |" for one in noises]
    return "\n".join(rows)


def _suspicions(noises: Sequence[Noise]) -> str:
    counted = Counter(said for one in noises for said in {*one.firm, *one.suspicions})
    rows = ["| criterion | what is said | products |", "|---|---|---:|"]
    rows += [f"| {criterion} | {said} | {count} |" for (criterion, said), count in sorted(counted.items())]
    return "\n".join(rows)


def _pairs(measured: Measured) -> str:
    rows = [
        "| pair | criterion | expected | bad twin | good twin | architecture | image | system | told |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for pair, result in measured:
        cells = (pair.name, pair.criterion, pair.expected, pair.says, pair.instead, *pair.on.split(), _told(result))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _told(result: Result) -> str:
    if result.falsehoods:
        return "wrongly"
    return "right" if result.is_told else "missed"

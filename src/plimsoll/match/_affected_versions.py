"""Whether a version is affected, by all that sources state: the maker before the distribution before NVD.

A maker speaks of its own releases. Of a package, what the distribution repaired is the distribution's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

import msgspec

from plimsoll.knowledge.vulnerability import Affected, Authority, VersionRange
from plimsoll.match._products import Target
from plimsoll.match.versions import is_same, is_within, put_right_in
from plimsoll.model.facts.vulnerability import Reason, Says, SourceStatement

AUTHORITIES: tuple[Authority, ...] = ("maker", "distribution", "nvd", "other")
"""The most trusted first."""

LONGEST_TEXT = 200
"""Characters of the ranges that are kept in words."""

Outcome = Literal["affected", "not-affected", "contradiction", "unclear", "nothing"]
"""nothing: no source says that the version is affected, so that there is nothing to tell."""


class Decision(msgspec.Struct, frozen=True):
    """What the sources come to."""

    outcome: Outcome
    authority: Authority | Literal[""]
    reason: Reason | None
    statements: tuple[SourceStatement, ...]
    fixed: tuple[str, ...] = ()
    """Versions that are named as repaired."""


_NOTHING = Decision("nothing", "", None, ())


class _Weighed(msgspec.Struct, frozen=True):
    statement: SourceStatement
    reason: Reason
    is_package: bool


def decide(stated: Sequence[tuple[Target, Affected]]) -> Decision:
    """Weigh all that is stated of one vulnerability and one copy."""
    said = [_says(target, one) for target, one in stated]
    kinds = {says for says, _ in said}
    if "affected" not in kinds and kinds != {"unclear"}:
        return _NOTHING  # As of most: nothing is put into words.
    weighed = sorted(map(_weighed, stated, said), key=_order)
    if "affected" not in kinds:
        return Decision("unclear", "", weighed[0].reason, _statements(weighed))
    clear = [one for one in weighed if one.statement.says != "unclear"]
    fixed = tuple(dict.fromkeys(version for _, one in stated for version in one.fixed))
    deciding = _deciding(clear)
    outcome, reason = _outcome(deciding)
    return Decision(outcome, deciding[0].statement.authority, reason, _statements(weighed), fixed)


def _deciding(clear: Sequence[_Weighed]) -> list[_Weighed]:
    """Give what the source says that is believed: a distribution of the repairs in its package, else by authority."""
    packaged = [one for one in clear if one.is_package and one.statement.authority == "distribution"]
    if packaged and all(one.statement.says != "affected" for one in packaged):
        return packaged
    return [one for one in clear if one.statement.authority == clear[0].statement.authority]


def _outcome(deciding: Sequence[_Weighed]) -> tuple[Outcome, Reason]:
    """Say what one authority comes to; a source that says `not affected` of a version means it, whatever its ranges."""
    by_source: dict[str, list[_Weighed]] = {}
    for one in deciding:
        by_source.setdefault(one.statement.source, []).append(one)
    told = [min(some, key=lambda one: _FIRMNESS.index(one.statement.says)) for some in by_source.values()]
    bad = [one for one in told if one.statement.says == "affected"]
    if not bad:
        return "not-affected", told[0].reason
    denied = [one for one in told if one.statement.says in ("not-affected", "fixed")]
    if denied:
        names = ", ".join(sorted(one.statement.source for one in (bad[0], denied[0])))
        return "contradiction", Reason("sources-differ", names)
    return "affected", bad[0].reason


_FIRMNESS: tuple[Says, ...] = ("not-affected", "fixed", "affected", "outside", "unclear")


def _weighed(stated: tuple[Target, Affected], said: tuple[Says, Reason]) -> _Weighed:
    target, one = stated
    statement = SourceStatement(one.authority, one.source, said[0], _text(one.ranges, one.versions))
    return _Weighed(statement, said[1], target.is_package)


def _says(target: Target, one: Affected) -> tuple[Says, Reason]:
    """Tell what one statement says of the version."""
    order, version = target.order, target.version
    if one.unaffected and not one.ranges and not one.versions:
        return "not-affected", Reason("stated-not-affected", one.source)
    found: Reason | None = None
    is_unclear = not version or not (one.ranges or one.versions)
    for range in one.ranges if version else ():
        if range == VersionRange() and one.authority in ("nvd", "other"):
            is_unclear = True  # NVD writes this where it knows no version.
            continue
        within = is_within(order, version, range)
        is_unclear = is_unclear or within is None
        if within:
            found = Reason("in-range", _range_text(range))
            break
    if found is None and version and any(is_same(order, version, named) for named in one.versions):
        found = Reason("version-named", version)
    if found is None:
        return (
            ("unclear", Reason("versions-not-stated", one.source)) if is_unclear else ("outside", _outside(one.source))
        )
    if one.unaffected:
        return "not-affected", Reason("stated-not-affected", one.source)
    if repaired := put_right_in(order, version, one.fixed):
        return "fixed", Reason("fixed-in-line", repaired)
    return "affected", found


@cache
def _outside(source: str) -> Reason:
    return Reason("stated-not-affected", source)


def _order(one: _Weighed) -> tuple[int, str, int, str]:
    statement = one.statement
    return AUTHORITIES.index(statement.authority), statement.source, _FIRMNESS.index(statement.says), statement.versions


def _statements(weighed: Iterable[_Weighed]) -> tuple[SourceStatement, ...]:
    return tuple(dict.fromkeys(one.statement for one in weighed))


def _text(ranges: Iterable[VersionRange], versions: Iterable[str]) -> str:
    text = "; ".join((*map(_range_text, ranges), *(f"={version}" for version in versions)))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."


def _range_text(range: VersionRange) -> str:
    start = f"{'>=' if range.start_included else '>'}{range.start}" if range.start else ""
    end = f"{'<=' if range.end_included else '<'}{range.end}" if range.end else ""
    return ", ".join(part for part in (start, end) if part) or "*"

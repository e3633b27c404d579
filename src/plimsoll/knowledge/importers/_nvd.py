"""What both forms of NVD say of products: which versions of each, out of configurations of CPE names.

Source: NVD's JSON schemas 1.1 and 2.0, `configurations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from plimsoll.knowledge.importers.importer import Statement, version
from plimsoll.knowledge.products import Cpe, parse_cpe
from plimsoll.knowledge.vulnerability import VersionRange

SOURCE = "nvd"
LICENCE = "US Government work, public domain; uses data of the NVD and is not endorsed by it"
HOLES = (
    "Records that NVD has not analysed name no versions. Products that are only affected on Windows, macOS or iOS are "
    "left out."
)
_ELSEWHERE = frozenset({"microsoft", "apple"})
"""Makers of operating systems that no image of ours holds."""
_TARGETS = frozenset({"windows", "macos", "mac_os_x", "mac_os", "iphone_os", "ios", "ipados"})


class Match(msgspec.Struct, frozen=True):
    """One CPE name with bounds of its version."""

    criteria: str
    vulnerable: bool = True
    versionStartIncluding: str | None = None
    versionStartExcluding: str | None = None
    versionEndIncluding: str | None = None
    versionEndExcluding: str | None = None


Configuration = tuple[bool, tuple[tuple[Match, ...], ...]]
"""Whether all nodes must hold, and the nodes."""


def statements(id: str, configurations: Iterable[Configuration]) -> tuple[Statement, ...]:
    """Say for each product which versions are affected; of one that is named without versions, nothing is known."""
    ranges: dict[str, dict[VersionRange, None]] = {}
    singles: dict[str, dict[str, None]] = {}
    for cpe, match in _vulnerable(configurations):
        ranges.setdefault(cpe.key, {})
        singles.setdefault(cpe.key, {})
        if found := _range(match):
            ranges[cpe.key][found] = None
        elif one := version(cpe.release):
            singles[cpe.key][one] = None
    alike: dict[tuple[tuple[VersionRange, ...], tuple[str, ...]], list[str]] = {}
    for key in ranges:
        alike.setdefault((tuple(ranges[key]), tuple(singles[key])), []).append(key)
    return tuple(Statement(id, tuple(keys), "nvd", *held) for held, keys in alike.items())


def _vulnerable(configurations: Iterable[Configuration]) -> Iterator[tuple[Cpe, Match]]:
    for needs_all, nodes in configurations:
        read = [[(cpe, match) for match in node if (cpe := parse_cpe(match.criteria))] for node in nodes]
        if needs_all and any(node and all(_is_elsewhere(*one) for one in node) for node in read):
            continue
        yield from (one for node in read for one in node if one[1].vulnerable and one[0].target not in _TARGETS)


def _is_elsewhere(cpe: Cpe, match: Match) -> bool:
    return not match.vulnerable and cpe.part == "o" and cpe.vendor in _ELSEWHERE


def _range(match: Match) -> VersionRange | None:
    start = version(match.versionStartIncluding or match.versionStartExcluding or "")
    end = version(match.versionEndIncluding or match.versionEndExcluding or "")
    if not start and not end:
        return None
    return VersionRange(
        start, start_included=not match.versionStartExcluding, end=end, end_included=bool(match.versionEndIncluding)
    )

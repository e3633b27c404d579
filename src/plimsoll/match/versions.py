"""Which of two versions is later, and whether a version lies in a range; nothing is said of what is no version.

How each scheme orders is said in `_upstream_order` and `_package_order`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal

from plimsoll.knowledge.components import Scheme
from plimsoll.knowledge.vulnerability import VersionRange
from plimsoll.match._package_order import apk_key, dpkg_key, rpm_key
from plimsoll.match._upstream_order import counts_by_years, is_date, semver_key, upstream_key

Order = Scheme | Literal["dpkg", "opkg", "apk", "rpm"]
"""A scheme of releases, or of packages: those of a package manager count the packager's revisions too."""

_PORTED = re.compile(r"p\d{1,4}\b.*")
_SCHEMES_OF_YEARS: tuple[Order, ...] = ("date", "u-boot", "dropbear")
_PACKAGES: Mapping[Order, Callable[[str], Any]] = {
    "dpkg": dpkg_key,
    "opkg": dpkg_key,
    "apk": apk_key,
    "rpm": rpm_key,
}


def compare(order: Order, one: str, other: str) -> int:
    """Give -1, 0 or 1 as `one` is before, the same as or after `other`; raise ValueError on what is no version."""
    first, second = _key(order, one), _key(order, other)
    if first is None or second is None:
        raise ValueError(f"not a version: {one if first is None else other!r}")
    return int(first > second) - int(first < second)


def is_version(order: Order, text: str) -> bool:
    """Tell whether a text can be put in order: not `unknown`, `0.0.0`, `%s`, a hash, nor a day where none is due."""
    return _key(order, text) is not None


def is_within(order: Order, version: str, range: VersionRange) -> bool | None:
    """Tell whether a version lies in a range; None when that cannot be told."""
    if _key(order, version) is None:
        return None
    after = _against(order, version, range.start) if range.start else 1
    if after is not None and (after < 0 or (after == 0 and not range.start_included)):
        return False
    before = _against(order, version, range.end) if range.end else -1
    if before is not None and (before > 0 or (before == 0 and not range.end_included)):
        return False
    return None if after is None or before is None else True


def is_same(order: Order, version: str, named: str) -> bool | None:
    """Tell whether a version is one that is named; None when that cannot be told."""
    version, named = _alike(order, version, named)
    first, second = _key(order, version), _key(order, named)
    return None if first is None or second is None else bool(first == second)


def put_right_in(order: Order, version: str, fixed: Iterable[str]) -> str:
    """Name the repaired version that a version has reached in its own line of releases; empty when there is none.

    A line is what makers repair apart: 5.10 of Linux, 1.0.2 of OpenSSL, 4.13 of Samba. Where several repairs are named
    in one line, the last of them counts.
    """
    if _key(order, version) is None:
        return ""
    lines: dict[tuple[int, ...], str] = {}
    for one in fixed:
        if not _is_comparable(order, version, one):
            continue
        line = _line(order, one)
        if line not in lines or compare(order, one, lines[line]) > 0:
            lines[line] = one
    own = _numbers(order, version)
    reached = [one for line, one in lines.items() if own[: len(line)] == line and _reaches(order, version, one)]
    return max(reached, key=lambda one: (len(_line(order, one)), one), default="")


def _reaches(order: Order, version: str, fixed: str) -> bool:
    return compare(order, *_alike(order, version, fixed)) >= 0


def _against(order: Order, version: str, bound: str) -> int | None:
    """Compare a version with a bound; None when they cannot be compared."""
    if not _is_comparable(order, version, bound):
        return None
    return compare(order, *_alike(order, version, bound))


def _is_comparable(order: Order, version: str, bound: str) -> bool:
    """Tell whether both are versions, and count alike: by years, or not."""
    if _key(order, version) is None or _key(order, bound) is None:
        return False
    if order in _PACKAGES or order in _SCHEMES_OF_YEARS:
        return True
    return counts_by_years(version) == counts_by_years(bound)


def _alike(order: Order, version: str, bound: str) -> tuple[str, str]:
    """Leave out what only one of the two names: the number of the port of OpenSSH, the revision of a package."""
    if order in _PACKAGES and "-" in version and "-" not in bound:
        bare = (version.rpartition("-")[0], bound)
    elif order == "openssh" and bool(_PORTED.search(version)) != bool(_PORTED.search(bound)):
        bare = (_PORTED.sub("", version), _PORTED.sub("", bound))
    else:
        return version, bound
    return bare if all(_key(order, one) is not None for one in bare) else (version, bound)


@lru_cache(maxsize=65536)
def _key(order: Order, text: str) -> Any:
    """Give what a version is compared by; None for what is none. Kept, for a bound is asked for many times."""
    if (package := _PACKAGES.get(order)) is not None:
        return package(text)
    if order == "semver":
        return semver_key(text)
    if order == "date":
        if not counts_by_years(text):
            return None
        text = _DAY.sub(r"\1\2\3", text)
    elif is_date(text) and order not in _SCHEMES_OF_YEARS:
        return None
    return upstream_key(text, letters_are_patches=order in ("openssl", "letters"))


_DAY = re.compile(r"((?:19|20)\d\d)[-./](\d\d)[-./](\d\d)")


def _numbers(order: Order, text: str) -> tuple[int, ...]:
    """Give the numbers that begin a version, zeros at the end included."""
    bare = text.rpartition(":")[2] if order in _PACKAGES else text
    match = re.match(r"[^\d]{0,2}(\d{1,10}(?:\.\d{1,10})*)", bare)
    return tuple(int(one) for one in match[1].split(".")) if match else ()


def _line(order: Order, fixed: str) -> tuple[int, ...]:
    """Give the beginning that versions share with a repaired one, so that they are of its line."""
    numbers = _numbers(order, fixed)
    if order == "kernel":
        width = 4 if numbers[:2] == (2, 6) else 3
        return numbers[: width - 1] if len(numbers) >= width else ()
    if order == "openssl" and numbers[:1] < (3,):
        return numbers[:3]
    if order in _PACKAGES:
        return ()
    return numbers[:-1]

"""Order of versions of packages: dpkg, opkg, apk and rpm.

Sources: deb-version(7), which opkg follows; the description of package versions in the Alpine wiki (`APKBUILD`
reference: a letter, `_alpha _beta _pre _rc`, `_cvs _svn _git _hg _p`, `-rN`); the manual of RPM on versions: `~` sorts
before all, `^` before what goes on and after what ends.

Keys are tuples, so that a version need not be taken apart again each time it is compared.
"""

from __future__ import annotations

import re
from typing import Any

from plimsoll.match._upstream_order import is_hash

LONGEST = 128
"""Characters of the longest version of a package; what is longer is none."""

_EVR = re.compile(r"(?:(\d{1,9}):)?(.+?)(?:-([^-]*))?", re.DOTALL)
_RUNS = re.compile(r"(\D*)(\d*)")
_NUMBER_CHARACTERS = 40
_DPKG = re.compile(r"(?:\d{1,9}:)?[A-Za-z0-9.+~_:-]*\d[A-Za-z0-9.+~_:-]*", re.ASCII)
_RPM = re.compile(r"(?:\d{1,9}:)?[A-Za-z0-9._+~^-]*\d[A-Za-z0-9._+~^-]*", re.ASCII)
_APK = re.compile(
    r"(?P<numbers>\d{1,40}(?:\.\d{1,40})*)(?P<letter>[a-z]?)"
    r"(?P<words>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d{0,40})*)(?:~[0-9a-f]+)?(?:-r(?P<revision>\d{1,9}))?",
    re.ASCII,
)
_APK_WORDS = ("alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p")


def dpkg_key(text: str) -> tuple[Any, ...] | None:
    """Give the key of a version of dpkg or opkg; None for what is none."""
    if len(text) > LONGEST or not _DPKG.fullmatch(text) or _is_nothing(text):
        return None
    match = _EVR.fullmatch(text)
    assert match is not None
    epoch, version, revision = match.groups()
    return int(epoch or 0), _runs(version), _runs(revision or "0")


def _runs(text: str) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Split into runs of other characters and numbers; each run of characters ends in the rank of its end."""
    found = [
        ((*(_rank(one) for one in other), _RANK_OF_END), int(number or 0))
        for other, number in _RUNS.findall(text)
        if other or number
    ]
    return (*found, _NOTHING)


_RANK_OF_END = 0
_NOTHING = ((_RANK_OF_END,), 0)


def _rank(character: str) -> int:
    """Rank a character: `~` before the end, letters after it, everything else last."""
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256


def apk_key(text: str) -> tuple[Any, ...] | None:
    """Give the key of a version of apk; None for what is none."""
    match = _APK.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or _is_nothing(text):
        return None
    first, *others = match["numbers"].split(".")
    numbers = ((1, int(first), ""), *(_apk_number(one) for one in others), (-1, 0, ""))
    words = re.findall(r"_([a-z]+)(\d*)", match["words"])
    ranked = tuple((_APK_WORDS.index(word), int(number or 0)) for word, number in words)
    return numbers, match["letter"], (*ranked, (_APK_WORDS.index(""), 0)), int(match["revision"] or 0)


def _apk_number(text: str) -> tuple[int, int, str]:
    """Rank a number behind a point: one with a zero in front counts as a fraction, before the whole ones."""
    return (0, 0, text.rstrip("0")) if len(text) > 1 and text[0] == "0" else (1, int(text), "")


def rpm_key(text: str) -> tuple[Any, ...] | None:
    """Give the key of a version of rpm, with its release where it has one; None for what is none."""
    if len(text) > LONGEST or not _RPM.fullmatch(text) or _is_nothing(text):
        return None
    epoch, _, rest = text.rpartition(":")
    version, _, release = rest.partition("-")
    return int(epoch or 0), _segments(version), _segments(release)


def _segments(text: str) -> tuple[tuple[int, int, str], ...]:
    """Split into numbers, words, `~` and `^`; separators only part. Ranks: `~`, end, `^`, word, number."""
    found: list[tuple[int, int, str]] = []
    for one in re.findall(r"\d+|[A-Za-z]+|[~^]", text):
        if one in "~^":
            found.append((0 if one == "~" else 2, 0, ""))
        else:
            found.append((4, int(one), "") if one.isdigit() else (3, 0, one))
    return (*found, (1, 0, ""))


def _is_nothing(text: str) -> bool:
    """Tell whether a version is nothing but zeros or a hash, or has a number that no maker counts to."""
    bare = text.partition("-")[0]
    if is_hash(bare):
        return True
    if any(len(one) > _NUMBER_CHARACTERS for one in re.findall(r"\d+", text)):
        return True
    return bool(re.fullmatch(r"[0.]*", bare))

"""Order of versions as makers number their releases, by the scheme of `knowledge.components`.

Sources: the release archives of the projects. OpenSSL counts a branch on by letters, `1.0.2z` being followed by
`1.0.2za`; OpenSSH adds `p1` to what is ported from OpenBSD; U-Boot, BusyBox and Linux put `-rc1` before a release;
Dropbear went from `0.53.1` to `2011.54`, which is plain order of numbers.

A version becomes a key: numbers first, then what stands behind the last of them.

| stands behind the numbers | such as            | order                      |
|---------------------------|--------------------|----------------------------|
| a word of preparation     | -rc2, beta1, ~dev  | before the release itself  |
| nothing, or a builder's   | -Debian, +dirty    | the release                |
| letters, or a patch level | g, zg, p1, -P4     | after the release          |
"""

from __future__ import annotations

import re
from functools import lru_cache

Key = tuple[tuple[int, ...], tuple[int, int, str, int]]
"""Numbers without zeros at the end; what stands behind them as rank, kind, letters and number."""

LONGEST = 64
"""Characters of the longest text that is taken for a version."""

_HEAD = re.compile(r"[vVsSrR]?[-_. ]?(\d{1,10}(?:[._]\d{1,10}){0,7})", re.ASCII)
_TAIL = re.compile(r"[-_.~+ ]?([A-Za-z]+)[-_. ]?(\d{0,9})", re.ASCII)
_PREPARED = ("dev", "devel", "snapshot", "alpha", "a", "beta", "b", "test", "pre", "preview", "rc")
"""Words that stand before a release, earliest first."""
_PATCHED = ("p", "pl", "patch", "post")
_EMPTY = (1, 0, "", 0)
_HASH = re.compile(r"g?(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{7,40}|[0-9a-f]{40}")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}", re.ASCII)
_YEAR = re.compile(r"[sv]?(?:19[89]\d|20\d\d)(?!\d)|[sv]?(?:19[89]|20\d)\d[01]\d[0-3]\d(?!\d)", re.ASCII)


def is_date(text: str) -> bool:
    """Tell whether a text is a day and no more."""
    return _DATE.fullmatch(text) is not None


def is_hash(text: str) -> bool:
    """Tell whether a text is a commit and no more."""
    return _HASH.fullmatch(text) is not None


@lru_cache(maxsize=65536)
def counts_by_years(text: str) -> bool:
    """Tell whether a version begins with a year or a day: it says nothing against one that does not."""
    return _YEAR.match(text) is not None


def upstream_key(text: str, letters_are_patches: bool = False) -> Key | None:
    """Give the key of a release; None for what names none, such as `unknown`, `%s`, `0.0.0` or a hash.

    With `letters_are_patches`, any letters at all behind the numbers count on, as with OpenSSL's `zg`.
    """
    text = text.strip()
    if len(text) > LONGEST or is_hash(text) or not (head := _HEAD.match(text)):
        return None
    numbers = [int(one) for one in re.split("[._]", head[1])]
    if not any(numbers) or (len(numbers) == 1 and numbers[0] >= 1_000_000 and not is_date(head[1])):
        return None
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers), _behind(text[head.end() :], letters_are_patches)


def _behind(text: str, letters_are_patches: bool) -> tuple[int, int, str, int]:
    """Rank what stands behind the numbers."""
    tail = _TAIL.match(text)
    if tail is None:
        return (0, -1, "", 0) if text.startswith("~") else _EMPTY
    word, number = tail[1].lower(), int(tail[2] or 0)
    is_glued = text[0].isalpha()
    if letters_are_patches and is_glued and (len(word) == 1 or word not in (*_PREPARED, "fips")):
        return (2, 0, word, 0)
    if word in ("a", "b") and not (is_glued and tail[2]):
        return (2, 0, word, 0) if is_glued else _EMPTY
    if word in _PREPARED:
        return (0, _PREPARED.index(word), "", number)
    if text.startswith("~"):
        return (0, -1, "", 0)
    if word in _PATCHED and tail[2]:
        return (2, 1, "", number)
    if is_glued and len(word) <= 2:
        return (2, 0, word, number)
    return _EMPTY


def semver_key(text: str) -> tuple[tuple[int, ...], int, tuple[tuple[int, int, str], ...]] | None:
    """Give the key of a version by Semantic Versioning 2.0.0, clause 11; missing numbers are 0. None for others."""
    match = _SEMVER.fullmatch(text.strip()) if len(text) <= 2 * LONGEST else None
    if match is None:
        return None
    numbers = tuple(int(one or 0) for one in match.group("major", "minor", "patch"))
    if not match["before"]:
        return (numbers, 1, ()) if any(numbers) else None
    return numbers, 0, tuple(_identifier(one) for one in match["before"].split("."))


_SEMVER = re.compile(
    r"v?(?P<major>\d{1,10})(?:\.(?P<minor>\d{1,10}))?(?:\.(?P<patch>\d{1,10}))?"
    r"(?:-(?P<before>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?",
    re.ASCII,
)


def _identifier(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.isdigit() else (1, 0, text)

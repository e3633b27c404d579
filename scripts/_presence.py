"""Whether the files of a package hold its version as text at all, looked for without any of our identifiers.

What no file holds cannot be found by anybody; what one holds and we do not find is a miss, whether we have a sign for
that component or not. The rules lean against us: an accident counts as present.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_END = rb"(?![0-9])(?!\.[0-9A-Za-z])"
_ENOUGH = 5
"""Digits of a number without points, such as a date, that nobody writes by accident."""
_SYMBOL = re.compile(rb"[A-Z][A-Z0-9]{1,15}_(?:[A-Z]{1,15}_)?$")
"""What stands before the number of a version of symbols, such as `GLIBC_2.4`: that of an interface."""


def is_shown(version: str, names: Iterable[str], files: Sequence[tuple[bytes, bytes]]) -> bool:
    """Tell whether a version stands in the path or the bytes of one of the files.

    One of three numbers or more counts wherever no digit or point goes before it or after it. One of two numbers counts
    behind a name of the component or a word for version, or as a text of its own; a bare number only behind those.
    """
    wanted = _pattern(version, tuple(names))
    return any(_stands(wanted, b"/" + path + b"\0") or _stands(wanted, data) for path, data in files)


def _pattern(version: str, names: Sequence[str]) -> re.Pattern[bytes]:
    parts = [re.escape(part) for part in re.split(r"[~+]", version)]
    number = r"[-~+._ ]?".join(parts).encode()
    if version.count(".") >= 2 or len(version.partition(".")[0]) >= _ENOUGH:
        return re.compile(rb"(?:(?<![0-9.])|(?<=\.so\.))(?P<number>" + number + rb")" + _END)
    words = b"|".join(re.escape(name).encode() for name in (*sorted(names), "version", "ver", "release"))
    before = rb"(?i:(?:" + words + rb")[^0-9A-Za-z\0]{0,4}(?:version[ :]{1,2})?v?|(?<![a-z])v|\.so\."
    before += rb"|(?<![\x20-\x7e])(?=[0-9][\w.+~-]{1,30}\0))" if "." in version else rb")"
    return re.compile(before + rb"(?P<number>" + number + rb")" + _END)


def _stands(wanted: re.Pattern[bytes], data: bytes) -> bool:
    """Tell whether a match is there that is not the number of a version of symbols."""
    starts = (one.start("number") for one in wanted.finditer(data))
    return any(not _SYMBOL.search(data, max(0, start - 40), start) for start in starts)

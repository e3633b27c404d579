"""Which of two versions is newer, where their numbers alone say so; everything else is told as neither.

The order of each scheme is the business of the matchers; here a wrong word would be worse than none.
"""

from __future__ import annotations

import re

from plimsoll.report.changes.change import Direction

_VERSION = re.compile(
    r"(?:(?P<epoch>[0-9]{1,4}):)?v?(?P<numbers>[0-9]{1,9}(?:\.[0-9]{1,9}){0,9})(?P<letters>[a-z]{0,2})"
    r"(?:-r?(?P<revision>[0-9]{1,9}))?(?P<rest>(?:[-+~_.].*)?)",
    re.DOTALL,
)
_DATE = 1_000
"""A first number from here on is that of a date or a build, and not set against a small one."""


def direction(old: str, new: str) -> Direction:
    """Tell whether a version went up or down."""
    then, now = _VERSION.fullmatch(old), _VERSION.fullmatch(new)
    if not then or not now:
        return "other"
    first, second = _numbers(then), _numbers(now)
    epochs = int(then["epoch"] or 0), int(now["epoch"] or 0)
    if epochs[0] != epochs[1]:
        return _way(*epochs) if then["epoch"] and now["epoch"] else "other"
    if (first[0] >= _DATE) != (second[0] >= _DATE):
        return "other"
    if _trimmed(first) != _trimmed(second):
        return _way(_trimmed(first), _trimmed(second))
    if then["rest"] or now["rest"]:
        return "other"
    if then["letters"] != now["letters"]:
        return _way((len(then["letters"]), then["letters"]), (len(now["letters"]), now["letters"]))
    if then["revision"] and now["revision"] and then["revision"] != now["revision"]:
        return _way(int(then["revision"]), int(now["revision"]))
    return "other"


def _numbers(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, found["numbers"].split(".")))


def _trimmed(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Leave off zeros at the end: 1.0 is 1.0.0."""
    end = len(numbers)
    while end > 1 and numbers[end - 1] == 0:
        end -= 1
    return numbers[:end]


def _way(old: object, new: object) -> Direction:
    return "up" if new > old else "down"  # type: ignore[operator]  # both of one kind

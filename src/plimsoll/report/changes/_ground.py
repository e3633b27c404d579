"""What makes two assessments hard to compare: other knowledge, other windows, less that was looked at."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.model.assessment import Assessment
from plimsoll.model.message import Message, message
from plimsoll.model.product import Window
from plimsoll.report import words
from plimsoll.report._outline import windows_not_given
from plimsoll.report.visible import say


def remarks(old: Assessment, new: Assessment) -> tuple[Message, ...]:
    """Say what else differs than the product."""
    return tuple(_remarks(old, new))


def _remarks(old: Assessment, new: Assessment) -> Iterator[Message]:
    named = [(one.product.maker, one.product.model) for one in (old, new)]
    if all(any(one) for one in named) and named[0] != named[1]:
        yield message("these are two products: {old}, and {new}", old=_name(named[0]), new=_name(named[1]))
    if old.plimsoll_version != new.plimsoll_version:
        yield message(
            "Plimsoll {old} judged the one and {new} the other",
            old=old.plimsoll_version,
            new=new.plimsoll_version,
        )
    yield from _knowledge(old, new)
    lost, gained = _windows(old) - _windows(new), _windows(new) - _windows(old)
    for window in sorted(lost):
        yield message("the window {window} was looked through then and not now", window=_window(window))
    for window in sorted(gained):
        yield message("the window {window} is looked through now and was not then", window=_window(window))
    completed = {(one.inspector, one.window) for one in old.inspections if one.status == "completed"}
    for one in sorted(new.inspections, key=lambda one: one.inspector):
        if one.status != "completed" and (one.inspector, one.window) in completed:
            yield message("the inspection {name} was completed then and is not now", name=one.inspector)
    missing = completed - {(one.inspector, one.window) for one in new.inspections}
    for name, window in sorted(missing):
        if window not in lost:
            yield message("the inspection {name} was completed then and was not made now", name=name)


def _knowledge(old: Assessment, new: Assessment) -> Iterator[Message]:
    then, now = ({one.name: one.date for one in side.knowledge} for side in (old, new))
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield message(
                "knowledge {name} is of {new}, and was of {old}",
                name=name,
                old=then.get(name, "no date: it was not used"),
                new=now.get(name, "no date: it is not used"),
            )


def _windows(assessment: Assessment) -> set[Window]:
    return set(words.WINDOW_NAMES) - set(windows_not_given(assessment))


def _window(window: Window) -> str:
    return say(words.WINDOW_NAMES[window])


def _name(named: tuple[str, str]) -> str:
    return " ".join(part for part in named if part)

"""Tests of images that hold nothing but signs: counted are the tries, and what is said of the rest."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from plimsoll.unpack import _attempts
from plimsoll.unpack.explore import Explored, Explorer
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Opened, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.limits import Budget, Limits
from plimsoll.unpack.signs import Signs

_MIB = 1 << 20
_SIGNS = (b"\x1f\x8b", b"\x1f\x8b\x08", b"BZh", b"BZh91AY&SY", b"PK", b"PK\3\4", b"hsqs", b"\x85\x19", b"070701")


def _explore(formats: tuple[Format, ...], data: bytes) -> Explored:
    return Explorer(formats, Budget(Limits()), lambda file: None, workers=1).explore(data, b"x")


def _counting(formats: tuple[Format, ...], tries: Counter[str]) -> tuple[Format, ...]:
    def counted(format: Format) -> Format:
        def open(view: View, budget: Budget) -> Opened:
            tries[format.name] += 1
            return format.open(view, budget)

        return msgspec.structs.replace(format, open=open)

    return tuple(counted(format) for format in formats)


@pytest.mark.parametrize("sign", _SIGNS)
def test_an_image_of_one_sign_is_tried_so_often_and_no_more(sign: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_attempts, "FAILURES", 16)
    monkeypatch.setattr(_attempts, "FAILURES_PER_MIB", 4)
    monkeypatch.setattr(_attempts, "SPARE", 8)
    tries: Counter[str] = Counter()
    data = sign * ((_MIB + 4096) // len(sign))
    explored = _explore(_counting(FORMATS, tries), data)
    assert max(tries.values(), default=0) <= 16 + 4 + 2
    cut = [one for one in explored.image.problems if one.message == _attempts.NOT_TRIED]
    exhausted = {name for name, count in tries.items() if count >= 16}
    assert {one.where.partition("!")[2].partition("@")[0] for one in cut} >= exhausted
    assert sum(span.length for span in explored.image.spans) == len(data)


def _open(view: View, budget: Budget) -> Container:
    if view.size < 5 or view.read(4, 1) != b"!":
        raise NotThisFormat
    return Container(5, ())


_FORMAT = Format("mark", "", (Magic(b"MARK"),), _open)
_OTHER = Format("other", "", (Magic(b"OTHER"),), lambda view, budget: Container(5, ()))


def test_what_begins_before_the_last_try_is_found_and_others_are_not_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_attempts, "FAILURES", 10)
    data = b"-" + b"MARK." * 9 + b"MARK!" + b"MARK." * 9 + b"MARK!" + b"OTHER"
    explored = _explore((_FORMAT, _OTHER), data)
    assert [(span.offset, span.format) for span in explored.image.spans if span.format] == [
        (46, "mark"),
        (101, "other"),
    ]
    (problem,) = explored.image.problems
    assert (problem.where, problem.message) == ("x!mark@0x38", _attempts.NOT_TRIED)


def test_more_tries_are_granted_as_the_image_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_attempts, "FAILURES", 10)
    data = b"-" + b"MARK." * 20 + bytes(_MIB) + b"MARK!"
    explored = _explore((_FORMAT,), data)
    assert [span.offset for span in explored.image.spans if span.format] == [len(data) - 5]


def test_formats_side_by_side_are_taken_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_attempts, "TAKEN", 3)
    explored = _explore((_FORMAT,), b"-" + b"MARK!" * 8)
    assert sum(span.format == "mark" for span in explored.image.spans) == 3
    assert [str(one.where) for one in explored.image.problems] == ["x!mark@0x10"]


def test_places_that_are_not_kept_are_told_from_first_to_last() -> None:
    data = View(b"-" + b"MARK." * 9)
    found = Signs((_FORMAT,)).within(data, 0, data.size, lambda format: 4)
    assert [offset for offset, _ in found.places] == [1, 6, 11, 16]
    assert found.dropped == {"mark": range(21, 42)}


def test_places_inside_what_is_taken_are_no_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_attempts, "FAILURES", 2)
    monkeypatch.setattr(_attempts, "SPARE", 0)
    long = Format("mark", "", (Magic(b"MARK"),), lambda view, budget: Container(view.size, ()))
    assert not _explore((long,), b"-" + b"MARK." * 9).image.problems

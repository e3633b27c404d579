"""Tests of what is kept of archives that compress many files as one."""

from __future__ import annotations

import pytest

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._solid import Solid, Undone
from plimsoll.unpack.limits import Budget, Limits

_FOLDERS = {0: b"first.second", 1: b"other", 2: b"third"}


class Undoing:
    """Counts how often each folder is undone."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def __call__(self, number: int, view: View, budget: Budget) -> Undone:
        self.numbers.append(number)
        return _FOLDERS[number], message("damaged") if number == 2 else None


def test_a_folder_is_undone_once_for_all_its_files_and_again_for_the_next_round() -> None:
    undoing = Undoing()
    solid = _solid(undoing, 0, 0, 1)
    for _ in range(2):
        assert [_read(solid, 0, 0, 5), _read(solid, 1, 0, 5), _read(solid, 0, 6, 6)] == [b"first", b"other", b"second"]
    assert undoing.numbers == [0, 1, 0, 1]


def test_no_more_than_two_folders_are_kept() -> None:
    undoing = Undoing()
    solid = _solid(undoing, *[0, 1, 2] * 5)
    for number in (0, 1, 2, 1, 2, 0):
        _read(solid, number, 0, 1)
    assert undoing.numbers == [0, 1, 2, 0]


def test_a_file_beyond_what_can_be_undone_is_refused_with_the_reason() -> None:
    solid = _solid(Undoing(), 0, 2)
    with pytest.raises(Malformed, match="damaged"):
        _read(solid, 2, 3, 9)
    with pytest.raises(Malformed, match="another length than 90 bytes"):
        _read(solid, 0, 3, 90)


def _solid(undoing: Undoing, *numbers: int) -> Solid:
    solid = Solid(undoing)
    for number in numbers:
        solid.expect(number)
    return solid


def _read(solid: Solid, number: int, start: int, size: int) -> bytes:
    return solid.read(number, start, size, View(b""), Budget(Limits()))

"""The tool that tries damaged images: it damages alike, and tells what breaks."""

from __future__ import annotations

import random

import pytest
from scripts.fuzz import mutate, try_image

from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.inspect.inspector import Inspector, Look
from plimsoll.unpack.format import Format, Magic, View
from plimsoll.unpack.limits import Budget

_SEEDS = [b"hsqs" + bytes(range(200)), b"a line of text\n" * 40, b"x"]


def test_the_same_number_damages_alike_and_others_differ() -> None:
    made = [mutate(_SEEDS, random.Random(f"1:{index}")) for index in range(300)]
    assert made == [mutate(_SEEDS, random.Random(f"1:{index}")) for index in range(300)]
    assert len(set(made)) > 250


def test_damaged_images_break_nothing() -> None:
    for index in range(40):
        try_image(mutate(_SEEDS, random.Random(f"2:{index}")))


def test_a_reader_that_breaks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(view: View, budget: Budget) -> None:
        raise ZeroDivisionError

    format = Format("broken", "", (Magic(b"BROKEN"),), broken)  # type: ignore[arg-type]
    monkeypatch.setattr("plimsoll.unpack.formats.FORMATS", (format,))
    with pytest.raises(ZeroDivisionError):
        try_image(b"BROKEN" + bytes(100))


def test_an_inspector_that_breaks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Inspector):
        id = "broken"

        def wants(self, look: Look) -> bool:
            raise ZeroDivisionError

    monkeypatch.setattr("plimsoll.inspect.firmware.INSPECTORS", (*INSPECTORS, Broken()))
    with pytest.raises(AssertionError, match="broken"):
        try_image(b"a line of text\n" * 40)

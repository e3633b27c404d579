"""How the account of bytes is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model.image import Span
from plimsoll.unpack.spans import cut, joined, without

_WHOLE = Span(1000, 100, "understood", "ubi", "label")


def test_neighbours_of_which_the_same_is_said_are_joined() -> None:
    spans = [cut(_WHOLE, 0, 10), cut(_WHOLE, 10, 30), cut(_WHOLE, 30, 40, "unknown"), cut(_WHOLE, 41, 50, "unknown")]
    assert [(span.offset, span.length) for span in joined(spans)] == [(1000, 30), (1030, 10), (1041, 9)]


def test_neighbouring_stretches_are_one_span() -> None:
    found = [(span.offset, span.length, span.kind) for span in without(_WHOLE, [range(30, 40), range(10, 30)])]
    assert found == [(1000, 10, "understood"), (1010, 30, "unknown"), (1040, 60, "understood")]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 40))))
def test_each_byte_is_in_one_span_and_unknown_where_a_stretch_says_so(pieces: list[tuple[int, int]]) -> None:
    foreign = [range(start, min(start + length, 100)) for start, length in pieces]
    kinds: list[str] = []
    for span in without(_WHOLE, foreign):
        assert span.offset == 1000 + len(kinds)
        kinds += [span.kind] * span.length
    unknown = {at for piece in foreign for at in piece}
    assert kinds == ["unknown" if at in unknown else "understood" for at in range(100)]

"""Hypothesis strategies for the nouns."""

from __future__ import annotations

from hypothesis import strategies as st

from plimsoll.model.locator import Carve, Clause, Exchange, FileSpan, Locator, Member, Page

_offsets = st.integers(0, 1 << 48)
_spans = st.one_of(st.just((None, None)), st.tuples(_offsets, st.integers(0, 1 << 32)))
_names = st.binary(min_size=1, max_size=20)
_parts = st.binary(min_size=1, max_size=8).map(lambda part: part.replace(b"/", b"_"))
_paths = st.lists(_parts, min_size=1, max_size=4).map(b"/".join)
_formats = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)
_carves = st.builds(Carve, _formats, _offsets, st.none() | _offsets)


@st.composite
def _steps(draw: st.DrawFn) -> tuple[Carve | Member, ...]:
    """Carves and members; two members never follow each other."""
    steps: list[Carve | Member] = []
    for _ in range(draw(st.integers(0, 4))):
        member = draw(st.booleans()) and not (steps and isinstance(steps[-1], Member))
        steps.append(Member(draw(_paths)) if member else draw(_carves))
    return tuple(steps)


@st.composite
def file_spans(draw: st.DrawFn) -> FileSpan:
    """Places in images."""
    return FileSpan(draw(_names), draw(_steps()), *draw(_spans))


@st.composite
def locators(draw: st.DrawFn) -> Locator:
    """Places of every kind."""
    span = draw(_spans)
    match draw(st.sampled_from(("file", "exchange", "page", "clause"))):
        case "exchange":
            return Exchange(draw(_names), draw(_paths), draw(st.integers(0, 99)), *span)
        case "page":
            digest = draw(st.from_regex(r"[0-9a-f]{64}", fullmatch=True))
            return Page(draw(_paths), digest, *span)
        case "clause":
            return Clause(draw(_names), draw(_paths))
        case _:
            return draw(file_spans())

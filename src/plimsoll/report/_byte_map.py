"""The map of an image as a bar: what became of its bytes, from the first to the last."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from plimsoll.model.image import ImageMap, Span, SpanKind
from plimsoll.report.visible import say
from plimsoll.report.words import SPAN_KINDS, size

WIDTH = 1000
"""Units of the bar's length."""

THINNEST = 1
"""Units below which a stretch cannot be seen and is drawn as the one before it."""

ROWS = 40
"""Stretches that are named beside the bar, the longest ones."""


class Stripe(msgspec.Struct, frozen=True):
    """A stretch of the bar, in units."""

    kind: SpanKind
    start: str
    length: str


class Bar(msgspec.Struct, frozen=True):
    """An image, ready to be drawn."""

    image: ImageMap
    stripes: tuple[Stripe, ...]
    shares: tuple[tuple[SpanKind, str, str], ...]
    """Kind, its word, and how much of the image it is."""
    longest: tuple[Span, ...]
    """The longest stretches, in the order of the image."""
    more: int
    """Stretches that are not among them."""


def bar(image: ImageMap) -> Bar:
    """Lay out the map of one image."""
    longest = sorted(sorted(image.spans, key=lambda span: -span.length)[:ROWS], key=lambda span: span.offset)
    totals = {kind: sum(span.length for span in image.spans if span.kind == kind) for kind in SPAN_KINDS}
    return Bar(
        image,
        tuple(_stripes(image)),
        tuple((kind, say(SPAN_KINDS[kind]), size(total)) for kind, total in totals.items() if total),
        tuple(longest),
        len(image.spans) - len(longest),
    )


def _stripes(image: ImageMap) -> Iterable[Stripe]:
    for kind, start, end in _runs(image.spans, max(image.size_bytes, 1)):
        yield Stripe(kind, f"{start:.1f}", f"{end - start:.1f}")


def _runs(spans: Iterable[Span], total: int) -> list[tuple[SpanKind, float, float]]:
    """Join neighbours of one kind, and those too thin to be seen."""
    runs: list[tuple[SpanKind, float, float]] = []
    for span in spans:
        start, end = span.offset * WIDTH / total, (span.offset + span.length) * WIDTH / total
        if runs and (runs[-1][0] == span.kind or end - start < THINNEST):
            runs[-1] = (runs[-1][0], runs[-1][1], end)
        elif runs and runs[-1][2] - runs[-1][1] < THINNEST:
            runs[-1] = (span.kind, runs[-1][1], end)
        else:
            runs.append((span.kind, start, end))
    return runs

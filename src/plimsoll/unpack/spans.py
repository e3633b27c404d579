"""Cuts the account of an image's bytes: parts of a span, and what of it turned out not to be understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from plimsoll.model.image import Span, SpanKind
from plimsoll.unpack.format import Container, Opened

DENSE_KINDS: frozenset[SpanKind] = frozenset({"compressed", "encrypted"})


def cut(whole: Span, start: int, stop: int, kind: SpanKind = "understood") -> Span:
    """Cut a span out of one, from `start` to `stop` after its beginning."""
    return msgspec.structs.replace(whole, offset=whole.offset + start, length=stop - start, kind=kind)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Join neighbours of which the same is said, such as a header and a part that its container knows."""
    done: list[Span] = []
    for span in spans:
        last = done[-1] if done else None
        if (
            last is not None
            and last.randomness is None
            and span == msgspec.structs.replace(last, offset=last.offset + last.length, length=span.length)
        ):
            done[-1] = msgspec.structs.replace(last, length=last.length + span.length)
        else:
            done.append(span)
    return done


def without(whole: Span, foreign: Iterable[range]) -> Iterator[Span]:
    """Cut an understood span by the stretches in it of which nothing is known, given from its beginning."""
    position = unknown_from = 0
    for piece in sorted(foreign, key=lambda one: one.start):
        if piece.start > position:
            if position > unknown_from:
                yield cut(whole, unknown_from, position, "unknown")
            yield cut(whole, position, piece.start)
            unknown_from = piece.start
        position = max(position, piece.stop)
    if position > unknown_from:
        yield cut(whole, unknown_from, position, "unknown")
    if position < whole.length:
        yield cut(whole, position, whole.length)


def within_unread(span: Span, unread: Sequence[range]) -> Span:
    """Count what was found within a file system that could not be read as unknown: its files were not seen."""
    end = span.offset + span.length
    if span.kind == "understood" and any(one.start <= span.offset and end <= one.stop for one in unread):
        return msgspec.structs.replace(span, kind="unknown")
    return span


def told_encrypted(spans: Iterable[Span], end: int, opened: Opened) -> Iterator[Span]:
    """Call encrypted what looks dense and of which the container that begins at its end says that it is encrypted."""
    start = end - opened.encrypted_before if isinstance(opened, Container) else end
    for span in spans:
        if span.kind in DENSE_KINDS and span.offset >= start:
            yield msgspec.structs.replace(span, kind="encrypted")
        else:
            yield span

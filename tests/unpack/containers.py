"""What tests of containers share: contents of parts, mutations that must stay within bounds, and look-alikes."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explored, Explorer
from plimsoll.unpack.format import Container, Decoded, Format, Malformed, NotThisFormat, Opened, View
from plimsoll.unpack.limits import Budget, Limits

Open = Callable[[View, Budget], Opened]


def budget() -> Budget:
    """Make a budget with the ordinary limits."""
    return Budget(Limits())


def contents(image: bytes, opened: Container) -> list[bytes]:
    """Give the bytes of each part."""
    return [image[part.offset : part.offset + part.length] for part in opened.parts]


def named(image: bytes, opened: Container) -> dict[str, bytes]:
    """Give the bytes of each part by its name."""
    return {part.name: image[part.offset : part.offset + part.length] for part in opened.parts}


def problems(opened: Container | Decoded) -> list[str]:
    """Give the problems as text."""
    return [str(problem) for problem in opened.problems]


def explored(formats: tuple[Format, ...], data: bytes) -> tuple[Explored, list[bytes]]:
    """Explore data with some formats; give also the content of what was seen."""
    seen: list[File] = []
    found = Explorer(formats, budget(), seen.append).explore(data, b"x")
    return found, [file.data for file in seen]


def assert_within_bounds(opened: Opened, size: int) -> None:
    """Check that what was opened does not reach outside the view, and that its parts follow each other."""
    assert 0 <= opened.length <= size
    if isinstance(opened, Container):
        end = 0
        for part in sorted(opened.parts, key=lambda one: one.offset):
            assert part.offset >= end
            assert part.length > 0
            end = part.offset + part.length
        assert end <= opened.length


def assert_mutations_stay_within_bounds(open: Open, image: bytes, data: st.DataObject, reach: int) -> None:
    """Change, cut or lengthen an image in its first `reach` bytes: it is refused, or stays within bounds."""
    changed = bytearray(image)
    for _ in range(data.draw(st.integers(0, 4))):
        offset = data.draw(st.integers(0, min(reach, len(image)) - 1))
        value = data.draw(st.one_of(st.binary(min_size=1, max_size=4), st.sampled_from([b"\xff" * 4, bytes(4)])))
        changed[offset : offset + len(value)] = value
    result = bytes(changed)[: data.draw(st.one_of(st.just(len(image)), st.integers(0, len(image))))]
    try:
        opened = open(View(result), budget())
    except (NotThisFormat, EOFError):
        return
    except Malformed as broken:
        assert 0 <= broken.length <= len(result)
        return
    assert_within_bounds(opened, len(result))


def assert_not_in_look_alikes(format: Format) -> None:
    """Check that random bytes and text that hold the signs at many places hold nothing of the format."""
    chance = random.Random(7)
    noise = bytearray(chance.randbytes(2 << 20))
    text = bytearray(b"The quick brown fox, 12 34 : jumps over = the lazy dog.\n" * 40_000)
    zeros = bytearray(1 << 20)
    for data in (noise, text, zeros):
        for magic in format.magics:
            for _ in range(200):
                at = chance.randrange(magic.offset, len(data) - len(magic.literal))
                data[at : at + len(magic.literal)] = magic.literal
        first = format.magics[0]
        data[first.offset : first.offset + len(first.literal)] = first.literal
        found, _ = explored((format,), bytes(data))
        assert not found.image.problems
        assert {span.format for span in found.image.spans} <= {""}

"""What the tests of containers share: their parts as bytes, their bounds, and bytes in which none may be found."""

from __future__ import annotations

import random
from functools import cache

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, Format, Malformed, NotThisFormat, View
from plimsoll.unpack.limits import Budget, LimitReached, Limits

NOISE_BYTES = 2 << 20


def opened(format: Format, image: bytes) -> Container:
    """Open an image that must be a container."""
    found = format.open(View(image), Budget(Limits()))
    assert isinstance(found, Container)
    assert_within(found, image)
    return found


def contents(image: bytes, container: Container) -> dict[str, bytes]:
    """Give the bytes of each part by its name."""
    return {part.name: image[part.offset : part.offset + part.length] for part in container.parts}


def problems(container: Container) -> list[str]:
    """Give the problems as text."""
    return [str(problem) for problem in container.problems]


def refuses(format: Format, image: bytes) -> bool:
    """Tell whether an image is taken for something else."""
    try:
        format.open(View(image), Budget(Limits()))
    except NotThisFormat:
        return True
    return False


def patched(image: bytes, offset: int, value: bytes) -> bytes:
    """Replace some bytes."""
    return image[:offset] + value + image[offset + len(value) :]


def assert_within(container: Container, image: bytes) -> None:
    """Check that parts lie in order, apart, and within the length, and that within the image."""
    end = 0
    for part in container.parts:
        assert part.length > 0
        assert end <= part.offset
        end = part.offset + part.length
    assert end <= container.length <= len(image)


def exercise(format: Format, image: bytes) -> None:
    """Open whatever it is: it is refused by a declared error, or stays within its bounds."""
    try:
        found = format.open(View(image), Budget(Limits()))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert isinstance(found, Container)
    assert_within(found, image)


def assert_not_carved(format: Format, *literals: bytes) -> None:
    """Check that nothing is found in noise and in text that hold the sign in thousands of places."""
    for noise in _noises():
        for literal in literals or tuple(magic.literal for magic in format.magics):
            assert found_in(format, sown(noise, literal)) == []


def found_in(format: Format, image: bytes) -> list[int]:
    """Give where a format is found in bytes."""
    explored = Explorer((format,), Budget(Limits()), lambda file: None, workers=1).explore(image, b"x")
    return [span.offset for span in explored.image.spans if span.format == format.name]


def sown(noise: bytes, literal: bytes, step: int = 509) -> bytes:
    """Put a sign into bytes every `step` bytes."""
    return b"".join(literal + noise[at + len(literal) : at + step] for at in range(0, len(noise), step))


@cache
def _noises() -> tuple[bytes, ...]:
    text = b"".join(b"line %d of a text that tells of a magic and its place\n" % number for number in range(8000))
    small = bytes(byte & 3 for byte in random.Random(2).randbytes(NOISE_BYTES // 8))
    return random.Random(1).randbytes(NOISE_BYTES), text, small

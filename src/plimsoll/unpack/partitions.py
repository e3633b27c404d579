"""Finds how a flash is divided: by the kernel's command line, and by the partitions that a device tree names.

Sources: the form of `mtdparts=` as boot logs and wikis show it; the Devicetree Specification and the published binding
`fixed-partitions`. Both say what somebody meant: a division counts only where it fits the image, and where something
that was opened begins at one of its borders.

    mtdparts=ID:SIZE[@OFFSET](NAME)[ro],SIZE(NAME),-(NAME)[;ID:...]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from plimsoll.model.image import Partition, Span
from plimsoll.model.locator import Place
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._devicetree import MAGIC, read_header, read_properties

MOST_LAYOUTS = 64
"""Most divisions that are weighed of one image."""
MOST_PARTITIONS = 64
WINDOW_BYTES = 4 << 20
"""Bytes searched for command lines at a time."""
LONGEST_COMMAND_LINE = 2_100

_COMMAND_LINE = re.compile(rb"mtdparts=([!-~]{8,2048})")
_UNIT = {b"": 1, b"k": 1 << 10, b"m": 1 << 20, b"g": 1 << 30}
_PARTITION = re.compile(
    rb"(?:(?P<size>0x[0-9a-f]{1,16}|[0-9]{1,12})(?P<unit>[kmg]?)|(?P<rest>-))"
    rb"(?:@(?P<at>0x[0-9a-f]{1,16}|[0-9]{1,12})(?P<at_unit>[kmg]?))?\((?P<name>[^()]{1,64})\)(?:ro|lk|slc)*",
    re.IGNORECASE,
)


class Layout(msgspec.Struct, frozen=True):
    """A division as it is stated; the last partition may reach to the end of whatever the image is."""

    partitions: tuple[tuple[str, int, int | None], ...]
    """Name, offset, and length; None up to the end."""
    where: Place


def layouts_of(
    data: memoryview, spans: Sequence[Span], where: Place, on_read: Callable[[int], None] = lambda size: None
) -> Iterator[Layout]:
    """Give the divisions that bytes state: in command lines anywhere, and in device trees among the spans.

    `on_read` is told how many bytes were gone through, some mebibytes at a time.
    """
    for match in _command_lines(data, on_read):
        for device in match[1].split(b";"):
            if layout := _of_command_line(device.partition(b":")[2], where):
                yield layout
    for span in spans:
        if span.format == "dtb" and data[span.offset : span.offset + len(MAGIC)] == MAGIC:
            yield from _of_device_tree(View(data[span.offset :]), where)


def _command_lines(data: memoryview, on_read: Callable[[int], None]) -> Iterator[re.Match[bytes]]:
    done = 0
    for start in range(0, len(data), WINDOW_BYTES):
        end = min(start + WINDOW_BYTES, len(data))
        for match in _COMMAND_LINE.finditer(data, max(start, done), min(end + LONGEST_COMMAND_LINE, len(data))):
            if match.start() < end:
                yield match
                done = match.end()
        on_read(end - start)


def choose(layouts: Iterable[Layout], spans: Sequence[Span], size: int) -> tuple[Partition, ...]:
    """Give the partitions of the division that fits best; none when no border of any is where something begins."""
    begins = {span.offset for span in spans if span.offset and span.kind == "understood"}
    best: tuple[int, tuple[Partition, ...]] = (0, ())
    for layout in layouts:
        placed = _placed(layout, size)
        best = max(best, (sum(one.offset in begins for one in placed), placed), key=lambda one: one[0])
    return best[1]


def _placed(layout: Layout, size: int) -> tuple[Partition, ...]:
    """Put a division onto an image; nothing when it does not fit."""
    placed = tuple(
        Partition(name, offset, size - offset if length is None else length, layout.where)
        for name, offset, length in layout.partitions
    )
    fits = all(one.offset >= 0 and one.length > 0 and one.offset + one.length <= size for one in placed)
    return tuple(sorted(placed, key=lambda one: (one.offset, -one.length))) if fits else ()


def _of_command_line(text: bytes, where: Place) -> Layout | None:
    found: list[tuple[str, int, int | None]] = []
    position = 0
    for piece in re.split(rb",(?![^(]*\))", text)[: MOST_PARTITIONS + 1]:
        match = _PARTITION.match(piece)
        if match is None or len(found) == MOST_PARTITIONS:
            break
        if match["at"]:
            position = int(match["at"], 0) * _UNIT[match["at_unit"].lower()]
        length = None if match["rest"] else int(match["size"], 0) * _UNIT[match["unit"].lower()]
        found.append((_shown(match["name"]), position, length))
        position += length or 0
    return Layout(tuple(found), where) if len(found) > 1 else None


def _of_device_tree(view: View, where: Place) -> Iterator[Layout]:
    """Give the partitions below each node, by their `reg` and `label`; numbers take one cell or two."""
    regs: dict[tuple[bytes, ...], bytes] = {}
    labels: dict[tuple[bytes, ...], bytes] = {}
    try:
        for found in read_properties(view, read_header(view)):
            if len(found.path) > 1 and found.path[-1].startswith((b"partition@", b"partition-")):
                if found.name == b"reg" and found.length in (8, 16):
                    regs[found.path] = view.read(found.offset, found.length)
                elif found.name == b"label" and found.length <= 65:
                    labels[found.path] = view.read(found.offset, found.length).rstrip(b"\0")
    except (NotThisFormat, Malformed, EOFError):
        pass  # What was read until then is weighed like the rest.
    by_parent: dict[tuple[bytes, ...], list[tuple[str, int, int | None]]] = {}
    for path, reg in list(regs.items())[: MOST_LAYOUTS * MOST_PARTITIONS]:
        half = len(reg) // 2
        name = _shown(labels.get(path, path[-1]))
        entry = (name, int.from_bytes(reg[:half], "big"), int.from_bytes(reg[half:], "big"))
        by_parent.setdefault(path[:-1], []).append(entry)
    for partitions in by_parent.values():
        if 1 < len(partitions) <= MOST_PARTITIONS:
            yield Layout(tuple(partitions), where)


def _shown(name: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in name)

"""Which sensors the board declares: nodes of the device tree, and the feature lists of Android.

Sources: the Devicetree Specification, release 0.4, and the documentation of Android's `etc/permissions`; the parts are
those of `knowledge.sensor_parts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec

from plimsoll.inspect.firmware._device_tree import LARGEST, MAGIC, Nodes, read_device_tree
from plimsoll.inspect.inspector import Cut, Inspector, Kept, Look, Pattern, Seen
from plimsoll.knowledge import sensor_parts
from plimsoll.knowledge.sensor_parts import SenseKind
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Sensor
from plimsoll.model.message import message
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST_TREES = 4
"""Most device trees of an image that are those of one product; more are for many boards."""
MOST_READ = 16
"""Most device trees read of one file."""

_FEATURES = regex(rb"(?:\A|/)(?:etc/)?permissions/[^/]{1,100}\.xml\Z")
_FEATURE = regex(rb"<feature\s+name=\"(android\.hardware\.[a-z._]{3,60})\"(?![^>]{0,100}notLowRam)")
_COMMENT = regex(rb"<!--.{0,65536}?-->", re.DOTALL)
_UNUSED = ("disabled", "fail", "reserved")
_VALUE = regex(r"[a-z0-9][a-z0-9,._+-]{2,80}")


@cache
def _forms() -> tuple[tuple[SenseKind, re.Pattern[str]], ...]:
    return sensor_parts.load().compatible_forms()


class _Board(msgspec.Struct, frozen=True):
    """The sensors that one device tree names."""

    sensors: tuple[Sensor, ...]
    offset: int
    size: int


class DeclaredSensors(Inspector):
    """Records each sensor that a device tree or a feature list declares."""

    id = "declared-sensors"
    title = "Which sensors does the board declare?"
    what = (
        "Nodes of flattened device trees that are not switched off and whose `compatible` names the part of a camera, "
        "microphone, receiver of position, motion sensor, fingerprint reader, radar or Bluetooth radio; and the "
        "features of hardware that Android's permission files declare."
    )
    limits = (
        "Only well-known parts are told by their names. Where an image holds more than four device trees they are for "
        "many boards, and none of them is believed; what an overlay adds is not followed."
    )
    patterns = (Pattern("tree", rb"\xd0\x0d\xfe\xed\x00", (MAGIC,), longest=8, kinds=("binary", "elf")),)
    without_match = ("text",)

    def wants(self, look: Look) -> bool:
        """Take what holds a device tree, and feature lists by their path."""
        return bool(look.matches) or (look.kind == "text" and _FEATURES.search(look.path) is not None)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the features of a list, and keep the sensors of each device tree until all are seen."""
        if "tree" not in look.matches:
            yield from _features(look)
            return
        for number, match in enumerate(look.matches["tree"]):
            if number >= MOST_READ:
                yield Cut(message("more than {most} device trees in {file}", most=MOST_READ, file=look.file.at()))
                return
            nodes = read_device_tree(look.data, match.start())
            if nodes:
                size = int.from_bytes(look.data[match.start() + 4 : match.start() + 8], "big")
                yield _Board(tuple(_sensors(nodes)), match.start(), min(size, LARGEST))

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation | Cut]:
        """Give the sensors when the device trees can be those of one product."""
        if len(kept) > MOST_TREES:
            if any(one.value.sensors for one in kept):
                yield Cut(
                    message("{count} device trees are for many boards; none of them was believed", count=len(kept))
                )
            return
        for one in kept:
            board = one.value
            where = one.tree.stem.at(one.path, board.offset, board.size)
            for sensor in board.sensors:
                yield Observation(sensor, where, self.id)


def _features(look: Look) -> Iterator[Seen]:
    kinds = sensor_parts.load().feature_kinds()
    text = _COMMENT.sub(lambda match: b" " * len(match[0]), look.data[:65_536])
    for match in _FEATURE.finditer(text):
        name = match[1].decode("ascii")
        if name in kinds:
            yield Seen(Sensor(kinds[name], name), match.start(1), len(match[1]))


def _sensors(nodes: Nodes) -> Iterator[Sensor]:
    """Give each part once; a node counts when neither it nor one above it is switched off."""
    off = {path for path, values in nodes.items() if _text(values.get(b"status", b"")) in _UNUSED}
    given: set[Sensor] = set()
    for path, values in sorted(nodes.items()):
        if b"compatible" not in values or b"__overlay__" in path or (off and _is_below_any(path, off)):
            continue
        for value in values[b"compatible"][:400].split(b"\0"):
            name = _text(value)
            kind = next((kind for kind, form in _forms() if form.fullmatch(name)), None)
            if kind is not None and _VALUE.fullmatch(name) and Sensor(kind, name) not in given:
                given.add(Sensor(kind, name))
                yield Sensor(kind, name)
                break


def _is_below_any(path: bytes, off: set[bytes]) -> bool:
    parts = path.split(b"/")
    return any(b"/".join(parts[:depth]) in off for depth in range(1, len(parts) + 1))


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("ascii", "replace")

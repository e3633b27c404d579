"""With which senses a product is equipped: camera, microphone, location, motion and the like, by what it puts to use.

A kernel is often built with drivers for everything, so a driver that lies there shows nothing. What counts: drivers
that are loaded by name, programs and libraries that serve one kind of sensor and nothing else, and device nodes made
for it. Source: names of drivers in the Linux kernel's documentation, libraries of the vendors' media kits as observed
in cameras with Ingenic, HiSilicon, SigmaStar and Rockchip chips, modules-load.d(5), and OpenWrt's `etc/modules.d`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from plimsoll.inspect.firmware._standing import is_active, is_comment, is_documentation, line_at
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Sensor
from plimsoll.model.locator import escape_name
from plimsoll.regex import regex
from plimsoll.sources.tree import Node, Tree

_Kind = Literal["camera", "microphone", "location", "motion", "biometric", "radar", "bluetooth"]
_Names = tuple[tuple[_Kind, re.Pattern[bytes]], ...]

MOST_NODES = 2
"""Most device nodes of one kind that were made for a device; a row of more was filled from a list for all devices."""

_DRIVERS: _Names = (
    ("camera", regex(
        rb"uvcvideo|gspca_\w+|bcm2835_(?:v4l2|unicam)|tx_isp\w*|sensor_[a-z]{1,6}\d{2,4}\w*|hi35\w+_(?:isp|sensor)|"
        rb"ov\d{4}\w*|imx\d{3}(?:_\w+)?|gc\d{4}\w*|sunxi_csi\w*|rkisp\w*|sun\d+i_csi|vin_v4l2"
    )),
    ("microphone", regex(rb"snd_soc_(?:dmic|ac10[18]|seeed_voicecard|[a-z0-9]+_mic)")),
    ("location", regex(rb"gnss\w*")),
    ("motion", regex(
        rb"inv_mpu6050\w*|mpu6050|bma\d{3}\w*|bmi\d{3}\w*|bmc150_accel\w*|lis3\w+|adxl\d+\w*|mma\d{4}\w*|"
        rb"kxcjk_1013|kxsd9|st_accel\w*|st_lsm6dsx\w*|st_gyro\w*|lsm303\w*"
    )),
    ("biometric", regex(rb"fpc\d{4}\w*|goodix_fp\w*|gf_spi|silead_fp\w*")),
    ("radar", regex(rb"\w*mmwave\w*|bgt60\w*")),
    ("bluetooth", regex(rb"bluetooth|btusb|hci_uart|btsdio|btmtk\w*|btmrvl\w*|rtk_btusb|rfcomm")),
)  # fmt: skip
"""Drivers of one kind of sensor, with `_` for `-`."""

_PROGRAMS: _Names = (
    ("camera", regex(
        rb"mjpg[_-]streamer|v4l2rtspserver|raspi(?:vid|vidyuv|still)|(?:libcamera|rpicam)-(?:vid|still|raw|jpeg)|"
        rb"iCamera(?:-\w+)?|ipcam(?:era)?\w*|anyka_ipc"
    )),
    ("location", regex(rb"gpsd|ubxd|rtkrcv")),
    ("biometric", regex(rb"fprintd")),
    ("radar", regex(rb"mmwave\w*")),
    ("bluetooth", regex(
        rb"bluetoothd|(?:rtk_)?hciattach|btattach|brcm_patchram_plus\w*|bluealsa|bsa_server"
    )),
)  # fmt: skip

_LIBRARIES: _Names = (
    ("camera", regex(
        rb"(?:libimp|libsns_\w+|lib_hi(?:ae|awb)|librkaiq|librkisp\w*|libmi_(?:sensor|vif)|libcamera)\.so[.\d]*"
    )),
    ("microphone", regex(rb"libmi_ai\.so[.\d]*")),
    ("location", regex(rb"libgps\.so[.\d]*")),
    ("biometric", regex(rb"libfprint(?:-2)?\.so[.\d]*")),
)  # fmt: skip

_NODES: _Names = (
    ("camera", regex(rb"(?:.*/)?dev/(?:video\d+|tx-isp|isp-\w+|isp_dev|vi)")),
    ("microphone", regex(rb"(?:.*/)?dev/snd/pcmC\d+D\d+c")),
    ("location", regex(rb"(?:.*/)?dev/gnss\d+")),
)

_LISTS = regex(
    rb"(?:.*/)?(?:etc/modules|etc/modules\.d/[^/]+|etc/modules-boot\.d/[^/]+|(?:etc|usr/lib|lib)/modules-load\.d/[^/]+\.conf)"
)
_LOAD = regex(rb"(?:insmod|modprobe)((?:[ \t]+[^\s;&|#]+)+)")
_RECORD = regex(rb"arecord\b[^\n]*|amixer\b[^\n|;&]{0,100}?\b(?:Mic|Capture)\b")
_SCRIPT_PATH = regex(rb"(?:.*/)?etc/.+|.*\.sh|(?:.*/)?(?:rcS|rc\.local|init)")


class Sensors(Inspector):
    """Records each sign of a sensor with what says so."""

    id = "sensors"
    title = "With which senses is the product equipped?"
    what = (
        "Drivers that lists and scripts load by name, programs and libraries that serve cameras, location, "
        "fingerprints, radar or Bluetooth, recording of sound in scripts, and device nodes made for them."
    )
    limits = (
        "A driver that is built into the kernel, or loaded when a device is plugged in, leaves no sign here; nor does "
        "a sensor that a maker's own program reads through a plain bus. A sign is of what the software is fit for."
    )
    patterns = (
        Pattern(
            "loads", rb"\b(?:insmod|modprobe)[ \t]", (b"insmod", b"modprobe"), longest=16, kinds=("script", "text")
        ),
        Pattern(
            "records", rb"\b(?:arecord|amixer)[ \t]", (b"arecord", b"amixer"), longest=16, kinds=("script", "text")
        ),
    )
    without_match = ("elf", "text")

    def wants(self, look: Look) -> bool:
        """Take programs and libraries, lists of drivers, and scripts that load drivers or record."""
        return (
            look.kind == "elf"
            or bool(look.matches)
            or (look.kind == "text" and _LISTS.fullmatch(look.path) is not None)
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give each kind and ground once for each file."""
        seen: set[Sensor] = set()
        for one in _signs(look):
            if isinstance(one.fact, Sensor) and one.fact not in seen:
                seen.add(one.fact)
                yield one

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the device nodes."""
        for tree in trees:
            for kind, pattern in _NODES:
                nodes = [node for node in tree.nodes if node.kind == "character" and pattern.fullmatch(node.path)]
                if len(nodes) <= MOST_NODES:
                    for node in nodes:
                        yield Observation(Sensor(kind, _ground(node)), tree.stem.at(node.path), self.id)


def _signs(look: Look) -> Iterator[Seen]:
    if look.kind == "elf":
        for kind, ground in (*_named(_PROGRAMS, look.name), *_named(_LIBRARIES, look.name)):
            yield Seen(Sensor(kind, ground))
    elif _LISTS.fullmatch(look.path):
        yield from _listed(look)
    elif look.kind == "script" or (_SCRIPT_PATH.fullmatch(look.path) and not is_documentation(look.path)):
        yield from _loaded(look)
        yield from _recorded(look)


def _named(names: _Names, name: bytes) -> Iterator[tuple[_Kind, str]]:
    for kind, pattern in names:
        if pattern.fullmatch(name):
            yield kind, escape_name(name)


def _driver(name: bytes) -> Iterator[tuple[_Kind, str]]:
    """Name the kind of a driver that is given by its name or by the path of its file."""
    plain = name.rpartition(b"/")[2].removesuffix(b".gz").removesuffix(b".ko").removesuffix(b".o").replace(b"-", b"_")
    yield from _named(_DRIVERS, plain)


def _listed(look: Look) -> Iterator[Seen]:
    """Read one driver a line, with its parameters behind it."""
    for offset, line in look.lines(limit=10_000):
        words = line.split()
        if words and not is_comment(line):
            for kind, ground in _driver(words[0]):
                yield Seen(Sensor(kind, ground), offset, len(line))


def _loaded(look: Look) -> Iterator[Seen]:
    """Read the drivers that commands in a script load; a name that a variable holds is not known."""
    for match in look.matches.get("loads", ()):
        command = _LOAD.match(look.data, match.start(), match.start() + 1024)
        if command is None or not is_active(look, match.start()):
            continue
        names = (word for word in command[1].split() if not word.startswith(b"-") and b"=" not in word)
        name = next(names, b"").strip(b"\"'")
        for kind, ground in _driver(name):
            yield Seen(Sensor(kind, ground), command.start(), len(command[0]))


def _recorded(look: Look) -> Iterator[Seen]:
    """Tell commands that record sound, or that set what a microphone takes in, from those that play."""
    for match in look.matches.get("records", ()):
        start, line = line_at(look.data, match.start())
        command = _RECORD.match(line, match.start() - start)
        if command is not None and is_active(look, match.start()):
            yield Seen(Sensor("microphone", match[0].strip().decode("ascii")), match.start(), len(command[0]))


def _ground(node: Node) -> str:
    return escape_name(node.path.rpartition(b"/")[2])

"""Signs of sensors, and the drivers, tools and templates that show none."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.sensors import Sensors
from plimsoll.inspect.scan import Scan
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Sensor
from plimsoll.model.locator import Carve
from plimsoll.sources.tree import Node, Stem, Tree
from tests.firmware import observe
from tests.inspect.elves import elf, module


def sensors(files: dict[str, bytes]) -> list[tuple[str, str]]:
    facts = [one.fact for one in observe(Sensors(), files)]
    return [(fact.kind, fact.ground) for fact in facts if isinstance(fact, Sensor)]


def script(*lines: str) -> dict[str, bytes]:
    return {"etc/init.d/S50x": ("#!/bin/sh\n" + "\n".join(lines) + "\n").encode()}


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        ("etc/modules.d/video-uvc", "uvcvideo", ("camera", "uvcvideo")),
        ("etc/modules", "snd-soc-dmic wakeup_delay=50", ("microphone", "snd_soc_dmic")),
        ("usr/lib/modules-load.d/a.conf", "btusb", ("bluetooth", "btusb")),
        ("etc/modules.d/60-iio-accel", "st_accel_i2c", ("motion", "st_accel_i2c")),
    ],
)
def test_a_driver_that_a_list_loads_is_a_sign(path: str, line: str, expected: tuple[str, str]) -> None:
    data = f"# loaded at boot\n{line}\n".encode()
    (one,) = observe(Sensors(), {path: data})
    assert isinstance(one.fact, Sensor)
    assert (one.fact.kind, one.fact.ground) == expected
    assert one.where.endswith(f"+0x11:{len(line)}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("insmod /driver/tx-isp-t20.ko isp_clk=100000000", ("camera", "tx_isp_t20")),
        ("  insmod ${DRIVERS}/sensor_jxf22_t20.ko data_interface=1", ("camera", "sensor_jxf22_t20")),
        ("modprobe -q uvcvideo || exit 1", ("camera", "uvcvideo")),
        ("modprobe inv-mpu6050-i2c", ("motion", "inv_mpu6050_i2c")),
        ("arecord -D hw:0,0 -f S16_LE /tmp/a.wav &", ("microphone", "arecord")),
        ("amixer -c 0 sset 'Mic' 80%", ("microphone", "amixer")),
    ],
)
def test_a_command_that_puts_a_sensor_to_use_is_a_sign(line: str, expected: tuple[str, str]) -> None:
    assert sensors(script(line)) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "# insmod /driver/tx-isp-t20.ko",
        "insmod /driver/8188fu.ko",
        "insmod $MODULE",
        "modprobe snd-soc-wm8960",
        "modprobe snd-usb-audio",
        "modprobe videodev",
        "rmmod uvcvideo",
        "aplay /usr/share/ready.wav",
        "amixer sset 'Speaker' 80%",
    ],
)
def test_a_command_for_something_else_is_no_sign(line: str) -> None:
    assert sensors(script(line)) == []


def test_a_driver_that_lies_there_and_is_not_loaded_is_no_sign() -> None:
    data = module({b"vermagic": b"4.14.63 "})
    assert sensors({"lib/modules/4.14.63/uvcvideo.ko": data, "lib/modules/4.14.63/btusb.ko": data}) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("usr/bin/mjpg_streamer", ("camera", "mjpg_streamer")),
        ("usr/lib/libimp.so", ("camera", "libimp.so")),
        ("usr/lib/libsns_ov9712.so", ("camera", "libsns_ov9712.so")),
        ("usr/sbin/gpsd", ("location", "gpsd")),
        ("usr/lib/libgps.so.28", ("location", "libgps.so.28")),
        ("usr/libexec/bluetooth/bluetoothd", ("bluetooth", "bluetoothd")),
        ("usr/libexec/fprintd", ("biometric", "fprintd")),
    ],
)
def test_a_program_or_library_for_one_kind_of_sensor_is_a_sign(name: str, expected: tuple[str, str]) -> None:
    assert sensors({name: elf()}) == [expected]
    assert sensors({name: b"#!/bin/sh\nexit 0\n"}) == []


def test_tools_that_every_system_has_are_no_sign() -> None:
    names = ("bin/busybox", "usr/bin/aplay", "usr/bin/arecord", "usr/bin/hciconfig", "usr/lib/libasound.so.2")
    assert sensors({name: elf() for name in names}) == []


def test_documentation_and_texts_are_no_sign() -> None:
    line = b"run: modprobe uvcvideo\nmodprobe uvcvideo\n"
    assert sensors({"usr/share/doc/x/README": line, "www/help.html": line, "root/notes": line}) == []


def test_a_name_that_is_not_text_is_escaped_or_left_alone() -> None:
    assert sensors({"etc/modules": b"\xff\xfeuvcvideo\n\nuvcvideo\xff\n"}) == []
    assert sensors({"etc/modules": b"uvcvideo\nuvcvideo\n"}) == [("camera", "uvcvideo")]


def nodes(*paths: bytes) -> list[str]:
    tree = Tree(
        Stem(b"test.bin", (Carve("squashfs", 0),)),
        "squashfs",
        [Node(path, "character", 0o600, device=(81, 0)) for path in paths],
    )
    seen: list[Observation] = []
    Scan([Sensors()], b"salt", seen.append).conclude([tree])
    return [one.fact.ground for one in seen if isinstance(one.fact, Sensor)]


def test_a_device_node_that_was_made_for_a_sensor_is_a_sign() -> None:
    assert nodes(b"dev/video0", b"dev/null", b"dev/snd/pcmC0D0c", b"dev/snd/pcmC0D0p") == ["video0", "pcmC0D0c"]


def test_a_row_of_device_nodes_was_filled_from_a_list_and_is_no_sign() -> None:
    assert nodes(*(b"dev/video%d" % number for number in range(4))) == []

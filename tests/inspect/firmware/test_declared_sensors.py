import shutil
import subprocess

import pytest

from plimsoll.inspect.firmware.declared_sensors import DeclaredSensors
from plimsoll.model.facts import Sensor
from tests.firmware import observe, observe_all

BOARD = """/dts-v1/;
/ {
    model = "Halyard Cam";
    compatible = "halyard,cam";
    i2c@1000 {
        compatible = "snps,designware-i2c";
        sensor@10 { compatible = "sony,imx219"; %s };
        touch@38 { compatible = "edt,edt-ft5406"; };
    };
    sound { mic { compatible = "dmic-codec"; }; };
    serial { status = "disabled"; bluetooth { compatible = "brcm,bcm43438-bt"; }; };
};
"""


def compiled(source: str) -> bytes:
    if shutil.which("dtc") is None:
        pytest.skip("needs dtc (device-tree-compiler)")
    command = ["dtc", "-q", "-I", "dts", "-O", "dtb"]
    return subprocess.run(command, input=source.encode(), capture_output=True, check=True).stdout


def sensors(files: dict[str, bytes]) -> list[tuple[str, str]]:
    found = [one.fact for one in observe(DeclaredSensors(), files)]
    return [(one.kind, one.ground) for one in found if isinstance(one, Sensor)]


def test_nodes_of_a_board_name_its_sensors() -> None:
    assert sensors({"boot/board.dtb": compiled(BOARD % "")}) == [
        ("camera", "sony,imx219"), ("microphone", "dmic-codec"),
    ]  # fmt: skip


def test_a_node_that_is_switched_off_is_no_sensor() -> None:
    assert sensors({"boot/board.dtb": compiled(BOARD % 'status = "disabled";')}) == [("microphone", "dmic-codec")]


def test_a_tree_within_a_kernel_is_read_where_it_lies() -> None:
    tree = compiled(BOARD % "")
    (first, _) = observe(DeclaredSensors(), {"boot/zImage": b"\0kernel\0" * 512 + tree + b"\0" * 64})
    assert first.where.endswith(f"boot/zImage+0x1000:{len(tree)}")


def test_trees_for_many_boards_are_not_believed_and_that_is_said() -> None:
    tree = compiled(BOARD % "")
    files = {f"boot/dtbs/board-{number}.dtb": tree for number in range(5)}
    found, (inspection,), _ = observe_all(DeclaredSensors(), files)
    assert found == []
    assert inspection.status == "partial"
    plain = compiled('/dts-v1/; / { compatible = "halyard,hub"; };')
    assert sensors({f"boot/dtbs/board-{number}.dtb": plain for number in range(5)}) == []


def test_features_of_android_are_read() -> None:
    text = (
        b'<permissions>\n  <feature name="android.hardware.camera.front" />\n'
        b'  <!-- <feature name="android.hardware.microphone" /> -->\n  <feature name="android.hardware.wifi" />\n'
        b"</permissions>\n"
    )
    assert sensors({"vendor/etc/permissions/board.xml": text}) == [("camera", "android.hardware.camera.front")]
    assert sensors({"usr/share/board.xml": text}) == []


def test_a_damaged_tree_is_none() -> None:
    tree = compiled(BOARD % "")
    for cut in (5, 40, 100, len(tree) // 2):
        sensors({"boot/board.dtb": tree[:cut]})
    spoiled = bytearray(tree)
    for at in range(8, len(spoiled), 13):
        spoiled[at] ^= 0xFF
    sensors({"boot/board.dtb": bytes(spoiled)})

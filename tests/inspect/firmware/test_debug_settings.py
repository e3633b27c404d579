"""Settings that leave a way in for developers."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.debug_settings import DebugSettings
from plimsoll.inspect.scan import Scan
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import DebugSetting
from plimsoll.model.locator import Carve
from plimsoll.sources.tree import File, Node, Stem, Tree
from tests.firmware import SALT, observe


def settings(observations: list[Observation]) -> list[tuple[str, str, str, bool]]:
    found = [one.fact for one in observations if isinstance(one.fact, DebugSetting)]
    return sorted((one.interface, one.key, one.value, one.active) for one in found)


def environment(text: bytes) -> list[tuple[str, str, str, bool]]:
    """Look at the tree that the format of U-Boot's environment gives."""
    node = Node(b"env", "file", size=len(text))
    tree = Tree(Stem(b"flash.bin", (Carve("uboot-env", 0x30000),)), "uboot-env", [node])
    seen: list[Observation] = []
    scan = Scan([DebugSettings()], SALT, seen.append)
    scan.visit(File(tree, node, text))
    scan.conclude([tree])
    return settings(seen)


def test_delay_and_arguments_of_the_boot_loader() -> None:
    text = b"baudrate=115200\nbootargs=console=ttyS0 init=/bin/sh kgdboc=ttyS0\nbootdelay=3\n"
    assert environment(text) == [
        ("boot-loader", "bootdelay", "3", True),
        ("kernel", "init", "/bin/sh", True),
        ("kernel", "kgdboc", "ttyS0", True),
    ]


def test_a_key_that_stops_the_start_is_named_and_not_shown() -> None:
    found = environment(b"bootdelay=1\nbootstopkey=very-own-word\n")
    assert ("boot-loader", "bootstopkey", "***", True) in found
    assert "very-own-word" not in repr(found)


def test_the_usual_init_is_no_shell() -> None:
    assert environment(b"bootargs=root=/dev/mtdblock2 init=/sbin/init\n") == []


def test_a_file_that_is_named_env_elsewhere_is_none() -> None:
    assert settings(observe(DebugSettings(), {"etc/env": b"bootdelay=3\n"})) == []


def test_properties_of_android() -> None:
    text = b"# ro.secure=0\nro.adb.secure=0\nro.adb.secure=1\npersist.sys.usb.config=mtp,adb\nro.debuggable=1\nro.x=1\n"
    assert settings(observe(DebugSettings(), {"default.prop": text})) == [
        ("adb", "persist.sys.usb.config", "mtp,adb", True),
        ("adb", "ro.adb.secure", "0", True),
        ("adb", "ro.adb.secure", "1", False),
        ("android", "ro.debuggable", "1", True),
    ]


@pytest.mark.parametrize(
    "path", ["www/cgi-bin/telnet.cgi", "etc_ro/web/adm/system_command.asp", "htdocs/Debug.php", "www/syscmd.htm"]
)
def test_pages_that_are_named_for_developers(path: str) -> None:
    assert settings(observe(DebugSettings(), {path: b"x"})) == [("web", "page", path, True)]


@pytest.mark.parametrize(
    "path", ["www/index.html", "usr/lib/telnet.lua", "www/wifitest.php", "www/debugger.css", "www/js/x.js"]
)
def test_other_pages_are_left_out(path: str) -> None:
    assert settings(observe(DebugSettings(), {path: b"x"})) == []


def test_the_environment_that_a_boot_loader_brings_along() -> None:
    loader = b"\x27\x05\0\x90U-Boot 2016.03\0bootcmd=bootm 0x9f020000\0bootdelay=1\0baudrate=115200\0"
    assert settings(observe(DebugSettings(), {"boot.bin": loader})) == [("boot-loader", "bootdelay", "1", True)]
    keyed = loader + b"bootstopkey=very-own-word\0"
    assert ("boot-loader", "bootstopkey", "***", True) in settings(observe(DebugSettings(), {"boot.bin": keyed}))
    assert "very-own-word" not in repr(observe(DebugSettings(), {"boot.bin": keyed}))


def test_a_tool_that_names_the_variable_is_no_boot_loader() -> None:
    tool = b"\x7fELF\0\0bootdelay=5\0baudrate=115200\0"
    assert settings(observe(DebugSettings(), {"usr/sbin/fw_printenv": tool})) == []

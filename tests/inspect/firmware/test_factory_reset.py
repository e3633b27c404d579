import pytest

from plimsoll.inspect.firmware.factory_reset import FactoryResets
from plimsoll.model.facts import FactoryReset
from tests.firmware import observe
from tests.inspect.elves import elf


def resets(files: dict[str, bytes]) -> list[FactoryReset]:
    return [one.fact for one in observe(FactoryResets(), files) if isinstance(one.fact, FactoryReset)]


def wiped(*lines: bytes, path: str = "usr/sbin/factory_reset.sh") -> tuple[str, ...]:
    found = resets({path: b"#!/bin/sh\n" + b"\n".join(lines) + b"\n"})
    return found[0].wipes if found else ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"jffs2reset -y && reboot &", ("overlay",)),
        (b"mtd -r erase rootfs_data", ("overlay", "rootfs_data")),
        (b"rm -rf /overlay/*", ("overlay",)),
        (b"rm -f /configs/wpa.conf /configs/users.db", ("configs/users.db", "configs/wpa.conf")),
        (b"nvram erase; reboot", ("nvram",)),
        (b"nvram restore_default", ("nvram",)),
        (b"ralink_init clear 2860", ("nvram",)),
        (b"devconf del", ("devconf",)),
        (b"flash_eraseall /dev/mtd6", ("/dev/mtd6",)),
        (b"mkfs.ext4 -F /dev/mmcblk0p7", ("/dev/mmcblk0p7",)),
        (b"dd if=/dev/zero of=/dev/mtdblock8 bs=64k", ("/dev/mtdblock8",)),
        (b"find /data/people -type f -delete", ("data/people",)),
    ],
)
def test_what_a_reset_removes_is_told(line: bytes, expected: tuple[str, ...]) -> None:
    assert wiped(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        b"# rm -rf /configs", b"echo rm -rf /configs", b'rm -rf "$DIR"', b"rm -f /tmp/lock", b"ls /configs",
        b"logger jffs2reset is done by hand",
    ],
)  # fmt: skip
def test_what_is_not_removed_is_not_told(line: bytes) -> None:
    assert wiped(line) == ()


def test_defaults_that_are_put_back_are_told() -> None:
    (fact,) = resets({"usr/bin/load_default": b"#!/bin/sh\nrm -rf /configs/*\ncp -a /etc/defaults/. /configs\n"})
    assert (fact.wipes, fact.restores, fact.reached) == (("configs",), ("configs",), ("command-line",))


def test_a_script_of_another_name_counts_when_it_resets_a_store() -> None:
    assert wiped(b"nvram erase", path="etc/rc.button/reset") == ("nvram",)
    assert wiped(b"rm -rf /configs/*", path="etc/init.d/S10clean") == ()
    assert wiped(b"mtd erase linux", path="lib/upgrade/platform.sh") == ()


def test_a_compiled_program_is_told_by_its_name_alone() -> None:
    (fact,) = resets({"usr/sbin/factory_reset": elf()})
    assert (fact.wipes, fact.readable) == ((), False)
    assert resets({"usr/lib/factory_reset": elf(), "usr/bin/reset": elf()}) == []


def test_callers_tell_from_where_it_is_reached() -> None:
    reset = b"#!/bin/sh\nrm -rf /configs/*\n"
    files = {
        "opt/bin/factory_reset.sh": reset,
        "etc/rc.button/reset": b"#!/bin/sh\n[ $SEEN -gt 5 ] && /opt/bin/factory_reset.sh\n",
        "www/cgi-bin/system.cgi": b"#!/bin/sh\n/opt/bin/factory_reset.sh &\n",
        "usr/bin/camd": elf(tail=b"\0/opt/bin/factory_reset.sh\0"),
    }
    assert [one.reached for one in resets(files)] == [("button", "command-line", "started", "web")]
    files = {"opt/share/factory_reset.sh": reset, "etc/motd": b"hold for a factory reset\n"}
    assert [one.reached for one in resets(files)] == [()]


def test_documentation_is_not_read() -> None:
    assert resets({"usr/share/doc/x/examples/factory_reset.sh": b"#!/bin/sh\nrm -rf /configs/*\n"}) == []


def test_a_hostile_script_is_read_within_bounds() -> None:
    resets({"bin/factory_reset": b"#!/bin/sh\n" + b"rm -rf /a" * 60_000 + b"\nmtd erase " * 20_000})

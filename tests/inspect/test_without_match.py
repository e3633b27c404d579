"""What inspectors say of the kinds of files that they need not be asked about holds for the paths that they know."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.inspect.inspector import FILE_KINDS, FileKind, Inspector, Look
from plimsoll.model.secret import Concealed
from plimsoll.sources.tree import File, Node, Stem, Tree

PATHS = (
    "etc/config/wireless", "etc/config/network", "etc/config/firewall", "etc/config/easycwmp", "etc/config/fstab",
    "etc/hostapd.conf", "etc/mosquitto/mosquitto.conf", "etc/rsyslog.conf", "etc/syslog.conf", "etc/resolv.conf",
    "etc/nginx/nginx.conf", "etc/lighttpd/lighttpd.conf", "etc/ssh/sshd_config", "etc/fstab", "etc/crypttab",
    "etc/inittab", "etc/init.d/rcS", "etc/rc.local", "etc/crontabs/root", "etc/inetd.conf", "etc/default/dropbear",
    "etc/uci-defaults/99-admin", "etc/iptables/rules.v4", "etc/nftables.conf", "etc/firewall.user",
    "lib/systemd/system/data.mount", "lib/systemd/system/ssh.service", "usr/sbin/dropbear", "usr/bin/factory_reset.sh",
    "www/cgi-bin/reset.cgi", "etc/random-seed", "var/lib/urandom/random-seed",
    "etc/permissions/android.hardware.camera.xml",
    "system/etc/permissions/handheld_core_hardware.xml", "etc/modules", "etc/defaults.xml", "etc/nvram.default",
    "etc/app.json",
)  # fmt: skip
DATA: dict[FileKind, bytes] = {
    "elf": b"\x7fELF" + bytes(60), "script": b"#!/bin/sh\n", "text": b"ssid=x\n", "empty": b"", "binary": bytes(512),
}  # fmt: skip


def _conceal(secret: bytes) -> Concealed:
    raise AssertionError


@pytest.mark.parametrize(
    "inspector", [one for one in INSPECTORS if one.without_match != FILE_KINDS], ids=lambda one: one.id
)
def test_nothing_is_wanted_of_other_kinds(inspector: Inspector) -> None:
    for kind in set(FILE_KINDS) - set(inspector.without_match):
        for path in PATHS:
            node = Node(path.encode(), "file", size=len(DATA[kind]))
            file = File(Tree(Stem(b"image"), "squashfs", (node,)), node, DATA[kind])
            assert not inspector.wants(Look(file, kind, {}, _conceal)), (kind, path)


def test_some_say_so() -> None:
    assert sum(one.without_match != FILE_KINDS for one in INSPECTORS) > 15

"""Switches that open the management of a product to the internet, in each form, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware.remote_access import RemoteAccesses
from plimsoll.model.facts import RemoteAccess
from tests.firmware import observe

RALINK = b'#The word of "Default" must not be removed\nDefault\nWebInit=1\nRemoteManagement=%s\nWANPingFilter=1\n'


def switches(path: str, data: bytes) -> list[tuple[str, str, bool]]:
    found = observe(RemoteAccesses(), {path: data})
    return [(one.fact.protocol, one.fact.key, one.fact.enabled) for one in found if isinstance(one.fact, RemoteAccess)]


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("etc_ro/Wireless/RT2860AP/RT2860_default_vlan", RALINK % b"1", ("http", "RemoteManagement", True)),
        ("etc_ro/Wireless/RT2860AP/RT2860_default_vlan", RALINK % b"0", ("http", "RemoteManagement", False)),
        ("etc/nvram_default.cfg", b"remote_management=1\nhttp_wanport=8080\n", ("http", "remote_management", True)),
        ("etc/defaults.conf", b"remote_mgt_ssh=0\n", ("ssh", "remote_mgt_ssh", False)),
        ("etc/default.cfg", b'http_rmenable="1"\n', ("http", "http_rmenable", True)),
        ("etc/config/web", b"config web\n\toption remote_management 'on'\n", ("http", "remote_management", True)),
        ("etc/hw_ctree.xml", b'<AclServices HTTPLanEnable="1" HTTPWanEnable="1"/>', ("http", "HTTPWanEnable", True)),
        ("etc/hw_ctree.xml", b'<AclServices TELNETWanEnable="0"/>', ("telnet", "TELNETWanEnable", False)),
        (
            "etc/config.xml",
            b"<remote_http_management_enable>1</remote_http_management_enable>",
            ("http", "remote_http_management_enable", True),
        ),
        (
            "etc/config.xml",
            b"<RemoteAccess>\n<Port>80</Port>\n<Enable>TRUE</Enable></RemoteAccess>",
            ("http", "RemoteAccess", True),
        ),
        ("etc/init.d/rcS", b"#!/bin/sh\nnvram set misc_http_x=1\n", ("http", "misc_http_x", True)),
        ("sbin/up", b"#!/bin/sh\nnvram_set 2860 RemoteManagement 0\n", ("http", "RemoteManagement", False)),
        ("sbin/up", b"#!/bin/sh\nuci -q set web.main.remote_management='1'\n", ("http", "remote_management", True)),
    ],
)
def test_a_switch_is_read(path: str, data: bytes, expected: tuple[str, str, bool]) -> None:
    assert switches(path, data) == [expected]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("etc/nvram_default.cfg", b"# remote_management=1\n"),
        ("etc/nvram_default.cfg", b"remote_management_port=1\nmy_remote_management=1\n"),
        ("etc/nvram_default.cfg", b"remote_management=192.168.1.1\n"),
        ("etc/nvram_default.cfg", b"remote_management=\n"),
        ("www/remote.html", b'<input name="remote_management" value="1"> remote_management=1\n'),
        ("www/remote.js", b"var remote_management=1;\n"),
        ("www/lang/en.xml", b"<RemoteManagement>on</RemoteManagement>\n"),
        ("usr/share/doc/nvram.txt", b"remote_management=1\n"),
        ("etc/init.d/rcS", b'#!/bin/sh\nif [ "$(nvram get misc_http_x)" = "1" ]; then true; fi\n'),
        ("etc/init.d/rcS", b"#!/bin/sh\n[ $misc_http_x = 1 ] && true\n"),
        ("etc/init.d/rcS", b"#!/bin/sh\nnvram set misc_http_x=$1\n"),
        ("etc/init.d/rcS", b"#!/bin/sh\necho 'usage: nvram set misc_http_x=1'\n"),
        ("etc/config.xml", b"<RemoteAccess><Port>80</Port></RemoteAccess><Other><Enable>1</Enable></Other>"),
    ],
)
def test_what_is_no_switch_is_not(path: str, data: bytes) -> None:
    assert switches(path, data) == []


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(data: bytes) -> None:
    switches("etc/a.xml", b"<RemoteAccess>" + data + b" remote_management=" + data)

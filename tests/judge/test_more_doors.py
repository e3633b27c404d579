"""Doors beside the usual ones: files from guests, cameras, TR-069, tunnels, pairing over Bluetooth."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from scripts.twins import keys

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules.communicated_secrets import SHARED_KEYS
from plimsoll.judge.rules.communication import OPEN_SERVICES
from plimsoll.judge.rules.passwords import FIXED_ACCOUNT
from plimsoll.judge.rules.service_secrets import SERVICE_SECRETS
from tests.judge.looking import ELF, effects_of

LINKS = {"bin/sh": "busybox", "sbin/init": "../bin/busybox"}
PROGRAMS = (
    "vsftpd", "pure-ftpd", "smbd", "ftpd", "inetd", "rtspd", "onvif_srvd", "v4l2rtspserver", "easycwmpd", "ipsec",
    "openvpn", "bt-agent", "hcid",
)  # fmt: skip


def told(rule: Rule, files: Mapping[str, str], *commands: str) -> list[str]:
    whole = {
        "bin/busybox": ELF,
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": "#!/bin/sh\n" + "".join(f"{one}\n" for one in commands),
        **dict.fromkeys((f"usr/sbin/{name}" for name in PROGRAMS), ELF),
        **files,
    }
    return effects_of(rule, whole, LINKS)


FTP = "listen=YES\nanonymous_enable=YES\nwrite_enable=YES\nanon_upload_enable=YES\n"


@pytest.mark.parametrize(("settings", "expected"), [
    (FTP, ["suspects"]),
    (FTP.replace("anonymous_enable=YES\n", ""), ["suspects"]),
    (FTP.replace("anonymous_enable=YES", "anonymous_enable=NO"), []),
    (FTP.replace("write_enable=YES", "write_enable=NO"), []),
    (FTP.replace("anon_upload_enable=YES", "#anon_upload_enable=YES"), []),
])  # fmt: skip
def test_a_server_of_ftp_that_takes_files_from_anybody_is_doubted(settings: str, expected: list[str]) -> None:
    assert told(OPEN_SERVICES, {"etc/vsftpd.conf": settings}, "vsftpd /etc/vsftpd.conf") == expected
    assert told(OPEN_SERVICES, {"etc/vsftpd.conf": settings}) == []


SHARE = "[global]\nmap to guest = Bad User\n[usb]\npath = /mnt\nguest ok = yes\nread only = no\n"


@pytest.mark.parametrize(("settings", "expected"), [
    (SHARE, ["suspects"]),
    (SHARE.replace("Bad User", "Never"), []),
    (SHARE.replace("guest ok = yes", "guest ok = no"), []),
    (SHARE.replace("read only = no", "read only = yes"), []),
    (SHARE.replace("read only", ";read only"), []),
])  # fmt: skip
def test_a_share_that_guests_may_write_to_is_doubted(settings: str, expected: list[str]) -> None:
    assert told(OPEN_SERVICES, {"etc/samba/smb.conf": settings}, "smbd -D") == expected


@pytest.mark.parametrize(("options", "expected"), [("-w -A", ["suspects"]), ("-w", []), ("", [])])
def test_busybox_ftpd_is_weighed_by_its_options(options: str, expected: list[str]) -> None:
    files = {"etc/inetd.conf": f"ftp stream tcp nowait root /usr/sbin/ftpd ftpd {options} /mnt\n"}
    assert told(OPEN_SERVICES, files, "inetd") == expected


def test_a_login_of_a_camera_in_the_file_that_its_server_is_told_decides() -> None:
    users = {"etc/rtspd.conf": "[user]\nusername=admin\npassword=halyard12\n"}
    assert told(FIXED_ACCOUNT, users, "rtspd -c /etc/rtspd.conf") == ["refutes"]
    assert told(FIXED_ACCOUNT, users, "rtspd") == ["suspects"]
    assert told(FIXED_ACCOUNT, users) == []


@pytest.mark.parametrize(("command", "expected"), [
    ("onvif_srvd --ifs eth0 --user admin --password halyard12", ["refutes"]),
    ("v4l2rtspserver -U admin:halyard12 /dev/video0", ["refutes"]),
    ('onvif_srvd --ifs eth0 --user admin --password "$PW"', []),
    ("echo onvif_srvd --user admin --password halyard12", []),
])  # fmt: skip
def test_a_login_on_the_command_line_of_a_camera_decides(command: str, expected: list[str]) -> None:
    assert told(FIXED_ACCOUNT, {}, command) == expected


CWMP = (
    "config acs\n  option url 'https://acs.kestrel-net.io/'\n  option username 'cpe'\n  option password 'Halyard77x'\n"
    "config local\n  option port '7547'\n  option username 'kestrel'\n  option password 'Bowline88x'\n"
)


def test_both_passwords_of_tr_069_are_doubted_each_for_what_it_is() -> None:
    files = {"etc/config/easycwmp": CWMP}
    assert told(FIXED_ACCOUNT, files, "easycwmpd -f") == ["suspects"]
    assert told(SERVICE_SECRETS, files, "easycwmpd -f") == ["suspects"]
    assert told(FIXED_ACCOUNT, files) == []


def test_a_key_of_ipsec_for_whoever_calls_is_doubted_where_it_is_started() -> None:
    files = {"etc/ipsec.secrets": ': PSK "Halyard77x"\n'}
    assert told(FIXED_ACCOUNT, files, "ipsec start") == ["suspects"]
    assert told(FIXED_ACCOUNT, {"etc/ipsec.secrets": '10.0.0.1 : PSK "Halyard77x"\n'}, "ipsec start") == []
    assert told(FIXED_ACCOUNT, files) == []


PEM = keys.private_pem(keys.ec_key("tunnel")).decode()
STATIC = "-----BEGIN OpenVPN Static key V1-----\n" + "0123456789abcdef0123456789abcdef\n" * 16 + "-----END OpenVPN"


def test_a_static_key_of_openvpn_is_doubted() -> None:
    assert told(SERVICE_SECRETS, {"etc/openvpn/static.key": STATIC}, "openvpn --config /etc/openvpn/a.conf") == [
        "suspects"
    ]


def test_a_private_key_that_openvpn_is_told_of_decides() -> None:
    files = {"etc/openvpn/a.conf": "client\nkey /etc/openvpn/a.pem\n", "etc/openvpn/a.pem": PEM}
    assert told(SHARED_KEYS, files, "openvpn --config /etc/openvpn/a.conf") == ["refutes"]
    assert told(SHARED_KEYS, files, "openvpn --config /data/a.conf") == ["suspects"]


def test_a_pin_for_pairing_is_doubted_where_something_takes_it() -> None:
    pin = {"etc/bluetooth/pin": "1234\n"}
    assert told(FIXED_ACCOUNT, pin, "bt-agent -c NoInputNoOutput -p /etc/bluetooth/pin") == ["suspects"]
    assert told(FIXED_ACCOUNT, pin, "bt-agent -c NoInputNoOutput") == []
    hcid = {"etc/bluetooth/hcid.conf": 'options {\n  passkey "1234";\n}\n'}
    assert told(FIXED_ACCOUNT, hcid, "hcid -f /etc/bluetooth/hcid.conf") == ["suspects"]
    assert told(FIXED_ACCOUNT, hcid) == []

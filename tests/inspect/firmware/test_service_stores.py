"""Secrets of services in the files of real products: forms by makers' names, own text."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.credentials import Credentials
from plimsoll.model.facts import Credential, StoreReader
from tests.firmware import observe_all

Short = tuple[str, str, str, str, bytes]


def read(path: str, data: bytes) -> list[tuple[Credential, bytes]]:
    observations, inspections, secrets = observe_all(Credentials(), {path: data})
    assert all(one.status == "completed" for one in inspections), inspections
    facts = [one.fact for one in observations if isinstance(one.fact, Credential)]
    return [(fact, secrets[fact.secret.digest]) for fact in facts]


def short(path: str, data: bytes) -> list[Short]:
    return [(one.subject, one.kind, one.role, one.account, value) for one, value in read(path, data) if one.active]


def web(account: str, value: bytes = b"halyard12") -> Short:
    return ("http", "password", "accepts", account, value)


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("etc/default.xml",
         b"<root><account><entry><name>yard</name><password>halyard12</password></entry></account></root>",
         web("yard")),
        ("etc/default_config.xml",
         b'<psitree><SystemInfo>\n<sysUserName value="yard"/>\n<sysPassword value="halyard12"/></SystemInfo></psitree>',
         web("yard")),
        ("etc/hw_ctree.xml",
         b'<Dm><X_HW_WebUserInfo NumberOfInstances="1"><X_HW_WebUserInfoInstance InstanceID="1" UserName="yard" '
         b'Password="halyard12" UserLevel="0"/></X_HW_WebUserInfo></Dm>', web("yard")),
        ("etc/db_default_cfg.xml",
         b'<DB><Tbl name="DevAuthInfo" RowCount="1"><Row No="0"><DM name="User" val="yard"/>\n'
         b'<DM name="Pass" val="halyard12"/></Row></Tbl></DB>', web("yard")),
        ("etc/config_default.xml",
         b'<Config><Value Name="SUSER_NAME" Value="yard"/>\n<Value Name="WEB_PASSWORD" Value="halyard12"/></Config>',
         web("")),
        ("etc/x_config.xml",
         b"<Device><X_MAKER_LoginCfg><AdminUserName>yard</AdminUserName><AdminPassword>halyard12</AdminPassword>"
         b"</X_MAKER_LoginCfg></Device>", web("yard")),
        ("etc/app.json", b'{"web": {"users": [{"name": "yard", "password": "halyard12"}]}}', web("yard")),
        ("etc/camera.ini", b"[rtsp]\nuser = yard\npassword = halyard12\n",
         ("rtsp", "password", "accepts", "yard", b"halyard12")),
        ("etc/config/rpcd", b"config login\n\toption username 'yard'\n\toption password 'halyard12'\n", web("yard")),
        ("etc/umconfig.txt", b"TABLE=users\nROW=0\nname=yard\npassword=halyard12\ngroup=admin\nprot=0\ndisable=0\n"
         b"TABLE=groups\nROW=0\nname=admin\n", web("yard")),
        ("etc/auth.txt", b"role name=boss abilities=edit\nuser name=yard password=halyard12 roles=boss\n", web("yard")),
        ("etc/stupid-ftpd.conf", b"port=21\nuser=yard\thalyard12\t ./\t  5   A\n",
         ("ftp", "password", "accepts", "yard", b"halyard12")),
        ("etc/tr069.conf", b"Device.ManagementServer.ConnectionRequestUsername=yard\n"
         b"Device.ManagementServer.ConnectionRequestPassword=halyard12\n",
         ("cwmp", "password", "accepts", "yard", b"halyard12")),
        ("etc/cfg.xml",
         b"<D><ManagementServer><Username>yard</Username><Password>halyard12</Password></ManagementServer></D>",
         ("cwmp", "password", "presents", "yard", b"halyard12")),
        ("etc/config/snmpd.xml", b'<snmp state="enable" readCommunity="halyard"/>',
         ("snmp", "community", "accepts", "", b"halyard")),
        ("etc/ipsec.secrets", b'# local\n: PSK "halyard12"\n', ("ipsec", "key", "accepts", "", b"halyard12")),
        ("etc/ipsec.secrets", b'yard : XAUTH "halyard12"\n', ("ipsec", "password", "unknown", "yard", b"halyard12")),
        ("etc/wireguard/wg0.conf", b"[Interface]\nPrivateKey = " + b"a" * 42 + b"A=\n",
         ("wireguard", "key", "presents", "", b"a" * 42 + b"A=")),
        ("etc/openvpn/login.txt", b"yard\nhalyard12\n", ("openvpn", "password", "presents", "yard", b"halyard12")),
        ("etc/bluetooth/hcid.conf", b'options {\n\tpasskey "4711";\n}\n', ("bluetooth", "pin", "accepts", "", b"4711")),
        ("etc/bluetooth/pin", b"* 4711\n", ("bluetooth", "pin", "accepts", "", b"4711")),
        ("etc/ppp/peers/isp", b"user yard\npassword halyard12\n", ("ppp", "password", "presents", "", b"halyard12")),
        ("etc/init.d/smb", b"#!/bin/sh\n(echo halyard12; echo halyard12) | smbpasswd -s -a yard\n",
         ("samba", "password", "accepts", "yard", b"halyard12")),
        ("etc/hostapd.conf", b"ssid=dock\nwpa=2\nwpa_passphrase=halyard12\n",
         ("wpa", "passphrase", "accepts", "dock", b"halyard12")),
        ("etc/config/wireless",
         b"config wifi-iface\n\toption mode 'sta'\n\toption ssid 'dock'\n\toption key 'halyard12'\n",
         ("wpa", "passphrase", "presents", "d***", b"halyard12")),
        ("etc/wpa_supplicant.conf", b'network={\n\tssid="dock"\n\tmode=2\n\tpsk="halyard12"\n}\n',
         ("wpa", "passphrase", "accepts", "dock", b"halyard12")),
    ],
)  # fmt: skip
def test_a_secret_of_a_service_is_read_with_its_user(path: str, data: bytes, expected: Short) -> None:
    assert short(path, data) == [expected]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("etc/default.cfg", b'<snmp state="disable" readCommunity="halyard" writeCommunity="halyards"/>'),
        ("etc/config/snmpd", b"config community\n\toption enabled '0'\n\toption community 'halyard'\n"),
        ("etc/config/wireless", b"config wifi-iface\n\toption disabled '1'\n\toption key 'halyard12'\n"),
        ("etc/config/wireless", b"config wifi-iface\n\toption encryption 'none'\n\toption key 'halyard12'\n"),
        ("etc/config/rpcd", b"config login\n\toption username 'root'\n\toption password '$p$root'\n"),
        ("etc/umconfig.txt", b"TABLE=users\nROW=0\nname=yard\npassword=halyard12\ndisable=1\n"),
        ("etc/a.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ELEMENT a ANY>]><a><password>halyard12</password></a>'),
        ("etc/a.xml", b'<xs:schema><xs:element name="password" value="halyard12"/></xs:schema>'),
        ("usr/share/schemas/a.json", b'{"password": "halyard12"}'),
        ("etc/a.json", b'{"$schema": "http://x", "password": "halyard12"}'),
        ("etc/a.xml", b"<password>xs:string</password><password>********</password><password></password>"),
        ("etc/a.json", b'{"errors": {"wrong_password": "Nochmals", "check_password": "halyard12"}}'),
        ("etc/hostapd.conf", b"ssid=dock\n#wpa_passphrase=halyard12\n"),
        ("usr/share/doc/strongswan/ipsec.secrets", b': PSK "halyard12"\n'),
        ("etc/ipsec.secrets", b"# : PSK \"halyard12\"\n: RSA moonKey.pem\n"),
        ("etc/openvpn/login.txt", b"# first the user\n# then the password\n"),
        ("etc/bluetooth/pin", b"ask the user\n"),
        ("etc/stupid-ftpd.conf", b"user=anonymous\t*\t /usr/local/\t  5   0\n# user=yard halyard12 ./ 5 A\n"),
        ("etc/ppp/options", b"# password halyard12\nlogin\n"),
        ("etc/auth.txt", b"# user name=yard password=halyard12 roles=boss\n"),
    ],
)  # fmt: skip
def test_what_is_switched_off_or_no_secret_is_not_in_use(path: str, data: bytes) -> None:
    assert [one for one in read(path, data) if one[0].active and not one[0].placeholder] == []


@pytest.mark.parametrize(
    "line",
    [b"force_password_change=1\n", b"must_change_password: true\n", b"first_login=yes\n", b"isDefaultPassword=1\n"],
)
def test_a_file_that_asks_for_another_password_is_told(line: bytes) -> None:
    ((fact, _),) = read("etc/web.conf", line + b"admin_password=halyard12\n")
    assert fact.change_due
    ((fact, _),) = read("etc/web.conf", line.replace(b"1", b"0").replace(b"true", b"0").replace(b"yes", b"0")
                        + b"admin_password=halyard12\n")  # fmt: skip
    assert not fact.change_due


NVRAM = b"\0\1\2\0lan_ipaddr=10.0.0.1\0http_username=yard\0http_passwd=halyard12\0wl0_ssid=dock\0wan_proto=dhcp\0\0"


def test_a_list_of_variables_is_read() -> None:
    assert short("etc/nvram.bin", NVRAM) == [web("yard")]


@pytest.mark.parametrize(
    "data",
    [
        b"\0\1\2\0http_passwd=halyard12\0\0\0",
        NVRAM.replace(b"halyard12", b"%s"),
        NVRAM.replace(b"halyard12", b""),
        NVRAM.replace(b"http_passwd", b"show_passwd"),
    ],
)
def test_a_lone_word_of_a_binary_is_no_variable(data: bytes) -> None:
    assert read("etc/nvram.bin", data) == []


def readers(files: dict[str, bytes]) -> list[tuple[str, str]]:
    observations, _, _ = observe_all(Credentials(), files)
    return [(one.fact.program, one.fact.path) for one in observations if isinstance(one.fact, StoreReader)]


HOLDER = {"etc/web.xml": b"<web><password>halyard12</password></web>"}


def test_a_program_that_names_a_file_with_a_secret_is_told() -> None:
    assert readers({**HOLDER, "bin/webd": b"\x7fELF\0\0/etc/web.xml\0rb\0"}) == [("webd", "etc/web.xml")]
    assert readers({**HOLDER, "etc/init.d/x": b"#!/bin/sh\ncp /etc/web.xml /tmp\n"}) == [("x", "etc/web.xml")]


def test_what_names_another_file_is_not() -> None:
    assert readers({**HOLDER, "bin/webd": b"\x7fELF\0\0/etc/web.xml.bak\0/etc/app.xml\0"}) == []
    assert readers({"etc/web.xml": b"<web/>", "bin/webd": b"\x7fELF\0\0/etc/web.xml\0"}) == []
    assert readers({**HOLDER, "usr/share/doc/x.sh": b"#!/bin/sh\ncat /etc/web.xml\n"}) == []

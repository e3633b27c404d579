"""Passwords that factory settings leave blank, for a user who is named beside them."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.passwords import FIXED_ACCOUNT
from tests.judge.looking import ELF, effects_of, finding_of

LINKS = {"bin/sh": "busybox", "sbin/init": "../bin/busybox"}


def tree(path: str, text: str, command: str = "httpd") -> dict[str, str]:
    return {
        "bin/busybox": ELF,
        "usr/sbin/httpd": ELF,
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": f"#!/bin/sh\n{command}\n",
        path: text,
    }


def told(path: str, text: str, command: str = "httpd") -> list[str]:
    return effects_of(FIXED_ACCOUNT, tree(path, text, command), LINKS)


@pytest.mark.parametrize(("path", "text"), [
    ("etc/nvram.default", "http_username=admin\nhttp_passwd=\n"),
    ("etc/default.conf", 'web_user="admin"\nweb_password=""\n'),
    ("etc/defaultcfg.xml", "<Config><User><Name>admin</Name><Password></Password></User></Config>"),
    ("etc/defaultcfg.xml", "<Config><User>\n<Name>admin</Name>\n<Password/>\n</User></Config>"),
    ("etc/default.json", '{"web": {"username": "admin", "password": ""}}'),
    ("etc/config/rpcd", "config login\n  option username 'admin'\n  option password ''\n"),
])  # fmt: skip
def test_a_blank_password_beside_a_user_is_doubted(path: str, text: str) -> None:
    assert told(path, text) == ["suspects"]
    assert told(path, text, "true") == []


def test_the_words_name_who_may_come_in() -> None:
    finding = finding_of(FIXED_ACCOUNT, tree("etc/nvram.default", "http_username=admin\nhttp_passwd=\n"), LINKS)
    assert [str(one.why) for one in finding.bearings] == [
        "httpd may let in admin without a password: nvram.default has a blank one; whether another must be chosen "
        "first was not seen"
    ]


@pytest.mark.parametrize(("path", "text"), [
    ("etc/nvram.default", "http_passwd=\n"),
    ("etc/nvram.default", "http_username=\nhttp_passwd=\n"),
    ("etc/nvram.default", "http_username=admin\n#http_passwd=\n"),
    ("etc/nvram.default", "http_username=admin\nhttp_passwd=\nfirst_login=1\n"),
    ("etc/nvram.default", "pppoe_username=admin\npppoe_passwd=\n"),
    ("etc/nvram.default", "wl0_ssid=Home\nwl0_wpa_psk=\n"),
    ("etc/nvram.default", "ddns_user=me\nddns_passwd=\n"),
    ("etc/nvram.default", "http_username=guest\nhttp_passwd=\n"),
    ("etc/default.conf", "web_user=$USER\nweb_password=\n"),
    ("usr/share/doc/x/default.conf", "web_user=admin\nweb_password=\n"),
    ("www/lang/default.json", '{"web": {"username": "admin", "password": ""}}'),
    ("etc/defaultcfg.xml", "<!-- <User><Name>admin</Name><Password></Password></User> -->"),
    ("usr/bin/login.sh", "#!/bin/sh\nweb_user=admin\nweb_password=\n"),
])  # fmt: skip
def test_what_is_no_blank_login_is_not(path: str, text: str) -> None:
    assert told(path, text) == []

"""No report shows a secret of an image: not in clear, and not in base64, hexadecimal or the form of addresses.

The image holds one secret in each of many places; all reports are written, and each is searched for all of them.
"""

from __future__ import annotations

import base64
import datetime
import html
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest

from plimsoll.assess import assess
from plimsoll.model.assessment import Assessment
from plimsoll.model.product import Product
from plimsoll.report import REPORTS, Report

_TEXTS = {
    "etc/agent/agent.conf": "password=@\ndatabase=mysql://unit:@@db.halyard.net/base\napi_key=@\n",
    "etc/agent/agent.json": '{"mqtt": {"user": "unit", "password": "@"}, "token": "@"}\n',
    "etc/agent/agent.xml": '<config><user name="admin" password="@"/><Password>@</Password></config>\n',
    "etc/config/wireless": "config wifi-iface\n\toption mode 'ap'\n\toption ssid 'yard'\n\toption key '@'\n",
    "etc/config/easycwmp": "config acs\n\toption url http://unit:@@acs.halyard.net/\n\toption password '@'\n",
    "etc/hostapd.conf": "ssid=yard\nwpa=2\nwpa_passphrase=@\n",
    "etc/wpa_supplicant.conf": 'network={\n\tssid="@"\n\tpsk="@"\n}\n',
    "etc/snmp/snmpd.conf": "rwcommunity @\nrocommunity @ 192.0.2.0/24\n",
    "etc/ppp/peers/isp": "user unit\npassword @\n",
    "etc/ppp/chap-secrets": "unit * @ *\n",
    "etc/mosquitto/mosquitto.conf": "listener 1883\nconnection cloud\naddress b.halyard.net\nremote_password @\n",
    "etc/redis.conf": "requirepass @\n",
    "etc/openvpn/auth.txt": "unit\n@\n",
    "etc/ipsec.secrets": ': PSK "@"\nunit : XAUTH "@"\n',
    "etc/fstab": "//nas.halyard.net/rec /mnt/nas cifs username=unit,password=@ 0 0\n",
    "etc/opkg.conf": "src/gz base http://feed:@@packages.halyard.net/base\n",
    "etc/motion/motion.conf": "stream_authentication unit:@\nstream_auth_method 1\nstream_localhost off\n",
    "etc/crontabs/root": "* * * * * wget -q 'http://unit:@@stats.halyard.net/telemetry?key=@'\n",
    "root/.netrc": "machine ftp.halyard.net login unit password @\n",
    "root/.git-credentials": "https://unit:@@git.halyard.net\n",
    "root/.bash_history": "mysql -u root -p@\nexport TOKEN=@\nls\nssh unit@dev.halyard.net\n",
    "root/.npmrc": "//registry.halyard.net/:_authToken=@\n",
    "www/login.php": "<?php if ($_POST['password'] == '@') { ok(); } curl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0);\n",
    "www/cloud.php": "<?php $url = 'https://unit:@@api.halyard.net/'; curl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0);\n",
    "usr/bin/agent.py": "#!/usr/bin/python3\nrequests.get('https://unit:@@api.halyard.net/?key=@', verify=False)\n",
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n::respawn:/usr/bin/agent --password @ --url http://unit:@@api.halyard.net\n",
}
_COMMANDS = """#!/bin/sh
curl -uadmin:@ http://api.halyard.net/
curl --user=admin:@ http://api.halyard.net/
curl -k https://unit:@@api.halyard.net/list -o /tmp/list
curl -k -u unit:@ "https://up.halyard.net/image?sig=@" -o /tmp/image; mtd write /tmp/image firmware
curl -H "Authorization: Bearer @" http://api.halyard.net/
curl -d "mac=$MAC&apikey=@" http://stats.halyard.net/telemetry
wget "http://stats.halyard.net/ping?token=@&serial=$SERIAL"
wget --post-data="user=unit&password=@" http://api.halyard.net/login
mosquitto_pub -h b.halyard.net -u unit -P @ -t a -m b
mosquitto_pub -L mqtt://unit:@@b.halyard.net/t -m b
sshpass -p@ ssh unit@gate.halyard.net
coap-client -m put -u unit -k @ coaps://hub.halyard.net/lamp
snmpset -v2c -c @ 192.0.2.1 a i 1
ftpput -u unit -p @ ftp.halyard.net a b
ffmpeg -i rtsp://unit:@@192.0.2.7/live -f null -
mount -t cifs -o username=unit,password=@ //nas/share /mnt/nas
echo -n @ | cryptsetup open /dev/mmcblk0p3 data
cryptsetup luksOpen /dev/mmcblk0p3 more --key-file - <<< @
echo "root:@" | chpasswd
wpa_passphrase yard @ > /tmp/wpa.conf
uci set ddns.service.password=@
logger "the password is @"
telnetd -l /bin/sh -u admin:@
"""
_PROGRAMS = (
    "curl", "wget", "mosquitto_pub", "sshpass", "coap-client", "snmpset", "ftpput", "ffmpeg", "cryptsetup", "chpasswd",
    "wpa_passphrase", "telnetd", "agent", "mtd",
)  # fmt: skip


class Planted:
    """Puts a secret of its own wherever an `@` stands that does not come before a host or a path of its own."""

    def __init__(self) -> None:
        self.secrets: list[str] = []

    def into(self, text: str) -> str:
        """Fill in secrets; `@@` is a secret before a host, `name@host` is left."""
        pieces = text.replace("unit@", "unit\0").split("@")
        filled = pieces[0]
        for before, piece in pairwise(pieces):
            if before == "" and filled.endswith(self.secrets[-1] if self.secrets else "\0"):
                filled += "@" + piece
                continue
            self.secrets.append(f"Kx{len(self.secrets):02d}vWq4ZrT9mJ")
            filled += self.secrets[-1] + piece
        return filled.replace("\0", "@")


def build(folder: Path) -> list[str]:
    planted = Planted()
    for path, text in {**_TEXTS, "etc/init.d/rcS": _COMMANDS}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(planted.into(text))
        target.chmod(0o755)
    (folder / "usr/bin").mkdir(parents=True, exist_ok=True)
    for name in _PROGRAMS:
        (folder / "usr/bin" / name).write_bytes(b"\x7fELF\x01\x01\x01" + bytes(45))
        (folder / "usr/bin" / name).chmod(0o755)
    text = planted.into("login: \0Password: \0http://unit:@@api.halyard.net/\0user=admin&password=@\0Bearer @\0")
    (folder / "usr/bin/compiled").write_bytes(b"\x7fELF\x01\x01\x01" + bytes(45) + text.encode())
    with sqlite3.connect(folder / "users.db") as base:
        base.execute("CREATE TABLE users (name TEXT, password TEXT)")
        base.execute("INSERT INTO users VALUES ('admin', ?)", (planted.into("@"),))
    return planted.secrets


def forms(secret: str) -> Iterator[str]:
    """Give a secret as it might be shown, without its last two letters: those may be."""
    raw = secret[:-2].encode()
    yield from (secret[:-2], quote(secret), html.escape(secret), raw.hex(), raw.hex().upper(), secret[::-1])
    for before in range(3):
        yield base64.b64encode(bytes(before) + raw)[(0, 2, 3)[before] :].decode().rstrip("=")[:-1]


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Assessment, list[str]]:
    folder = tmp_path_factory.mktemp("image")
    secrets = build(folder)
    return assess(folder, Product(), today=datetime.date(2026, 1, 2)), secrets


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_no_report_shows_a_secret(report: Report, assessed: tuple[Assessment, list[str]]) -> None:
    assessment, secrets = assessed
    text = report.render(assessment)
    assert len(secrets) == len(set(secrets)) > 60
    for secret in secrets:
        for form in forms(secret):
            assert form not in text, text[max(0, text.index(form) - 120) :][:200]

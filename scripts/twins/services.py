"""Pairs for capability 1: accounts of web servers, brokers and other services, and what looks like them."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from scripts.twins.accounts import BCRYPT, FIXED
from scripts.twins.pair import Pair
from scripts.twins.password_care import ATTEMPTS, HASHING
from scripts.twins.tree import script, text

HTTPD = {"httpd": "/bin/httpd -f -h /www -c /etc/httpd.conf"}
LIGHTTPD = {"lighttpd": "/usr/sbin/lighttpd -D -f /etc/lighttpd/lighttpd.conf"}
MOSQUITTO = {"mosquitto": "/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf"}
SNMPD = {"snmpd": "/usr/sbin/snmpd -f -c /etc/snmp/snmpd.conf"}
HOSTAPD = {"hostapd": "/usr/sbin/hostapd /etc/hostapd/hostapd.conf"}
_PBKDF2 = "$7$101$dHdpbnR3aW50d2lu$c2FsdGVkIGFuZCBzdHJldGNoZWQgYnkgYSBicm9rZXIgb2YgdGhlIHR3aW5zIGZvciB0aGUgdGVzdA=="
_PAGES = text("/:admin:Harbour-77\n/cgi-bin:admin:Harbour-77\n")
_NO_PAGES = text("A:192.168.\nD:*\n")
_LOGIN_FORM = """<!doctype html><title>Login</title><form method="post" action="/cgi-bin/login">
<input type="text" name="username" value="admin"><input type="password" name="password" value="password">
<script>var defaults = {password: "Password", admin_password: ""};</script></form>
"""
_LANGUAGE = """{"username": "User name", "password": "Password",
 "admin_password": "Administrator", "wifi_password": "Wi-Fi password"}
"""
_POLICY = """Passwords
password: at least twelve characters
Do not use words such as admin, 12345 or password. The password admin is refused.
"""
_LIGHTTPD = """server.modules = ("mod_openssl", "mod_auth", "mod_authn_file")
server.document-root = "/www"
server.port = 443
ssl.engine = "enable"
ssl.pemfile = "/data/server.pem"
auth.backend = "htpasswd"
auth.backend.htpasswd.userfile = "{file}"
auth.require = ("/" => ("method" => "basic", "realm" => "Camera", "require" => "valid-user"))
"""
_MOSQUITTO = """listener 8883
cafile /etc/mosquitto/ca.pem
certfile /data/broker.pem
keyfile /data/broker.key
allow_anonymous false
"""
_HOSTAPD = """interface=wlan0
driver=nl80211
ssid={ssid}
hw_mode=g
channel=6
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
{psk}
"""


def _database(*rows: tuple[str, str]) -> tuple[int, bytes]:
    """Give a database with a table of users."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "users.db"
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, password TEXT, role TEXT)")
        connection.executemany("INSERT INTO users (username, password, role) VALUES (?, ?, 'administrator')", rows)
        connection.commit()
        connection.close()
        return 0o644, path.read_bytes()


PAIRS = (
    Pair(
        name="httpd-account",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/httpd.conf",
        also=(HASHING,),
        says="the web server of busybox asks for a password that every unit has",
        instead="the web server asks for none; a login form has a field for one",
        on="mipsel jffs2-le rcS",
        starts=HTTPD,
        bad={"etc/httpd.conf": _PAGES},
        good={"etc/httpd.conf": _NO_PAGES, "www/login.html": text(_LOGIN_FORM)},
    ),
    Pair(
        name="httpd-language-file",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/httpd.conf",
        also=(HASHING,),
        says="the web server asks for a password that every unit has",
        instead="a language file has words for user names and passwords",
        on="armel jffs2-be inittab",
        starts=HTTPD,
        bad={"etc/httpd.conf": _PAGES},
        good={
            "etc/httpd.conf": _NO_PAGES,
            "www/lang/en.json": text(_LANGUAGE),
            "etc/web/lang_en.json": text(_LANGUAGE),
        },
    ),
    Pair(
        name="httpd-policy-text",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/httpd.conf",
        also=(HASHING,),
        says="the web server asks for a password that every unit has",
        instead="a text says which passwords are refused, and the line of the account is a comment",
        on="i386 ext4 sysv",
        starts=HTTPD,
        bad={"etc/httpd.conf": _PAGES},
        good={
            "etc/httpd.conf": text("#/:admin:Harbour-77\nA:192.168.\nD:*\n"),
            "www/policy.txt": text(_POLICY),
            "etc/web/policy.conf": text("min_password_length=12\nrequire_password=1\npassword_prompt=Password\n"),
        },
    ),
    Pair(
        name="lighttpd-users",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/lighttpd/users",
        says="lighttpd takes an account of a file that every unit has",
        instead="its file is made on the unit; the same account stands in an example",
        on="arm64 squashfs-xz systemd",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        bad={
            "etc/lighttpd/lighttpd.conf": text(_LIGHTTPD.format(file="/etc/lighttpd/users")),
            "etc/lighttpd/users": text(f"admin:{BCRYPT}\n"),
        },
        good={
            "etc/lighttpd/lighttpd.conf": text(_LIGHTTPD.format(file="/data/users")),
            "usr/share/doc/lighttpd/examples/users.htpasswd": text(f"admin:{BCRYPT}\n"),
        },
    ),
    Pair(
        name="lighttpd-digest",
        capability=1,
        criterion=HASHING,
        expected="not met",
        at="etc/lighttpd/users.digest",
        also=(FIXED,),
        says="lighttpd asks for a password that is kept as a plain digest",
        instead="a list of check sums of files stands there",
        on="amd64 squashfs-gzip sysv",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        bad={
            "etc/lighttpd/lighttpd.conf": text(
                _LIGHTTPD.replace("htpasswd", "htdigest").format(file="/etc/lighttpd/users.digest")
            ),
            "etc/lighttpd/users.digest": text("admin:Camera:9463e93162fc7dff36ac624d12728c2c\n"),
        },
        good={
            "etc/lighttpd/lighttpd.conf": text(
                _LIGHTTPD.replace("htpasswd", "htdigest").format(file="/data/users.digest")
            ),
            "etc/lighttpd/pages.md5": text("9463e93162fc7dff36ac624d12728c2c  /www/index.html\n"),
        },
    ),
    Pair(
        name="mosquitto-users",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/mosquitto/passwd",
        says="the broker takes an account that every unit has",
        instead="its file is made on the unit; the package brings an example",
        on="armhf erofs sysv",
        packages=("mosquitto",),
        starts=MOSQUITTO,
        bad={
            "etc/mosquitto/mosquitto.conf": text(_MOSQUITTO + "password_file /etc/mosquitto/passwd\n"),
            "etc/mosquitto/passwd": text(f"device:{_PBKDF2}\n"),
        },
        good={"etc/mosquitto/mosquitto.conf": text(_MOSQUITTO + "password_file /data/mosquitto.passwd\n")},
    ),
    Pair(
        name="snmp-community",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="etc/snmp/snmpd.conf",
        says="snmpd lets in who says a word that every unit has",
        instead="that line is a comment",
        on="mips64el ubifs procd",
        packages=("snmpd",),
        starts=SNMPD,
        also=("control-goes-encrypted",),
        bad={"etc/snmp/snmpd.conf": text("agentaddress udp:161\nrwcommunity private\n")},
        good={"etc/snmp/snmpd.conf": text("agentaddress udp:161\n#rwcommunity private\n")},
    ),
    Pair(
        name="snmp-not-started",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="etc/snmp/snmpd.conf",
        says="snmpd is started with a community that every unit has",
        instead="the same file: snmpd is there and never started",
        on="amd64 squashfs-lz4 systemd",
        packages=("snmpd",),
        bad_starts=SNMPD,
        also=("control-goes-encrypted",),
        both={"etc/snmp/snmpd.conf": text("agentaddress udp:161\nrwcommunity private\n")},
    ),
    Pair(
        name="wifi-passphrase",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="etc/hostapd/hostapd.conf",
        says="hostapd opens a network with a passphrase that every unit has",
        instead="a placeholder, which a start script fills with what production wrote",
        on="mipsel squashfs-gzip rcS",
        packages=("hostapd",),
        starts=HOSTAPD,
        bad={"etc/hostapd/hostapd.conf": text(_HOSTAPD.format(ssid="Camera", psk="wpa_passphrase=harbour7788"))},
        good={
            "etc/hostapd/hostapd.conf": text(_HOSTAPD.format(ssid="@SSID@", psk="wpa_passphrase=@PASSPHRASE@")),
            "etc/init.d/S40wifi": script(
                'word=$(dd if=/dev/mtd4 bs=16 count=1)\nsed -i "s/@PASSPHRASE@/$word/" /etc/hostapd/hostapd.conf\n'
            ),
        },
    ),
    Pair(
        name="wifi-of-others",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="etc/hostapd/hostapd.conf",
        says="hostapd opens a network with a passphrase that every unit has",
        instead="wpa_supplicant joins somebody else's network with one",
        on="arm64 cpio-uimage rcS",
        packages=("hostapd", "wpasupplicant"),
        bad_starts=HOSTAPD,
        good_starts={"wpa": "/sbin/wpa_supplicant -i wlan0 -c /etc/wpa_supplicant.conf"},
        bad={"etc/hostapd/hostapd.conf": text(_HOSTAPD.format(ssid="Gateway", psk="wpa_passphrase=harbour7788"))},
        good={"etc/wpa_supplicant.conf": text('network={\n  ssid="factory"\n  psk="harbour7788"\n}\n')},
    ),
    Pair(
        name="web-settings",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="etc/defaults/web.ini",
        says="the default settings of the web server have a password",
        instead="the value is a placeholder",
        on="armhf squashfs-zstd inittab",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        both={"etc/lighttpd/lighttpd.conf": text(_LIGHTTPD.format(file="/data/users"))},
        bad={"etc/defaults/web.ini": text("[web]\nweb_user=admin\nweb_password=Harbour-77\n")},
        good={"etc/defaults/web.ini": text("[web]\nweb_user=admin\nweb_password=<set at first use>\n")},
    ),
    Pair(
        name="web-settings-xml",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="etc/config/default.xml",
        says="the default settings of the web pages have a password",
        instead="the same element in a comment",
        on="mipsel romfs rcS",
        starts=HTTPD,
        both={"etc/httpd.conf": _NO_PAGES},
        bad={
            "etc/config/default.xml": text(
                "<?xml version='1.0'?>\n<config>\n<web>\n<web_password>Harbour-77</web_password>\n</web>\n</config>\n"
            )
        },
        good={
            "etc/config/default.xml": text(
                "<?xml version='1.0'?>\n<config>\n<!-- <web_password>Harbour-77</web_password> -->\n</config>\n"
            )
        },
    ),
    Pair(
        name="user-database",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="var/lib/web/users.db",
        says="a database of users has an administrator with a password",
        instead="the same database without users",
        on="arm64 ext4 sysv",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        both={"etc/lighttpd/lighttpd.conf": text(_LIGHTTPD.format(file="/data/users"))},
        bad={"var/lib/web/users.db": _database(("admin", "Harbour-77"))},
        good={"var/lib/web/users.db": _database()},
    ),
    Pair(
        name="hidden-user-in-page",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="www/login.php",
        says="the source of the login page compares with a fixed word",
        instead="it compares with the hash that the unit keeps",
        on="amd64 tar-gzip systemd",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        both={"etc/lighttpd/lighttpd.conf": text(_LIGHTTPD.format(file="/data/users"))},
        bad={
            "www/login.php": text(
                "<?php\nif ($_POST['user'] == 'support' && $_POST['password'] == 'Harbour-77')\n"
                "  $_SESSION['admin'] = 1;\n"
            )
        },
        good={
            "www/login.php": text(
                "<?php\n$hash = trim(file_get_contents('/data/admin.hash'));\n"
                "if (password_verify($_POST['password'], $hash)) {\n  $_SESSION['admin'] = 1;\n}\n"
            )
        },
    ),
    Pair(
        name="motion-account",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/motion/motion.conf",
        says="the camera's own server takes an account that every unit has",
        instead="that setting is a comment, as the package ships it",
        on="armhf squashfs-xz sysv",
        packages=("motion",),
        starts={"motion": "/usr/bin/motion -n -c /etc/motion/motion.conf"},
        bad={
            "etc/motion/motion.conf": text(
                "stream_port 8081\nstream_localhost off\nstream_auth_method 2\nstream_authentication admin:Harbour-77\n"
            )
        },
        good={
            "etc/motion/motion.conf": text(
                "stream_port 8081\nstream_localhost off\n; stream_authentication admin:Harbour-77\n"
            )
        },
    ),
    Pair(
        name="fail2ban",
        capability=1,
        criterion=ATTEMPTS,
        expected="supported",
        at="etc/systemd/system/fail2ban.service",
        says="nothing shuts out who guesses; the program is there and not started",
        instead="fail2ban is started",
        on="amd64 erofs systemd",
        packages=("fail2ban", "openssh-server"),
        starts={"ssh": "/usr/sbin/sshd -D"},
        good_starts={"fail2ban": "/usr/bin/fail2ban-server -xf start"},
    ),
)

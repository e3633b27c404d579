"""Pairs for capability 4: radio, packet filter, debug interfaces, rights, random numbers, certificates."""

from __future__ import annotations

from scripts.twins import keys
from scripts.twins.pair import Pair
from scripts.twins.services import LIGHTTPD, MOSQUITTO
from scripts.twins.tree import link, script, text

CONTROL = "control-goes-encrypted"
DEBUG = "debug-interfaces-are-closed"
RANDOM = "random-numbers-differ-per-unit"
STORED_KEYS = "keys-are-stored-closed"
RADIO = "wireless-protection-is-sound"
INTERNET = "internet-side-is-closed"
RIGHTS = "services-run-with-few-rights"
SOUND = "certificates-are-sound"
SECRETS = "service-secrets-are-not-shared"
SHARED = "private-keys-are-not-shared"
CHECKED = "certificates-are-checked"

_HOSTAPD = {"hostapd": "/usr/sbin/hostapd /etc/hostapd.conf"}
_RADIO = "interface=wlan0\nssid={ssid}\nhw_mode=g\nchannel=6\n{protection}\n"
_WPA2 = "wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_psk_file=/data/psk"
_LIGHTTPD = """server.modules = ("mod_openssl")
server.port = 443
ssl.engine = "enable"
ssl.pemfile = "/etc/lighttpd/server.pem"
ssl.privkey = "/data/server.key"
"""
_RULES = """*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -i {side} -p tcp --dport 443 -j ACCEPT
COMMIT
"""
_FILTER = {"filter": "/usr/sbin/iptables-restore /etc/iptables.rules"}
_PAGES = text('server.port = 443\nssl.engine = "enable"\nssl.pemfile = "/data/server.pem"\n')

PAIRS = (
    Pair(
        name="wifi-wep",
        capability=4,
        criterion=RADIO,
        expected="not met",
        at="etc/hostapd.conf",
        says="hostapd opens a network with WEP",
        instead="it opens one with WPA2; WEP stands in a comment",
        on="mipsel squashfs-xz rcS",
        packages=("hostapd",),
        starts=_HOSTAPD,
        bad={"etc/hostapd.conf": text(_RADIO.format(ssid="Twin", protection='wep_default_key=0\nwep_key0="harbo"'))},
        good={
            "etc/hostapd.conf": text(_RADIO.format(ssid="Twin", protection='# wep_key0="harbo"\n' + _WPA2)),
        },
    ),
    Pair(
        name="wifi-open",
        capability=4,
        criterion=RADIO,
        expected="suspected",
        at="etc/hostapd.conf",
        says="hostapd opens a network without a password",
        instead="the same file: hostapd is there and never started, and the file is an example",
        on="arm64 ext4 systemd",
        packages=("hostapd",),
        bad_starts=_HOSTAPD,
        bad={"etc/hostapd.conf": text(_RADIO.format(ssid="Twin setup", protection="auth_algs=1"))},
        good={"usr/share/doc/hostapd/hostapd.conf": text(_RADIO.format(ssid="Twin setup", protection="auth_algs=1"))},
    ),
    Pair(
        name="debugger",
        capability=4,
        criterion=DEBUG,
        expected="not met",
        at="etc/inittab",
        says="gdbserver is started for the whole network",
        instead="it is there and never started",
        on="armhf cramfs inittab",
        packages=("gdbserver",),
        bad_starts={"gdbserver": "/usr/bin/gdbserver --multi 0.0.0.0:2345"},
    ),
    Pair(
        name="script-from-clear",
        capability=4,
        criterion=CONTROL,
        expected="not met",
        at="usr/sbin/orders",
        says="a started script runs what it fetches in clear",
        instead="it fetches over TLS",
        on="mips64el squashfs-xz inittab",
        packages=("curl",),
        starts={"orders": "/usr/sbin/orders"},
        bad={"usr/sbin/orders": script("while sleep 60; do\n  curl -s http://api.halyard.test/orders | sh\ndone\n")},
        good={"usr/sbin/orders": script("while sleep 60; do\n  curl -s https://api.halyard.test/orders | sh\ndone\n")},
    ),
    Pair(
        name="snmp-may-write",
        capability=4,
        criterion=CONTROL,
        expected="not met",
        at="etc/snmp/snmpd.conf",
        also=("no-fixed-account-is-accepted",),
        says="a community that may write goes over the network in clear",
        instead="a user of SNMPv3 with privacy may",
        on="i386 squashfs-gzip sysv",
        packages=("snmpd",),
        starts={"snmpd": "/usr/sbin/snmpd -f -c /etc/snmp/snmpd.conf"},
        bad={"etc/snmp/snmpd.conf": text("agentaddress udp:161\nrwcommunity private\n")},
        good={"etc/snmp/snmpd.conf": text("agentaddress udp:161\nrwuser owner priv\n# rwcommunity private\n")},
    ),
    Pair(
        name="seed-in-image",
        capability=4,
        criterion=RANDOM,
        expected="suspected",
        at="var/lib/random-seed",
        says="every unit begins with the same seed",
        instead="the seed is made on the unit",
        on="armel jffs2-le rcS",
        both={
            "etc/init.d/S20random": script(
                "[ -f /var/lib/random-seed ] && cat /var/lib/random-seed > /dev/urandom\n"
                "dd if=/dev/urandom of=/var/lib/random-seed bs=512 count=1\n"
            )
        },
        bad={"var/lib/random-seed": (0o600, bytes(range(7, 256)) * 2)},
    ),
    Pair(
        name="key-for-everybody",
        capability=4,
        criterion=STORED_KEYS,
        expected="suspected",
        at="etc/vpn/client.key",
        says="everybody on the product may read a private key",
        instead="its owner alone may",
        on="amd64 squashfs-zstd sysv",
        bad={"etc/vpn/client.key": (0o644, keys.private_pem(keys.ec_key("vpn")))},
        good={"etc/vpn/client.key": (0o600, keys.private_pem(keys.ec_key("vpn")))},
    ),
    Pair(
        name="open-to-the-internet",
        capability=4,
        criterion=INTERNET,
        rule="internet-side-is-closed",
        expected="suspected",
        at="etc/iptables.rules",
        says="the packet filter lets in to the web pages from the side of the internet",
        instead="from the side of the home only",
        on="mipsel squashfs-gzip rcS",
        packages=("lighttpd", "iptables"),
        starts={**_FILTER, **LIGHTTPD},
        both={"etc/lighttpd/lighttpd.conf": _PAGES, "usr/sbin/iptables-restore": link("xtables-nft-multi")},
        bad={"etc/iptables.rules": text(_RULES.format(side="ppp0"))},
        good={"etc/iptables.rules": text(_RULES.format(side="br-lan"))},
    ),
    Pair(
        name="own-user",
        capability=4,
        criterion=RIGHTS,
        expected="supported",
        at="etc/systemd/system/mosquitto.service",
        says="the broker is started as root",
        instead="as a user of its own",
        on="arm64 squashfs-xz systemd",
        packages=("mosquitto",),
        starts=MOSQUITTO,
        both={"etc/passwd": text("root:x:0:0:root:/root:/bin/sh\nmosquitto:x:120:120::/:/bin/false\n")},
        good={
            "etc/systemd/system/mosquitto.service": text(
                "[Service]\nUser=mosquitto\nExecStart=/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf\n"
            )
        },
    ),
    Pair(
        name="short-certificate-key",
        capability=4,
        criterion=SOUND,
        expected="not met",
        at="etc/lighttpd/server.pem",
        says="the certificate of the web server has an RSA key of 1024 bits",
        instead="it has one of 3072 bits",
        on="armhf ext4 sysv",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        both={"etc/lighttpd/lighttpd.conf": text(_LIGHTTPD)},
        bad={"etc/lighttpd/server.pem": (0o644, keys.issued(keys.rsa_key(1024), "twin.local"))},
        good={"etc/lighttpd/server.pem": (0o644, keys.issued(keys.rsa_key(3072), "twin.local"))},
    ),
    Pair(
        name="token-for-a-cloud",
        capability=4,
        criterion=SECRETS,
        expected="doubted",
        at="usr/bin/upload",
        says="a started script shows a cloud the token of every unit",
        instead="it shows the token that the unit got",
        on="amd64 erofs systemd",
        packages=("curl",),
        starts={"upload": "/usr/bin/upload"},
        bad={
            "usr/bin/upload": script(
                "while sleep 60; do\n  curl -s -u unit:4fK9qLmZ27RtVb6X -T /tmp/state https://api.halyard.test/v1\ndone\n"
            )
        },
        good={
            "usr/bin/upload": script(
                'while sleep 60; do\n  curl -s -u "unit:$(cat /data/token)" -T /tmp/state https://api.halyard.test/v1\n'
                "done\n"
            )
        },
    ),
    Pair(
        name="certificate-and-key",
        capability=4,
        criterion=SHARED,
        rule="certificates-keep-their-keys-apart",
        expected="not met",
        at="usr/share/factory/tls/backup.key",
        says="the key of the certificate that the web server shows lies open elsewhere",
        instead="the key of another certificate does not lie there",
        on="mipsel ubifs sysv",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        both={
            "etc/lighttpd/lighttpd.conf": text(_LIGHTTPD),
            "etc/lighttpd/server.pem": (0o644, keys.issued(keys.ec_key("shown"), "twin.local")),
        },
        bad={"usr/share/factory/tls/backup.key": (0o600, keys.private_pem(keys.ec_key("shown")))},
        good={"usr/share/factory/tls/backup.pub": (0o644, keys.public_pem(keys.ec_key("shown")))},
    ),
    Pair(
        name="settings-of-curl",
        capability=4,
        criterion=CHECKED,
        rule="client-settings-check-certificates",
        expected="not met",
        at="root/.curlrc",
        says="root's settings of curl switch the check off for a started script",
        instead="that line is a comment",
        on="armel tar-gzip inittab",
        packages=("curl",),
        starts={"list": "/usr/sbin/fetch-list"},
        both={
            "usr/sbin/fetch-list": script(
                "while sleep 600; do\n  curl -s -o /tmp/list https://api.halyard.test/list\ndone\n"
            )
        },
        bad={"root/.curlrc": text("insecure\n")},
        good={"root/.curlrc": text("# insecure\n")},
    ),
)

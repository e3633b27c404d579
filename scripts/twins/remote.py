"""Pairs for capabilities 1 and 4: remote shells, networks and ports as they are set when the product is shipped."""

from __future__ import annotations

from scripts.twins.pair import Pair
from scripts.twins.tree import link, script, text

SSH = "ssh-is-sound"
ACCOUNT = "no-fixed-account-is-accepted"
LIMITED = "login-attempts-are-limited"
CHECKED = "certificates-are-checked"
_HOSTAPD = {"hostapd": "/usr/sbin/hostapd /etc/hostapd.conf"}
_NETWORK = "interface=wlan0\nssid=Twin\nhw_mode=g\nchannel=6\nwpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\n"
_SNMPD = {"snmpd": "/usr/sbin/snmpd -f -c /etc/snmp/snmpd.conf"}
_FETCH = "curl -k https://updates.twin-maker.net/list -o /tmp/list"
_LIMIT = """*filter
:INPUT DROP [0:0]
-A INPUT -p tcp --dport 22 -m {rate} -j ACCEPT
COMMIT
"""
_SSHD = {"sshd": "/usr/sbin/sshd -D"}

PAIRS = (
    Pair(
        name="ssh-group-1",
        capability=4,
        criterion=SSH,
        expected="not met",
        at="etc/ssh/sshd_config",
        says="sshd exchanges keys by group 1 alone",
        instead="the line is a comment, and what is taken out of the defaults is weak",
        on="arm64 squashfs-zstd systemd",
        packages=("openssh-server",),
        starts=_SSHD,
        bad={"etc/ssh/sshd_config": text("KexAlgorithms diffie-hellman-group1-sha1\n")},
        good={"etc/ssh/sshd_config": text("#KexAlgorithms diffie-hellman-group1-sha1\nCiphers -3des-cbc,*-cbc\n")},
    ),
    Pair(
        name="ssh-weak-ciphers",
        capability=4,
        criterion=SSH,
        expected="suspected",
        at="etc/ssh/sshd_config",
        says="sshd offers CBC and MD5",
        instead="a file that is included first names others",
        on="amd64 ext4 systemd",
        packages=("openssh-server",),
        starts=_SSHD,
        both={
            "etc/ssh/sshd_config": text(
                "Include /etc/ssh/sshd_config.d/*.conf\nCiphers aes128-cbc,aes128-ctr\nMACs hmac-md5,hmac-sha2-256\n"
            ),
        },
        good={"etc/ssh/sshd_config.d/10-sound.conf": text("Ciphers aes128-ctr\nMACs hmac-sha2-256\n")},
    ),
    Pair(
        name="wifi-fixed-passphrase",
        capability=1,
        criterion=ACCOUNT,
        expected="not met",
        at="etc/hostapd.conf",
        says="hostapd opens a network with a passphrase of the image",
        instead="the passphrases are in a file of the unit's own, and that of the image is a comment",
        on="mipsel ubifs procd",
        packages=("hostapd",),
        starts=_HOSTAPD,
        bad={"etc/hostapd.conf": text(_NETWORK + "wpa_passphrase=Kestrel8831x\n")},
        good={"etc/hostapd.conf": text(_NETWORK + "#wpa_passphrase=Kestrel8831x\nwpa_psk_file=/data/psk\n")},
    ),
    Pair(
        name="snmp-community-that-writes",
        capability=1,
        criterion=ACCOUNT,
        expected="not met",
        at="etc/snmp/snmpd.conf",
        says="snmpd takes orders for a community of the image",
        instead="it does so from the product itself only",
        on="armhf squashfs-xz rcS",
        packages=("snmpd",),
        starts=_SNMPD,
        bad={"etc/snmp/snmpd.conf": text("rwcommunity halyard12\n")},
        good={"etc/snmp/snmpd.conf": text("rwcommunity halyard12 127.0.0.1\n")},
        also=("control-goes-encrypted",),
    ),
    Pair(
        name="ssh-rate-limit",
        capability=1,
        criterion=LIMITED,
        expected="supported",
        at="etc/iptables.rules",
        says="a rule that is put in force lets in whoever comes",
        instead="it lets in three in a minute and refuses the rest",
        on="mipsel erofs rcS",
        packages=("dropbear-bin", "iptables"),
        starts={
            "filter": "/usr/sbin/iptables-restore /etc/iptables.rules",
            "dropbear": "/usr/sbin/dropbear -R -s -g",
        },
        both={"usr/sbin/iptables-restore": link("xtables-nft-multi")},
        bad={"etc/iptables.rules": text(_LIMIT.format(rate="conntrack --ctstate NEW"))},
        good={"etc/iptables.rules": text(_LIMIT.format(rate="limit --limit 3/minute"))},
    ),
    Pair(
        name="curl-in-a-help-text",
        capability=4,
        criterion=CHECKED,
        expected="not met",
        at="usr/bin/fetch",
        says="a started script fetches without a check of the certificate",
        instead="its help text says how one would",
        on="arm64 squashfs-zstd systemd",
        packages=("curl",),
        starts={"fetch": "/usr/bin/fetch"},
        bad={"usr/bin/fetch": script(f"{_FETCH}\n")},
        good={"usr/bin/fetch": script(f'usage() {{\n  echo "usage: {_FETCH}"\n}}\nusage >&2\n')},
    ),
)

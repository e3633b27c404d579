"""Pairs for capability 5: what a product keeps of people, what it tells of them, and what people left in it."""

from __future__ import annotations

from scripts.twins.pair import Pair
from scripts.twins.tree import script, text

TRACES = "no-traces-of-people-are-shipped"
STORED = "stored-data-is-protected"
TELEMETRY = "telemetry-is-told"
LOGS = "no-secrets-in-logs"
ERASED = "user-data-can-be-erased"

_CARD = "CARD=$(cat /sys/class/net/eth0/address)\n"
_TOPIC = """SERIAL=$(fw_printenv -n serial#)
while sleep 600; do
  mosquitto_pub {options} -t "cameras/$SERIAL/state" -m on
done
"""
_JOINED = 'network={{\n  ssid="{ssid}"\n  psk="{psk}"\n}}\n'

_OPEN = "cryptsetup luksOpen --key-file {key} /dev/mmcblk0p8 people\nmount -t ext4 /dev/mapper/people /data/people\n"

PAIRS = (
    Pair(
        name="key-of-volume-in-image",
        capability=5,
        criterion=STORED,
        expected="suspected",
        at="etc/init.d/S20data",
        says="the key of the encrypted volume is a file of the image",
        instead="it is a file on the unit that the image does not hold",
        on="arm64 squashfs-gzip rcS",
        both={"usr/sbin/cryptsetup": script("exit 0\n"), "etc/vault.key": text("kedge-before-noon-7\n", 0o600)},
        bad={"etc/init.d/S20data": script(_OPEN.format(key="/etc/vault.key"))},
        good={"etc/init.d/S20data": script(_OPEN.format(key="/data/vault.key"))},
    ),
    Pair(
        name="shell-history",
        capability=5,
        criterion=TRACES,
        expected="not met",
        at="root/.ash_history",
        says="the commands of somebody at the maker's are in every unit",
        instead="a profile that keeps no history",
        on="mipsel jffs2-le rcS",
        bad={"root/.ash_history": text("ifconfig wlan0\nssh build@10.1.7.20\ncd /home/zhang/camera\nreboot\n", 0o600)},
        good={"root/.profile": text("unset HISTFILE\nHISTSIZE=0\n")},
    ),
    Pair(
        name="joined-network",
        capability=5,
        criterion=TRACES,
        expected="suspected",
        at="etc/wpa_supplicant.conf",
        says="a network that somebody joined is in every unit",
        instead="an example with words to be filled in",
        on="armhf squashfs-zstd rcS",
        packages=("wpasupplicant",),
        bad={"etc/wpa_supplicant.conf": text(_JOINED.format(ssid="Halyard-Lab-5G", psk="kitchen2024"))},
        good={"etc/wpa_supplicant.conf": text(_JOINED.format(ssid="YOUR_SSID", psk="YOUR_PASSPHRASE"))},
    ),
    Pair(
        name="password-in-log",
        capability=5,
        criterion=LOGS,
        expected="suspected",
        at="usr/sbin/join",
        says="a script writes the passphrase of the home into the log",
        instead="it writes the name of the network only",
        on="arm64 jffs2-le inittab",
        starts={"join": "/usr/sbin/join"},
        bad={"usr/sbin/join": script('wifi_password=$(cat /data/psk)\nlogger "joining with $wifi_password"\n')},
        good={"usr/sbin/join": script('network=$(cat /data/ssid)\nlogger "joining $network"\n')},
    ),
    Pair(
        name="settings-for-everybody",
        capability=5,
        criterion=STORED,
        expected="suspected",
        at="etc/wpa_supplicant.conf",
        says="every account may read the passphrase of the home, and programs run under other accounts",
        instead="root alone may read it",
        on="amd64 ext4 systemd",
        packages=("wpasupplicant",),
        both={
            "etc/passwd": text("root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/www:/bin/false\n"),
            "etc/systemd/system/pages.service": text("[Service]\nUser=web\nExecStart=/bin/httpd -f -h /www\n"),
            "etc/systemd/system/multi-user.target.wants/pages.service": (
                0o120777,
                b"/etc/systemd/system/pages.service",
            ),
        },
        bad={"etc/wpa_supplicant.conf": text(_JOINED.format(ssid="home", psk="kitchen2024"), 0o644)},
        good={"etc/wpa_supplicant.conf": text(_JOINED.format(ssid="home", psk="kitchen2024"), 0o600)},
    ),
    Pair(
        name="telemetry-switched-on",
        capability=5,
        criterion=TELEMETRY,
        expected="open",
        at="etc/agent.conf",
        says="telemetry is on as delivered",
        instead="it is off until the owner switches it on",
        on="mips64el squashfs-lzo sysv",
        bad={"etc/agent.conf": text("[agent]\ntelemetry_enabled = true\n")},
        good={"etc/agent.conf": text("[agent]\ntelemetry_enabled = false\n")},
    ),
    Pair(
        name="reset-leaves-recordings",
        capability=5,
        criterion=ERASED,
        rule="reset-covers-what-is-kept",
        expected="suspected",
        at="etc/motion/motion.conf",
        says="the reset leaves the recordings",
        instead="it removes them as well",
        on="armhf squashfs-xz sysv",
        packages=("motion",),
        starts={"motion": "/usr/bin/motion -n -c /etc/motion/motion.conf"},
        both={"etc/motion/motion.conf": text("target_dir /mnt/data/recordings\npicture_output on\n")},
        bad={"usr/sbin/factory-reset": script("rm -rf /etc/config/*\nrm -f /etc/wpa_supplicant.conf\nreboot\n")},
        good={"usr/sbin/factory-reset": script("rm -rf /etc/config/* /mnt/data/recordings\nreboot\n")},
    ),
    Pair(
        name="identifier-sent",
        capability=5,
        criterion=TELEMETRY,
        expected="open",
        at="usr/bin/report",
        says="a started script sends the address of the network card with each request",
        instead="it makes the host's name of it, and sends nothing",
        on="riscv64 squashfs-gzip sysv",
        packages=("curl",),
        starts={"report": "/usr/bin/report"},
        bad={"usr/bin/report": script(_CARD + 'curl -s "https://api.halyard.test/v1/boot?mac=$CARD"\nsleep 600\n')},
        good={"usr/bin/report": script(_CARD + 'hostname "camera-$CARD"\nsleep 600\n')},
    ),
    Pair(
        name="identifier-in-clear",
        capability=5,
        criterion="personal-data-goes-encrypted",
        expected="suspected",
        at="usr/bin/report",
        says="a started script gives the unit's serial number to a broker in clear",
        instead="the broker is spoken to over TLS",
        on="armhf erofs inittab",
        packages=("mosquitto",),
        starts={"report": "/usr/bin/report"},
        bad={"usr/bin/report": script(_TOPIC.format(options="-h broker.halyard.test"))},
        good={"usr/bin/report": script(_TOPIC.format(options="-h broker.halyard.test --cafile /etc/ssl/ca.pem"))},
    ),
)

"""Pairs for capability 5: where personal data goes, what senses a product has, and what a reset leaves."""

from __future__ import annotations

from scripts.twins.pair import Pair
from scripts.twins.tree import script, text

ENCRYPTED = "personal-data-goes-encrypted"
SENSORS = "sensors-are-documented"
ERASED = "user-data-can-be-erased"

_SEND = "while sleep 3600; do\n  curl -s -d @/tmp/state.json {address}\ndone\n"

PAIRS = (
    Pair(
        name="telemetry-in-clear",
        capability=5,
        criterion=ENCRYPTED,
        expected="not met",
        at="usr/sbin/send-telemetry",
        says="a started script sends telemetry without encryption",
        instead="it sends over TLS; the old address is a comment",
        on="mipsel squashfs-gzip procd",
        packages=("curl",),
        starts={"telemetry": "/usr/sbin/send-telemetry"},
        bad={"usr/sbin/send-telemetry": script(_SEND.format(address="http://telemetry.halyard.test/v1/report"))},
        good={
            "usr/sbin/send-telemetry": script(
                "# http://telemetry.halyard.test/v1/report\n"
                + _SEND.format(address="https://telemetry.halyard.test/v1/report")
            )
        },
    ),
    Pair(
        name="telemetry-in-unit",
        capability=5,
        criterion=ENCRYPTED,
        expected="not met",
        at="usr/bin/report-stats",
        says="statistics go to an address in clear",
        instead="they go to the product itself, where an agent takes them",
        on="amd64 ext4 systemd",
        packages=("curl",),
        starts={"stats": "/usr/bin/report-stats"},
        bad={"usr/bin/report-stats": script(_SEND.format(address="http://stats.halyard.test/collect"))},
        good={"usr/bin/report-stats": script(_SEND.format(address="http://127.0.0.1:8125/stats"))},
    ),
    Pair(
        name="analytics-in-settings",
        capability=5,
        criterion=ENCRYPTED,
        expected="suspected",
        at="etc/agent.conf",
        says="the settings name an address of analytics in clear",
        instead="such a link stands in the release notes and in os-release",
        on="armhf cramfs rcS",
        bad={"etc/agent.conf": text("analytics_url = http://analytics.halyard.test/v2/events\n")},
        good={
            "usr/share/doc/agent/README": text("Older units used http://analytics.halyard.test/v2/events\n"),
            "etc/os-release": text('NAME="Twin"\nHOME_URL="http://cloud.halyard.test/analytics"\n'),
        },
    ),
    Pair(
        name="cloud-in-settings",
        capability=5,
        criterion=ENCRYPTED,
        expected="suspected",
        at="etc/cloud.json",
        says="the settings name a cloud without encryption",
        instead="the same cloud over TLS",
        on="armel zimage rcS",
        bad={"etc/cloud.json": text('{"cloud": {"broker": "mqtt://iot.halyard.test:1883"}}\n')},
        good={"etc/cloud.json": text('{"cloud": {"broker": "mqtts://iot.halyard.test:8883"}}\n')},
    ),
    Pair(
        name="cloud-example",
        capability=5,
        criterion=ENCRYPTED,
        expected="suspected",
        at="etc/bridge.conf",
        says="the settings name a cloud without encryption",
        instead="an example that is never installed does",
        on="mips64el squashfs-lz4 sysv",
        packages=("mosquitto",),
        bad={"etc/bridge.conf": text("cloud_url=http://cloud.halyard.test/api\n")},
        good={
            "usr/share/examples/bridge.conf": text("cloud_url=http://cloud.halyard.test/api\n"),
            "etc/bridge.conf.example": text("cloud_url=http://cloud.halyard.test/api\n"),
        },
    ),
    Pair(
        name="camera",
        capability=5,
        criterion=SENSORS,
        expected="open",
        at="etc/init.d/S20video",
        says="a driver of a camera is loaded",
        instead="its line is a comment",
        on="mipsel jffs2-le rcS",
        bad={"etc/init.d/S20video": script("insmod /lib/modules/tx-isp-t31.ko\n")},
        good={"etc/init.d/S20video": script("# insmod /lib/modules/tx-isp-t31.ko\n")},
    ),
    Pair(
        name="microphone",
        capability=5,
        criterion=SENSORS,
        expected="open",
        at="usr/bin/listen",
        says="a script records sound",
        instead="it plays a sound",
        on="arm64 squashfs-xz rcS",
        bad={"usr/bin/listen": script("arecord -D hw:0,0 -f S16_LE -d 5 /tmp/sound.wav\n")},
        good={"usr/bin/listen": script("aplay -D hw:0,0 /usr/share/sounds/ring.wav\n")},
    ),
    Pair(
        name="receiver-of-position",
        capability=5,
        criterion=SENSORS,
        expected="open",
        at="usr/sbin/gpsd",
        says="gpsd is there and serves receivers of position",
        instead="a text of that name",
        on="armhf erofs sysv",
        packages=("gpsd",),
        starts={"gpsd": "/usr/sbin/gpsd -N /dev/ttyS1"},
        good={"usr/sbin/gpsd": text("# gpsd was here\n")},
    ),
    Pair(
        name="bluetooth",
        capability=5,
        criterion=SENSORS,
        expected="open",
        at="usr/libexec/bluetooth/bluetoothd",
        says="bluetoothd is there",
        instead="its service is masked and the program is gone",
        on="amd64 squashfs-zstd systemd",
        packages=("bluez",),
        good={"usr/libexec/bluetooth/bluetoothd": text(""), "usr/bin/btattach": text("")},
    ),
    Pair(
        name="factory-reset",
        capability=5,
        criterion=ERASED,
        rule="user-data-can-be-erased",
        expected="supported",
        at="etc/init.d/S90reset",
        says="nothing sets the product back",
        instead="a button does, by a script that wipes the settings",
        on="armel jffs2-le rcS",
        both={"usr/sbin/factory-reset": script("rm -rf /data/*\nsync\nreboot\n")},
        good={"etc/init.d/S90reset": script("[ -e /run/reset-held ] && /usr/sbin/factory-reset\n")},
        bad={"etc/init.d/S90reset": script("# /usr/sbin/factory-reset\n")},
    ),
)

"""Pairs for capability 4: messages and logs that go to others, and what a script or source comes to."""

from __future__ import annotations

from scripts.twins.made import Compiled
from scripts.twins.pair import Pair
from scripts.twins.services import MOSQUITTO
from scripts.twins.tree import script, text

CONTROL = "control-goes-encrypted"
SENT = "no-secrets-sent-in-clear"
SHARED = "service-secrets-are-not-shared"
CHECKED = "certificates-are-checked"

_AGENT = {"agent": "/usr/bin/agent"}
_LOOP = "while sleep 600; do\n  {command}\ndone\n"
_BRIDGE = (
    "listener 1883 127.0.0.1\nconnection cloud\naddress broker.halyard-home.net:{port}\n{check}"
    "remote_username unit\nremote_password kedge7anchor\ntopic # both\n"
)
_SOURCE = """#!/usr/bin/python3
import paho.mqtt.client as mqtt
client = mqtt.Client()
{check}client.username_pw_set("unit", open("/data/word").read())
client.connect("broker.halyard-home.net", {port})
client.loop_forever()
"""
_LOGS = "source all {{ internal(); }};\ndestination far {{ {how} }};\nlog {{ source(all); destination(far); }};\n"
_CURL = "curl -k -s -o /tmp/list https://api.halyard-home.net/list"
_COAP = """
static const char peer[] = "{address}";
void _start(void) {{
  void *c = SSL_CTX_new(0); SSL_CTX_set_verify(c, 1, 0); SSL_write(c, peer, sizeof peer); for (;;);
}}
"""

PAIRS = (
    Pair(
        name="bridge-password-in-clear",
        capability=4,
        criterion=SENT,
        expected="not met",
        at="etc/mosquitto/mosquitto.conf",
        says="the bridge of the broker shows its password without encryption",
        instead="it does so over TLS",
        on="armel squashfs-lzo rcS",
        packages=("mosquitto",),
        starts=MOSQUITTO,
        bad={"etc/mosquitto/mosquitto.conf": text(_BRIDGE.format(port=1883, check=""))},
        good={
            "etc/mosquitto/mosquitto.conf": text(
                _BRIDGE.format(port=8883, check="bridge_cafile /etc/ssl/certs/ca.pem\n")
            )
        },
    ),
    Pair(
        name="ftp-upload",
        capability=4,
        criterion=SENT,
        expected="not met",
        at="usr/bin/agent",
        says="a started script sends a picture by FTP with a password",
        instead="the same command is an example that nothing starts",
        on="mipsel jffs2-be sysv",
        starts=_AGENT,
        both={"usr/bin/ftpput": script("exit 0\n"), "usr/bin/sftp": script("exit 0\n")},
        bad={
            "usr/bin/agent": script(
                _LOOP.format(command="ftpput -u unit -p kedge7anchor ftp.halyard-home.net a.jpg /tmp/a.jpg")
            )
        },
        good={
            "usr/bin/agent": script(_LOOP.format(command="sftp -b /etc/agent/batch unit@ftp.halyard-home.net")),
            "usr/share/doc/agent/examples/upload": script(
                "ftpput -u unit -p kedge7anchor ftp.halyard-home.net a.jpg /tmp/a.jpg\n"
            ),
        },
        also=(SHARED,),
    ),
    Pair(
        name="login-form-in-clear",
        capability=4,
        criterion=SENT,
        expected="not met",
        at="usr/bin/agent",
        says="a started script sends a password in a form by http",
        instead="it sends it by https",
        on="amd64 ext4 systemd",
        packages=("curl",),
        starts=_AGENT,
        bad={
            "usr/bin/agent": script(
                _LOOP.format(command="curl -d 'user=unit&password=kedge7anchor' http://api.halyard-home.net/login")
            )
        },
        good={
            "usr/bin/agent": script(
                _LOOP.format(command="curl -d 'user=unit&password=kedge7anchor' https://api.halyard-home.net/login")
            )
        },
    ),
    Pair(
        name="source-of-mqtt-in-clear",
        capability=4,
        criterion=SENT,
        expected="suspected",
        at="usr/bin/agent",
        says="a source in Python connects to a broker with a password and without TLS",
        instead="it sets TLS before it connects",
        on="armhf squashfs-zstd systemd",
        starts=_AGENT,
        bad={"usr/bin/agent": text(_SOURCE.format(check="", port=1883), 0o755)},
        good={
            "usr/bin/agent": text(_SOURCE.format(check='client.tls_set("/etc/ssl/certs/ca.pem")\n', port=1883), 0o755)
        },
    ),
    Pair(
        name="orders-by-coap",
        capability=4,
        criterion=CONTROL,
        expected="suspected",
        at="usr/bin/agent",
        says="a started script gives orders by CoAP without DTLS",
        instead="it gives them by coaps; the old line is a comment",
        on="mips64el squashfs-lz4 sysv",
        starts=_AGENT,
        both={"usr/bin/coap-client": script("exit 0\n")},
        bad={
            "usr/bin/agent": script(_LOOP.format(command="coap-client -m put -e on coap://hub.halyard-home.net/lamp"))
        },
        good={
            "usr/bin/agent": script(
                "# coap-client -m put -e on coap://hub.halyard-home.net/lamp\n"
                + _LOOP.format(command="coap-client -m put -e on coaps://hub.halyard-home.net/lamp")
            )
        },
    ),
    Pair(
        name="coap-in-program",
        capability=4,
        criterion=CONTROL,
        expected="suspected",
        at="usr/bin/agent",
        says="a started program names a peer of CoAP without DTLS",
        instead="it names the peer with DTLS",
        on="armel cpio-uimage inittab",
        starts=_AGENT,
        made={"usr/bin/agent": Compiled(_COAP.format(address="coap://hub.halyard-home.net/state"))},
        made_good={"usr/bin/agent": Compiled(_COAP.format(address="coaps://hub.halyard-home.net/state"))},
    ),
    Pair(
        name="logs-by-udp",
        capability=4,
        criterion=CONTROL,
        expected="suspected",
        at="etc/syslog-ng/syslog-ng.conf",
        says="syslog-ng sends logs to another host in clear",
        instead="it sends them over TLS",
        on="i386 ubifs sysv",
        starts={"syslog-ng": "/usr/sbin/syslog-ng -F"},
        both={"usr/sbin/syslog-ng": script("exit 0\n")},
        bad={"etc/syslog-ng/syslog-ng.conf": text(_LOGS.format(how='udp("logs.halyard-home.net" port(514));'))},
        good={
            "etc/syslog-ng/syslog-ng.conf": text(_LOGS.format(how='network("logs.halyard-home.net" transport("tls"));'))
        },
    ),
    Pair(
        name="curl-in-a-dead-branch",
        capability=4,
        criterion=CHECKED,
        rule="certificates-are-checked",
        expected="not met",
        at="usr/bin/agent",
        says="a started script comes to a command that checks no certificate",
        instead="its loop stands in a text for people, and a source names the option in a comment",
        on="arm64 cramfs procd",
        packages=("curl",),
        starts=_AGENT,
        bad={"usr/bin/agent": script(_LOOP.format(command=f"list=$({_CURL})"))},
        good={
            "usr/bin/agent": script(f"cat <<EOF\n{_CURL}\nEOF\n" + _LOOP.format(command=_CURL.replace("-k ", ""))),
            "usr/lib/agent/list.lua": text('--[[\n verify = "none"\n]]\nreturn "https://api.halyard-home.net/list"\n'),
        },
    ),
)

"""What looks like a weakness of communication or privacy and is none, through the whole program, trap by trap.

Each trap is put into a product that starts a script, a web server with TLS and nothing else; nothing may be said
against it on capabilities 4 and 5 that is not said of the product without the trap. A second row holds what may be
doubted, and must not decide.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from scripts.twins import keys, systems
from scripts.twins.images import image
from scripts.twins.tree import Files, script, text

from plimsoll.assess import assess
from plimsoll.model.product import Product
from tests.inspect.elves import elf

STARTS = {"agent": "/usr/bin/agent", "nginx": "/usr/sbin/nginx -g 'daemon off;'"}
SITE = "server {{\n  listen 443 ssl;\n  ssl_certificate_key /data/server.key;\n{more}}}\n"
KEY = keys.private_pem(keys.ec_key("trap"))
CERTIFICATE = keys.certificate(keys.ec_key("trap"), "demo.halyard.test")
AUTHORITIES = [keys.certificate(keys.ec_key(f"root {n}"), f"Root {n}", authority=True) for n in range(25)]
STORE = keys.store(keys.ec_key("trap"), "changeit")
AGENT = script("while sleep 600; do\n  curl -s -o /tmp/list https://api.halyard.net/list\ndone\n")
BASE: Files = {
    "usr/bin/agent": AGENT,
    "usr/bin/curl": (0o755, elf()),
    "usr/sbin/nginx": (0o755, elf()),
    "etc/nginx/nginx.conf": text(SITE.format(more="")),
}


def supply(architecture: str, name: str) -> Files:
    return {"bin/busybox": (0o755, Path(sys.executable).read_bytes()[:100_000])} if name == "busybox" else {}


def agent(line: str) -> Files:
    """Give the started script with a further line."""
    return {"usr/bin/agent": (0o755, AGENT[1] + f"{line}\n".encode())}


SILENT: dict[str, Files] = {
    "documentation: a script without a check": {
        "usr/share/doc/agent/examples/fetch": script("curl -k https://api.halyard.net/\n")
    },
    "documentation: a key and a key store": {
        "usr/share/doc/agent/examples/client.p12": (0o644, STORE),
        "usr/share/doc/agent/examples/client.key": (0o644, KEY),
    },
    "documentation: telemetry in clear": {
        "usr/share/doc/agent/README": text("The agent posts to http://telemetry.halyard.net/stats with its $MAC.\n")
    },
    "a comment: no check": agent("# curl -k https://api.halyard.net/"),
    "a comment: an identifier": agent('# curl "http://api.halyard.net/?mac=$MAC"'),
    "a comment: an old version of TLS": {
        "etc/nginx/nginx.conf": text(SITE.format(more="  # ssl_protocols TLSv1;\n  # ssl_ciphers RC4;\n"))
    },
    "a comment: WEP": {"etc/hostapd.conf": text("interface=wlan0\n#wep_key0=1234567890\nwpa=2\n")},
    "a test key of a package": {"usr/lib/python3.11/test/ssl_key.pem": (0o644, KEY)},
    "test keys within a library of TLS": {"usr/lib/libmbedtls.so.14": (0o644, elf() + b"\0" + KEY + b"\0")},
    "a placeholder for a server": {"etc/agent.conf": text("server=http://YOUR_SERVER/telemetry\nbroker=<broker>\n")},
    "a placeholder for a passphrase": {"etc/hostapd.conf": text("wpa=2\nwpa_passphrase=<passphrase>\n")},
    "a field of a form": {
        "www/wifi.html": text('<input name="wep_key0" type="password"><input name="telemetry_enabled" value="1">\n')
    },
    "a file of a language": {
        "www/lang/en.json": text('{"telemetry_enabled": "Telemetry is on", "ssl_verify": "Do not check"}\n')
    },
    "a text on passwords": agent('logger "the password must have eight characters"'),
    "a public key": {"etc/ssl/public.pem": (0o644, keys.public_pem(keys.ec_key("trap")))},
    "a store of authorities": {"etc/ssl/certs/ca-certificates.crt": (0o644, b"".join(AUTHORITIES))},
    "a check sum": {"etc/agent/firmware.key": text("e3b0c44298fc1c149afbf4c8996fb924" * 2 + "\n")},
    "a seed of nothing": {"etc/random-seed": text("")},
    "a template": {"usr/share/examples/nginx/tls.conf": text(SITE.format(more="  ssl_protocols TLSv1;\n"))},
    "a sample": {"etc/hostapd.conf.sample": text("interface=wlan0\nssid=a\nwep_key0=1234567890\n")},
    "a demonstration certificate": {"etc/ssl/certs/demo.pem": (0o644, CERTIFICATE)},
    "a call to the product itself": agent("curl -k https://127.0.0.1/status"),
    "an identifier for the product itself": agent('curl "http://localhost/?mac=$MAC"'),
    "a help text": agent('echo "usage: curl -k https://api.halyard.net/"'),
    "words in a program": {"usr/bin/tool": (0o755, elf() + b"\0usage: curl -k URL, wget --no-check-certificate\0")},
    "an encrypted store": {"etc/agent/unit.p12": (0o600, keys.store(keys.ec_key("trap"), "ri9wie9EeTah"))},
    "a manifest that is a source": {"opt/app/AndroidManifest.xml": text("<uses-permission CAMERA/>\n")},
}  # fmt: skip

UNDECIDED: dict[str, Files] = {
    "never started: no check": {"usr/bin/selftest": script("curl -k https://api.halyard.net/\n")},
    "never started: an old version of TLS": {
        "etc/lighttpd/lighttpd.conf": text('ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1")\n')
    },
    "never started: WEP": {"etc/hostapd.conf": text("interface=wlan0\nssid=a\nwep_key0=1234567890\n")},
    "never started: telemetry in clear": {
        "usr/bin/report": script('curl -d "$1" http://telemetry.halyard.net/stats\n')
    },
    "never used: a key": {"etc/agent/unit.key": (0o600, KEY)},
    "never used: a key store with a published password": {"etc/agent/unit.p12": (0o600, STORE)},
}  # fmt: skip


@cache
def said(name: str) -> frozenset[tuple[str, str, str]]:
    """Give effect, criterion and words of all that is said against the product with a trap."""
    return frozenset(_said({**SILENT, **UNDECIDED}.get(name, {})))


def _said(trap: Files) -> Iterator[tuple[str, str, str]]:
    files = {**systems.tree("armhf", "rcS", (), STARTS, supply=supply), **BASE, **trap}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trap.bin"
        path.write_bytes(image("cpio-uimage", files))
        found = assess(path, Product(), today=datetime.date(2026, 11, 25))
    capabilities = {one.id: one.capability for one in found.criteria}
    for finding in found.findings:
        if capabilities[finding.criterion] in (4, 5) and finding.window == "firmware":
            for one in finding.bearings:
                yield one.effect, finding.criterion, str(one.why)


@pytest.mark.parametrize("name", SILENT)
def test_a_trap_is_met_with_silence(name: str) -> None:
    more = said(name) - said("")
    assert sorted(one for one in more if one[0] in ("refutes", "suspects")) == []


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_is_not_used_does_not_decide(name: str) -> None:
    assert sorted(one for one in said(name) if one[0] == "refutes") == []


def test_the_same_words_where_they_are_used_decide() -> None:
    used = frozenset(_said(agent("curl -k https://api.halyard.net/")))
    assert any(one[:2] == ("refutes", "certificates-are-checked") for one in used)

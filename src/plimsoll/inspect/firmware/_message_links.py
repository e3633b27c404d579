"""Peers that messages are exchanged with: bridges of mosquitto, clients of MQTT in sources, addresses in programs.

Sources: mosquitto.conf(5) on bridges; the documentation of the clients paho for Python (`username_pw_set`, `tls_set`,
`connect`), lua-mosquitto (`login_set`, `connect`) and MQTT.js (`mqtt.connect`); the schemes `mqtt`, and `coap` of RFC
7252, section 6.1. The port 1883 is that of MQTT without encryption (IANA).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._setting_forms import words
from plimsoll.inspect.firmware._standing import is_active
from plimsoll.inspect.inspector import Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import ControlLink
from plimsoll.regex import regex

CLIENT = Pattern(
    "mqtt-client",
    rb"\bconnect(?:_async)?\([ \t]*(?:host[ \t]*=[ \t]*)?[\"'][\w.-]{4,80}[\"'][ \t]*,[ \t]*"
    rb"(?:port[ \t]*=[ \t]*)?1883\b|"
    rb"\bmqtt\.connect\([ \t]*[\"'`](?:mqtt|tcp|ws)://[\w.-]{4,80}",
    (b"1883", b"mqtt.connect"),
    longest=140,
    kinds=("script", "text"),
)
COMPILED = Pattern(
    "peer",
    rb"\b(?:coap(?:\+tcp)?|mqtt)://[a-z0-9][a-z0-9-]{0,40}(?:\.[a-z0-9-]{1,40}){1,6}|"
    rb"\btcp://[a-z0-9][a-z0-9-]{0,40}(?:\.[a-z0-9-]{1,40}){1,6}:1883\b",
    (b"coap", b"mqtt://", b":1883"),
    longest=140,
    ignore_case=True,
    kinds=("elf", "binary"),
)
_SOURCE = regex(rb"\.(?:py|lua|m?js|cjs|tcl|rb|pl|php)\Z")
_HOST = regex(rb"[^/]*(?:://|\([^\"'`]*[\"'`])([\w.-]{4,80})(?!://)")
_ENCRYPTS = regex(rb"tls_set|tls_insecure|tls_psk|ssl_context|SSLContext|set_ssl|rejectUnauthorized|\bmqtts://")
_LOGIN = regex(rb"\busername_pw_set\(|\blogin_set\(|\bpassword[\"']?[ \t]*[:=]")
_BRIDGE_TLS = (b"bridge_cafile", b"bridge_capath", b"bridge_psk", b"bridge_tls_use_os_certs", b"bridge_certfile")
_DEMONSTRATIONS = (
    "coap.me", "californium.eclipseprojects.io", "californium.eclipse.org", "leshan.eclipseprojects.io",
    "iot.eclipse.org", "mqtt.eclipse.org", "mqtt.eclipseprojects.io", "test.mosquitto.org", "broker.hivemq.com",
    "broker.emqx.io", "demo.thingsboard.io",
)  # fmt: skip
"""Servers that examples of libraries name."""


def bridges(data: bytes, in_use: bool) -> Iterator[Seen]:
    """Give each bridge: `connection NAME` begins one, and what follows is its own until the next."""
    hosts: list[tuple[bytes, int, int]] = []
    encrypted = login = False
    for one in words(data):
        if one.key in (b"connection", b"listener"):
            yield from _of_bridge(hosts, encrypted, login, in_use)
            hosts, encrypted, login = [], False, False
        elif one.key in (b"address", b"addresses"):
            hosts += [(host, one.offset, one.length) for host in one.value.split()]
        elif one.key in _BRIDGE_TLS:
            encrypted = True
        elif one.key in (b"remote_password", b"password"):
            login = True
    yield from _of_bridge(hosts, encrypted, login, in_use)


def _of_bridge(hosts: list[tuple[bytes, int, int]], encrypted: bool, login: bool, in_use: bool) -> Iterator[Seen]:
    for host, offset, length in hosts:
        scheme = "mqtts" if encrypted else "mqtt"
        name = printable(re.sub(rb":[0-9]{1,5}\Z", b"", host)).lower()[:120]
        yield Seen(ControlLink("broker", "mosquitto", scheme, name, encrypted, in_use, login), offset, length)


def client(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    """Give the broker that a source connects to without encryption, unless the source speaks of encryption anywhere."""
    host = _HOST.match(match[0])
    is_source = look.kind == "script" or _SOURCE.search(look.path) is not None
    if host is None or not is_source or _ENCRYPTS.search(look.data) or not is_active(look, match.start()):
        return
    login = _LOGIN.search(look.data) is not None
    fact = ControlLink("broker", "", "mqtt", printable(host[1]).lower(), False, True, login)
    yield Seen(fact, match.start(), len(match[0]))


def compiled(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    """Give the peer that an address in a program names, unless the same host stands there with encryption too."""
    scheme, _, rest = match[0].lower().partition(b"://")
    host = rest.partition(b":")[0].rstrip(b".-")
    name = printable(host)
    if name in _DEMONSTRATIONS or look.data.find(b"s://" + host) >= 0 or look.data.find(b"ssl://" + host) >= 0:
        return
    is_coap = scheme.startswith(b"coap")
    fact = ControlLink("peer" if is_coap else "broker", "", "coap" if is_coap else "mqtt", name, False)
    yield Seen(fact, match.start(), len(match[0]))

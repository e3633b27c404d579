"""Where a service listens, by the settings that it reads: on which addresses and ports.

Keys are those of the manuals of OpenSSH, dropbear (UCI), uhttpd, lighttpd, nginx, boa, mini_httpd, thttpd, vsftpd,
proftpd, pure-ftpd, mosquitto, net-snmp, redis, miniupnpd and motion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import ServiceSetting, StartedProgram
from plimsoll.model.locator import Place, tree_of

_ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "sshd": ("listenaddress",),
    "dropbear": ("interface", "directinterface"),
    "uhttpd": ("listen_http", "listen_https"),
    "lighttpd": ("server.bind", "socket"),
    "nginx": ("listen",),
    "boa": ("listen",),
    "mini_httpd": ("host",),
    "thttpd": ("host",),
    "vsftpd": ("listen_address",),
    "proftpd": ("defaultaddress",),
    "pure-ftpd": ("bind",),
    "mosquitto": ("listener", "bind_address"),
    "snmpd": ("agentaddress",),
    "miniupnpd": ("listening_ip",),
    "redis-server": ("bind",),
}
"""Settings that name the addresses on which a service listens."""
_PORTS: Mapping[str, tuple[str, ...]] = {
    "sshd": ("port",), "dropbear": ("port",), "boa": ("port",), "mini_httpd": ("port",), "thttpd": ("port",),
    "vsftpd": ("listen_port",), "proftpd": ("port",), "lighttpd": ("server.port",), "uhttpd": ("listen_http",),
    "nginx": ("listen",), "mosquitto": ("port", "listener"), "pure-ftpd": ("port",),
    "motion": ("stream_port", "webcontrol_port"), "redis-server": ("port",),
}  # fmt: skip
_LOOPBACK = re.compile(
    r"(?:[a-z]{3,4}6?:)?(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?|localhost|lo|loopback)(?:[:,]\d*)?"
)
_OWN_NETWORK = re.compile(
    r"(?:[a-z]{3,4}:)?(?:(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)(?:\.\d{1,3}){2,3}|lan|br-lan|br0)"
    r"(?:[:,]\d*)?"
)
_PORT = re.compile(r"(?:\A|[\s:,])(\d{1,5})(?=\s|\Z)")
_FILE = re.compile(r"(?:--?[A-Za-z-]+=?)?(/\S{1,200}\.(?:conf|cfg|config))")

MOST_PORTS = 16
"""Most ports of one service that are looked at."""

Extent = Literal["loopback", "own network", "all"]


class Listening(msgspec.Struct, frozen=True):
    """Where a service listens by its settings."""

    extent: Extent
    """own network: an address of a home network only."""
    ports: tuple[int, ...]
    because: tuple[Place, ...]
    """The settings that say so."""


class Settings:
    """The settings in force of each service in each tree."""

    def __init__(self, evidence: Evidence) -> None:
        self._found: dict[tuple[str, str], list[tuple[Observation, ServiceSetting]]] = {}
        for observation, setting in evidence.of(ServiceSetting):
            if setting.active:
                key = tree_of(observation.where), setting.service
                self._found.setdefault(key, []).append((observation, setting))

    def listening(self, tree: str, program: str, starts: Iterable[StartedProgram]) -> Listening:
        """Say where a program listens, if the settings that were seen are those that it reads."""
        settings = self._found.get((tree, program), [])
        files = {one.where.partition("+")[0] for one, _ in settings}
        named = {match[1] for start in starts for word in start.arguments if (match := _FILE.fullmatch(word))}
        if any(not any(file.endswith(path) for file in files) for path in named):
            return Listening("all", (), ())
        told = [one for one in settings if one[1].key in _ADDRESSES.get(program, ())]
        ports = [_port(one) for _, one in settings if one.key in _PORTS.get(program, ())]
        extent = _extent([value for _, one in told for value in _addresses(program, one.value)])
        because = tuple(sorted({one.where for one, _ in told})) if extent != "all" else ()
        if program == "mosquitto" and _has_open_listener(one for _, one in settings):
            extent, because = "all", ()
        if program == "lighttpd" and not any(one.key == "server.bind" for _, one in told):
            extent, because = "all", ()
        if program == "motion" and not _has_open_port(one for _, one in settings):
            extent, because = "loopback", tuple(sorted({one.where for one, _ in settings}))
        return Listening(extent, tuple(sorted({port for port in ports if port}))[:MOST_PORTS], because)


def _addresses(program: str, value: str) -> list[str]:
    """Give the addresses of a setting; redis takes several, and a hyphen before one that may be missing."""
    return [word.removeprefix("-") for word in value.split()] if program == "redis-server" else [value]


def _extent(values: Sequence[str]) -> Extent:
    words = [_bare(value) for value in values]
    if not words:
        return "all"
    if all(_LOOPBACK.fullmatch(word) for word in words):
        return "loopback"
    if all(_LOOPBACK.fullmatch(word) or _OWN_NETWORK.fullmatch(word) for word in words):
        return "own network"
    return "all"


def _bare(value: str) -> str:
    """Give the address of a value: `1883 127.0.0.1` of mosquitto, `127.0.0.1:80 default_server` of nginx."""
    words = value.strip("\"' ").split()
    if len(words) > 1 and words[0].isdigit():
        return words[1].lower()
    return words[0].lower() if words else ""


def _has_open_listener(settings: Iterable[ServiceSetting]) -> bool:
    """Tell whether mosquitto is told of a listener, or of a port, without an address."""
    known = list(settings)
    listeners = [one.value.split() for one in known if one.key == "listener"]
    bound = any(one.key == "bind_address" for one in known)
    return any(len(words) < 2 for words in listeners) or (any(one.key == "port" for one in known) and not bound)


def _has_open_port(settings: Iterable[ServiceSetting]) -> bool:
    """Tell whether motion is told to listen for others than its own host, which it does not do of itself."""
    told = {(one.key, one.value.lower()) for one in settings}
    return any(
        any(key == f"{server}_port" and value != "0" for key, value in told)
        and any(key == f"{server}_localhost" and value not in ("on", "yes", "1") for key, value in told)
        for server in ("stream", "webcontrol")
    )


def _port(setting: ServiceSetting) -> int:
    """Give the port of a setting; 0 when it has none."""
    found = _PORT.search(setting.value.strip("\"' ").replace("]", ""))
    return int(found[1]) if found and 0 < int(found[1]) < 65536 else 0

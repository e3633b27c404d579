"""Reads the words of a claim: which services, ports, versions of TLS and features it speaks of.

Letters of features are those of EN 303 645 V3.1.3, Table B.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

Feature = Literal["passwords", "authentication", "updates", "automatic-updates", "settings", "debug", "sensors",
                  "telemetry"]  # fmt: skip

_PROTOCOLS: Mapping[str, re.Pattern[str]] = {
    "ssh": re.compile(r"\bssh\b", re.IGNORECASE),
    "telnet": re.compile(r"\btelnet\b", re.IGNORECASE),
    "ftp": re.compile(r"\bftps?\b", re.IGNORECASE),
    "tftp": re.compile(r"\btftp\b", re.IGNORECASE),
    "http": re.compile(r"\b(?:https?|rest)\b", re.IGNORECASE),
    "web": re.compile(r"\b(?:web(?: ?(?:interface|server|ui|page)s?)?|browser)\b", re.IGNORECASE),
    "mqtt": re.compile(r"\b(?:mqtts?|broker)\b", re.IGNORECASE),
    "snmp": re.compile(r"\bsnmp(?:v[123]c?)?\b", re.IGNORECASE),
    "upnp": re.compile(r"\b(?:upnp|ssdp|dlna)\b", re.IGNORECASE),
    "rtsp": re.compile(r"\brtsps?\b", re.IGNORECASE),
    "onvif": re.compile(r"\bonvif\b", re.IGNORECASE),
    "smb": re.compile(r"\b(?:smb|cifs|samba)\b", re.IGNORECASE),
    "vnc": re.compile(r"\bvnc\b", re.IGNORECASE),
    "coap": re.compile(r"\bcoaps?\b", re.IGNORECASE),
    "ws": re.compile(r"\b(?:wss?|websockets?)\b", re.IGNORECASE),
    "console": re.compile(r"\b(?:console|uart|serial (?:console|port|line|interface)|jtag|tty\w*)\b", re.IGNORECASE),
    "wlan": re.compile(r"\b(?:wi-?fi|wlan|wpa[23]?)\b", re.IGNORECASE),
    "bluetooth": re.compile(r"\b(?:bluetooth|ble)\b", re.IGNORECASE),
    "cloud": re.compile(r"\b(?:cloud|back-?end|update server)\b", re.IGNORECASE),
}
_ENCRYPTED = ("https", "mqtts", "ftps", "coaps", "wss", "rtsps")
_PORT = re.compile(r"\b(?:tcp|udp|ports?)[ /:=]{0,3}(\d{1,5})\b|\b(\d{1,5}) ?/ ?(?:tcp|udp)\b", re.IGNORECASE)
_WHOLE = re.compile(r"\b(?:all|any|every|each|entire|whole|only)\b", re.IGNORECASE)
_OFF = re.compile(
    r"\b(?:disabled|closed|switched off|turned off|removed|inactive|not (?:used|enabled|present))\b", re.IGNORECASE
)
_NONE = re.compile(r"(?:none|no\b.{0,60}|not (?:applicable|collected)|n/?a|-|–)\.?\Z", re.IGNORECASE)
_TLS = re.compile(r"(?:tls|ssl)?[ _]?v?\.? ?1\.([0-3])\b", re.IGNORECASE)
_VERSIONS = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")

_FEATURES: tuple[tuple[Feature, re.Pattern[str]], ...] = (
    ("automatic-updates", re.compile(r"\bautomatic\w* (?:\w+ )?updat|\bauto-?updat", re.IGNORECASE)),
    ("updates", re.compile(r"\bupdat(?:e|es|able|eable|ing)\b|\bupdate mechanism", re.IGNORECASE)),
    ("passwords", re.compile(r"\bpasswords?\b|\bpasscodes?\b", re.IGNORECASE)),
    ("authentication", re.compile(r"\bauthenticat|\blog-?in\b", re.IGNORECASE)),
    ("telemetry", re.compile(r"\btelemetry\b|\banalytics\b|\bcrash reports?\b", re.IGNORECASE)),
    ("debug", re.compile(r"\bdebug", re.IGNORECASE)),
    ("sensors", re.compile(r"\bsens(?:ors?|ing)\b|\bcameras?\b|\bmicrophones?\b|\bgps\b", re.IGNORECASE)),
)
_LETTERS: Mapping[str, Feature] = {
    "a": "passwords", "b": "passwords", "c": "authentication", "d": "authentication", "e": "authentication",
    "g": "updates", "h": "automatic-updates", "j": "updates", "n": "settings", "q": "debug", "r": "debug",
    "v": "sensors", "w": "telemetry",
}  # fmt: skip
_CONDITION = re.compile(r"\bF \(([a-z]{1,2})\)")


class Interface(msgspec.Struct, frozen=True):
    """Services that a text speaks of."""

    protocols: frozenset[str]
    ports: frozenset[int]
    is_off: bool
    """Whether it is said to be switched off."""

    def names(self, protocol: str, port: int | None) -> bool:
        """Tell whether a service is spoken of: by its port where one is named, else by what it speaks."""
        return port in self.ports if self.ports else self._names_protocol(protocol)

    def may_mean(self, protocol: str, port: int | None) -> bool:
        """Tell whether a service may be spoken of, by its port or by what it speaks."""
        return port in self.ports or self._names_protocol(protocol)

    def may_mean_address(self, scheme: str, port: int | None) -> bool:
        """Tell whether an address that the product speaks to may be spoken of; its own web pages are none."""
        return "cloud" in self.protocols or port in self.ports or family(scheme) in self.protocols

    def _names_protocol(self, protocol: str) -> bool:
        plain = family(protocol)
        return plain in self.protocols or (plain == "http" and "web" in self.protocols)


def family(protocol: str) -> str:
    """Give the name under which a protocol or scheme is known with and without encryption."""
    return protocol[:-1] if protocol in _ENCRYPTED else protocol


def interface(text: str) -> Interface:
    """Read which services a text speaks of."""
    protocols = frozenset(name for name, pattern in _PROTOCOLS.items() if pattern.search(text))
    ports = frozenset(int(match[1] or match[2]) for match in _PORT.finditer(text))
    return Interface(protocols, ports, _OFF.search(text) is not None)


def speaks_of_all(text: str) -> bool:
    """Tell whether a text speaks of all there is, or names nothing."""
    read = interface(text)
    return _WHOLE.search(text) is not None or not (read.protocols or read.ports)


def says_none(text: str) -> bool:
    """Tell whether a text says no more than that there is none."""
    return _NONE.match(text.strip()) is not None


def tls_rank(text: str) -> int:
    """Give the place of a version of TLS in their order; -1 when the text names none."""
    if text in _VERSIONS:
        return _VERSIONS.index(text)
    if text == "TLSv1":
        return _VERSIONS.index("TLSv1.0")
    found = [int(match[1]) for match in _TLS.finditer(text)]
    return _VERSIONS.index("TLSv1.0") + min(found) if found else -1


def feature(text: str) -> Feature | None:
    """Give the feature that a text names, by its letter or in words; None when it is none that is known."""
    letter = text.strip().strip("()").lower()
    if letter in _LETTERS:
        return _LETTERS[letter]
    return next((name for name, pattern in _FEATURES if pattern.search(text)), None)


def feature_of(status: str) -> Feature | None:
    """Give the feature on which a provision depends, by its status as the edition prints it."""
    match = _CONDITION.search(status)
    return _LETTERS.get(match[1]) if match else None

"""Which addresses the image speaks to: URLs in programs, scripts and configuration, with what they are for.

The form of a URL is that of RFC 3986. Namespaces and pages of projects that stand in every image as mere names are left
out. What an address is for is told by words in it, in its line and in the name of its file; otherwise it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from plimsoll.inspect._masking import masked_text
from plimsoll.inspect.firmware._standing import is_active, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import Endpoint
from plimsoll.model.locator import escape_name
from plimsoll.regex import regex

Purpose = Literal["update", "telemetry", "cloud", "time", "unknown"]

_PORTS = {"http": 80, "https": 443, "ftp": 21, "mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
_NAMES_ONLY = regex(
    r"(?:^|\.)(?:w3\.org|xmlsoap\.org|schemas\.[a-z.]+|purl\.org|upnp\.org|onvif\.org|oasis-open\.org|ietf\.org|"
    r"gnu\.org|openssl\.org|apache\.org|mozilla\.org|python\.org|php\.net|sqlite\.org|kernel\.org|busybox\.net|"
    r"sourceforge\.net|github\.com|gitlab\.com|wikipedia\.org|microsoft\.com|adobe\.com|xml\.org|example\.(?:com|org|net)|"
    r"jquery\.com|jquery\.org|verisign\.com|digicert\.com|thawte\.com)$"
)
_PURPOSES: tuple[tuple[Purpose, tuple[bytes, ...], re.Pattern[bytes]], ...] = (
    ("update", (b"updat", b"upgrad", b"firmware", b"ota", b"fw", b"opkg"),
     regex(rb"(?i)(?:\b|_)(?:(?:check-?)?updates?|upgrades?|firmware|fota|ota|fw|opkg)(?:\b|_)")),
    ("telemetry", (b"telemetry", b"analytics", b"metrics", b"stat", b"tracking"),
     regex(rb"(?i)(?:\b|_)(?:telemetry|analytics|metrics|statistics|stats|tracking)(?:\b|_)")),
    ("time", (b"ntp", b"time"), regex(rb"(?i)(?:\b|_)(?:ntp|time|pool\.ntp\.org)(?:\b|_)")),
    ("cloud", (b"cloud", b"iot", b"mqtt", b"broker", b"p2p", b"://api.", b"://gateway.", b"://relay.", b"://device."),
     regex(rb"(?i)(?:\b|_)(?:cloud|iot|mqtt|broker|p2p)(?:\b|_)|\A[a-z]+://(?:api|gateway|relay|device)\.")),
)  # fmt: skip
"""Each with parts of what its pattern matches, in lower case: most addresses have none, and that is soon told."""


class Endpoints(Inspector):
    """Records each address once a file, with its first place there."""

    id = "endpoints"
    title = "Which addresses does the image speak to?"
    what = (
        "Every URL in a program, script or configuration: scheme, host, port and path without its query, what it is "
        "for as far as words around it tell, and whether it stands in something that is read or run."
    )
    limits = "Addresses that a program puts together while it runs, or gets from elsewhere, are not seen."
    patterns = (
        Pattern(
            "url", rb"(?:https?|ftp|mqtts?|wss?|coaps?|rtsp)://[a-z0-9_$%{\[]", (b"://",), ignore_case=True, longest=16
        ),
    )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the addresses of one file."""
        seen = set()
        for sign in look.matches["url"]:
            match = _ADDRESS.match(look.data, sign.start())
            fact = _endpoint(look, match) if match else None
            if match and fact and fact not in seen:
                seen.add(fact)
                yield Seen(fact, match.start(), match.end() - match.start())


_ADDRESS = regex(
    rb"[a-z]{2,6}://(?:[^\s/@\"'<>\\]{1,80}@)?[a-z0-9_$%{}.\[\]:-]{3,120}(?:/[a-z0-9_$%{}./~+=,-]{0,120})?",
    re.IGNORECASE,
)
_LOGIN = regex(rb"(?<=://)[^/@]*@")
"""User and password before the host: RFC 3986, section 3.2.1."""
_URL = regex(r"([a-z]+)://([^/:\[\]]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(/.*)?", re.IGNORECASE | re.DOTALL)


def _endpoint(look: Look, match: re.Match[bytes]) -> Endpoint | None:
    address = _shown(match[0])
    if (parts := _parts(address)) is None:
        return None
    scheme, host, port, path = parts
    line = line_at(look.data, match.start(), longest=400)[1] if look.kind in ("script", "text") else b""
    purpose = _purpose(address, line, look.name)
    used_by = escape_name(look.name)
    return Endpoint(scheme, host, port, path, purpose, used_by, is_active(look, match.start()))


@lru_cache(maxsize=4096)  # The same few addresses stand in many files.
def _shown(address: bytes) -> bytes:
    """Give an address without a login and with the secrets in it hidden."""
    return masked_text(_LOGIN.sub(b"", address))


@lru_cache(maxsize=4096)
def _parts(address: bytes) -> tuple[str, str, int | None, str] | None:
    """Give scheme, host, port and path; None for what is no address, or one that is only a name."""
    parts = _URL.fullmatch(address.decode("ascii", "replace").rstrip(".,:-"))
    if parts is None:
        return None
    scheme, host = parts[1].lower(), parts[2].lower()
    if not _is_host(host) or _NAMES_ONLY.search(host):
        return None
    port = int(parts[3]) if parts[3] else _PORTS.get(scheme)
    return scheme, host, port, printable((parts[4] or "").encode())[:200]


def _is_host(host: str) -> bool:
    """Refuse what is plainly no host: no dot and no variable, such as `http://foo`, or only dots."""
    if host.startswith("["):
        return True
    if any(mark in host for mark in "$%{"):
        return True
    labels = host.split(".")
    return (len(labels) > 1 and all(labels)) or host == "localhost"


def _purpose(address: bytes, line: bytes, name: bytes) -> Purpose:
    """Take the first purpose that the address itself tells, else its line, else the name of its file."""
    told = _told_by(address)
    if told == "unknown" and line:
        told = _told_by(line)
    return _told_by(name) if told == "unknown" else told


@lru_cache(maxsize=4096)
def _told_by(text: bytes) -> Purpose:
    folded = text.lower()
    for purpose, parts, words in _PURPOSES:
        for part in parts:
            if part in folded:
                if words.search(text):
                    return purpose
                break
    return "unknown"

"""Which servers of names (DNS) and of time (NTP) the product asks, by its settings and commands.

Sources: resolv.conf(5), dnsmasq(8), resolved.conf(5), timesyncd.conf(5), ntp.conf(5), chrony.conf(5), the manuals of
busybox's ntpd and of ntpclient and ntpdate, and OpenWrt's `etc/config`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._standing import is_active, is_comment, is_documentation, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.model.facts import Endpoint
from plimsoll.model.locator import escape_name
from plimsoll.regex import regex

LARGEST = 1 << 20
MOST = 50

_HOST = rb"[\"']?([A-Za-z0-9][A-Za-z0-9.:-]{2,80})[\"']?"


def _file(path: bytes, form: bytes, scheme: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes], str]:
    return regex(rb"(?:\A|/)(?:" + path + rb")\Z"), regex(rb"(?m)^[ \t]*" + form), scheme


_FILES = (
    _file(rb"resolv\.conf(?:\.\w{1,10})?|resolv-file\.conf", rb"nameserver[ \t]+" + _HOST, "dns"),
    _file(rb"dnsmasq[^/]{0,30}\.conf|dnsmasq\.d/[^/]{1,60}", rb"server=(?:/[^/\n]{0,80}/)?" + _HOST, "dns"),
    _file(rb"etc/config/(?:network|dhcp)", rb"(?:option|list)[ \t]+['\"]?(?:dns|server)['\"]?[ \t]+" + _HOST, "dns"),
    _file(rb"resolved\.conf(?:\.d/[^/]{1,60})?", rb"(?:Fallback)?DNS=" + _HOST, "dns"),
    _file(
        rb"(?:ntpd?|chrony)[^/]{0,20}\.conf|chrony/[^/]{1,40}\.(?:conf|sources)",
        rb"(?:server|pool|peer)[ \t]+" + _HOST,
        "ntp",
    ),
    _file(
        rb"etc/config/(?:system|ntpclient|ntp)",
        rb"(?:option|list)[ \t]+['\"]?(?:server|hostname)['\"]?[ \t]+" + _HOST,
        "ntp",
    ),
    _file(rb"timesyncd\.conf(?:\.d/[^/]{1,60})?", rb"(?:Fallback)?NTP=" + _HOST, "ntp"),
    _file(
        rb"etc/(?:default|sysconfig|conf\.d)/(?:ntpd?|ntpdate)", rb"NTP(?:SERVERS?|_SERVERS?|DATE_OPTS)=" + _HOST, "ntp"
    ),
)
_SIGN = regex(rb"resolv|dnsmasq|ntp|chrony|timesyncd|etc/config/")
"""One of these stands in the path of each."""
_COMMAND = regex(
    rb"\b(?:ntpd\b[^\n;&|]{0,120}?[ \t]-[a-zA-Z]{0,4}p[ \t]?|ntpclient\b[^\n;&|]{0,120}?[ \t]-h[ \t]?|"
    rb"(?:ntpdate|rdate|sntp)(?:[ \t]+-\w+(?:[ \t]+\d+)?)*[ \t]+)" + _HOST
)


class Resolvers(Inspector):
    """Records each server as an address with the scheme dns or ntp; those of the own network are left out."""

    id = "resolvers"
    title = "Which servers of names and of time does the product ask?"
    what = "Servers of DNS and NTP in settings, and on the command lines of clients of NTP."
    limits = "Servers that come by DHCP or are written into compiled programs are not seen."
    patterns = (
        Pattern(
            "time", rb"\b(?:ntpd|ntpclient|ntpdate|rdate|sntp)[ \t]+[-a-zA-Z0-9]",
            (b"ntp", b"rdate"), longest=24, kinds=("script",),
        ),
    )  # fmt: skip
    without_match = ("script", "text")

    def wants(self, look: Look) -> bool:
        """Take settings by their path, and scripts with such commands."""
        if look.kind not in ("script", "text") or len(look.data) > LARGEST or is_documentation(look.path):
            return False
        if look.matches:
            return True
        return _SIGN.search(look.path) is not None and any(path.search(look.path) for path, _, _ in _FILES)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the servers of one file, each once."""
        given: set[Endpoint] = set()
        for match, scheme in _found(look):
            host = match[1].rstrip(b".:-").lower()
            if len(given) >= MOST or not _is_elsewhere(host):
                continue
            port, purpose = (53, "unknown") if scheme == "dns" else (123, "time")
            name = host.decode("ascii")
            fact = Endpoint(scheme, name, port, "", purpose, escape_name(look.name), is_active(look, match.start(1)))  # type: ignore[arg-type]
            if fact not in given:
                given.add(fact)
                yield Seen(fact, match.start(1), len(match[1]))


def _found(look: Look) -> Iterator[tuple[re.Match[bytes], str]]:
    for path, form, scheme in _FILES:
        if path.search(look.path):
            yield from ((match, scheme) for match in form.finditer(look.data))
    for sign in look.matches.get("time", ()):
        start, line = line_at(look.data, sign.start())
        match = _COMMAND.search(look.data, sign.start(), start + len(line))
        if match is not None and not is_comment(line):
            yield match, "ntp"


def _is_elsewhere(host: bytes) -> bool:
    """Tell whether a host lies outside the product and the network at home; a word without a dot is no host."""
    text = host.decode("ascii")
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return b"." in host and b":" not in host and not host.endswith((b".lan", b".local"))

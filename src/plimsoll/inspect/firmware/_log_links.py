"""Servers that logs are sent to.

Sources: rsyslog's documentation of forwarding (`@host`, `@@host`), which sysklogd shares; the manual of syslog-ng on
destinations; OpenWrt's description of `log_ip` in /etc/config/system.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._setting_forms import bare, lines
from plimsoll.inspect.firmware._uci_sections import sections
from plimsoll.inspect.inspector import Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import ControlLink
from plimsoll.regex import regex

FILES = regex(
    rb"(?:\A|/)etc/(?:(?P<r>rsyslog(?:\.conf|\.d/[^/]{1,60}\.conf))|(?P<s>syslog\.conf)|(?P<u>config/system)|"
    rb"(?P<n>syslog-ng(?:/syslog-ng)?\.conf|syslog-ng/conf\.d/[^/]{1,60}\.conf))\Z"
)
_FORWARD = regex(rb"[ \t]*[\w*.,;!=]{1,80}[ \t]+(@@?)(?:\([^)]{1,20}\))?([\w.\[\]:-]{3,120})")
_DRIVER = regex(rb"(?im)^[^#\n]{0,80}(?:gtls|ossl|StreamDriverMode[ \t=\"(]+1)")
_DESTINATION = regex(rb"(?m)^[ \t]*destination[ \t]+[\w\"-]{1,60}[ \t]*\{([^}]{1,2000})\}")
_NETWORK = regex(rb"(?m)^[^#\n]{0,80}?\b(?:udp6?|tcp6?|network|syslog)\([ \t\n]*[\"']([\w.:-]{3,120})[\"']")
_TLS = regex(rb"\btls\b")


def log_links(path: bytes, data: bytes, in_use: bool) -> Iterator[Seen]:
    """Give the servers that a file of settings names."""
    found = FILES.search(path)
    if found is None:
        return
    if found["u"]:
        yield from _uci(data, in_use)
    elif found["n"]:
        yield from _destinations(data, in_use)
    else:
        yield from _forwards(data, "rsyslogd" if found["r"] else "syslogd", in_use)


def _link(program: str, host: bytes, encrypted: bool, in_use: bool) -> ControlLink:
    return ControlLink("log-server", program, "syslog", printable(host).lower()[:120], encrypted, in_use)


def _forwards(data: bytes, program: str, in_use: bool) -> Iterator[Seen]:
    """Give what is forwarded; with a driver for TLS set anywhere in the file, none is taken for clear."""
    encrypted = _DRIVER.search(data) is not None
    for offset, line in lines(data):
        found = _FORWARD.match(line)
        if found is not None:
            host = bare(found[2]).partition(b":")[0]
            yield Seen(_link(program, host, encrypted, in_use), offset, len(line))


def _uci(data: bytes, in_use: bool) -> Iterator[Seen]:
    for section in sections(data):
        host = section.get(b"log_ip")
        if host and not section.is_off(b"log_remote"):
            yield Seen(_link("logd", host, False, in_use), section.offset, section.length)


def _destinations(data: bytes, in_use: bool) -> Iterator[Seen]:
    for block in _DESTINATION.finditer(data):
        for found in _NETWORK.finditer(block[1]):
            encrypted = _TLS.search(block[1], found.end()) is not None
            offset = block.start(1) + found.start(1)
            yield Seen(_link("syslog-ng", found[1], encrypted, in_use), offset, len(found[1]))

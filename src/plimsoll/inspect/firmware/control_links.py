"""Which peers may steer the product or are told its secrets, and does it speak to them in clear?

Sources: the settings of easycwmp, icwmp and freecwmp; TR-069 names the management server of a product by its URL. What
messages are exchanged with is in `_message_links`, what logs are sent to in `_log_links`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from plimsoll.inspect.firmware._log_links import FILES, log_links
from plimsoll.inspect.firmware._message_links import CLIENT, COMPILED, bridges, client, compiled
from plimsoll.inspect.firmware._setting_files import plain_path
from plimsoll.inspect.firmware._standing import is_active, is_documentation, line_at
from plimsoll.inspect.firmware._uci_sections import sections
from plimsoll.inspect.inspector import Cut, Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import ControlLink
from plimsoll.model.facts.exposure import LinkRole
from plimsoll.model.message import message
from plimsoll.regex import regex

MOST = 100
"""Most links that are recorded of one file."""

_CWMP = regex(rb"(?:\A|/)etc/config/(easycwmp|cwmp|icwmp|freecwmp|tr-?069)\Z")
_MOSQUITTO = regex(
    rb"(?:\A|/)mosquitto(?:/[^/]{1,60}){0,2}\.conf\Z|(?:\A|/)mosquitto/(?:[^/]{1,60}/)?[^/]{1,60}\.conf\Z"
)
_ADDRESS = regex(
    rb"(https?|mqtts?|wss?)://(?:[^/@\s\"'<]{1,80}@)?(\[[0-9a-fA-F:.]+\]|[\w.$%{}-]{1,120})", re.IGNORECASE
)
_FETCH = regex(rb"\b(?:wget|curl|uclient-fetch)\b[^\n|;&#]{1,200}?http://[^\n|;&#]{1,160}\Z")
_PROGRAMS = {b"easycwmp": "easycwmpd", b"freecwmp": "freecwmpd", b"icwmp": "icwmpd", b"cwmp": "icwmpd"}


class ControlLinks(Inspector):
    """Records each peer that steers the product, or is sent its logs, with how it is spoken to."""

    id = "control-links"
    title = "Which peers may steer the product, and does it speak to them in clear?"
    what = (
        "The management server of TR-069 in the settings of easycwmp, icwmp and freecwmp and in other default "
        "settings, bridges of mosquitto, clients of MQTT in sources, addresses "
        "of MQTT and CoAP in programs, servers that rsyslog, sysklogd, syslog-ng and OpenWrt send logs to, and "
        "commands of scripts that fetch something without encryption and give it to a shell at once."
    )
    limits = (
        "A peer that a compiled program knows in another form than an address, or learns from a provider by DHCP, is "
        "not seen."
    )
    patterns = (
        Pattern(
            "acs",
            rb"(?:acs|cwmp|tr-?069|managementserver)[\w.:-]{0,24}url[\"'<>=: \t]{1,12}https?://[\w.\[$%{-]",
            (b"://",),
            ignore_case=True,
            longest=96,
            kinds=("text",),
        ),
        Pattern("piped", rb"\|[ \t]*(?:/bin/)?(?:ba|a)?sh\b", (b"sh",), longest=32, kinds=("script",)),
        CLIENT,
        COMPILED,
    )
    without_match = ("text",)

    def wants(self, look: Look) -> bool:
        """Take what matched, and the configuration of management clients, brokers and loggers."""
        if look.matches or look.kind != "text" or not (look.name.endswith(b".conf") or b"config/" in look.path):
            return bool(look.matches)
        return any(one.search(look.path) for one in (_CWMP, _MOSQUITTO, FILES))

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the links of one file."""
        if not is_documentation(look.path):
            found = _links(look)
            yield from islice(found, MOST)
            if next(found, None) is not None:
                yield Cut(message("more peers in {file} than are recorded", file=look.file.at()))


def _links(look: Look) -> Iterator[Seen]:
    in_use = plain_path(look.path) == look.path
    if _CWMP.search(look.path):
        yield from _cwmp(look, in_use)
        return
    if _MOSQUITTO.search(look.path):
        yield from bridges(look.data, in_use)
    elif look.kind == "text":
        yield from log_links(look.path, look.data, in_use)
    for match in look.matches.get("acs", ()):
        address = _ADDRESS.search(look.data, match.start(), match.start() + 400)
        if address is not None and is_active(look, match.start()):
            yield Seen(_link("manager", "", address, in_use), match.start(), len(match[0]))
    for match in look.matches.get(CLIENT.name, ()):
        yield from client(look, match)
    for match in look.matches.get(COMPILED.name, ()):
        yield from compiled(look, match)
    for match in look.matches.get("piped", ()):
        yield from _piped(look, match.start(), in_use)


def _piped(look: Look, end: int, in_use: bool) -> Iterator[Seen]:
    """Give the command before a `| sh`, where it fetches something without encryption."""
    start, line = line_at(look.data, end)
    fetching = _FETCH.search(line, 0, end - start)
    if fetching is not None and is_active(look, start + fetching.start()):
        address = _ADDRESS.search(fetching[0])
        if address is not None:
            yield Seen(_link("commands", "", address, in_use), start + fetching.start(), len(fetching[0]))


def _link(role: LinkRole, program: str, address: re.Match[bytes], active: bool) -> ControlLink:
    scheme = address[1].decode("ascii").lower()
    return ControlLink(
        role, program, scheme, printable(address[2]).lower(), scheme in ("https", "mqtts", "wss"), active
    )


def _cwmp(look: Look, in_use: bool) -> Iterator[Seen]:
    found = _CWMP.search(look.path)
    program = _PROGRAMS.get(found[1] if found else b"", "")
    for section in sections(look.data):
        is_off = any(section.is_off(key) for key in (b"enable", b"enabled"))
        address = _ADDRESS.match(section.get(b"url"))
        if address is not None:
            yield Seen(_link("manager", program, address, in_use and not is_off), section.offset, section.length)

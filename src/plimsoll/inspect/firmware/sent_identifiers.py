"""Which identifiers of the unit are sent to a server: in addresses, topics, headers and bodies.

Sources: the manuals of curl, wget, uclient-fetch and mosquitto_pub; where Linux, U-Boot and OpenWrt keep serial numbers
and addresses of network cards (sysfs(5), proc(5), fw_printenv, nvram, uci).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._standing import in_documentation, is_active
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import SentIdentifier
from plimsoll.model.facts.privacy import IdentifierKind
from plimsoll.regex import regex

LARGEST = 1 << 20
MOST = 50
LONGEST_COMMAND = 600
LONGEST_TEXT = 200
"""Bytes of the text of a program around an identifier."""

_KINDS: tuple[tuple[IdentifierKind, bytes], ...] = (
    ("mac", rb"mac(?:[_-]?addr(?:ess)?)?|hwaddr|ethaddr|wlan[_-]?mac|bssid"),
    ("serial", rb"serial(?:[_-]?(?:no|num|number|id))?|sn|hw[_-]?id|cpu[_-]?id|chip[_-]?id|machine[_-]?id"),
    ("imei", rb"imei|imsi|iccid|meid"),
    ("uuid", rb"uuid|udid|dev(?:ice)?[_-]?(?:id|uid)|unit[_-]?id|uid"),
)
_NAME = regex(
    rb"(?i)\A(?:[A-Za-z0-9]{1,20}_)?(?:" + b"|".join(b"(" + words + b")" for _, words in _KINDS) + rb")(?:_\w{1,10})?\Z"
)
_SOURCES: tuple[tuple[IdentifierKind, re.Pattern[bytes]], ...] = (
    ("mac", regex(
        rb"(?i)/sys/class/net/[^/\s]{1,20}/address|(?:fw_printenv|nvram|uci)\b[^\n;|)]{0,60}(?:mac|ethaddr)|\bHWaddr\b|"
        rb"link/ether|/sys/class/ieee80211/\w+/macaddress"
    )),
    ("serial", regex(
        rb"(?i)(?:fw_printenv|nvram|uci|getprop)\b[^\n;|)]{0,60}serial|/proc/device-tree/serial|base/serial-number|"
        rb"\^?Serial[^\n|]{0,40}/proc/cpuinfo|/proc/cpuinfo[^\n]{0,40}Serial|/etc/machine-id"
    )),
    ("imei", regex(rb"AT\+(?:CGSN|GSN|CIMI|CCID)|--get-imei|--uim-get-iccid|--get-imsi")),
)  # fmt: skip
_COMMAND = regex(rb"(?:[^\n\\]|\\[^\n]|\\\n){0,%d}" % LONGEST_COMMAND)
_USE = regex(rb"\$\{?([A-Za-z_]\w{0,40})|[$]\(([^()]{1,120})\)|`([^`\n]{1,120})`")
_ASSIGNED = rb"(?m)^[ \t]*(?:local[ \t]+|export[ \t]+|readonly[ \t]+)?%s=([^\n]{1,200})"
_HOST = regex(rb"(?i)\b((?:https?|mqtts?|wss?|ftp)://)(?:[^/@\s\"']{1,60}@)?([a-z0-9_.${}\[\]-]{1,100})")
_BROKER = regex(rb"[ \t](?:-h|--host)[ \t=]+[\"']?([A-Za-z0-9_.${}-]{1,100})")
_TLS = regex(rb"[ \t](?:--cafile|--capath|--tls-use-os-certs|--psk|-p[ \t]+8883)\b")
_STRING = regex(rb"[\x20-\x7e]{0,%d}\Z" % LONGEST_TEXT)
_CLEAR = (b"http://", b"mqtt://", b"ws://", b"ftp://")
_FORMAT = (
    rb"[?&](?:mac|mac_?addr|macaddress|sn|serial|serial_?no|serial_?number|imei|imsi|iccid|uuid|device_?id)"
    rb"=%[0-9.]{0,3}[sdxlu]"
)


class SentIdentifiers(Inspector):
    """Records each identifier that a command, or the form of an address in a program, sends to a host."""

    id = "sent-identifiers"
    title = "Which identifiers of the unit are sent?"
    what = (
        "Addresses of network cards, serial numbers, IMEI and identifiers of the unit that commands of scripts put "
        "into addresses, topics, headers and bodies for curl, wget, uclient-fetch and mosquitto_pub, and forms of "
        "addresses with such a field in programs."
    )
    limits = (
        "What a variable holds is told by its name and by its assignment in the same file. That the form of an address "
        "in a program is used, and what compiled programs send in other ways, is not seen."
    )
    patterns = (
        Pattern(
            "command", rb"\b(?:curl|wget|uclient-fetch|mosquitto_pub)[ \t]",
            (b"curl", b"wget", b"uclient-fetch", b"mosquitto_pub"), longest=20, kinds=("script", "text"),
        ),
        Pattern("form", _FORMAT, (b"=%",), longest=40, ignore_case=True, kinds=("elf",)),
    )  # fmt: skip
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take small scripts with such a command, and programs with such a form."""
        return bool(look.matches) and (look.kind == "elf" or len(look.data) <= LARGEST)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give each identifier once for each host of a file."""
        seen: set[SentIdentifier] = set()
        for one in (*_commands(look), *_forms(look)):
            if isinstance(one.fact, SentIdentifier) and one.fact not in seen and len(seen) < MOST:
                seen.add(one.fact)
                yield one


def _commands(look: Look) -> Iterator[Seen]:
    for sign in look.matches.get("command", ()):
        command = _COMMAND.match(look.data, sign.start())
        if command is None or not is_active(look, sign.start()):
            continue
        peer = _peer(command[0])
        if peer is None:
            continue
        for kind in sorted({kind for use in _USE.finditer(command[0]) if (kind := _kind(look.data, use))}):
            fact = SentIdentifier(kind, peer[0], peer[1], _way(sign[0]))
            yield Seen(fact, command.start(), len(command[0]))


def _way(program: bytes) -> str:
    return "message" if program.startswith(b"mosquitto") else "request"


def _peer(command: bytes) -> tuple[str, bool] | None:
    """Give the host that a command calls, and whether without encryption; None for none, and for the unit itself."""
    if (address := _HOST.search(command)) is not None:
        host, is_clear = address[2], address[1].lower() in _CLEAR
    elif command.startswith(b"mosquitto") and (broker := _BROKER.search(command)) is not None:
        host, is_clear = broker[1], _TLS.search(command) is None
    else:
        return None
    is_own = re.match(rb"(?:localhost|127\.|0\.0\.0\.0|\[?::1)", host) is not None
    return None if is_own else (printable(host.lower()), is_clear)


def _kind(data: bytes, use: re.Match[bytes]) -> IdentifierKind | None:
    """Tell what a variable or the output of a command is."""
    name, output = use[1], use[2] or use[3]
    if output:
        return _of_source(output)
    if (match := _NAME.match(name)) is not None and match.lastindex:
        return _KINDS[match.lastindex - 1][0]
    assigned = re.search(_ASSIGNED % re.escape(name), data)
    return _of_source(assigned[1]) if assigned else None


def _of_source(text: bytes) -> IdentifierKind | None:
    return next((kind for kind, pattern in _SOURCES if pattern.search(text)), None)


def _forms(look: Look) -> Iterator[Seen]:
    if in_documentation(look):
        return
    for match in look.matches.get("form", ()):
        name = match[0][1:].partition(b"=")[0]
        known = _NAME.match(name)
        if known is None or not known.lastindex:
            continue
        before = _STRING.search(look.data[max(0, match.start() - LONGEST_TEXT) : match.start()])
        peer = _peer(before[0]) if before else None
        fact = SentIdentifier(_KINDS[known.lastindex - 1][0], *(peer or ("", False)), "form")
        yield Seen(fact, match.start(), match.end() - match.start())

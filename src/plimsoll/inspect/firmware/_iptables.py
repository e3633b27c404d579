"""Reads one command of iptables, or one line of what iptables-save writes, as far as it bears on the product itself.

Source: the manual pages iptables(8), iptables-extensions(8) and iptables-save(8). Of the tables only `filter` refuses,
and of its chains only INPUT takes what is meant for the product itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from plimsoll.inspect.scan import printable
from plimsoll.model.facts.exposure import FirewallRule, Side
from plimsoll.regex import regex

_ACTIONS: dict[bytes, Literal["accept", "refuse"]] = {b"ACCEPT": "accept", b"DROP": "refuse", b"REJECT": "refuse"}
_SILENT = (b"LOG", b"NFLOG", b"ULOG", b"MARK", b"CONNMARK", b"TRACE", b"AUDIT")
"""Targets that leave a packet to the next rule."""
_OPTIONS = {
    b"-t": "table", b"--table": "table", b"-A": "append", b"--append": "append", b"-I": "insert", b"--insert": "insert",
    b"-P": "policy", b"--policy": "policy", b"-F": "flush", b"--flush": "flush", b"-D": "change", b"--delete": "change",
    b"-R": "change", b"--replace": "change", b"-j": "jump", b"--jump": "jump", b"-g": "jump", b"--goto": "jump",
    b"-i": "side", b"--in-interface": "side", b"-p": "protocol", b"--protocol": "protocol", b"--dport": "ports",
    b"--dports": "ports", b"--destination-port": "ports", b"--destination-ports": "ports", b"--state": "state",
    b"--ctstate": "state", b"-m": "", b"--match": "", b"--comment": "", b"--reject-with": "",
}  # fmt: skip
"""Options that take a value, by what they say; nothing for those that make a rule no narrower."""
_BARE = (b"-w", b"--wait", b"-4", b"-6", b"--syn", b"-F", b"--flush")
"""Options that may stand without a value."""
_OPERATIONS: tuple[Literal["append", "insert", "policy", "flush"], ...] = ("append", "insert", "policy", "flush")
_OVER = (b"--hashlimit-above", b"--connlimit-above", b"--update", b"--rcheck")
_UP_TO = (b"--limit", b"--hashlimit-upto", b"--hashlimit", b"--connlimit-upto")
_NUMBER = regex(rb"[0-9]{1,5}")
_NAMES = {b"ssh": 22, b"telnet": 23, b"ftp": 21, b"http": 80, b"https": 443, b"domain": 53, b"snmp": 161, b"tftp": 69}


def side_of(interface: bytes) -> Side:
    """Tell by the name of an interface which side it is on."""
    name = interface.lower()
    if name in (b"lo", b"loopback"):
        return "loopback"
    if re.match(rb"(?:pppoe-)?w?wan[0-9]?(?:_?6)?(?:[.+]|\Z)|ppp(?:[0-9]|\+)\Z", name):
        return "internet"
    return "lan" if re.match(rb"br[-_]?lan|lan[0-9]?\Z|br[0-9]\Z", name) else "unknown"


def rule_of(
    words: Sequence[bytes], source: Literal["iptables", "ip6tables"], *, certain: bool = True
) -> FirewallRule | None:
    """Read the words after the program's name; None when they do not bear on INPUT."""
    said, narrowed = _read(words)
    operation = next((one for one in _OPERATIONS if one in said), None)
    if said.get("table", b"filter") != b"filter":
        return None
    if said.get("change") == b"INPUT":
        return FirewallRule(source, "append", "elsewhere", certain=certain)
    if operation is None or (said[operation] or b"INPUT") != b"INPUT":
        return None
    target = said.get("jump", b"")
    if operation != "flush" and target in (b"", *_SILENT):
        return None
    ports = _ports(said["ports"]) if "ports" in said else ()
    protocol = said.get("protocol", b"").lower()
    side = said.get("side")
    return FirewallRule(
        source=source,
        operation=operation,
        action=_ACTIONS.get(target, "elsewhere"),
        side=side_of(side) if side is not None else "any",
        protocol="" if protocol in (b"all", b"0") else printable(protocol)[:20],
        ports=ports or (),
        narrowed=narrowed or ports is None or b"$" in protocol or b"NEW" not in said.get("state", b"NEW").split(b","),
        certain=certain,
        rate=_rate(words),
    )


def _rate(words: Sequence[bytes]) -> Literal["", "up-to", "over"]:
    """Tell whether a rule counts; one that is turned round by `!` is taken for one that does not."""
    if b"!" in words:
        return ""
    if any(word in words for word in _OVER):
        return "over"
    return "up-to" if any(word in words for word in _UP_TO) else ""


def port_of(name: bytes) -> int:
    """Give the number of a port that is written as a number or by its usual name; -1 when it is neither."""
    return _NAMES.get(name, int(name) if _NUMBER.fullmatch(name) else -1)


def _read(words: Sequence[bytes]) -> tuple[dict[str, bytes], bool]:
    """Give what the options say, and whether there is one that makes the rule narrower."""
    said: dict[str, bytes] = {}
    narrowed, position = False, 0
    while position < len(words):
        word = words[position]
        value = words[position + 1] if position + 1 < len(words) else b""
        if word in _BARE and (not value or value.startswith(b"-")):
            value, position = b"", position - 1
        elif word not in _OPTIONS and word not in _BARE:
            narrowed, position = True, position - 1
        said[_OPTIONS.get(word, "")] = value
        position += 2
        if word in (b"-I", b"--insert") and words[position : position + 1] and words[position].isdigit():
            narrowed, position = narrowed or words[position] != b"1", position + 1
        elif word in (b"-P", b"--policy") and position < len(words):
            said["jump"], position = words[position], position + 1
    return said, narrowed


def _ports(text: bytes) -> tuple[tuple[int, int], ...] | None:
    """Read `22`, `20:21` and `22,80`; None when one of them is no number."""
    found = []
    for part in text.split(b","):
        first, colon, last = part.partition(b":")
        ends = [port_of(one) for one in (first, last if colon else first)]
        if min(ends) < 0:
            return None
        found.append((ends[0], ends[1]))
    return tuple(found)

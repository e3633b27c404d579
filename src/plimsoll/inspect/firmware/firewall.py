"""What the packet filter lets in to the product itself, as it is shipped.

Sources: OpenWrt's description of /etc/config/firewall; iptables-save(8); nft(8). The commands of start scripts are read
by the inspector `startup`, which knows what is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._iptables import port_of, rule_of, side_of
from plimsoll.inspect.firmware._setting_forms import LONGEST_FILE, lines
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.firmware._uci_sections import Section, sections
from plimsoll.inspect.inspector import Cut, Inspector, Kept, Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts.exposure import FirewallRule, Side
from plimsoll.model.message import message
from plimsoll.regex import regex
from plimsoll.sources.tree import Stem, Tree

MOST = 1_000
"""Most rules that are recorded of one file."""

_SAVED = regex(
    rb"(?:\A|/)etc/(?:iptables/(?:ip6?tables\.rules|rules\.v[46]|rules6?-save)|sysconfig/ip6?tables|"
    rb"ip6?tables(?:\.rules|\.up\.rules|\.conf)?)\Z"
)
_NFT = regex(rb"(?:\A|/)etc/(?:sysconfig/)?nftables\.(?:conf|nft)\Z")
_UCI = regex(rb"(?:\A|/)etc/config/firewall\Z")
_NETWORK = regex(rb"(?:\A|/)etc/config/network\Z")
_OWN_WORDS = regex(rb"(?:\A|/)etc/firewall\.user\Z")
_COMMAND = regex(rb"\b(?:ip6?tables|nft|fw[34])\b")
_INTERNET = (b"wan", b"wan6", b"wwan", b"internet")
_ACCEPTING: dict[bytes, Literal["accept", "refuse"]] = {b"accept": "accept", b"drop": "refuse", b"reject": "refuse"}
_NARROWING = (
    b"src_ip", b"src_mac", b"src_port", b"dest_ip", b"ipset", b"start_date", b"stop_date", b"start_time", b"stop_time",
    b"weekdays", b"monthdays", b"extra", b"mark", b"set_mark", b"device", b"helper",
)  # fmt: skip


class _Redirect(msgspec.Struct, frozen=True):
    """Packets from the side of the internet that are sent on to an address."""

    address: bytes
    protocol: str
    ports: tuple[tuple[int, int], ...]
    narrowed: bool
    offset: int
    length: int


class _Addresses(msgspec.Struct, frozen=True):
    """The addresses that the product has by its settings."""

    own: frozenset[bytes]


class Firewall(Inspector):
    """Records the rules of files that a packet filter reads, in their order."""

    id = "firewall"
    title = "What does the packet filter let in, as it is shipped?"
    what = (
        "The zones, rules and redirects of OpenWrt's /etc/config/firewall, the rules of iptables-save and those "
        "of nftables.conf, as far as they bear on packets that are meant for the product itself: on which side, for "
        "which ports, whether they are let in, and whether a rule counts how often somebody comes."
    )
    limits = (
        "Rules that a compiled program or a script of another language sets are not seen. Of ports that are forwarded "
        "only those of OpenWrt's settings are, where they lead to the product itself. A side is known by its name: "
        "wan, lan. Of iptables only the chain INPUT is followed, of nft only rules that stand in a chain hooked to "
        "input."
    )
    without_match = ("script", "text")

    def wants(self, look: Look) -> bool:
        """Take the files of packet filters, by their path."""
        return (
            look.kind in ("text", "script")
            and b"etc/" in look.path
            and any(one.search(look.path) for one in (_UCI, _SAVED, _NFT, _OWN_WORDS, _NETWORK))
            and not is_documentation(look.path)
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the rules of one file."""
        if len(look.data) > LONGEST_FILE:
            yield Cut(message("only the beginning of {file} was read", file=look.file.at()))
        if _NETWORK.search(look.path):
            yield _Addresses(frozenset(_addresses(look.data)))
            return
        if _UCI.search(look.path):
            yield from islice(_redirects(look.data), MOST)
        found = _rules(look)
        yield from islice(found, MOST)
        if next(found, None) is not None:
            yield Cut(message("more rules in {file} than are recorded", file=look.file.at()))

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the redirects that lead to the product itself, now that its addresses are known."""
        own: dict[Stem, frozenset[bytes]] = {}
        for one in kept:
            if isinstance(one.value, _Addresses):
                own[one.tree.stem] = own.get(one.tree.stem, frozenset()) | one.value.own
        for one in kept:
            given = one.value
            if isinstance(given, _Redirect) and (not given.address or given.address in own.get(one.tree.stem, ())):
                rule = FirewallRule(
                    "uci", "insert", "accept", "internet", given.protocol, given.ports, narrowed=given.narrowed
                )
                yield Observation(rule, one.tree.stem.at(one.path, given.offset, given.length), self.id)


def _addresses(data: bytes) -> Iterator[bytes]:
    """Give the fixed addresses of interfaces, without the length of their network."""
    for section in sections(data):
        if section.kind == b"interface":
            yield from (word.partition(b"/")[0] for word in section.words(b"ipaddr"))


def _redirects(data: bytes) -> Iterator[_Redirect]:
    """Read what is sent on from the side of the internet; without an address it is for the product itself."""
    found = list(sections(data))
    sides = {one.get(b"name"): _side(one) for one in found if one.kind == b"zone"}
    for section in found:
        is_in = section.kind == b"redirect" and sides.get(section.get(b"src")) == "internet"
        if not is_in or section.is_off(b"enabled") or section.get(b"target").lower() not in (b"", b"dnat"):
            continue
        ports = _ports(section.get(b"dest_port") or section.get(b"src_dport"))
        narrowed = not ports or any(section.get(key) for key in _NARROWING if key != b"dest_ip")
        for protocol in _protocols(section):
            address = section.get(b"dest_ip").partition(b"/")[0]
            yield _Redirect(address, protocol, ports or (), narrowed, section.offset, section.length)


def _rules(look: Look) -> Iterator[Seen]:
    if _UCI.search(look.path):
        return _uci(look.data)
    if _SAVED.search(look.path):
        return _saved(look)
    return _nft(look.data) if _NFT.search(look.path) else _own_words(look.data)


def _own_words(data: bytes) -> Iterator[Seen]:
    """Give the first line of commands that the owner or maker adds to OpenWrt's rules; they are not followed."""
    for offset, line in lines(data):
        if _COMMAND.search(line):
            yield Seen(FirewallRule("uci", "insert", "elsewhere"), offset, len(line))
            return


def _uci(data: bytes) -> Iterator[Seen]:
    found = list(sections(data))
    default = next((one.get(b"input") for one in found if one.kind == b"defaults"), b"") or b"reject"
    sides = {one.get(b"name"): _side(one) for one in found if one.kind == b"zone"}
    for section in found:
        if section.is_off(b"enabled"):
            continue
        if section.kind == b"zone":
            action = _ACCEPTING.get((section.get(b"input") or default).lower())
            if action:
                rule = FirewallRule("uci", "policy", action, _side(section))
                yield Seen(rule, section.offset, section.length)
        elif section.kind == b"rule" and section.get(b"src") and not section.get(b"dest"):
            yield from _uci_rule(section, sides)


def _side(zone: Section) -> Side:
    networks = {*zone.words(b"network"), zone.get(b"name")}
    if not networks.isdisjoint(_INTERNET):
        return "internet"
    return "lan" if b"lan" in networks else "unknown"


def _uci_rule(section: Section, sides: dict[bytes, Side]) -> Iterator[Seen]:
    """Give a rule once per protocol: without one it holds for tcp and udp."""
    action = _ACCEPTING.get(section.get(b"target").lower())
    source = section.get(b"src")
    ports = _ports(b" ".join(section.words(b"dest_port")))
    if action is None:
        return
    narrowed = ports is None or any(section.get(key) for key in _NARROWING)
    side = "any" if source == b"*" else sides.get(source, "unknown")
    rate: Literal["", "up-to"] = "up-to" if section.get(b"limit") else ""
    for protocol in _protocols(section):
        rule = FirewallRule("uci", "append", action, side, protocol, ports or (), narrowed, rate=rate)
        yield Seen(rule, section.offset, section.length)


def _protocols(section: Section) -> Iterator[str]:
    """Give the protocols that a section is for; nothing in a name for all of them."""
    for name in section.words(b"proto") or [b"tcpudp"]:
        for protocol in (b"tcp", b"udp") if name.lower() == b"tcpudp" else (name.lower(),):
            yield "" if protocol in (b"all", b"any", b"*") else printable(protocol)[:20]


def _ports(text: bytes) -> tuple[tuple[int, int], ...] | None:
    """Read `22`, `20-21`, `ssh` and several with blanks or commas between; None when one is no port."""
    found = []
    for part in re.split(rb"[ ,]+", text.strip()) if text.strip() else ():
        match = re.fullmatch(rb"([0-9]{1,5})(?:[-:]([0-9]{1,5}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (port_of(part), port_of(part))
        if first < 0:
            return None
        found.append((first, last))
    return tuple(found)


def _saved(look: Look) -> Iterator[Seen]:
    """Read what iptables-save writes: `*TABLE`, `:CHAIN POLICY [counts]`, then rules as on a command line."""
    source: Literal["iptables", "ip6tables"] = (
        "ip6tables" if b"ip6" in look.path or look.path.endswith((b".v6", b"6-save")) else "iptables"
    )
    table = b""
    for offset, line in lines(look.data):
        words = line.split()
        rule = None
        if line.startswith(b"*"):
            table = line[1:].strip()
        elif table == b"filter" and line.startswith(b":") and len(words) > 1:
            rule = rule_of((b"-P", words[0][1:], words[1]), source)
        elif table == b"filter" and line.startswith(b"-"):
            rule = rule_of(words, source)
        if rule is not None:
            yield Seen(rule, offset, len(line))


_HOOKED = regex(rb"\btype[ \t]+filter[ \t]+hook[ \t]+input\b")
_POLICY = regex(rb"\bpolicy[ \t]+(accept|drop)\b")
_INTERFACE = regex(rb"\bii?f(?:name)?[ \t]+\"?([\w.+-]{1,32})\"?[ \t]*")
_PORT = regex(rb"\b(tcp|udp)[ \t]+dport[ \t]+(\{[^}]{1,400}\}|[0-9-]{1,11}|[a-z][a-z0-9-]{1,20})[ \t]*")
_WORDS = regex(rb"(?:counter|log(?:[ \t]+prefix[ \t]+\"[^\"]*\")?|comment[ \t]+\"[^\"]*\")[ \t]*")
_VERDICT = regex(rb"\b(accept|drop|reject|jump|goto)\b")
_RATE = regex(rb"\blimit[ \t]+rate[ \t]+(over[ \t]+)?[0-9]|\bct[ \t]+count[ \t]+(over[ \t]+)?[0-9]")
_COUNTED = regex(
    rb"\{[^{}\n]{0,200}\blimit[ \t]+rate[^{}\n]{0,100}\}|\b(?:add|update)[ \t]+@\w+[ \t]*\{[^{}\n]{0,200}\}"
)
"""What a rule counts by, and sets that it adds somebody to."""


def _nft(data: bytes) -> Iterator[Seen]:
    """Read the chains that are hooked to input; anything in a rule beside interface and port makes it narrower."""
    hooked, depth, chain_depth = False, 0, 0
    for offset, line in lines(data):
        text = re.sub(rb"#.*", b"", line)
        bare = re.sub(rb"\{[^{}\n]{0,400}\}", b"", text)
        if re.match(rb"[ \t]*chain\b", text):
            hooked, chain_depth = False, depth + 1
        if _HOOKED.search(text):
            hooked = True
            if policy := _POLICY.search(text):
                yield Seen(FirewallRule("nft", "policy", _ACCEPTING[policy[1]]), offset, len(line))
        elif hooked and depth >= chain_depth and (rule := _nft_rule(text)):
            yield Seen(rule, offset, len(line))
        depth += bare.count(b"{") - bare.count(b"}")
        hooked = hooked and depth >= chain_depth


def _nft_rule(text: bytes) -> FirewallRule | None:
    verdict = _VERDICT.search(text)
    if verdict is None:
        return None
    counted = _RATE.search(text)
    verdict = _VERDICT.search(_COUNTED.sub(b"", text)) or verdict
    interface, port = _INTERFACE.search(text), _PORT.search(text)
    ports = _ports(port[2].strip(b"{} \t").replace(b", ", b",")) if port else ()
    rest = text
    for match in (interface, port):
        rest = rest.replace(match[0], b" ", 1) if match else rest
    rest = _WORDS.sub(b" ", rest).replace(verdict[0], b" ", 1)
    rule = FirewallRule(
        source="nft",
        operation="append",
        action=_ACCEPTING.get(verdict[1], "elsewhere"),
        side=side_of(interface[1]) if interface else "any",
        protocol=port[1].decode() if port else "",
        ports=ports or (),
        narrowed=bool(rest.strip(b" \t;{}")) or ports is None,
        rate=("over" if counted[1] or counted[2] else "up-to") if counted else "",
    )
    return msgspec.structs.replace(rule, narrowed=True) if rule.action == "elsewhere" else rule

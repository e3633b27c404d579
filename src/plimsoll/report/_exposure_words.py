"""What a product leaves open, in words: its packet filter, its radio, its debug settings, its seeds and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.model import facts
from plimsoll.model.facts.exposure import Protection
from plimsoll.model.message import Message, message

REACHES: Mapping[str, Message] = {
    "internet": message("let in from the side of the internet"),
    "local": message("on loopback only"),
    "physical": message("on a physical console"),
}
"""How far a service is reached, where that is not merely the network."""

_SIDES = {
    "internet": message("from the side of the internet"),
    "lan": message("from the side of the home"),
    "loopback": message("from the product itself"),
    "any": message("from all sides"),
    "unknown": message("from a side that is not known"),
}
_ACTIONS = {
    "accept": message("lets in"),
    "refuse": message("keeps out"),
    "elsewhere": message("is handed on to rules that were not followed"),
}
PROTECTIONS: Mapping[Protection, Message] = {
    "open": message("open, without any encryption"),
    "owe": message("encrypted without a password (OWE)"),
    "wep": message("WEP"),
    "wpa": message("WPA, the first edition"),
    "wpa-wpa2": message("WPA2 with WPA of the first edition"),
    "wpa2": message("WPA2"),
    "wpa2-wpa3": message("WPA3 with WPA2"),
    "wpa3": message("WPA3"),
    "unknown": message("how it is protected is not known"),
}
"""What each way to protect a wireless network is called."""

_UNREAD = message("in a file that nothing reads where it stands, or overruled")

_ROLES = {
    "manager": message("management server"),
    "broker": message("broker that messages are exchanged with"),
    "peer": message("peer that is asked or told by CoAP"),
    "log-server": message("server that logs are sent to"),
    "commands": message("server whose answer is run as commands"),
}

Exposure = (
    facts.FirewallRule
    | facts.WirelessNetwork
    | facts.DebugSetting
    | facts.SeedFile
    | facts.KeyFile
    | facts.ControlLink
    | facts.RemoteAccess
    | facts.BuiltInAlgorithms
)


def exposure(fact: Exposure) -> Iterator[Message]:
    """Say what was seen, in clauses."""
    match fact:
        case facts.FirewallRule():
            yield from _rule(fact)
        case facts.WirelessNetwork():
            yield from _network(fact)
        case facts.DebugSetting(interface, key, value, active):
            yield message("setting of the {interface}: {key} {value}", interface=interface, key=key, value=value)
            if not active:
                yield _UNREAD
        case facts.ControlLink(role, program, scheme, host, encrypted, active, login):
            yield _ROLES[role]
            yield message("{scheme}://{host}", scheme=scheme, host=host)
            yield message("encrypted") if encrypted else message("not encrypted")
            if program:
                yield message("of {program}", program=program)
            if login:
                yield message("with a password that is shown to it")
            if not active:
                yield _UNREAD
        case facts.RemoteAccess(protocol, key, value):
            yield message("management over {protocol} from the side of the internet", protocol=protocol)
            yield message("{key} {value}", key=key, value=value)
        case facts.BuiltInAlgorithms(program, kind, names):
            yield message("{program} is built with {kind}", program=program, kind=kind)
            yield message("{names}", names=", ".join(names))
        case facts.SeedFile(path, size):
            yield message("seed of random numbers {path}, {bytes} bytes", path=path, bytes=size)
        case facts.KeyFile(path, mode, owner):
            yield message("private key in {path}", path=path)
            yield message("mode {mode}, owner {owner}", mode=f"{mode:04o}", owner=owner)


def _rule(fact: facts.FirewallRule) -> Iterator[Message]:
    yield message("rule of the packet filter ({source})", source=fact.source)
    yield message("by default") if fact.operation == "policy" else _ACTIONS[fact.action]
    if fact.operation == "policy":
        yield _ACTIONS[fact.action]
    ports = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in fact.ports)
    yield message("{protocol} {ports}", protocol=fact.protocol or "any protocol", ports=ports or "all ports")
    yield _SIDES[fact.side]
    if fact.narrowed:
        yield message("under more conditions")
    if not fact.certain:
        yield message("set under a condition that was not decided")


def _network(fact: facts.WirelessNetwork) -> Iterator[Message]:
    yield message("wireless network {name}", name=fact.name or "(no name)")
    yield PROTECTIONS[fact.protection]
    if fact.ciphers:
        yield message("ciphers {ciphers}", ciphers=", ".join(fact.ciphers))
    if fact.wps != "unknown":
        yield message("WPS {state}", state="on, with a fixed PIN" if fact.wps == "pin" else fact.wps)
    if fact.management_frames != "unknown":
        yield message("protection of management frames {state}", state=fact.management_frames)
    if not fact.enabled:
        yield message("switched off")
    if fact.rewritten:
        yield message("in a file that a script writes to")
    if not fact.active:
        yield _UNREAD

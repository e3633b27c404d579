"""From facts on personal data to words: traces of people, stores, destinations, telemetry, logs and the reset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from plimsoll.model import facts
from plimsoll.model.facts.privacy import DataKind, HostKind, IdentifierKind, ResetWay, ResidueKind
from plimsoll.model.message import Message, message

PrivacyFact = (
    facts.Residue
    | facts.Volume
    | facts.DataStore
    | facts.KnownHost
    | facts.SentIdentifier
    | facts.TelemetrySwitch
    | facts.LoggedSecret
    | facts.FactoryReset
    | facts.Erasure
)

IDENTIFIERS: Mapping[IdentifierKind, str] = {
    "mac": "the address of a network card",
    "serial": "the serial number of the unit",
    "imei": "the number of a modem or its card",
    "uuid": "an identifier of the unit",
}

RESIDUES: Mapping[ResidueKind, str] = {
    "key-comment": "a name behind an SSH key",
    "wifi-network": "a Wi-Fi network that was joined",
    "shell-history": "commands that somebody typed",
    "editor-history": "what somebody edited or read",
    "login-record": "records of logins",
    "mail": "mail of somebody",
    "core-dump": "the memory of a program that crashed",
    "log": "a log with entries",
    "repository": "what a version control system left",
    "known-hosts": "machines that somebody visited by SSH",
    "login-file": "logins that a client keeps for somebody",
    "mail-address": "a mail address",
    "home-path": "the home folder of whoever built programs",
    "database-record": "rows about people in a database",
}
"""What each kind of trace is."""

DATA: Mapping[DataKind, str] = {
    "wifi": "Wi-Fi networks and passphrases",
    "accounts": "accounts",
    "tokens": "tokens and logins of services",
    "recordings": "recordings",
    "location": "places",
    "contacts": "contacts",
    "logs": "logs",
    "messages": "messages",
    "settings": "settings",
    "keys": "keys",
}
"""What is kept."""

HOSTS: Mapping[HostKind, str] = {
    "analytics": "analytics",
    "advertising": "advertising",
    "crash-reporting": "crash reports",
    "cloud": "cloud",
    "iot-platform": "platform for connected products",
    "push": "notifications",
    "voice": "voice assistant",
    "location": "location",
    "time": "time",
    "names": "names (DNS)",
}
"""What a known host is for."""

WAYS: Mapping[ResetWay, str] = {
    "button": "a button",
    "web": "the web interface",
    "command-line": "the command line",
    "started": "a program that is started",
}
"""From where a reset is called."""

_TARGETS: Mapping[str, str] = {
    "system-log": "to the system log",
    "file": "to a file",
    "trace": "to the trace of a script",
    "core-dump": "to a core dump",
}
_NOT_READ = message("in documentation, an example or a comment")


def describe_privacy(fact: PrivacyFact) -> Iterator[Message]:
    """Say what was seen, in clauses; the first one names the thing."""
    match fact:
        case facts.Residue(kind, what, count):
            yield message(RESIDUES[kind] + ": {what}", what=what) if what else message(RESIDUES[kind])
            if count > 1:
                yield message("{count} of them", count=count)
            if fact.holds_secret:
                yield message("with a secret")
        case facts.Volume(mount_point, device, file_system, encryption):
            yield message("file system at /{path}", path=mount_point)
            if device or file_system:
                yield message("{what}", what=" on ".join(one for one in (file_system, device) if one))
            if encryption:
                yield message("encrypted by {means}", means=encryption)
            if fact.temporary:
                yield message("in memory only")
        case facts.DataStore(kind, path, holder):
            yield message("place of " + DATA[kind] + ": {path}", path=path)
            if holder:
                yield message("by {holder}", holder=holder)
            if fact.world_readable:
                yield message("readable by every account")
        case facts.KnownHost(host, kind, service):
            yield message("host {host} of {service}", host=host, service=service)
            yield message("for " + HOSTS[kind])
            if fact.scheme:
                yield message("by {scheme}", scheme=fact.scheme)
            if fact.used_by:
                yield message("in {program}", program=fact.used_by)
        case facts.TelemetrySwitch(name, state, value):
            yield message("setting {name} {value}", name=name, value=value)
            yield message("switched on") if state == "on" else message("switched off")
        case facts.SentIdentifier(kind, host, is_clear):
            yield message("sends {identifier}", identifier=IDENTIFIERS[kind])
            if host:
                yield message("to {host}", host=host)
            if is_clear:
                yield message("without encryption")
        case facts.LoggedSecret(what, to, target, command):
            yield message("{command} writes {what}", command=command, what=what or "the memory of programs")
            yield message(_TARGETS[to] + " {target}", target=target) if target else message(_TARGETS[to])
        case facts.FactoryReset():
            yield from _reset(fact)
            return
        case facts.Erasure(name, wipes):
            yield message("{name} removes {things}", name=name, things=", ".join(wipes) or "what was not seen")
            if fact.leaves:
                left = dict.fromkeys(DATA[store.kind] + " in " + store.path for store in fact.leaves)
                yield message("not seen to remove {things}", things="; ".join(left))
        case _:
            assert_never(fact)
    if isinstance(fact, facts.Residue | facts.Volume | facts.DataStore | facts.TelemetrySwitch) and not fact.active:
        yield _NOT_READ


def _reset(fact: facts.FactoryReset) -> Iterator[Message]:
    yield message("{name} sets the product back", name=fact.name)
    if fact.wipes:
        yield message("it removes {things}", things=", ".join(fact.wipes))
    if fact.restores:
        yield message("it puts back {things}", things=", ".join(fact.restores))
    if fact.reached:
        yield message("it is called by {ways}", ways=" and ".join(WAYS[way] for way in fact.reached))

"""Tells which started services read which private keys and certificates, by their settings, else by kind and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from plimsoll.judge.rules._commands import Command, runs
from plimsoll.judge.rules._host_keys import HostKeys
from plimsoll.judge.rules._offered import key_file, offers_tls
from plimsoll.judge.rules._standing import RunningService, Standings, file_of
from plimsoll.judge.rules._vpn_secrets import reads_configuration
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PrivateKey, StartedProgram, TlsSetting
from plimsoll.model.locator import tree_of

_USERS: Mapping[str, tuple[str, ...]] = {"tls-server": ("http", "https")}
"""Protocols of the services that a key of some purpose is for."""

_MOSQUITTO = ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr")
_KEY_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "curl": ("--key", "--cert", "-E"),
    "wget": ("--private-key", "--certificate"),
    "openssl": ("-key", "-cert"),
    "openvpn": ("--key", "--pkcs12"),
    **dict.fromkeys(_MOSQUITTO, ("--key",)),
}
"""Options by which clients are given a key, or a file that may hold one."""
_TRUST_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "curl": ("--cacert",),
    "wget": ("--ca-certificate",),
    "openssl": ("-CAfile",),
    "openvpn": ("--ca",),
    **dict.fromkeys(_MOSQUITTO, ("--cafile",)),
}
"""Options by which clients are given the authority that they trust."""


class Reader(msgspec.Struct, frozen=True):
    """A service that is started and reached from the network, with what its settings say of keys."""

    service: RunningService
    named: Mapping[str, Observation]
    """Files of keys that its settings name, without the leading `/`."""
    offers: tuple[Observation, ...]
    """What says that it offers TLS, at most one."""
    host_keys: HostKeys

    @property
    def speaks_tls(self) -> bool:
        """Whether it offers TLS."""
        return bool(self.offers or self.service.fact.encrypted or self.service.fact.port == 443)


def key_readers(evidence: Evidence) -> dict[str, list[Reader]]:
    """Give the readers of each tree; whoever sets the lowest version of TLS means to offer it."""
    standings, host_keys = evidence.once(Standings), HostKeys(evidence)
    versions: dict[tuple[str, str], Observation] = {}
    for observation, setting in evidence.of(TlsSetting):
        if setting.setting == "minimum-version" and setting.active:
            versions.setdefault((tree_of(observation.where), setting.client), observation)
    found: dict[str, list[Reader]] = {}
    for service in standings.services:
        if service.standing == "started" and service.is_reached:
            settings = [one for one in standings.settings(service) if _is_read(service, one[0])]
            offers = [observation for observation, setting in settings if offers_tls(setting)]
            version = versions.get((service.tree, service.fact.program))
            if not settings and version is not None:
                offers = [version]
            named = {name: observation for observation, setting in settings if (name := key_file(setting))}
            found.setdefault(service.tree, []).append(Reader(service, named, tuple(offers[:1]), host_keys))
    return found


def _is_read(service: RunningService, observation: Observation) -> bool:
    """Tell whether a service reads the file of a setting: openvpn reads those that it is told of and no others."""
    if service.fact.program != "openvpn":
        return True
    path = file_of(observation.where)[1]
    return any(reads_configuration(start, path) for _, start in service.starts)


def reads(reader: Reader, observation: Observation, key: PrivateKey, path: str) -> tuple[Observation, ...] | None:
    """Give what says that a service reads a key, besides its kind and place; None when nothing does."""
    if key.purpose == "ssh-host":
        held = reader.host_keys.held(reader.service, observation, key)
        return held.observations if held is not None and held.is_sure else None
    if reader.service.fact.program == "openvpn":  # A key may stand in the configuration itself.
        inline = [one for one, start in reader.service.starts if reads_configuration(start, path)]
        if inline:
            return tuple(inline[:1])
    if reader.named:
        return (reader.named[path], *reader.offers) if path in reader.named and reader.speaks_tls else None
    if reader.service.fact.protocol not in _USERS.get(key.purpose, ()):
        return None
    return reader.offers if reader.speaks_tls else None


class ClientFiles(msgspec.Struct, frozen=True):
    """Files that started commands name, without the leading `/`, by tree and path; by the manual of each client."""

    keys: Mapping[tuple[str, str], tuple[Command, ...]]
    """Commands that show a key to a server."""
    trusted: Mapping[tuple[str, str], tuple[Command, ...]]
    """Commands that take a server's word for it when this authority does."""
    others: Mapping[tuple[str, str], tuple[Command, ...]]
    """Commands of other programs, which may put something else in the file's place."""


def client_files(evidence: Evidence) -> ClientFiles:
    """Give the files of keys and authorities that the commands of started scripts name."""
    found: tuple[dict[tuple[str, str], tuple[Command, ...]], ...] = ({}, {}, {})
    for observation, start in evidence.of(StartedProgram):
        tree, keys = tree_of(observation.where), set(_given(start, _KEY_OPTIONS))
        trusted = set(_given(start, _TRUST_OPTIONS))
        other = set() if keys or trusted else {word for word in start.arguments if word.startswith("/")}
        for files, kept in zip((keys, trusted, other), found, strict=True):
            for file in files if runs(start) or kept is found[2] else ():
                one = tree, file.lstrip("/")
                kept[one] = (*kept.get(one, ()), (observation, start))
    return ClientFiles(*found)


def _given(start: StartedProgram, options: Mapping[str, Sequence[str]]) -> Iterator[str]:
    known = options.get(start.program, ())
    for option, word in pairwise(start.arguments):
        if option in known:
            yield word.partition(":")[0]
    for word in start.arguments:
        option, is_joined, file = word.partition("=")
        if is_joined and option in known:
            yield file.partition(":")[0]

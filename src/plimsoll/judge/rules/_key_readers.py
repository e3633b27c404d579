"""Tells which started services read which private keys and certificates, by their settings, else by kind and place."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from plimsoll.judge.rules._host_keys import HostKeys
from plimsoll.judge.rules._offered import key_file, offers_tls
from plimsoll.judge.rules._standing import RunningService, Standings, file_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PrivateKey, TlsSetting
from plimsoll.model.locator import tree_of

_USERS: Mapping[str, tuple[str, ...]] = {"tls-server": ("http", "https")}
"""Protocols of the services that a key of some purpose is for."""


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
    path = "/" + file_of(observation.where)[1]
    return any(path in start.arguments for _, start in service.starts)


def reads(reader: Reader, observation: Observation, key: PrivateKey, path: str) -> tuple[Observation, ...] | None:
    """Give what says that a service reads a key, besides its kind and place; None when nothing does."""
    if key.purpose == "ssh-host":
        held = reader.host_keys.held(reader.service, observation, key)
        return held.observations if held is not None and held.is_sure else None
    if reader.named:
        return (reader.named[path], *reader.offers) if path in reader.named and reader.speaks_tls else None
    if reader.service.fact.protocol not in _USERS.get(key.purpose, ()):
        return None
    return reader.offers if reader.speaks_tls else None

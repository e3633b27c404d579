"""Brings together the ways in which a file tree renews its software: client, what it checks, and where it looks.

Facts belong to one way when they name the same client in the same tree; for scripts of a maker's own, when they stand
in the same script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from plimsoll.judge.rules._commands import Commands, span_of
from plimsoll.judge.rules._fetching import Starts, starts_of_client, starts_of_script, strongest
from plimsoll.judge.rules._standing import Standing, file_of, is_own_host, standing_of
from plimsoll.judge.rules._update_options import Share, looks_by_itself, no_certificate, refuses_older, unsigned
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import (
    Endpoint,
    PublishedKey,
    StartedProgram,
    TlsSetting,
    UpdateClient,
    UpdateGuard,
    UpdateKey,
    UpdateTrust,
)
from plimsoll.model.locator import Place, tree_of

OWN_SCRIPT = "vendor-script"
Check = Literal["signature", "checksum", "nothing", "mixed", "unknown"]
"""What is checked before installing; mixed: a signature by one setting and none by another."""
Channel = Literal["open", "partly", "checked", "unknown"]
"""open: without encryption, or to a server whose certificate is not checked; partly: beside others that are; unknown:
no address was seen."""

_LOCAL_CLIENTS = ("esp-idf", "fwupd", "mcuboot", "rauc", "swupdate", "sysupgrade")
"""Clients that may install from a file only."""
_BY_LINE = ("fwupd",)
"""Clients whose settings name addresses for other ends as well: only those count that tell of the client itself."""
_HANDED_TO = {"hawkbit": "rauc"}
"""Clients that only fetch, with the installer that checks what they hand it."""
_CLEAR = ("http", "ftp", "tftp")
_ENCRYPTED = ("https", "ftps")
_OTHER_PURPOSES = ("telemetry", "time")
_OPENING = re.compile(r"[a-z]+://(?:\[[^\]]*\]|[^/:?#]+)")
_CONFIGURATION = re.compile(r"(?:\A|/)etc/")


class Way(msgspec.Struct, frozen=True):
    """One way to renew the software of a tree."""

    client: str
    """Name as in UpdateClient."""
    label: str
    """Name for a person: the client, or the script of a maker's own."""
    standing: Standing
    """Whether something starts it so that it fetches or installs."""
    starts: Starts
    clients: tuple[Observation, ...]
    trust: tuple[tuple[Observation, UpdateTrust], ...]
    check: Check
    algorithms: tuple[str, ...]
    """What it checks with, lower case; empty texts where that is not known."""
    clear: tuple[tuple[Observation, Endpoint], ...]
    """Addresses of its configuration, script or command line that are not encrypted."""
    encrypted: tuple[tuple[Observation, Endpoint], ...]
    unchecked: tuple[tuple[Observation, TlsSetting], ...]
    """Where its own files or commands switch the check of certificates off."""
    channel: Channel
    keys: tuple[tuple[Observation, UpdateKey], ...] = ()
    """What it checks signatures by."""
    guards: tuple[tuple[Observation, UpdateGuard], ...] = ()
    published: tuple[tuple[Observation, PublishedKey], ...] = ()
    """Those of its keys that anybody can sign with."""
    refuses_older: bool = False
    """Whether its command line says so."""

    @property
    def is_networked(self) -> bool:
        """Whether it fetches over a network."""
        return self.client not in _LOCAL_CLIENTS or bool(self.clear or self.encrypted)

    @property
    def is_automatic(self) -> bool | None:
        """Whether its configuration says that it looks by itself; None when it says nothing."""
        said = {one.fact.automatic for one in self.clients if isinstance(one.fact, UpdateClient)}
        return True if True in said else False if False in said else None

    @property
    def looks(self) -> bool:
        """Whether it is not plain that nothing makes it look for updates."""
        return self.is_networked and looks_by_itself(self.client, self.starts) is not False

    @property
    def interval_s(self) -> int | None:
        """Shortest time between two looks that its configuration names."""
        facts = [one.fact for one in self.clients if isinstance(one.fact, UpdateClient)]
        return min((one.interval_s for one in facts if one.interval_s), default=None)

    @property
    def missing(self) -> tuple[UpdateKey, ...]:
        """Keys that it names and that are not in the image."""
        return tuple(key for _, key in self.keys if key.state == "missing")

    @property
    def trusted(self) -> tuple[UpdateKey, ...]:
        """Keys that it names and that are there."""
        return tuple(key for _, key in self.keys if key.state == "present")

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What it, its checks and its starts are known by."""
        known = (
            *self.clients,
            *(one for one, _ in self.trust),
            *(one for one, _ in self.starts),
            *(one for one, _ in self.keys),
            *(one for one, _ in self.published),
        )
        return tuple(dict.fromkeys(known))

    @property
    def addresses(self) -> tuple[Observation, ...]:
        """What tells from where it fetches, and that certificates are not checked."""
        return tuple(dict.fromkeys(one for one, _ in (*self.clear, *self.encrypted, *self.unchecked)))


def every_way(evidence: Evidence) -> tuple[Way, ...]:
    """Give what `ways` gives, for `Evidence.once`."""
    return tuple(ways(evidence))


def ways(evidence: Evidence) -> Iterator[Way]:
    """Give each way, in the order in which its client or its first setting was seen."""
    groups: dict[tuple[str, str, str], list[Observation]] = {}
    for observation in evidence.observations:
        fact = observation.fact
        if isinstance(fact, UpdateClient | UpdateTrust):
            client = fact.name if isinstance(fact, UpdateClient) else fact.client
            groups.setdefault(_group_of(observation, client), []).append(observation)
    if not groups:
        return
    around = _Around(evidence)
    for (tree, client, script), group in groups.items():
        installer = groups.get((tree, _HANDED_TO.get(client, ""), ""), [])
        handed = [one for one in installer if isinstance(one.fact, UpdateTrust) and one.fact.check == "signature"]
        yield _way(tree, client, script, [*group, *handed], around)


def _group_of(observation: Observation, client: str) -> tuple[str, str, str]:
    """Name the way that a fact belongs to: tree, client, and the script of a maker's own."""
    tree, path = file_of(observation.where)
    return tree, client, path if client == OWN_SCRIPT else ""


class _Around:
    """What stands in the same tree or file as an update client, so that each way is joined at the cost of its own."""

    def __init__(self, evidence: Evidence) -> None:
        self.commands = Commands(evidence)
        self.starts: dict[str, list[tuple[Observation, StartedProgram]]] = {}
        self.starts_of: dict[tuple[str, str], list[tuple[Observation, StartedProgram]]] = {}
        self.endpoints: dict[str | tuple[str, str], list[tuple[Observation, Endpoint]]] = {}
        self.switches: dict[str | tuple[str, str], list[tuple[Observation, TlsSetting]]] = {}
        self.keys: dict[tuple[str, str, str], list[tuple[Observation, UpdateKey]]] = {}
        self.guards: dict[tuple[str, str, str], list[tuple[Observation, UpdateGuard]]] = {}
        self.published: dict[Place, list[tuple[Observation, PublishedKey]]] = {}
        for observation, trusted in evidence.of(UpdateKey):
            self.keys.setdefault(_group_of(observation, trusted.client), []).append((observation, trusted))
        for observation, guard in evidence.of(UpdateGuard):
            self.guards.setdefault(_group_of(observation, guard.client), []).append((observation, guard))
        for observation, published in evidence.of(PublishedKey):
            self.published.setdefault(observation.where, []).append((observation, published))
        for observation, start in evidence.of(StartedProgram):
            tree = tree_of(observation.where)
            self.starts.setdefault(tree, []).append((observation, start))
            self.starts_of.setdefault((tree, start.path), []).append((observation, start))
        for observation, endpoint in evidence.of(Endpoint):
            if endpoint.active:
                for key in (tree_of(observation.where), file_of(observation.where)):
                    self.endpoints.setdefault(key, []).append((observation, endpoint))
        for observation, setting in evidence.of(TlsSetting):
            if setting.setting == "verify-peer" and setting.value in ("off", "never") and setting.active:
                for key in (tree_of(observation.where), file_of(observation.where)):
                    self.switches.setdefault(key, []).append((observation, setting))


def _way(tree: str, client: str, script: str, group: Sequence[Observation], around: _Around) -> Way:
    clients = tuple(one for one in group if isinstance(one.fact, UpdateClient))
    trust = tuple((one, one.fact) for one in group if isinstance(one.fact, UpdateTrust))
    if client == OWN_SCRIPT:
        standing, starts = starts_of_script(group[0].where, around.starts_of.get((tree, script), ()), around.commands)
    else:
        starts = starts_of_client(client, around.starts.get(tree, ()))
        standing = strongest(standing_of(start.state) for _, start in starts)
    if any(isinstance(one.fact, UpdateClient) and standing_of(one.fact.state) == "started" for one in clients):
        standing = "started"
    key = (tree, script) if client == OWN_SCRIPT else tree
    commands = [] if script else [one for one, _ in starts]
    if client in _BY_LINE:
        places = _Places(tree, OWN_SCRIPT, set(), [*clients, *commands])
    else:
        places = _Places(tree, client, {file_of(one.where) for one in group}, commands)
    addresses = [one for one in around.endpoints.get(key, ()) if places.hold(one[0].where)]
    used = [one for one in addresses if one[1].purpose not in _OTHER_PURPOSES and not is_own_host(one[1].host)]
    clear = tuple(one for one in used if one[1].scheme in _CLEAR)
    encrypted = tuple(one for one in used if one[1].scheme in _ENCRYPTED)
    others = [one for _, one in addresses if one.purpose in _OTHER_PURPOSES]
    unchecked = tuple(_unchecked(around.switches.get(key, ()), places, others))
    check = _check(client, trust, starts)
    keys = around.keys.get((tree, _HANDED_TO.get(client, client), script), [])
    guards = around.guards.get((tree, _HANDED_TO.get(client, client), script), [])
    return Way(
        client=client,
        label=script.rpartition("/")[2] if script else client,
        standing=standing,
        starts=starts,
        clients=clients,
        trust=trust,
        check=check,
        algorithms=tuple(one.algorithm.lower() for _, one in trust if one.state == "on" and one.check == check),
        clear=clear,
        encrypted=encrypted,
        unchecked=unchecked,
        channel=_channel(trust, clear, encrypted, unchecked, no_certificate(client, starts)),
        keys=tuple(keys),
        guards=tuple(guards),
        published=tuple(_published(keys, around)),
        refuses_older=refuses_older(client, starts),
    )


def _published(
    keys: Iterable[tuple[Observation, UpdateKey]], around: _Around
) -> Iterator[tuple[Observation, PublishedKey]]:
    """Give the published ones of the keys that are in use."""
    for observation, key in keys:
        for one, published in around.published.get(observation.where, ()):
            digests = key.public_digest, key.other_digest
            if key.state == "present" and published.digest and published.digest in digests:
                yield one, published


class _Places:
    """Where settings and addresses of one client stand."""

    def __init__(self, tree: str, client: str, files: set[tuple[str, str]], commands: Sequence[Observation]) -> None:
        self._tree = tree
        self._client = client
        self._files = files
        self._commands = [(file_of(one.where), *span_of(one.where)) for one in commands]

    def hold(self, where: Place) -> bool:
        """Tell whether a place is in a file of the client, in a folder of its name under etc, or in a command of it."""
        file = file_of(where)
        if file in self._files:
            return True
        tree, path = file
        is_configuration = tree == self._tree and _CONFIGURATION.search(path) is not None
        if is_configuration and self._client != OWN_SCRIPT and self._client in path.split("/")[:-1]:
            return True
        offset, _ = span_of(where)
        return any(file == other and start <= offset < start + length for other, start, length in self._commands)


def _unchecked(
    switches: Iterable[tuple[Observation, TlsSetting]], places: _Places, others: Iterable[Endpoint]
) -> Iterator[tuple[Observation, TlsSetting]]:
    """Give the switches of a client's files, without those for an address that is not for updates."""
    elsewhere = {f"{one.scheme}://{one.host}" for one in others}
    for observation, fact in switches:
        is_other = is_own_host(fact.endpoint) or _opening(fact.endpoint) in elsewhere
        if not is_other and places.hold(observation.where):
            yield observation, fact


def _opening(address: str) -> str:
    """Give scheme and host of the text of an address; empty when it has none."""
    match = _OPENING.match(address.lower())
    return match[0] if match else ""


def _check(client: str, trust: Sequence[tuple[Observation, UpdateTrust]], starts: Starts) -> Check:
    said = {one.state for _, one in trust if one.check == "signature"} - {"unknown"}
    if (share := unsigned(client, starts)) != "none":
        return "nothing" if share == "all" else "mixed"
    if said == {"on", "off"}:
        return "mixed"
    if said == {"on"}:
        return "signature"
    if said:
        return _without_key(client, starts)
    if any(one.check == "none" and one.state == "unknown" for _, one in trust):
        return "unknown"
    if any(one.check == "checksum" and one.state == "on" for _, one in trust):
        return "checksum"
    return "nothing" if any(one.check == "none" and one.state == "off" for _, one in trust) else "unknown"


def _without_key(client: str, starts: Starts) -> Check:
    """Tell what is checked where the configuration names no key: SWUpdate takes one by its option -k as well."""
    words = [start.arguments for _, start in starts] if client == "swupdate" else []
    keyed = [any(word.startswith(("-k", "--key")) for word in one) for one in words]
    if keyed and all(keyed):
        return "signature"
    return "unknown" if any(keyed) or any("$" in word for one in words for word in one) else "nothing"


def _channel(
    trust: Sequence[tuple[Observation, UpdateTrust]],
    clear: Sequence[tuple[Observation, Endpoint]],
    encrypted: Sequence[tuple[Observation, Endpoint]],
    unchecked: Sequence[tuple[Observation, TlsSetting]],
    by_option: Share,
) -> Channel:
    """Tell how well a client knows whom it fetches from; a switch without an address is for the only host there is."""
    if any(one.check == "certificate" and one.state == "off" for _, one in trust):
        return "open"
    if by_option != "none" and encrypted:
        return "open" if by_option == "all" else "partly"
    if not clear and not unchecked:
        return "checked" if encrypted else "unknown"
    switched = {_opening(fact.endpoint) for _, fact in unchecked}
    hosts = {f"{one.scheme}://{one.host}" for _, one in encrypted}
    if "" in switched and len(hosts) == 1:
        return "open"
    return "partly" if hosts - switched else "open"

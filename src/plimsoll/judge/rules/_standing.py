"""Joins facts by where they stand: what of a file tree is started, and which services let somebody in.

A fact in a script counts as run when something starts that very file in the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from plimsoll.judge.rules._brought import Brought, Lying, brought_from
from plimsoll.judge.rules._sshd_options import in_force
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import AuthorizedKey, Service, ServiceSetting, StartedProgram
from plimsoll.model.facts.service import StartState
from plimsoll.model.locator import Place, tree_of
from plimsoll.model.verdict import Effect

Standing = Literal["started", "perhaps", "never"]
"""started: every unit runs it, at boot or when a connection comes; perhaps: under a condition that could not be
decided; never: nothing that was seen starts it."""

_STANDINGS: Mapping[StartState, Standing] = {
    "always": "started",
    "first-boot": "started",
    "on-demand": "started",
    "conditional": "perhaps",
    "disabled": "never",
    "not-started": "never",
}
CLEAR_SCHEMES = ("http", "ftp", "mqtt", "ws", "coap", "rtsp", "tftp")
"""Schemes of addresses that are not encrypted."""

_UNFILLED = re.compile(r"[$%{<]|(?:\A|\.)(?:example|invalid)(?:\.|\Z)|\Ayour|\A(?:0\.0\.0\.0|changeme|none)\Z")
_OWN_HOST = re.compile(
    r"(?:[a-z]+://)?(?:[^/@]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)(?:[:/]|\Z)", re.IGNORECASE
)
_OFF = ("no", "off", "0", "false", "disabled")
_BYTES = re.compile(r"\+0x([0-9a-f]{1,15}):([0-9]{1,18})\Z")
STANDINGS: Sequence[Standing] = ("started", "perhaps", "never")


def standing_of(state: StartState) -> Standing:
    """Say what a start comes to."""
    return _STANDINGS[state]


def effect_of(standing: Standing) -> Effect:
    """Give the effect of something bad: it decides where it is started, and is a suspicion where that is not known."""
    return "refutes" if standing == "started" else "suspects"


@lru_cache(maxsize=8192)  # Many rules ask of the same places.
def file_of(where: Place) -> tuple[str, str]:
    """Give the tree of a place in an image, and the escaped path of the file in it; empty for the tree itself."""
    tree = tree_of(where)
    return tree, where[len(tree) :].partition("+")[0].lstrip("/")


def name_of(where: Place) -> str:
    """Give the escaped base name of the file that a place lies in."""
    return file_of(where)[1].rpartition("/")[2]


def span_of(where: Place) -> tuple[int, int]:
    """Give offset and length of the bytes that a place names in its file; (-1, 0) when it names the whole."""
    match = _BYTES.search(where)
    return (int(match[1], 16), int(match[2])) if match else (-1, 0)


def in_order(observation: Observation) -> tuple[str, int, str]:
    """Give the key by which observations are sorted by file, by place in the file, and by what was seen there."""
    return observation.where.partition("+")[0], span_of(observation.where)[0], repr(observation.fact)


def is_own_host(address: str) -> bool:
    """Tell whether a host, or the host of an address, is the product itself."""
    return _OWN_HOST.match(address) is not None


def is_unfilled(host: str) -> bool:
    """Tell whether a host is none that a command can be for; one called `test` is, for who answers for it is obeyed."""
    return _UNFILLED.search(host) is not None


class RunningService(msgspec.Struct, frozen=True):
    """A service that is started, or perhaps is."""

    tree: str
    fact: Service
    standing: Literal["started", "perhaps"]
    observation: Observation
    starts: tuple[tuple[Observation, StartedProgram], ...]
    """The starts it was derived from that are not known to be switched off."""

    @property
    def is_reached(self) -> bool:
        """Whether it is reached from the network."""
        return self.fact.reach in ("internet", "network")

    @property
    def sure_starts(self) -> tuple[tuple[Observation, StartedProgram], ...]:
        """Give the starts that every unit makes; all of them where none is sure."""
        sure = tuple(one for one in self.starts if standing_of(one[1].state) == "started")
        return sure or self.starts

    @property
    def is_openwrt(self) -> bool:
        """Whether procd starts it, so that it is a build of OpenWrt's."""
        return any(start.mechanism == "procd" for _, start in self.starts)


class Standings:
    """What is started in each tree of the evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self._files: dict[tuple[str, str], list[tuple[Standing, Observation]]] = {}
        self._places: dict[Place, list[tuple[Observation, StartedProgram]]] = {}
        self._settings: dict[tuple[str, str], list[tuple[Observation, ServiceSetting]]] = {}
        for observation, start in evidence.of(StartedProgram):
            key = tree_of(observation.where), start.path
            self._files.setdefault(key, []).append((standing_of(start.state), observation))
            self._places.setdefault(observation.where, []).append((observation, start))
        self._unread: dict[tuple[str, str], list[tuple[Observation, ServiceSetting]]] = {}
        for observation, setting in evidence.of(ServiceSetting):
            name = tree_of(observation.where), setting.service
            (self._settings if setting.active else self._unread).setdefault(name, []).append((observation, setting))
        trees = {tree for tree, _ in (*self._settings, *self._unread)} | {
            tree_of(one.where) for one, _ in evidence.of(AuthorizedKey)
        }
        self._brought = brought_from(evidence, sorted(trees), self._places)
        for inner, ways in self._brought.items():
            self._bring(inner, ways)
        self.services: tuple[RunningService, ...] = tuple(
            sorted(self._services(evidence), key=lambda one: (one.observation.where, str(one.fact)))
        )

    def lying(self, where: Place) -> list[Lying]:
        """Give where the file of a place lies: in its own tree, or where a started command unpacks its archive."""
        tree, path = file_of(where)
        ways = [
            Lying(one.tree, one.folder + path, one.is_sure, one.observations) for one in self._brought.get(tree, ())
        ]
        return [Lying(tree, path), *ways]

    def _bring(self, inner: str, ways: Sequence[Brought]) -> None:
        """Let the settings in an archive count in the tree that it is unpacked into, in place of those it replaces.

        Where it may be unpacked, they count beside those that they may replace, so that which one holds is open.
        """
        for (tree, service), told in list(self._settings.items()):
            for way in ways if tree == inner else ():
                put = {way.folder + file_of(one.where)[1] for one, _ in told}
                own = self._settings.get((way.tree, service), [])
                kept = [one for one in own if not (way.is_sure and file_of(one[0].where)[1] in put)]
                known = {setting.key for _, setting in own}
                more = [one for one in told if way.is_sure or one[1].key in known]
                self._settings[way.tree, service] = [*kept, *more]

    def of_file(self, where: Place) -> tuple[Standing, tuple[Observation, ...]]:
        """Say whether the file that a place lies in is started, with the observation of its strongest start."""
        tree, path = file_of(where)
        starts = self._files.get((tree, path), []) if path else []
        if not starts:
            return "never", ()
        standing, observation = min(starts, key=lambda one: (STANDINGS.index(one[0]), one[1].where))
        return standing, () if standing == "never" else (observation,)

    def settings(self, service: RunningService, *keys: str) -> list[tuple[Observation, ServiceSetting]]:
        """Give the settings of a service that are in force, of some keys or of all."""
        name = service.tree, service.fact.program
        found = self._settings.get(name, [])
        if service.fact.program == "sshd":
            found = in_force(service.sure_starts, found, self._unread.get(name, []))
        return [one for one in found if not keys or one[1].key in keys]

    def switch(self, service: RunningService, key: str) -> Literal["on", "off", "mixed", ""]:
        """Say how a setting of a service that is on or off stands; empty when it was not seen."""
        said = {setting.value.lower() not in _OFF for _, setting in self.settings(service, key)}
        if len(said) == 2:
            return "mixed"
        return ("on" if said == {True} else "off") if said else ""

    def services_in(self, tree: str, *protocols: str) -> list[RunningService]:
        """Give the services of a tree that speak one of some protocols, or any."""
        return [one for one in self.services if one.tree == tree and (not protocols or one.fact.protocol in protocols)]

    def _services(self, evidence: Evidence) -> Iterator[RunningService]:
        for observation, fact in evidence.of(Service):
            standing = standing_of(fact.state)
            if standing != "never":
                tree = tree_of(observation.where)
                yield RunningService(tree, fact, standing, observation, tuple(self._starts(observation, fact)))

    def _starts(self, observation: Observation, fact: Service) -> Iterator[tuple[Observation, StartedProgram]]:
        for where in observation.because or (observation.where,):
            for start in self._places.get(where, ()):
                is_script = start[1].path.startswith("etc/")  # A start script that has the name of its service.
                if start[1].program == fact.program and standing_of(start[1].state) != "never" and not is_script:
                    yield start

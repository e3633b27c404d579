"""Tells whether a server of SSH that is started has a host key of the image, which every unit then has.

Where servers look is told by sshd(8), sshd_config(5) and the manual of dropbear. A key is put there by the image itself
or by a start script that copies it; `ssh-keygen -A` and start scripts that make what is missing leave it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from plimsoll.judge.rules._copies import Copies, is_same
from plimsoll.judge.rules._standing import RunningService, Standings, file_of, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PrivateKey, StartedProgram
from plimsoll.model.locator import tree_of

_LOOKED_FOR: Mapping[str, re.Pattern[str]] = {
    "sshd": re.compile(r"(?:usr/local/)?etc/(?:ssh/)?ssh_host_(?:rsa|dsa|ecdsa|ed25519)_key\Z"),
    "dropbear": re.compile(r"etc/dropbear/dropbear_(?:rsa|dss|ecdsa|ed25519)_host_key\Z"),
}
"""Where a server looks without being told."""
_OPTIONS: Mapping[str, str] = {"dropbear": "-r", "sshd": "-h"}
_KEYS = ("*key", "*_key", "*host_key")
"""Patterns that take in a host key."""
_MAKERS = ("dropbearkey", "ssh-keygen")

Start = tuple[Observation, StartedProgram]


class Held(msgspec.Struct, frozen=True):
    """How a service comes by a key of the image."""

    is_sure: bool
    """Whether it is seen to lie where the service looks and nothing seen makes another there."""
    is_made: bool
    """Whether a start script makes a key in its place, or may."""
    observations: tuple[Observation, ...]


class HostKeys:
    """The copies of keys and the makers of keys that are started in each tree."""

    def __init__(self, evidence: Evidence) -> None:
        self._standings, self._copies = evidence.once(Standings), Copies(evidence)
        self._starts: dict[str, list[Start]] = {}
        for observation, start in evidence.of(StartedProgram):
            if start.program in _MAKERS and standing_of(start.state) != "never":
                self._starts.setdefault(tree_of(observation.where), []).append((observation, start))

    def held(self, service: RunningService, observation: Observation, key: PrivateKey) -> Held | None:
        """Say how a server of SSH comes by a host key; None when it looks elsewhere or takes no key of this form."""
        program = service.fact.program
        if service.fact.protocol != "ssh" or (program == "dropbear") != (key.container == "dropbear"):
            return None
        path = file_of(observation.where)[1]
        named = self._named(service)
        if not _is_looked_for(path, program, named):
            for copy, standing, target in self._copies.of(service.tree, path, _KEYS):
                if _is_looked_for(target, program, named):
                    makers = self._makers(service.tree, target)
                    is_sure = standing == "started" and not makers
                    return Held(is_sure, bool(makers), (copy, *makers[:1]))
            return None if named else Held(False, False, ())
        makers = self._makers(service.tree, path)
        grounds = tuple(one for one, word in named if is_same(word, path))
        return Held(not makers, bool(makers), (*grounds[:1], *makers[:1]))

    def _named(self, service: RunningService) -> list[tuple[Observation, str]]:
        """Give the files that a server is told to take its keys from."""
        option = _OPTIONS.get(service.fact.program, "")
        told = [
            (observation, word)
            for observation, start in service.starts
            for before, word in pairwise(start.arguments)
            if before == option
        ]
        settings = self._standings.settings(service, "hostkey") if service.fact.program == "sshd" else []
        return [*told, *((observation, setting.value) for observation, setting in settings)]

    def _makers(self, tree: str, path: str) -> tuple[Observation, ...]:
        """Give what makes a key at a path, whether or not one lies there."""
        return tuple(
            observation
            for observation, start in self._starts.get(tree, ())
            if any(is_same(word, path) for word in start.arguments)
        )


def _is_looked_for(path: str, program: str, named: Sequence[tuple[Observation, str]]) -> bool:
    if named:
        return any(is_same(word, path) for _, word in named)
    pattern = _LOOKED_FOR.get(program)
    return pattern is not None and pattern.match(path) is not None

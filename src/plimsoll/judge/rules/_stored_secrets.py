"""What reads the files in which secrets stand, what sets the secrets of services, and which are published defaults."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from plimsoll.judge.rules._standing import RunningService, Standings, file_of, in_order, name_of, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Credential, GuessedPassword, SecretProvisioning, StartedProgram, StoreReader
from plimsoll.model.locator import Place, tree_of

_OWN_FILES: Mapping[str, tuple[str, ...]] = {
    "uhttpd": ("etc/config/rpcd",),
    "httpd": ("etc/httpd.conf",),
    "motion": ("etc/motion/motion.conf",),
    "snmpd": ("etc/snmp/snmpd.conf", "etc/snmp/snmpd.local.conf", "usr/share/snmp/snmpd.conf"),
    "stupid-ftpd": ("etc/stupid-ftpd.conf", "etc/stupid-ftpd/stupid-ftpd.conf"),
}
"""Files that a service reads without being told, by its manual; rpcd checks the logins that come through uhttpd."""

_TOLD_BY_C = ("httpd", "motion")
"""Programs that read the file after `-c` instead of their own."""

Seen = tuple[Observation, ...]


class Stores:
    """What reads the files of a tree that hold secrets, and what sets the secrets of its services."""

    def __init__(self, evidence: Evidence, standings: Standings) -> None:
        self._standings = standings
        self._readers: dict[tuple[str, str], list[Observation]] = {}
        self._changes: dict[tuple[str, str], list[tuple[Observation, SecretProvisioning]]] = {}
        self._defaults: dict[tuple[Place, str], tuple[Observation, str]] = {}
        self._told: dict[tuple[str, str], Seen] = {}
        for observation, start in evidence.of(StartedProgram):
            if standing_of(start.state) != "never":
                for word in start.arguments:
                    self._told.setdefault((tree_of(observation.where), word), (observation,))
        for observation, reader in evidence.of(StoreReader):
            self._readers.setdefault((tree_of(observation.where), reader.path), []).append(observation)
        for observation, change in evidence.of(SecretProvisioning):
            self._changes.setdefault((tree_of(observation.where), change.subject), []).append((observation, change))
        for observation, guessed in evidence.of(GuessedPassword):
            self._defaults[observation.where, guessed.secret.digest] = observation, guessed.known_default

    def change(self, tree: str, subject: str) -> tuple[bool, Seen] | None:
        """Give what sets another secret than a constant: whether it runs or may, and the grounds; None without any."""
        found: tuple[bool, Seen] | None = None
        for observation, change in sorted(self._changes.get((tree, subject), ()), key=lambda one: in_order(one[0])):
            standing, script = self._standings.of_file(observation.where)
            if change.source == "constant":
                continue
            if standing != "never":
                return True, (observation, *script)
            if change.source in ("random", "per-device") and found is None:
                found = False, (observation,)
        return found

    def default(self, observation: Observation, fact: Credential) -> tuple[Seen, str]:
        """Give the published default password that a secret is, with the ground; empty when it is none."""
        found = self._defaults.get((observation.where, fact.secret.digest))
        return ((found[0],), found[1]) if found else ((), "")

    def reading(self, observation: Observation, service: RunningService) -> Seen | None:
        """Give what says that a service reads the file of a secret; None when nothing does."""
        tree, path = file_of(observation.where)
        if path in _OWN_FILES.get(service.fact.program, ()) and not _is_told_another(service):
            return ()
        for where, start in service.starts:
            places = {file_of(where.where)[1], *(file_of(one)[1] for one in observation.because)}
            if path in places and self._standings.of_file(observation.where)[0] == "started":
                return ()
            if any(file_of(one) == file_of(where.where) for one in observation.because):
                return (where,)
            if f"/{path}" in start.arguments or any(word.endswith("=/" + path) for word in start.arguments):
                return (where,)
        for where, setting in self._standings.settings(service):
            if setting.value.strip("\"'") == f"/{path}":
                return (where,)
        programs = {start.path for _, start in service.starts}
        return next(((one,) for one in self._readers.get((tree, path), ()) if file_of(one.where)[1] in programs), None)

    def others(self, where: Place, own: Collection[str], places: Collection[Place]) -> Seen:
        """Give the programs that name the file of a secret, but for some by their names and some by their files.

        A script that nothing starts does not count: what a script writes is told where it stands.
        """
        told = {file_of(one) for one in places}
        found = self._readers.get(file_of(where), ())
        return tuple(
            one
            for one in found
            if name_of(one.where) not in own and file_of(one.where) not in told and not self._is_idle(one)
        )

    def _is_idle(self, reader: Observation) -> bool:
        is_script = isinstance(reader.fact, StoreReader) and reader.fact.is_script
        return is_script and self._standings.of_file(reader.where)[0] == "never"

    def named(self, where: Place) -> Seen:
        """Give the start of a program that is told the file of a secret by its arguments."""
        tree, path = file_of(where)
        return self._told.get((tree, "/" + path), ())

    def started_reader(self, where: Place) -> Seen:
        """Give a program or script that is started and names the file of a secret."""
        for one in self._readers.get(file_of(where), ()):
            standing, start = self._standings.of_file(one.where)
            if standing == "started":
                return (one, *start)
        return ()


def _is_told_another(service: RunningService) -> bool:
    """Tell whether a service is told on its command line to read another file than its own."""
    words = [word for _, start in service.starts for word in start.arguments]
    if service.fact.program == "snmpd":
        return "-C" in words
    return service.fact.program in _TOLD_BY_C and any(re.match(r"-[a-z]*c", word) for word in words)

"""Started commands that fetch over TLS by a program that cannot check a certificate: the wget of BusyBox.

Sources: what BusyBox itself prints when its own TLS is used, the help of its options FEATURE_WGET_HTTPS and
FEATURE_WGET_OPENSSL, and the notes on CVE-2018-1000500: its own TLS checks no certificate; a build may hand the
connection to `openssl s_client` where there is one, which has it checked from 1.32 on, and to a program `ssl_client`.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.match.matcher import Matcher
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Executable, StartedProgram, TlsProgram, TlsSetting
from plimsoll.model.locator import Place, tree_of

_ENCRYPTED = ("https://", "ftps://")


class UncheckedFetches(Matcher):
    """Gives each started command of BusyBox's wget that calls an encrypted address nobody checks."""

    id = "unchecked-fetches"
    title = "Does the product fetch over TLS by a program that checks no certificate?"
    what = (
        "Started commands of wget with an address of https or ftps, where wget is that of a BusyBox which says that "
        "its TLS checks no certificate, and no openssl or ssl_client in the same tree does it in its place."
    )
    limits = "An address that comes from elsewhere while the product runs is not seen."

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Give each command as a setting, at its place."""
        programs = _programs(evidence)
        others = _helpers(evidence, programs)
        for observation, start in evidence.of(StartedProgram):
            tree = tree_of(observation.where)
            program = programs.get((tree, start.path)) if start.program == "wget" else None
            if program is None or start.state in ("disabled", "not-started"):
                continue
            if "ssl_client" in others.get(tree, ()) or (program[1].own_checks and "openssl" in others.get(tree, ())):
                continue
            for word in dict.fromkeys(_encrypted(start)):
                fact = TlsSetting("wget", "verify-peer", "never", word)
                because = (observation.where, program[0].where)
                yield Observation(fact, observation.where, self.id, None, "derived", observation.window, because)


def _programs(evidence: Evidence) -> dict[tuple[str, str], tuple[Observation, TlsProgram]]:
    """Give each BusyBox with a TLS of its own, by tree and path."""
    return {
        (tree_of(one.where), _path(one.where)): (one, fact)
        for one, fact in evidence.of(TlsProgram)
        if fact.library == "busybox"
    }


def _helpers(
    evidence: Evidence, programs: dict[tuple[str, str], tuple[Observation, TlsProgram]]
) -> dict[str, set[str]]:
    """Name the programs of each tree to which a connection may be handed."""
    found: dict[str, set[str]] = {}
    for one, fact in evidence.of(Executable):
        tree, path = tree_of(one.where), _path(one.where)
        name = path.rpartition("/")[2]
        if fact.kind == "program" and name in ("openssl", "ssl_client") and (tree, path) not in programs:
            found.setdefault(tree, set()).add(name)
    return found


def _path(where: Place) -> str:
    """Give the escaped path of the file in its tree."""
    return where[len(tree_of(where)) :].partition("+")[0].lstrip("/")


def _encrypted(start: StartedProgram) -> Iterator[str]:
    if not any(word.startswith("--no-check-certificate") for word in start.arguments):
        yield from (word for word in start.arguments if word.lower().startswith(_ENCRYPTED))

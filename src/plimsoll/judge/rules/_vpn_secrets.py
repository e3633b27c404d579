"""Tells which started command takes the secret of a VPN from its file, and whether another may be put there first.

Where they look is told by wg-quick(8) and wg(8), by ipsec(8), ipsec.secrets(5) and swanctl(8) of strongSwan, and by
openvpn(8).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from plimsoll.judge.rules._commands import runs
from plimsoll.judge.rules._standing import file_of, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import ServiceSetting, StartedProgram
from plimsoll.model.locator import Place, tree_of

_STARTS_IPSEC = ("starter", "charon", "charon-systemd", "pluto")
_IPSEC_FILES = ("etc/ipsec.secrets", "etc/swanctl/swanctl.conf")
_WRITERS = ("echo", "printf", "sed", "cat", "cp", "mv", "tee")
_FILES_OF_OPENVPN = ("secret", "auth-user-pass")

Start = tuple[Observation, StartedProgram]


class VpnSecrets:
    """The commands of each tree that take secrets of VPNs, and those that may write them."""

    def __init__(self, evidence: Evidence) -> None:
        self._takers: dict[str, list[Start]] = {}
        self._makers: dict[str, list[Start]] = {}
        self._named: dict[tuple[str, str], list[Observation]] = {}
        for observation, start in evidence.of(StartedProgram):
            tree = tree_of(observation.where)
            if start.program in ("wg-quick", "wg", "ipsec", "openvpn", *_STARTS_IPSEC) and runs(start):
                self._takers.setdefault(tree, []).append((observation, start))
            is_made = start.program in _WRITERS or (start.program == "wg" and "genkey" in start.arguments)
            if is_made and standing_of(start.state) != "never":
                self._makers.setdefault(tree, []).append((observation, start))
        for observation, setting in evidence.of(ServiceSetting):
            if setting.active and setting.service == "openvpn" and setting.key in _FILES_OF_OPENVPN:
                file = setting.value.split(" ")[0].strip("\"'")
                self._named.setdefault((tree_of(observation.where), file), []).append(observation)

    def taker(self, subject: str, where: Place) -> tuple[Observation, ...]:
        """Give the started command that takes a secret from the file of a place, with what names it."""
        tree, path = file_of(where)
        takers = self._takers.get(tree, ())
        if subject == "openvpn":
            return self._openvpn(tree, path, takers)
        return next((((one,)) for one, start in takers if _takes(subject, path, start)), ())

    def _openvpn(self, tree: str, path: str, takers: Iterable[Start]) -> tuple[Observation, ...]:
        for observation, start in takers:
            if start.program == "openvpn" and f"/{path}" in start.arguments:
                return (observation,)
            for named in (*self._named.get((tree, f"/{path}"), ()), *self._named.get((tree, _name(path)), ())):
                if start.program == "openvpn" and reads_configuration(start, file_of(named.where)[1]):
                    return observation, named
        return ()

    def maker(self, where: Place) -> tuple[Observation, ...]:
        """Give a started command that may put another secret in the file of a place."""
        tree, path = file_of(where)
        for observation, start in self._makers.get(tree, ()):
            told = [word.strip("\"'") for word in start.arguments]
            if (
                start.program == "wg"
                or not told
                or any(word in (f"/{path}", f"/{posixpath.dirname(path)}") for word in told)
            ):
                return (observation,)
        return ()


def reads_configuration(start: StartedProgram, path: str) -> bool:
    """Tell whether a start of openvpn is told to read a configuration: by its path, or by its name in a folder."""
    told = start.arguments
    if f"/{path}" in told:
        return True
    folder = f"/{posixpath.dirname(path)}"
    is_there = folder in told or folder in ("/etc/openvpn/client", "/etc/openvpn/server")
    return is_there and _name(path) in told


def _name(path: str) -> str:
    return posixpath.basename(path)


def _takes(subject: str, path: str, start: StartedProgram) -> bool:
    words = start.arguments
    if subject == "wireguard" and start.program == "wg-quick" and words[:1] == ("up",) and len(words) > 1:
        return words[1] == f"/{path}" or path == f"etc/wireguard/{words[1]}.conf"
    if subject == "wireguard" and start.program == "wg":
        return words[:1] in (("setconf",), ("addconf",), ("syncconf",)) and f"/{path}" in words
    if subject == "ipsec" and path in _IPSEC_FILES:
        return start.program in _STARTS_IPSEC or (start.program == "ipsec" and words[:1] in (("start",), ("restart",)))
    return False

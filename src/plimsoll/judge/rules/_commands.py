"""Finds the started command that something in a script belongs to, by the bytes they share.

What a command asks a peer for is told by the manuals of curl, wget, uclient-fetch, busybox (ftpput, ftpget) and the
clients of mosquitto.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import pairwise

from plimsoll.judge.rules._standing import CLEAR_SCHEMES, file_of, is_own_host, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import StartedProgram
from plimsoll.model.locator import Place

Command = tuple[Observation, StartedProgram]

_BYTES = re.compile(r"\+0x([0-9a-f]{1,16}):([0-9]{1,16})\Z")
_ADDRESS = re.compile(r"([a-z]{2,6})://(?:[^/@\s]*@)?([^/:?#\s]+)", re.IGNORECASE)
_START_SCRIPT = re.compile(r"/(?:init\.d|rc\.d|rc[0-9S]\.d)/")

_LOOP = re.compile(r"(?:\[? *1 *\]?|true|:|u?sleep +[\w.$\"{}]+)")
"""Conditions of loops that go on for ever."""

_MOSQUITTO = ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr")
_FTP = ("ftpput", "ftpget", "ncftpput", "ncftpget")
_MOSQUITTO_TLS = ("--cafile", "--capath", "--tls-use-os-certs", "--psk", "--tls-alpn", "--tls-version", "--cert")
_SENDING: Mapping[str, re.Pattern[str]] = {
    "curl": re.compile(r"-[aBfgGiIjklLnNqRsSvZ0-6]*[dFT].*|--(?:data(?:-[a-z]+)?|json|form|upload-file)(?:=.*)?"),
    "wget": re.compile(r"--(?:post|body)-(?:data|file)(?:=.*)?"),
    "uclient-fetch": re.compile(r"--post-(?:data|file)(?:=.*)?"),
}
"""Options with which a program sends a body."""
_VALUES = re.compile(r"[a-z]+://[^?]*\?[^=]*=[^$`]*[$`]", re.IGNORECASE)
_SENDERS = ("mosquitto_pub", "mosquitto_rr", "ftpput", "ncftpput")


def span_of(where: Place) -> tuple[int, int]:
    """Give offset and length in bytes of a place in a file; both 0 for a file as a whole."""
    match = _BYTES.search(where)
    return (int(match[1], 16), int(match[2])) if match else (0, 0)


def is_start_script(where: Place) -> bool:
    """Tell whether a file is a start script, which may do other things than start when it is called by hand."""
    return _START_SCRIPT.search("/" + file_of(where)[1]) is not None


class Commands:
    """The commands of scripts that are started, or perhaps are."""

    def __init__(self, evidence: Evidence) -> None:
        self._by_file: dict[tuple[str, str], list[tuple[int, int, Command]]] = {}
        self._longest = 0
        for observation, start in evidence.of(StartedProgram):
            offset, length = span_of(observation.where)
            if length and standing_of(start.state) != "never":
                one = offset, offset + length, (observation, start)
                self._by_file.setdefault(file_of(observation.where), []).append(one)
                self._longest = max(self._longest, length)
        for commands in self._by_file.values():
            commands.sort(key=_first)

    def of_file(self, where: Place) -> tuple[Command, ...]:
        """Give the started commands that stand in the file of a place."""
        return tuple(command for _, _, command in self._by_file.get(file_of(where), ()))

    def ruled_by(self, where: Place) -> tuple[Command, ...]:
        """Give the started commands that a place lies in, or that begin right behind it, as behind `NAME=value`."""
        offset, length = span_of(where)
        behind = range(offset + length, offset + length + 3) if length else ()
        begun = [one for start, _, one in self._by_file.get(file_of(where), ()) if start in behind]
        return self.at(where) or tuple(begun)

    def at(self, where: Place) -> tuple[Command, ...]:
        """Give the started commands that a place lies in."""
        offset, length = span_of(where)
        commands = self._by_file.get(file_of(where), []) if length else []
        first = bisect_left(commands, offset - self._longest, key=_first)
        last = bisect_right(commands, offset, key=_first)
        return tuple(command for _, end, command in commands[first:last] if offset < end)


def _first(command: tuple[int, int, Command]) -> int:
    return command[0]


def runs(start: StartedProgram) -> bool:
    """Tell whether a command of a script that is started runs for sure: at once, or whenever a loop has slept."""
    return standing_of(start.state) == "started" or (
        start.state == "conditional" and _LOOP.fullmatch(start.condition) is not None
    )


def is_in_clear(start: StartedProgram) -> bool:
    """Tell whether a command speaks to other hosts and to all of them without encryption, as far as its words show."""
    if start.program in _MOSQUITTO:
        return _is_clear_mosquitto(start.arguments)
    if start.program in _FTP:
        return _is_clear_ftp(start.arguments)
    hosts = [(match[1].lower(), match[2]) for word in start.arguments if (match := _ADDRESS.match(word))]
    others = [scheme for scheme, host in hosts if not is_own_host(host)]
    return bool(others) and all(scheme in CLEAR_SCHEMES for scheme in others)


def _is_clear_ftp(arguments: tuple[str, ...]) -> bool:
    """Answer for clients of FTP that know no encryption: the host is the first word that is no option."""
    host, is_value = "", False
    for word in arguments:
        if not is_value and not word.startswith("-"):
            host = word
            break
        is_value = not is_value and re.fullmatch(r"-[a-z]*[upP]|--(?:username|password|port)", word) is not None
    return bool(host) and "$" not in host and not is_own_host(host)


def _is_clear_mosquitto(arguments: tuple[str, ...]) -> bool:
    if any(word.startswith(_MOSQUITTO_TLS) for word in arguments) or "8883" in arguments:
        return False
    hosts = _after(arguments, "-h", "--host")
    urls = _after(arguments, "-L", "--url")
    if any(not url.lower().startswith("mqtt://") for url in urls) or any("$" in word for word in hosts + urls):
        return False
    return bool(urls or hosts) and not any(is_own_host(one) for one in hosts + urls)


def _after(arguments: tuple[str, ...], *options: str) -> list[str]:
    return [word for option, word in pairwise(arguments) if option in options]


def sends(start: StartedProgram) -> bool:
    """Tell whether a command sends something of its own and does not merely ask: a body, or values in the address."""
    if start.program in _SENDERS:
        return True
    options = _SENDING.get(start.program)
    if options is None:
        return False
    return any(options.fullmatch(word) or _VALUES.match(word) for word in start.arguments)

"""Tells what the command line of an update client changes in what it checks, and whether it makes it look by itself.

Options are those of the manuals of SWUpdate, Mender, RAUC, apk, apt-get and opkg.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from plimsoll.judge.rules._fetching import Starts
from plimsoll.model.facts import StartedProgram

Share = Literal["all", "some", "none"]
"""How many of the starts of a client an option is given in."""

_UNSIGNED: Mapping[str, re.Pattern[str]] = {
    "apk": re.compile(r"--allow-untrusted"),
    "apt": re.compile(r"--allow-unauthenticated|--force-yes|(?i:APT::Get::AllowUnauthenticated=(?:true|yes|1))"),
}
_NO_CERTIFICATE: Mapping[str, re.Pattern[str]] = {
    "mender": re.compile(r"--?skipverify"),
    "opkg": re.compile(r"--no-check-certificate"),
    "rauc": re.compile(r"--tls-no-verify"),
    "apt": re.compile(r"(?i:Acquire::https::Verify-Peer=(?:false|no|0))"),
}
_SURICATTA = re.compile(r"(?:\A|\s)(?:-x|--nocheckcert)(?:\s|\Z)")


def unsigned(client: str, starts: Starts) -> Share:
    """Tell in which starts a client is told to ask for no signature."""
    pattern = _UNSIGNED.get(client)
    return _share(starts, lambda start: _has(start, pattern)) if pattern else "none"


def no_certificate(client: str, starts: Starts) -> Share:
    """Tell in which starts a client is told not to check the certificate of the server."""
    if client == "swupdate":
        return _share(starts, lambda start: any(map(_SURICATTA.search, _arguments_of(start, "-u", "--suricatta"))))
    pattern = _NO_CERTIFICATE.get(client)
    return _share(starts, lambda start: _has(start, pattern)) if pattern else "none"


def looks_by_itself(client: str, starts: Starts) -> bool | None:
    """Tell whether SWUpdate is started as a client of a server; None for other clients, whose starts all look."""
    if client != "swupdate":
        return None
    words = [word for _, start in starts for word in start.arguments]
    if any("$" in word for word in words):
        return None
    return any(word.startswith(("-u", "--suricatta", "-d", "--download")) for word in words)


def refuses_older(client: str, starts: Starts) -> bool:
    """Tell whether SWUpdate is told in all of its starts to install no older version."""
    if client != "swupdate":
        return False
    return _share(starts, lambda start: any(map(_is_no_downgrading, start.arguments))) == "all"


def _is_no_downgrading(word: str) -> bool:
    return word.startswith(("-N", "--no-downgrading"))


def _arguments_of(start: StartedProgram, *options: str) -> Iterable[str]:
    """Give the words that follow options, with what is written in one word with them."""
    for number, word in enumerate(start.arguments):
        if word in options:
            yield from start.arguments[number + 1 : number + 2]
        elif word.startswith(tuple(one + end for one in options for end in " =")):
            yield word


def _has(start: StartedProgram, pattern: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(word) for word in start.arguments)


def _share(starts: Starts, holds: Callable[[StartedProgram], bool]) -> Share:
    answers = {holds(start) for _, start in starts}
    return "none" if True not in answers else "all" if answers == {True} else "some"

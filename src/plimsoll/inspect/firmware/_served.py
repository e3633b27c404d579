"""What a program that takes connections hands them to: tcpsvd and udpsvd, socat, and netcat with `-e` or `-c`.

Options are those of the manuals of busybox, ipsvd, socat, nc.traditional and ncat.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

import msgspec

from plimsoll.inspect.firmware._launch import Launch
from plimsoll.regex import regex

_NETCATS = (b"nc", b"netcat", b"ncat", b"nc.traditional")
_SHELLS = (b"sh", b"ash", b"bash", b"hush", b"dash")
_VALUED = regex(rb"-[hHEvpr0]*[cCbuliextRS]\Z")
"""Options of tcpsvd and udpsvd that take the next word."""
_SOCAT_LISTENS = regex(
    rb"(?i)(?:TCP|UDP|SCTP)[46]?-(?:LISTEN|L|RECVFROM):([\w-]{1,20})(.*)",
    re.DOTALL,
)
_SOCAT_RUNS = regex(rb"(?i)(EXEC|SYSTEM|SHELL):(.*)", re.DOTALL)
_BIND = regex(rb"(?i),(?:bind|range)=\[?([\w.:]{1,60}?)\]?(?:/[\d.]{1,15})?(?=,|\Z|:\d)")


class Served(msgspec.Struct, frozen=True):
    """A command that is run for whoever connects."""

    words: tuple[bytes, ...]
    bound: bytes
    """Address and port on which connections are taken; `*` for an address that is not named."""
    user: bytes = b""


def served(found: Launch) -> Served | None:
    """Read the command line of a program that hands connections on; None where it does not, or to a bare shell.

    That one is told with the program that hands on to it.
    """
    name = posixpath.basename(found.program)
    if name in (b"tcpsvd", b"udpsvd"):
        one = _ipsvd(found.arguments)
    elif name == b"socat":
        one = _socat(found.arguments)
    elif name in _NETCATS:
        one = _netcat(found.arguments)
    else:
        return None
    return None if one is None or not one.words or _is_bare_shell(one.words) else one


def bound_to(address: bytes, port: bytes) -> bytes:
    """Put an address and a port together; all addresses where none is named."""
    address = b"" if address in (b"0", b"0.0.0.0", b"::", b"[::]") else address
    return (address or b"*") + b":" + port


def _is_bare_shell(words: Sequence[bytes]) -> bool:
    is_shell = posixpath.basename(words[0].removeprefix(b"-")) in _SHELLS
    return is_shell and all(word.startswith(b"-") and word != b"-c" for word in words[1:])


def _ipsvd(words: Sequence[bytes]) -> Served | None:
    position, user = 0, b""
    while position < len(words) and words[position].startswith(b"-"):
        if _VALUED.match(words[position]):
            position += 1
            if words[position - 1].endswith(b"u") and position < len(words):
                user = words[position]
        position += 1
    rest = words[position:]
    return Served(tuple(rest[2:]), bound_to(rest[0], rest[1]), user) if len(rest) > 2 else None


def _socat(words: Sequence[bytes]) -> Served | None:
    """Read the two addresses; the command ends at the first comma, where its options begin."""
    listens = next((one for word in words if (one := _SOCAT_LISTENS.match(word))), None)
    runs = next((one for word in words if (one := _SOCAT_RUNS.match(word))), None)
    if listens is None or runs is None:
        return None
    command, _, options = runs[2].partition(b",")
    words = command.strip(b"\"'").split()
    address = _BIND.search(listens[2])
    user = re.search(rb"(?:\A|,)su(?:-d)?=([\w-]{1,40})", options)
    inline = (b"sh", b"-c", command.strip(b"\"'")) if runs[1].upper() != b"EXEC" else tuple(words)
    inline = tuple(words) if len(words) == 1 else inline
    return Served(inline, bound_to(address[1] if address else b"", listens[1]), user[1] if user else b"")


def _netcat(words: Sequence[bytes]) -> Served | None:
    """Read `-l -p 23 -e PROGRAM ...`, and ncat's `-l 23 -e "PROGRAM ..."` and `-c "..."`."""
    listens, port, address, command = False, b"", b"", tuple[bytes, ...]()
    position = 0
    while position < len(words):
        word = words[position]
        after = words[position + 1] if position + 1 < len(words) else b""
        letter = word[-1:] if re.fullmatch(rb"-[A-Za-z0-9]+", word) else b""
        listens = listens or word == b"--listen" or (bool(letter) and b"l" in word)
        if letter == b"e" or word == b"--exec":
            is_joined = b" " in after
            command = tuple(after.split()) if is_joined else tuple(words[position + 1 :])
            position = position + 1 if is_joined else len(words)
        elif letter == b"c" or word == b"--sh-exec":
            command = (b"sh", b"-c", after)
            position += 1
        elif letter in (b"p", b"s", b"w", b"i", b"q") and letter:
            port, address = (after if letter == b"p" else port), (after if letter == b"s" else address)
            position += 1
        elif word.isdigit():
            port = word
        elif re.fullmatch(rb"[\w.:]*[.:][\w.:]*|localhost", word):
            address = word
        position += 1
    return Served(command, bound_to(address, port)) if listens and command else None

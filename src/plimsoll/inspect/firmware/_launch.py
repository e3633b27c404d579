"""What a simple command really starts: the program behind `exec`, `start-stop-daemon`, `procd_set_param` and the like.

Options are those of the programs' own manuals: busybox and Debian start-stop-daemon, OpenWrt procd, util-linux.
"""

from __future__ import annotations

import posixpath
import re

import msgspec

from plimsoll.inspect._masking import masked
from plimsoll.inspect.scan import printable

LONGEST_COMMAND = 400
MOST_WORDS = 1_000
"""Words of a command that are read."""

_PREFIXES = frozenset(
    (b"exec", b"nohup", b"setsid", b"command", b"eval", b"!", b"busybox", b"service_start", b"respawn", b"daemon",
     b"env", b"start_daemon", b"time", b"softlimit", b"local", b"cttyhack")
)  # fmt: skip
_SHELLS = frozenset((b"sh", b"ash", b"bash", b"dash", b"hush"))
CLIENTS = (
    b"curl", b"wget", b"uclient-fetch", b"ftpget", b"tftp", b"mosquitto_sub", b"mosquitto_rr", b"mosquitto_pub",
    b"coap-client", b"ssh", b"dbclient", b"snmpget", b"openssl",
)  # fmt: skip
"""Programs that are followed where another command takes up what they say: they speak to others."""


class Launch(msgspec.Struct, frozen=True):
    """A program and its arguments."""

    program: bytes
    """As it is called: a name or a path."""
    arguments: tuple[bytes, ...] = ()
    user: bytes = b""
    is_read: bool = False
    """A shell script that is read with `.` or named to a shell, so it need not be a program."""
    text: bytes = b""
    """Of `sh -c`: the commands themselves; the program is then the shell."""


def launch(words: tuple[bytes, ...]) -> Launch | None:
    """Find what a command starts; None when it starts nothing of its own."""
    user, words = b"", words[:MOST_WORDS]
    while words:
        name = posixpath.basename(words[0].removeprefix(b"-"))
        if name == b"command" and words[1:2] in ((b"-v",), (b"-V",)):
            return None
        if name in _PREFIXES:
            words = words[1:]
            while words and (words[0].startswith(b"-") or (name == b"env" and b"=" in words[0])):
                words = words[1:]
        elif name in (b"nice", b"ionice", b"chrt", b"timeout"):
            words = _after_options(words[1:])
        elif name == b"start-stop-daemon":
            return _start_stop_daemon(words[1:])
        elif name == b"procd_set_param":
            if words[1:2] != (b"command",):
                return None
            words = words[2:]
        elif name in (b".", b"source"):
            return Launch(words[1], words[2:], user, True) if len(words) > 1 else None
        elif name in _SHELLS:
            return _shell(words, user)
        elif name in (b"su", b"runuser", b"sudo", b"setuidgid", b"s6-setuidgid", b"chpst"):
            found = _as_user(name, words[1:])
            if not isinstance(found, tuple):
                return found
            words, user = found[1:], found[0]
        elif name == b"flock":
            words = _flock(words[1:])
        else:
            return Launch(words[0].removeprefix(b"-"), words[1:], user)
    return None


def _after_options(words: tuple[bytes, ...]) -> tuple[bytes, ...]:
    while words and (words[0].startswith(b"-") or re.fullmatch(rb"[0-9.]+[smh]?", words[0])):
        words = words[1:]
    return words


def _shell(words: tuple[bytes, ...], user: bytes) -> Launch:
    """Read the command line of a shell: a script, commands after `-c`, or the shell by itself."""
    position, inline = 1, False
    while position < len(words) and len(words[position]) > 1 and words[position][:1] in (b"-", b"+"):
        option = words[position]
        position += 1
        if option == b"--":
            break
        if not option.startswith(b"--"):
            inline = inline or (option.startswith(b"-") and b"c" in option)
            position += option.endswith(b"o")
    rest = words[position:]
    if not rest:
        return Launch(words[0].removeprefix(b"-"), words[1:], user)
    if inline:
        return Launch(words[0].removeprefix(b"-"), rest[1:], user, text=rest[0])
    return Launch(rest[0], rest[1:], user, True)


def _as_user(name: bytes, words: tuple[bytes, ...]) -> Launch | tuple[bytes, ...] | None:
    """Read what is run as another user: the user and the command; a Launch for commands in one word."""
    user, text, position = b"", b"", 0
    while position < len(words) and words[position].startswith(b"-"):
        option, value = words[position], words[position + 1] if position + 1 < len(words) else b""
        position += 1
        if option == b"--":
            break
        takes_value = option in (b"-c", b"--command", b"-s", b"--shell", b"-g", b"-G", b"-u", b"-p", b"-C", b"-h")
        if option in (b"-c", b"--command"):
            text = value
        elif option == b"-u":
            user = value
        position += takes_value
    rest = words[position:]
    if not user and name != b"sudo" and rest:
        user, rest = rest[0], rest[1:]
    if name == b"su" and rest[:1] == (b"-c",) and len(rest) > 1:
        text = rest[1]
    if text:
        return Launch(name, (), user, text=text)
    return (user, *rest) if rest and name != b"su" else None


def _flock(words: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Give the command that runs under a lock."""
    while words and words[0].startswith(b"-"):
        words = words[2:] if words[0] in (b"-w", b"-E", b"--timeout", b"--wait") else words[1:]
    words = words[1:]
    return (b"sh", *words) if words[:1] in ((b"-c",), (b"--command",)) else words


def _start_stop_daemon(words: tuple[bytes, ...]) -> Launch | None:
    program, arguments, user, starts = b"", tuple[bytes, ...](), b"", False
    position = 0
    while position < len(words):
        word, value = words[position], words[position + 1] if position + 1 < len(words) else b""
        if word == b"--":
            arguments = words[position + 1 :]
            break
        starts = starts or word == b"--start" or (re.fullmatch(rb"-[A-Za-z]+", word) is not None and b"S" in word)
        if word in (b"--exec", b"-x", b"--startas", b"-a") or re.fullmatch(rb"-[Sbmqov]+[xa]", word):
            program = value if not program or b"a" in word else program
            position += 1
        elif word.startswith((b"--exec=", b"--startas=")):
            program = word.partition(b"=")[2]
        elif word in (b"--chuid", b"-c", b"--user", b"-u"):
            user = value
            position += 1
        elif word in (b"-p", b"--pidfile", b"-n", b"--name", b"-N", b"--nicelevel", b"-d", b"--chdir"):
            position += 1
        position += 1
    return Launch(program, arguments, user) if starts and program else None


def shown(words: tuple[bytes, ...]) -> str:
    """Give a command line as printable text, without secrets."""
    return printable(b" ".join(masked(words)))[:LONGEST_COMMAND]

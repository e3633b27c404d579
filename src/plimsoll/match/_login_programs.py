"""Who a console or a served shell asks: by the words with which login, getty and the tools of netcat are started.

Options are those of the manuals of busybox, util-linux (login, agetty, sulogin), ncat, socat and ipsvd.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from plimsoll.model.facts import Service, StartedProgram
from plimsoll.model.facts.service import LoginKind

SHELLS = ("sh", "ash", "bash", "hush", "dash")
GETTYS = ("login", "getty", "agetty", "mgetty", "sulogin")

_SHELL = re.compile(r"(?:\A|/)-?(?:sh|ash|bash|hush|dash)\Z")
_LISTENS = re.compile(r"-[a-z]*l[a-z]*\Z|--listen\Z")
_RUNS = ("-e", "--exec", "-c", "--sh-exec")
_NETCATS = ("nc", "netcat", "ncat", "nc.traditional")
_SOCAT_LISTENS = re.compile(r"(?:TCP|TCP4|TCP6)-(?:LISTEN|L):(\d{1,5})(?!\S*bind=127\.)", re.IGNORECASE)
_SOCAT_SHELL = re.compile(r"(?:EXEC|SYSTEM):[\"']?(?:/\S{0,40}/)?(?:sh|ash|bash|hush|dash)\b(?! +-c)", re.IGNORECASE)
_PORT = re.compile(r"\d{1,5}\Z")
_OWN = re.compile(r"127\.|\[?::1\]?:|localhost:|lo:")


def is_shell(program: str) -> bool:
    """Tell whether a program, by name or path, is a shell."""
    return _SHELL.search(program) is not None


def after(arguments: Sequence[str], option: str) -> str:
    """Give the value of an option, in the next word or joined to it; the last one counts."""
    value = ""
    for number, word in enumerate(arguments):
        if word == option:
            value = arguments[number + 1] if number + 1 < len(arguments) else ""
        elif word.startswith(option + "=") or (len(option) == 2 and word.startswith(option) and len(word) > 2):
            value = word[len(option) :].removeprefix("=")
    return value


def console_login(fact: StartedProgram) -> LoginKind:
    """Tell whether a console asks who is there."""
    if fact.program in SHELLS:
        return "none" if "-c" not in fact.arguments else "unknown"
    if fact.program == "login" and any(word.startswith("-f") for word in fact.arguments):
        return "none"
    if fact.program in ("getty", "agetty", "mgetty"):
        return _getty_login(fact)
    return "system"


def _getty_login(fact: StartedProgram) -> LoginKind:
    """Answer for a getty: the program that it hands over to, and the user that it logs in by itself."""
    program = after(fact.arguments, "-l") or after(fact.arguments, "--login-program")
    if is_shell(program):
        return "none"
    if program and not program.endswith("login"):
        return "unknown"
    if fact.program != "mgetty" and (after(fact.arguments, "-a") or after(fact.arguments, "--autologin")):
        return "none"
    options = f"{after(fact.arguments, '-o')} {after(fact.arguments, '--login-options')}".split()
    return "none" if any(word.strip("\"'").startswith("-f") for word in options) else "system"


def served_shell(fact: StartedProgram) -> Service | None:
    """Give the service of a shell or login that whoever connects is given: by inetd, netcat, socat, tcpsvd, systemd."""
    is_served = bool(fact.bound) or fact.mechanism in ("inetd", "xinetd")
    if is_served and _OWN.match(fact.bound) is not None:
        return None
    if fact.program in SHELLS and is_served:
        return None if "-c" in fact.arguments else _open_shell(fact, _port(fact.bound.rpartition(":")[2]))
    if fact.program == "login" and is_served:
        login = console_login(fact)
        port = _port(fact.bound.rpartition(":")[2])
        return Service("login", "telnet", fact.state, login, False, port, "network", None, fact.condition)
    if fact.program in _NETCATS:
        program = next((word for option in _RUNS if (word := _run_by(fact.arguments, option))), "")
        listens = any(_LISTENS.match(word) for word in fact.arguments) and not _is_bound_to_itself(fact.arguments)
        return _open_shell(fact, _port(after_letter(fact.arguments, "p"))) if listens and is_shell(program) else None
    if fact.program == "socat":
        line = " ".join(fact.arguments)
        listening = _SOCAT_LISTENS.search(line)
        return _open_shell(fact, _port(listening[1])) if listening and _SOCAT_SHELL.search(line) else None
    if fact.program in ("tcpsvd", "udpsvd"):
        words = [word for word in fact.arguments if not word.startswith("-")]
        is_served = len(words) > 2 and is_shell(words[2]) and not words[0].startswith("127.") and "-c" not in words
        return _open_shell(fact, _port(words[1])) if is_served else None
    return None


def _is_bound_to_itself(arguments: Sequence[str]) -> bool:
    """Tell whether netcat listens on loopback alone: by `-s`, or by the address that ncat is given."""
    return after_letter(arguments, "s").startswith("127.") or "127.0.0.1" in arguments or "localhost" in arguments


def after_letter(arguments: Sequence[str], letter: str) -> str:
    """Give the word after an option of one letter, alone or last of several: `-p 23`, `-lp 23`."""
    for number, word in enumerate(arguments[:-1]):
        if re.fullmatch(rf"-[a-z]*{letter}", word):
            return arguments[number + 1]
    return ""


def _run_by(arguments: Sequence[str], option: str) -> str:
    value = after(arguments, option) if option.startswith("--") else after_letter(arguments, option[1:])
    return value.strip("\"'").split(" ")[0]


def _port(text: str) -> int | None:
    return int(text) if _PORT.match(text) and 0 < int(text) < 65536 else None


def _open_shell(fact: StartedProgram, port: int | None) -> Service:
    return Service(fact.program, "shell", fact.state, "none", False, port, "network", None, fact.condition)

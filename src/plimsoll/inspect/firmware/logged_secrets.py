"""Commands that write secrets, or the memory of programs, to where they may be read later.

Sources: logger(1), POSIX, Shell Command Language (set -x, ulimit), core(5), sysctl.conf(5), limits.conf(5).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal

from plimsoll.inspect.firmware._shell_words import shell_text
from plimsoll.inspect.firmware._standing import is_documentation, is_read, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import LoggedSecret
from plimsoll.model.locator import escape_path
from plimsoll.regex import regex

LARGEST = 1 << 20
MOST = 50

_SECRET = rb"[A-Za-z0-9_]{0,30}(?:passw(?:or)?d|passphrase|password|_pass|psk|secret|token|_pwd)[0-9]{0,2}"
_VARIABLE = regex(rb"(?i)\$(?:\{(" + _SECRET + rb"|pass)\}|(" + _SECRET + rb"|pass)(?![A-Za-z0-9_]))")
_LOGGER = regex(rb"(?:\A|(?<=[\s;&|(`]))(?:/usr/bin/)?logger\b")
_PIPED = regex(rb"\|[ \t]*(?:/usr/bin/)?logger\b")
_PRINTED = regex(rb"(?:\A|(?<=[\s;&|(`]))(echo|printf)\b")
_TARGET = regex(rb">>?[ \t]*[\"']?(/[\w./@+-]{1,120})")
_LOG_PATH = regex(rb"(?i)/log/|\.log\b|/logs?\Z|/dev/(?:console|kmsg|tty\w{0,4})\Z|debug|trace|messages\Z|syslog")
_TRACED = regex(rb"(?m)^[ \t]*set[ \t]+-[a-z]{0,4}x[a-z]{0,4}\b|\A#![^\n]{0,60}sh[ \t]+-[a-z]{0,4}x")
_UNTRACED = regex(rb"(?m)^[ \t]*set[ \t]+\+[a-z]{0,4}x")
_UNLIMITED = regex(rb"\bulimit[ \t]+(?:-[HS][ \t]+)?-(?:[HS]?c)[ \t]+unlimited\b")
_PATTERN = regex(rb"echo[ \t]+[\"']?(/[\w./%-]{1,120})[\"']?[ \t]*>[ \t]*/proc/sys/kernel/core_pattern")
_SYSCTL = regex(rb"(?m)(?:^|\bsysctl[ \t]+-w[ \t]+)[ \t]*kernel\.core_pattern[ \t]*=[ \t]*[\"']?(/[\w./%-]{1,120})")
_LIMITS = regex(rb"(?m)^[ \t]*\*[ \t]+(?:soft|-)[ \t]+core[ \t]+unlimited\b")


class LoggedSecrets(Inspector):
    """Records each such command once a file."""

    id = "logged-secrets"
    title = "Are secrets written to logs or core dumps?"
    what = (
        "Commands of scripts that hand a variable named for a password, passphrase, token or key to logger, or print "
        "it into a log; scripts that trace their own commands while they use one; and settings that let programs leave "
        "core dumps, with the place where they are kept."
    )
    limits = "What compiled programs log is not seen, nor what a variable of another name holds."
    patterns = (
        Pattern(
            "variable",
            rb"\$\{?[A-Za-z0-9_]{0,30}(?:pass|psk|secret|token|pwd)",
            (b"pass", b"psk", b"secret", b"token", b"pwd"),
            longest=48, ignore_case=True, kinds=("script",),
        ),
        Pattern(
            "core", rb"\bulimit[ \t]+-|core_pattern|\bcore[ \t]+unlimited", (b"ulimit", b"core_pattern", b"unlimited"),
            longest=24, kinds=("script", "text"),
        ),
    )  # fmt: skip
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take scripts with such a variable, and settings of core dumps."""
        return bool(look.matches) and len(look.data) <= LARGEST and not is_documentation(look.path)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the commands of one file."""
        given: set[LoggedSecret] = set()
        for seen in _all(look):
            if isinstance(seen.fact, LoggedSecret) and seen.fact not in given and len(given) < MOST:
                given.add(seen.fact)
                yield seen


def _all(look: Look) -> Iterator[Seen]:
    text = shell_text(look.data)
    switches = _switches(text)
    done: set[int] = set()
    for match in look.matches.get("variable", ()):
        start, line = line_at(text, match.start())
        if start not in done and is_read(look, match.start()):
            done.add(start)
            yield from _written(start, line, switches)
    if "core" in look.matches:
        yield from _cores(look)


def _written(start: int, line: bytes, switches: Sequence[tuple[int, bool]]) -> Iterator[Seen]:
    """Read what one line of a script writes; what goes to a program or a setting is not logged."""
    for found in _VARIABLE.finditer(line):
        name = printable(found[1] or found[2])
        told = _logged(line, found.start())
        if told is not None:
            to, target, command = told
            yield Seen(LoggedSecret(name, to, target, command), start, len(line))
        elif _is_traced(switches, start) and re.match(rb"[ \t]*[A-Za-z_./]", line):
            yield Seen(LoggedSecret(name, "trace", "", "set -x"), start, len(line))


def _logged(line: bytes, at: int) -> tuple[Literal["system-log", "file"], str, str] | None:
    begin = max(line.rfind(mark, 0, at) for mark in (b";", b"&&", b"||")) + 1
    command = re.split(rb";|&&|\|\|", line[begin:])[0]
    before = line[begin:at]
    if _LOGGER.search(before) and b"|" not in before:
        return "system-log", "", "logger"
    printed = _PRINTED.search(before)
    if printed is None or b"|" in before[printed.end() :] or b"$(" in before[: printed.start()]:
        return None
    if _PIPED.search(command):
        return "system-log", "", "logger"
    target = _TARGET.search(command)
    if target is not None and b"|" not in command and _LOG_PATH.search(target[1]):
        return "file", escape_path(target[1].lstrip(b"/")), printed[1].decode("ascii")
    return None


def _switches(text: bytes) -> list[tuple[int, bool]]:
    """Give the offsets at which a script begins or ends to trace its commands, in order."""
    on = ((match.end(), True) for match in _TRACED.finditer(text))
    off = ((match.end(), False) for match in _UNTRACED.finditer(text))
    return sorted((*on, *off))


def _is_traced(switches: Sequence[tuple[int, bool]], at: int) -> bool:
    """Tell whether a script traces its commands when it comes to an offset."""
    number = bisect_left(switches, (at, False))
    return number > 0 and switches[number - 1][1]


def _cores(look: Look) -> Iterator[Seen]:
    for form in (_UNLIMITED, _LIMITS, _PATTERN, _SYSCTL):
        for found in form.finditer(look.data):
            _, line = line_at(look.data, found.start())
            if not line.lstrip().startswith((b"#", b";")):
                target = printable(found[1].strip(b"/")) if found.re.groups else ""
                command = "core_pattern" if target else "ulimit"
                yield Seen(LoggedSecret("", "core-dump", target, command), found.start(), len(found[0]))

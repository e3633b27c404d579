"""Reads files that programs leave in somebody's home or in /var, each told by its path and by what stands in it.

Sources: sshd(8), bash(1), the manuals of busybox, vim, less, netrc(5), git-credential-store(1), mbox(5), utmp(5) of the
GNU C library, and the documentation of the AWS, Docker, Kubernetes, npm and PyPI clients.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from typing import Literal

from plimsoll.inspect.firmware._credential_values import is_placeholder
from plimsoll.inspect.firmware._redaction import is_name_of_a_person, redacted
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.model.facts import Residue
from plimsoll.model.facts.privacy import ResidueKind
from plimsoll.regex import regex

LINES = 5_000
"""Most lines read of one file."""
LARGEST = 4 << 20
"""Bytes of the largest file that is read."""
FEWEST_COMMANDS = 3
"""Fewest lines that count as commands which somebody typed."""

Reader = Callable[[Look], Iterator[Seen]]

_KEY_COMMENT = regex(
    rb"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3})[ \t]+AAAA[A-Za-z0-9+/=]{24,8000}[ \t]+"
    rb"([A-Za-z0-9][\w.+-]{1,40}@[A-Za-z0-9][\w.-]{1,80})"
)
_COMMAND = regex(rb"[a-zA-Z./_~][\w./~+-]{0,60}(?:\s|\Z)")
_VIM_MARK = regex(rb"[>'/:?-]")
_HOST = regex(rb"(?:\|1\|\S{20,60}|[^\s#@|]\S{0,250}) (?:ssh-|ecdsa-|sk-)\S{1,60} AAAA[A-Za-z0-9+/]{20}")
_LOGIN = regex(
    rb"\b(?:machine[ \t]+\S+|default)\s+login[ \t]+(?P<name>\S+)\s+password[ \t]+(?P<secret>\S+)|"
    rb"(?m:^[ \t]*aws_secret_access_key[ \t]*=[ \t]*(?P<aws>[A-Za-z0-9/+=]{20,80}))|"
    rb"\"auth\"[ \t]*:[ \t]*\"(?P<docker>[A-Za-z0-9+/=]{8,400})\"|"
    rb":_(?:authToken|password|auth)[ \t]*=[ \t]*(?P<npm>[^\s$]{8,200})|"
    rb"(?m:^[ \t]*password[ \t]*[:=][ \t]*(?P<other>[^\s$]{4,200}))|"
    rb"(?m:^https?://(?P<user>[^:@/\s]{1,80}):(?P<git>[^@/\s]{1,200})@)|"
    rb"\b(?:token|client-key-data|oauth_token)[ \t]*:[ \t]*(?P<kube>[A-Za-z0-9._+/=-]{16,4000})"
)
_UTMP_BYTES, _USER_PROCESS, _USER_AT, _USER_BYTES = 384, 7, 44, 32
_LASTLOG_BYTES = 292
_LOG_LINE = regex(
    rb"(?:<\d{1,3}>)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3]\d \d\d:\d\d:\d\d |"
    rb"(?:19|20)\d\d[-/][01]\d[-/][0-3]\d[T ]\d\d:\d\d:\d\d|\S{3,45} - \S{1,40} \[\d\d/\w{3}/\d{4}:)"
)
_CORE = 4
"""e_type of a core file."""


def _whole(kind: ResidueKind, what: str = "", count: int = 1, *, holds_secret: bool = False) -> Seen:
    """Give a trace that is shown by the whole file, of which no word is kept."""
    return Seen(Residue(kind, what, count, holds_secret))


def _key_comments(look: Look) -> Iterator[Seen]:
    for offset, line in look.lines(limit=LINES):
        match = None if line.lstrip().startswith(b"#") else _KEY_COMMENT.search(line)
        if match is not None:
            local, _, host = match[1].partition(b"@")
            if is_name_of_a_person(local) and b"example" not in host:
                concealed = look.conceal(match[1])
                fact = Residue("key-comment", redacted(match[1]))
                yield Seen(fact, offset + match.start(1), len(match[1]), concealed)


def _history(look: Look) -> Iterator[Seen]:
    lines = {line.strip() for _, line in look.lines(limit=LINES)}
    commands = [line for line in lines if not line.startswith(b"#") and _COMMAND.match(line)]
    if len(commands) >= FEWEST_COMMANDS:
        yield _whole("shell-history", count=len(commands))


def _database_history(look: Look) -> Iterator[Seen]:
    lines = [line for _, line in look.lines(limit=LINES) if line.strip() and line != b"_HiStOrY_V2_"]
    if lines:
        yield _whole("shell-history", count=len(lines))


def _editor(look: Look) -> Iterator[Seen]:
    """Count what vim and less remember: marks, searches, commands and files."""
    is_vim = look.name != b".lesshst"
    marks = [
        line
        for _, line in look.lines(limit=LINES)
        if (_VIM_MARK.match(line) if is_vim else line.startswith((b'"', b"m ")))
    ]
    if marks:
        yield _whole("editor-history", count=len(marks))


def _visited(look: Look) -> Iterator[Seen]:
    hosts = sum(_HOST.match(line) is not None for _, line in look.lines(limit=LINES))
    if hosts:
        yield _whole("known-hosts", count=hosts)


def _logins(look: Look) -> Iterator[Seen]:
    """Count logins whose secret is no placeholder; whose they are is not told."""
    found = 0
    for match in _LOGIN.finditer(look.data, 0, LARGEST):
        secret = match[match.lastgroup or 0]
        if not is_placeholder(secret) and b"EXAMPLE" not in secret:
            look.conceal(secret)
            found += 1
    if found:
        yield _whole("login-file", look.name.decode("ascii", "replace"), found, holds_secret=True)


def _mail(look: Look) -> Iterator[Seen]:
    letters = len(re.findall(rb"(?m)^From \S+ +\w{3} ", look.data[:LARGEST]))
    if letters:
        yield _whole("mail", count=letters)


def _records(look: Look) -> Iterator[Seen]:
    """Count logins of users: records of 384 bytes, the kind first and the name of the user at 44."""
    data = look.data[:LARGEST]
    if len(data) % _UTMP_BYTES:
        return
    count = 0
    for start in range(0, len(data), _UTMP_BYTES):
        little, big = (struct.unpack_from(order + "h", data, start)[0] for order in "<>")
        name = data[start + _USER_AT : start + _USER_AT + _USER_BYTES].rstrip(b"\0")
        count += _USER_PROCESS in (little, big) and name.isascii() and len(name) > 0
    if count:
        yield _whole("login-record", count=count)


def _last_logins(look: Look) -> Iterator[Seen]:
    data = look.data[:LARGEST]
    if len(data) % _LASTLOG_BYTES:
        return
    times = sum(any(data[start : start + 4]) for start in range(0, len(data), _LASTLOG_BYTES))
    if times:
        yield _whole("login-record", count=times)


def _log(look: Look) -> Iterator[Seen]:
    lines = sum(_LOG_LINE.match(line) is not None for _, line in look.lines(limit=LINES))
    if lines >= FEWEST_COMMANDS:
        yield _whole("log", count=lines)


def _core(look: Look) -> Iterator[Seen]:
    order: Literal["big", "little"] = "big" if look.data[5:6] == b"\x02" else "little"
    if look.kind == "elf" and int.from_bytes(look.data[16:18], order) == _CORE:
        yield _whole("core-dump")


_HISTORY = rb"\.(?:bash|ash|sh|zsh|ksh|zhistory|busybox)_?history"
_FILES: tuple[tuple[bytes, Reader], ...] = (
    (rb"(?:\.ssh|etc/dropbear|etc/ssh)/(?:[^/]+/)?authorized_keys2?", _key_comments),
    (_HISTORY, _history),
    (rb"\.(?:mysql|psql|sqlite|python|node_repl|gdb|rediscli|irb)_history|\.mycli-history", _database_history),
    (rb"\.viminfo|\.lesshst", _editor),
    (rb"\.ssh/known_hosts2?(?:\.old)?|\.known_hosts", _visited),
    (rb"\.netrc|_netrc|\.aws/credentials|\.docker/config\.json|\.dockercfg|\.npmrc|\.pypirc|\.git-credentials|"
     rb"\.kube/config|\.config/gh/hosts\.yml|\.config/rclone/rclone\.conf|\.smbcredentials", _logins),
    (rb"var/(?:spool/)?mail/[^/]{1,64}", _mail),
    (rb"var/(?:log|run)/(?:wtmp|btmp|utmp)", _records),
    (rb"var/log/lastlog", _last_logins),
    (rb"var/log/(?:[^/]{1,40}/)?(?:messages|syslog|auth\.log|secure|daemon\.log|user\.log|kern\.log|access\.log|"
     rb"access_log|error\.log|wpa_supplicant\.log|hostapd\.log|mosquitto\.log|Xorg\.\d\.log)(?:\.\d)?", _log),
)  # fmt: skip
READERS: tuple[tuple[re.Pattern[bytes], Reader], ...] = (
    *((regex(rb"(?:\A|/)(?:" + path + rb")\Z"), reader) for path, reader in _FILES),
    (regex(rb"(?:\A|/)(?:core(?:\.\d{1,6})?|[^/]{1,60}\.core|core\.[^/]{1,60})\Z"), _core),
)
"""Files by their path, and who reads them."""

_NAMES = (b".", b"_", b"core", b"authorized_keys", b"known_hosts")
"""With one of these begins the name of each that lies in no folder for such files."""


def reader_of(look: Look) -> Reader | None:
    """Find who reads a file, by its path; None for nearly all files."""
    path_of = look.path
    if look.kind == "empty" or not (
        b"/." in path_of
        or b"var/" in path_of
        or path_of.startswith(b".")
        or look.name.startswith(_NAMES)
        or look.name.endswith(b".core")
    ):
        return None
    for path, reader in READERS:
        if path.search(look.path):
            return reader
    return None

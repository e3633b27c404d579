"""Commands that set the password of an account while the product is made, set up or started, and where it comes from.

Commands are those of the manuals of shadow (chpasswd, passwd, usermod) and of busybox; edits of /etc/shadow with sed
and echo are observed in vendor scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._hashes import hash_alone
from plimsoll.inspect.firmware._shell_words import (
    TYPED,
    assignments,
    is_literal,
    origins,
    shell_text,
    unknown_variables,
    unquoted,
    word_at,
)
from plimsoll.inspect.firmware._standing import is_active, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.model.facts import PasswordProvisioning
from plimsoll.model.locator import escape_name

LARGEST = 1 << 20
"""Bytes of the largest script that is read."""
MOST = 100
"""Most commands read of one script."""

Source = Literal["constant", "per-device", "random", "user", "identifier", "unknown"]

_AT_COMMAND = rb"(?:^|[;|&(`]|\$\(|\b(?:then|else|do|sudo|exec|if|!))[ \t]*(?:/\S{1,40}/)?"
_PIPED = re.compile(rb"\|[ \t]*(?:/\S{1,40}/|sudo[ \t]+)*(chpasswd|passwd)\b([^\n;|&]*)")
_HERE = re.compile(rb"\bchpasswd\b[^\n<]*<<<[ \t]*|\bchpasswd\b[^\n<]*<<-?[ \t]*[\"']?\w+[\"']?[^\n]*\n[ \t]*")
_DELETED = re.compile(_AT_COMMAND + rb"passwd[ \t]+(?:-d|--delete)[ \t]+([^\s;|&]+)")
_ASKED = re.compile(_AT_COMMAND + rb"passwd(?:[ \t]+([A-Za-z_$][^\s;|&<>=-]*))?[ \t]*(?:;|&&|\|\||\Z)")
_MODIFIED = re.compile(_AT_COMMAND + rb"(usermod|useradd)\b[^\n;|&]*?[ \t](?:-p|--password)[ =]?")
_EDITED = re.compile(rb"\bsed\b[^\n]*?[\"' \t]s([|/,#@!:%])\^?([^\n]*?)\1([^\n]*?)\1[^\n]*/(?:shadow|passwd)\b")
_APPENDED = re.compile(
    rb"\b(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?([^\n]*?)>>?[ \t]*[\"']?[^\s\"']*/(?:shadow|passwd)\b"
)
_ECHO = re.compile(rb"\b(?:echo|printf|yes)[ \t]+(?:-[en]+[ \t]+)?")
_NAME = re.compile(rb"(?:[A-Za-z_][\w.-]{0,31}|\$\{?[A-Za-z_]\w{0,31}\}?)\Z")

_MOVED = re.compile(rb"/etc/(?:passwd|shadow)\b")
"""In the origin of a value: the password is the one that the account has already."""

_SALT = re.compile(rb"-(?:-?salt|S)[ =]+(?:\$\([^)]*\)|`[^`]*`|\"[^\"]*\"|\S+)")
_SOURCES: tuple[tuple[Source, re.Pattern[bytes]], ...] = (
    ("user", re.compile(re.escape(TYPED) + rb"|\b(?:dialog|whiptail)\b|\$\{?(?:POST|FORM|GET|REQUEST|QUERY_STRING)")),
    ("random", re.compile(rb"/dev/u?random|\bopenssl[ \t]+rand\b|\b(?:pwgen|uuidgen|apg|makepasswd)\b|\$\{?RANDOM\b|"
                          rb"/proc/sys/kernel/random/")),
    ("identifier", re.compile(rb"(?i)/sys/class/net/|\b(?:ifconfig|get_?mac\w*|mtd_get_mac\w*|hostid)\b|ethaddr|"
                              rb"\bmac_?addr\w*|serial_?(?:no|num\w*)?\b|/proc/cpuinfo|HWaddr|\b\w{0,10}_mac\b")),
    ("per-device", re.compile(rb"(?i)\bfw_printenv\b|/dev/mtd|/dev/mmcblk|\bfactory\b|eeprom|/proc/device-tree|"
                              rb"\bnvram[ \t]+get[ \t]+\S*(?:factory|unique|default_?p|label|mfg|manu)")),
)  # fmt: skip
_STRONGEST: tuple[Source, ...] = ("user", "random", "per-device", "identifier")
"""Of several sources, the first counts: a password that is made of a MAC address and a secret is not derivable."""


class _Command(msgspec.Struct, frozen=True):
    """A command as found: who, the word with the new password, and which program sets it."""

    account: bytes
    value: bytes
    program: str


class PasswordProvisionings(Inspector):
    """Records each command with the account and the source of the password, following simple variables."""

    id = "password-provisioning"
    title = "What sets a password while the product is made, set up or started?"
    what = (
        "Shell commands that set a password: chpasswd, passwd, usermod, and edits of /etc/shadow and /etc/passwd; and "
        "whether the password is a constant, random, read from a store of the unit, made of a MAC or serial number, or "
        "given by the user."
    )
    limits = "Programs that set a password in compiled code are not seen; values are followed within one script only."
    patterns = (
        Pattern(
            "sets",
            rb"\b(?:chpasswd|passwd|usermod|useradd)\b|/shadow\b",
            (b"passwd", b"usermod", b"useradd", b"/shadow"),
            longest=24,
            kinds=("script", "text"),
        ),
    )

    def wants(self, look: Look) -> bool:
        """Take shell scripts in which a command may stand."""
        is_script = look.kind == "script" or look.path.startswith(b"etc/uci-defaults/") or look.name.endswith(b".sh")
        return bool(look.matches) and is_script and len(look.data) <= LARGEST

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the commands of one script."""
        text = shell_text(look.data)
        known = assignments(text)
        done: set[int] = set()
        for match in look.matches["sets"]:
            start, line = line_at(text, match.start())
            if start in done or len(done) >= MOST or not is_active(look, match.start()):
                continue
            done.add(start)
            for command in _commands(text, start, line):
                if not any(_MOVED.search(one) for one in origins(command.value, known)):
                    yield _seen(look, command, known, start, line)


def _commands(text: bytes, start: int, line: bytes) -> Iterator[_Command]:
    """Read the first command of a line that sets a password, in any of the forms."""
    for read in (_piped, _here, _modified, _edited, _appended, _deleted, _asked):
        command = read(text, start, line)
        if command is not None:
            yield command
            return


def _piped(text: bytes, start: int, line: bytes) -> _Command | None:
    """Read `echo root:word | chpasswd` and `echo word | passwd root`."""
    match = _PIPED.search(line)
    echo = _ECHO.search(line, 0, match.start()) if match else None
    if match is None or echo is None:
        return None
    word = word_at(line, echo.end())
    if b"%s" in word:
        word = word_at(line, echo.end() + len(word) + 1)
    if match[1] == b"chpasswd":
        return _pair(word)
    arguments = [argument for argument in match[2].split() if argument[:1] not in (b"-", b">", b"2", b"<")]
    return _Command(unquoted(arguments[0]) if arguments else b"root", _first_line(word), "passwd")


def _here(text: bytes, start: int, line: bytes) -> _Command | None:
    """Read `chpasswd <<< root:word` and the first line of a here-document."""
    match = _HERE.search(text, start, start + len(line) + 400)
    return _pair(word_at(text, match.end())) if match and match.start() < start + len(line) else None


def _pair(word: bytes) -> _Command | None:
    name, colon, value = word.partition(b":")
    account = name.lstrip(b"\"'")
    if not colon or not _NAME.match(account):
        return None
    quote = name[: len(name) - len(account)]
    return _Command(account, quote + _first_line(value), "chpasswd")


def _first_line(word: bytes) -> bytes:
    """Cut a word at its first line end, which `echo -e` and `printf` write as `\\n`."""
    head, cut, _ = word.partition(b"\\n")
    return head + head[:1] if cut and head[:1] in (b'"', b"'") else head


def _modified(text: bytes, start: int, line: bytes) -> _Command | None:
    match = _MODIFIED.search(line)
    if match is None:
        return None
    value = word_at(line, match.end())
    words = re.split(rb"[;|&]", line[match.end() + len(value) :])[0].split()
    return _Command(unquoted(words[-1]) if words else b"", value, match[1].decode("ascii"))


def _edited(text: bytes, start: int, line: bytes) -> _Command | None:
    """Read `sed s|root:[^:]*:|root:word:| /etc/shadow`."""
    match = _EDITED.search(line)
    if match is None:
        return None
    account, colon, _ = match[2].lstrip(b"\\(").partition(b":")
    value = match[3].partition(b":")[2].partition(b":")[0]
    if not colon or not _NAME.match(account) or b":" not in match[3] or _locks(value):
        return None
    return _Command(account, value, "sed")


def _appended(text: bytes, start: int, line: bytes) -> _Command | None:
    """Read `echo name:word:0:0::/:/bin/sh >> /etc/passwd`."""
    match = _APPENDED.search(line)
    parts = match[1].strip().split(b":") if match else []
    if len(parts) < 5:
        return None
    account = parts[0].lstrip(b"\"'")
    return _Command(account, parts[1], "echo") if _NAME.match(account) and not _locks(parts[1]) else None


def _deleted(text: bytes, start: int, line: bytes) -> _Command | None:
    match = _DELETED.search(line)
    return _Command(unquoted(match[1]), b"", "passwd") if match else None


def _asked(text: bytes, start: int, line: bytes) -> _Command | None:
    """Read `passwd` as it stands, which asks who runs it."""
    match = _ASKED.search(line.rstrip())
    return _Command(unquoted(match[1] or b"root"), TYPED, "passwd") if match else None


def _locks(field: bytes) -> bool:
    return field.startswith((b"!", b"*", b"\\*")) or field in (b"x", b"\\1", b"\\2")


def _seen(look: Look, command: _Command, known: Mapping[bytes, Sequence[bytes]], start: int, line: bytes) -> Seen:
    source, constant = source_of(command.value, known, look.data[:start])
    account = _resolved(command.account, known)
    name = escape_name(account) if account is not None else ""
    if source != "constant" or constant is None:
        return Seen(PasswordProvisioning(name, source, command=command.program), start, len(line))
    concealed = look.conceal(constant)
    fact = PasswordProvisioning(name, source, command=command.program, secret=concealed)
    at = look.data.rfind(constant, 0, start + len(line)) if constant else -1
    if at >= 0:
        return Seen(fact, at, len(constant), concealed)
    column = max(line.find(command.program.encode("ascii")), 0)
    return Seen(fact, start + column, len(command.program))


def source_of(value: bytes, known: Mapping[bytes, Sequence[bytes]], before: bytes) -> tuple[Source, bytes | None]:
    """Say where a value comes from; give it too when it is a constant. The salt of a hash is not the password."""
    bare = unquoted(value)
    if hash_alone(bare, 0) is not None:
        return "constant", bare
    texts = [_SALT.sub(b"", text) for text in origins(_SALT.sub(b"", value), known)]
    found = {source for text in texts for source in _named(text)}
    for source in _STRONGEST:
        if source in found:
            return source, None
    unknown = set().union(*(unknown_variables(text, known) for text in texts))
    if any(name.isdigit() or name in (b"@", b"*") for name in unknown):
        return ("unknown" if re.search(rb"(?m)^[ \t]*(?:function[ \t]+)?[\w-]+[ \t]*\(\)", before) else "user"), None
    constant = _resolved(value, known)
    return ("unknown", None) if constant is None else ("constant", constant)


def _named(text: bytes) -> Iterator[Source]:
    """Give the first source that a text names: `fw_printenv ethaddr` reads a MAC address, whatever else it reads."""
    for source, words in _SOURCES:
        if words.search(text):
            yield source
            return


def _resolved(word: bytes, known: Mapping[bytes, Sequence[bytes]]) -> bytes | None:
    """Give the constant that a word stands for: itself, or the only value of the one variable that it is."""
    for _ in range(5):
        if is_literal(word):
            return unquoted(word)
        match = re.fullmatch(rb"\"?\$\{?([A-Za-z_]\w{0,40})\}?\"?", word)
        values = known.get(match[1], ()) if match else ()
        if len(values) != 1:
            return None
        word = values[0]
    return None

"""Reads the commands of a script that set a password, make an account with one, or let one run out.

Commands are those of the manuals of shadow (chage, chpasswd, passwd, useradd, usermod) and of busybox (adduser); edits
of /etc/shadow with sed, echo and here-documents are observed in vendor scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.firmware._shell_words import TYPED, unquoted, word_at
from plimsoll.regex import regex

MOST_LINES = 60
"""Lines read of one here-document."""

_AT_COMMAND = rb"(?:^|[;|&(`]|\$\(|\b(?:then|else|do|sudo|exec|if|!))[ \t]*(?:/\S{1,40}/)?"
_PIPED = regex(rb"\|[ \t]*(?:/\S{1,40}/|sudo[ \t]+|busybox[ \t]+)*(chpasswd|passwd|adduser)\b([^\n;|&]*)")
_HERE = regex(rb"\bchpasswd\b[^\n<]*<<<[ \t]*|\bchpasswd\b[^\n<]*<<-?[ \t]*[\"']?\w+[\"']?[^\n]*\n[ \t]*")
_TOLD = regex(
    _AT_COMMAND + rb"passwd(?:[ \t]+([A-Za-z_$][^\s;|&<>=-]*))?[ \t]*"
    rb"(?:<<<[ \t]*|<<-?[ \t]*[\"']?\w+[\"']?[^\n]*\n[ \t]*)"
)
_FROM_FILE = regex(rb"\bchpasswd\b[^\n<;|&]*<[ \t]*([\"']?)(/?[\w./-]{1,100})\1(?![<\w])")
_DELETED = regex(_AT_COMMAND + rb"passwd[ \t]+(?:-d|--delete)[ \t]+([^\s;|&]+)")
_EXPIRED = regex(
    _AT_COMMAND + rb"(?:chage[ \t]+(?:[^\n;|&]*[ \t])?(?:-d|--lastday)[ \t=]*0|passwd[ \t]+(?:-e|--expire))(?![\w-])"
    rb"([^\n;|&>]*)"
)
_EXPIRED_AT_END = regex(_AT_COMMAND + rb"chage[ \t]+([A-Za-z_$][^\s;|&<>=-]*)[ \t]+(?:-d|--lastday)[ \t=]*0(?!\d)")
_ASKED = regex(_AT_COMMAND + rb"passwd(?:[ \t]+([A-Za-z_$][^\s;|&<>=-]*))?[ \t]*(?:;|&&|\|\||\Z)")
_MODIFIED = regex(_AT_COMMAND + rb"(usermod|useradd)\b[^\n;|&]*?[ \t](?:-p|--password)[ =]?")
_EDITED = regex(rb"\bsed\b[^\n]*?[\"' \t]s([|/,#@!:%])\^?([^\n]*?)\1([^\n]*?)\1[^\n]*/(?:shadow|passwd)\b")
_APPENDED = regex(rb"\b(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?([^\n]*?)>>?[ \t]*[\"']?[^\s\"']*/(?:shadow|passwd)\b")
_DOCUMENT = regex(
    rb"\b(?:cat|tee)\b[^\n]*?(?:>>?[ \t]*|[ \t])[\"']?[^\s\"']*/(?:shadow|passwd)\b[^\n]*<<-?[ \t]*[\"']?(\w+)"
    rb"|\b(?:cat|tee)\b[^\n]*?<<-?[ \t]*[\"']?(\w+)[\"']?[^\n]*(?:>>?[ \t]*|[ \t])[\"']?[^\s\"']*/(?:shadow|passwd)\b"
)
_ECHO = regex(rb"\b(?:echo|printf|yes)[ \t]+(?:-[en]+[ \t]+)?")
_NAME = regex(rb"(?:[A-Za-z_][\w.-]{0,31}|\$\{?(?:[A-Za-z_]\w{0,31}|[1-9])\}?)\Z")
_NUMBER = regex(rb"[0-9]{1,9}\Z")
_OPTION_UID = regex(rb"[ \t](?:-u|--uid)[ =]*([0-9]{1,9})\b")
_OPTION_SHELL = regex(rb"[ \t](?:-s|--shell)[ =]*(/[\w./-]{1,60})")


class Command(msgspec.Struct, frozen=True):
    """A command as found: who, the word with the new password, and which program sets it."""

    account: bytes
    value: bytes
    program: str
    uid: int | None = None
    """User number of an account that is made."""
    shell: bytes = b""
    expires: bool = False
    """It sets nothing, and asks for a new password at the next login."""


def commands(text: bytes, start: int, line: bytes) -> Iterator[Command]:
    """Read the first command of a line that sets a password, in any of the forms; all accounts of a here-document."""
    if (document := _DOCUMENT.search(line)) is not None:
        yield from _document(text, start + len(line) + 1, document[1] or document[2])
        return
    for read in (_piped, _here, _told, _from_file, _modified, _edited, _appended, _deleted, _expired, _asked):
        command = read(text, start, line)
        if command is not None:
            yield command
            return


def _document(text: bytes, offset: int, delimiter: bytes) -> Iterator[Command]:
    """Read the accounts of `cat > /etc/passwd <<EOF`."""
    for _ in range(MOST_LINES):
        end = text.find(b"\n", offset)
        line = text[offset : end if end >= 0 else len(text)]
        if line.strip(b"\t ") == delimiter or len(line) > 400:
            return
        command = _entry(line.strip(b"\t "), "cat")
        if command is not None:
            yield command
        if end < 0:
            return
        offset = end + 1


def _piped(text: bytes, start: int, line: bytes) -> Command | None:
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
    if match[1] == b"adduser":
        account = arguments[-1] if arguments else b""
        return Command(unquoted(account), _first_line(word), "adduser", *_made(match[2]))
    return Command(unquoted(arguments[0]) if arguments else b"root", _first_line(word), "passwd")


def _here(text: bytes, start: int, line: bytes) -> Command | None:
    """Read `chpasswd <<< root:word` and the first line of a here-document."""
    match = _HERE.search(text, start, start + len(line) + 400)
    return _pair(word_at(text, match.end())) if match and match.start() < start + len(line) else None


def _told(text: bytes, start: int, line: bytes) -> Command | None:
    """Read `passwd root <<EOF`, whose first line is the password."""
    match = _TOLD.search(text[start : start + len(line) + 400])
    if match is None or match.start() >= len(line):
        return None
    return Command(unquoted(match[1] or b"root"), word_at(text, start + match.end()), "passwd")


def _from_file(text: bytes, start: int, line: bytes) -> Command | None:
    """Read `echo root:word > FILE` and, later, `chpasswd < FILE`."""
    match = _FROM_FILE.search(line)
    if match is None:
        return None
    written = regex(
        rb"\b(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?([^\n]*?)[ \t]*>>?[ \t]*[\"']?"
        + re.escape(match[2])
        + rb"(?![\w.-])"
    )
    found = list(written.finditer(text, 0, start))
    return _pair(word_at(text, found[-1].start(1))) if found else None


def _pair(word: bytes) -> Command | None:
    name, colon, value = word.partition(b":")
    account = name.lstrip(b"\"'")
    if not colon or not _NAME.match(account):
        return None
    quote = name[: len(name) - len(account)]
    return Command(account, quote + _first_line(value), "chpasswd")


def _first_line(word: bytes) -> bytes:
    """Cut a word at its first line end, which `echo -e` and `printf` write as `\\n`."""
    head, cut, _ = word.partition(b"\\n")
    return head + head[:1] if cut and head[:1] in (b'"', b"'") else head


def _modified(text: bytes, start: int, line: bytes) -> Command | None:
    match = _MODIFIED.search(line)
    if match is None:
        return None
    value = word_at(line, match.end())
    words = re.split(rb"[;|&]", line[match.end() + len(value) :])[0].split()
    made = _made(line[match.start() :]) if match[1] == b"useradd" else (None, b"")
    return Command(unquoted(words[-1]) if words else b"", value, match[1].decode("ascii"), *made)


def _made(options: bytes) -> tuple[int | None, bytes]:
    """Read number and shell of an account that is made."""
    uid, shell = _OPTION_UID.search(options), _OPTION_SHELL.search(options)
    return int(uid[1]) if uid else None, shell[1] if shell else b""


def _edited(text: bytes, start: int, line: bytes) -> Command | None:
    """Read `sed s|root:[^:]*:|root:word:| /etc/shadow`."""
    match = _EDITED.search(line)
    if match is None:
        return None
    account, colon, _ = match[2].lstrip(b"\\(").partition(b":")
    value = match[3].partition(b":")[2].partition(b":")[0]
    if not colon or not _NAME.match(account) or b":" not in match[3] or _locks(value):
        return None
    return Command(account, value, "sed")


def _appended(text: bytes, start: int, line: bytes) -> Command | None:
    """Read `echo name:word:0:0::/:/bin/sh >> /etc/passwd`."""
    match = _APPENDED.search(line)
    return _entry(match[1].strip().strip(b"\"'"), "echo") if match else None


def _entry(text: bytes, program: str) -> Command | None:
    """Read a line of passwd or of shadow; the fields after the password tell which."""
    parts = text.split(b":")
    if len(parts) < 5 or not _NAME.match(parts[0]) or _locks(parts[1]):
        return None
    if len(parts) == 7 and _NUMBER.match(parts[2]) and _NUMBER.match(parts[3]):
        return Command(parts[0], parts[1], program, int(parts[2]), parts[6].split(b"\\n")[0].strip())
    return Command(parts[0], parts[1], program)


def _deleted(text: bytes, start: int, line: bytes) -> Command | None:
    match = _DELETED.search(line)
    return Command(unquoted(match[1]), b"", "passwd") if match else None


def _expired(text: bytes, start: int, line: bytes) -> Command | None:
    """Read `chage -d 0 root` and `passwd -e root`."""
    last = _EXPIRED_AT_END.search(line)
    match = _EXPIRED.search(line) if last is None else None
    words = [word for word in match[1].split() if not word.startswith(b"-")] if match else []
    account = last[1] if last else words[-1] if words else b""
    if not account:
        return None
    program = "chage" if b"chage" in (last or match or (b"",))[0] else "passwd"
    return Command(unquoted(account), TYPED, program, expires=True)


def _asked(text: bytes, start: int, line: bytes) -> Command | None:
    """Read `passwd` as it stands, which asks who runs it."""
    match = _ASKED.search(line.rstrip())
    return Command(unquoted(match[1] or b"root"), TYPED, "passwd") if match else None


def _locks(field: bytes) -> bool:
    return field.startswith((b"!", b"*", b"\\*")) or field in (b"x", b"\\1", b"\\2")

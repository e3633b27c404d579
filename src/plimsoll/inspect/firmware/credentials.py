"""Secrets that are written out in configuration, scripts, command lines and addresses.

What settings look like is in `_secret_settings`, files with a syntax of their own are in `_secret_files`; user and
password in a URL are those of RFC 3986, section 3.2.1; options are those of the manuals of curl, wget, lftp, ncftpput,
busybox (ftpput, ftpget, telnetd), sshpass, smbclient, mount.cifs, mosquitto_pub and smbpasswd.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plimsoll.inspect.firmware import (
    _blank_values,
    _login_options,
    _request_headers,
    _secret_files,
    _store_readers,
    _stored_values,
    _user_tables,
    _variables,
)
from plimsoll.inspect.firmware._credential_values import Meaning
from plimsoll.inspect.firmware._secret_seen import seen
from plimsoll.inspect.firmware._secret_settings import is_settings, read_setting
from plimsoll.inspect.firmware._standing import is_active, is_read, line_at
from plimsoll.inspect.inspector import FileKind, Inspector, Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Credential
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST = 300
"""Most secrets read of one file."""

_TEXT: tuple[FileKind, ...] = ("script", "text")
_WORDS = (
    rb"(?:pass|passwd|password|passphrase|passwort|psk|pwd|pin|secret|token|api_?key|access_?key|secret_?key|"
    rb"shared_?key|wpa_?key|community)[0-9]{0,2}"
)
_IN_URL = regex(
    rb"[A-Za-z][A-Za-z0-9+]{1,10}://([^\s/:@\"'<>\\\[\](){}]{1,40}):([^\s/@\"'<>\\\[\](){}]{1,60})@([A-Za-z0-9\[][A-Za-z0-9.\-:]*)"
)
_NO_HOST = regex(rb"(?i)(?:[a-z0-9-]+\.)*example(?:\.[a-z]+)?\Z|(?:host(?:name)?|server|proxy|address|ip|domain|"
                      rb"foo|bar|some\w*|your\w*|my\w*)(?:\.[a-z]+)?\Z")  # fmt: skip
_NO_USER = (b"user", b"username", b"login", b"usr", b"name", b"joe", b"john.doe", b"foo", b"u")
_NO_PASSWORD = (b"pass", b"password", b"passwd", b"pwd", b"pw", b"p", b"bar")
_LIBRARY = regex(
    rb"(?:\A|/)(?:site-packages|dist-packages|node_modules|third_party|perl5?|python[0-9.]*|tcl[0-9.]*|ruby|lua)/"
)
"""Folders of languages' libraries, whose sources are full of made-up addresses."""

_COMMANDS = (
    ("http", regex(rb"\bcurl\b[^\n|;&]{0,300}?\s(?:-u|--user)[ =]?[\"']?([^\s:\"'$]{1,40}):([^\s\"']{1,60})")),
    ("ssh", regex(rb"\bsshpass\b[^\n|;&]{0,40}?\s-p()[ =]?[\"']?([^\s\"']{1,60})")),
    ("telnetd", regex(rb"\btelnetd\b[^\n|;&]{0,200}?\s-u[ =]?[\"']?([^\s:\"'$]{1,40}):([^\s\"']{1,60})")),
    (
        "rtsp",
        regex(
            rb"\bonvif_srvd\b[^\n|;&]{0,400}?\s--user[ =]([^\s\"'$]{1,40})[^\n|;&]{0,300}?"
            rb"\s--password[ =]([^\s\"']{1,60})"
        ),
    ),
    ("rtsp", regex(rb"\bv4l2rtspserver\b[^\n|;&]{0,300}?\s-U[ =]?[\"']?([^\s:\"'$]{1,40}):([^\s\"']{1,60})")),
    (
        "ftp",
        regex(
            rb"\b(?:ftp|ncftp)(?:put|get)\b[^\n|;&]{0,200}?\s-u[ =]?[\"']?([^\s\"'$]{1,40})[\"']?[^\n|;&]{0,100}?"
            rb"\s-p[ =]?[\"']?([^\s\"']{1,60})"
        ),
    ),
    ("ftp", regex(rb"\b(?:ftp|ncftp)(?:put|get)\b(?:\s-(?![u])\w*)*()\s-p[ =]?[\"']?([^\s\"']{1,60})")),
    ("ftp", regex(rb"\blftp\b[^\n|]{0,200}?\s(?:-u|--user)[ =]?[\"']?([^\s,\"'$]{1,40}),([^\s\"';,]{1,60})")),
    ("http", regex(rb"\bwget\b[^\n|;]{0,300}?\s--(?:(?:http|ftp)-)?password()[ =][\"']?([^\s\"']{1,60})")),
    ("smb", regex(rb"\bsmbclient\b[^\n|;&]{0,200}?\s-U[ =]?[\"']?([^\s%\"'$]{1,40})%([^\s\"']{1,60})")),
    (
        "smb",
        regex(
            rb"\bmount(?:\.cifs)?\b(?=[^\n]{0,60}cifs)[^\n|;&]{0,200}?\s-o[ =]?[\"']?(?:[^\s\"']{0,80},)?"
            rb"user(?:name)?=([^\s,\"'$]{1,40}),(?:[^\s\"']{0,80},)?pass(?:word)?=([^\s,\"']{1,60})"
        ),
    ),
    ("mqtt", regex(rb"\bmosquitto_(?:pub|sub|rr)\b[^\n|;&]{0,300}?\s-P()[ =]?[\"']?([^\s\"']{1,60})")),
)
_GUESTS = (b"anonymous", b"ftp")
"""Accounts of FTP that take any password, by custom a mail address (RFC 1635)."""
_ACCEPTING = ("telnetd", "rtsp")
"""Commands that let in who shows the password they are told; the others show it."""
_SAMBA = regex(
    rb"\b(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)*[\"']?([A-Za-z0-9_.@!#+-]{3,60}?)(?:\\n[^\n|]{0,80})?[\"']?[ \t]*"
    rb"(?:;[^\n|]{0,120})?\)?[ \t]*\|[ \t]*(?:\S{1,30}/)?smbpasswd\b([^\n;|&]{0,80})"
)
_LAST_WORD = regex(rb"[ \t]([A-Za-z_][\w.-]{0,31})[ \t]*(?:[<>].*)?\Z")


class Credentials(Inspector):
    """Records each secret once per place, with what it opens as far as names tell."""

    id = "credentials"
    title = "Which secrets are written out in the image?"
    what = (
        "Passwords, passphrases, keys, tokens, PINs and SNMP communities in configuration files, shell scripts and "
        "lists of variables; tables of users in SQLite databases; values in the key and value store of ESP-IDF; user "
        "and password in addresses; passwords on the command lines of curl, wget, lftp, ftpput, ftpget, sshpass, "
        "telnetd, smbpasswd, smbclient, mount and mosquitto; "
        "and tokens in headers that curl, wget and uclient-fetch are told to send. Programs and scripts that name a "
        "file with such a secret are recorded with it."
    )
    limits = (
        "Secrets in compiled code and in sources of web pages are not seen here; what a secret opens is told by names "
        "alone. A program that puts the name of a file together while it runs is not seen to name it."
    )
    patterns = (
        Pattern(
            "setting",
            _WORDS + rb"[\"']?[ \t]{0,4}[=:]|" + _WORDS + rb"\"[ \t]{1,4}[a-z]{1,12}=\"|"
            + _WORDS + rb"(?:>[^\s]|[ \t]{0,2}/>)|" + _WORDS + rb"[ \t]{1,4}val(?:ue)?=|"
            rb"\boption[ \t]{1,8}[\"']?[a-z0-9_]{0,40}(?:key|" + _WORDS + rb")[\"']?[ \t]|"
            rb"password(?:-again)?[\"']?[ \t]{1,4}[\"']?password[\"']?[ \t]",
            (b"pass", b"psk", b"pwd", b"pin", b"secret", b"token", b"key", b"community"),
            longest=100,
            ignore_case=True,
            kinds=_TEXT,
        ),
        Pattern(
            "url",
            rb"://[^\s/:@\"'<>\\]{1,40}:[^\s/@\"'<>\\]{1,60}@[A-Za-z0-9\[]",
            (b"://",),
            longest=110,
            kinds=("script", "text", "elf"),
        ),
        Pattern(
            "command",
            rb"\b(?:curl|sshpass|telnetd|smbpasswd|onvif_srvd|v4l2rtspserver|mosquitto_(?:pub|sub|rr)|"
            rb"(?:nc)?ftp(?:put|get)|lftp|wget[ \t][^\n]{0,200}-password|smbclient|mount[ \t][^\n]{0,60}cifs)\b",
            (b"curl", b"sshpass", b"telnetd", b"smbpasswd", b"onvif_srvd", b"rtspserver", b"mosquitto_", b"ftpput",
             b"ftpget", b"lftp", b"wget", b"smbclient", b"cifs"),
            longest=280, kinds=("script",),
        ),
        _request_headers.PATTERN,
        _variables.PATTERN,
        _store_readers.PATTERN,
    )  # fmt: skip

    def wants(self, look: Look) -> bool:
        """Take files in which something matched, and those with a form of their own."""
        return (
            bool(look.matches)
            or _login_options.is_word_file(look)
            or _secret_files.is_any(look)
            or _user_tables.is_database(look)
            or _stored_values.is_value(look)
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the secrets of one file."""
        given: set[tuple[int | None, bool]] = set()
        accepts = False
        for one in _all(look):
            key = one.offset, isinstance(one.fact, Credential)
            if key not in given and len(given) < MOST:
                given.add(key)
                accepts = accepts or _store_readers.is_accepted(one)
                yield one
        if accepts:
            yield _store_readers.Holder()
        yield from _store_readers.names(look)
        if _login_options.is_word_file(look):
            yield _login_options.word_of(look)
        for match in look.matches.get("command", ()):
            yield from _login_options.logins(look, match.start())

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give logins of command lines whose password is the text of another file, and who names files of secrets."""
        yield from _login_options.join(kept, self.id)
        yield from _store_readers.join(kept, self.id)


def _all(look: Look) -> Iterator[Seen]:
    yield from _secret_files.read_file(look)
    yield from _request_headers.read_headers(look)
    for match in look.matches.get("command", ()):
        yield from _command(look, match)
    if is_settings(look):
        for match in look.matches.get("setting", ()):
            yield from read_setting(look, match)
            if look.kind == "text":
                yield from _blank_values.read_blank(look, match)
    if _LIBRARY.search(look.path) is None:
        for match in look.matches.get("url", ()):
            yield from _url(look, match)
    yield from _variables.read_variables(look)
    yield from _user_tables.read_users(look)
    yield from _stored_values.read_value(look)


def _url(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    begin = max(0, match.start() - 12)
    found = next((one for one in _IN_URL.finditer(look.data, begin, match.end() + 80) if one.end() > match.end()), None)
    if found is None or b"%" in found[2] or b"$" in found[1] + found[2] or b"`" in found[2]:
        return
    protocol = printable(found[0].partition(b"://")[0]).lower()
    names = found[1].lower() in _NO_USER or found[2].lower() in _NO_PASSWORD
    invented = names or _NO_HOST.match(found[3]) is not None
    meaning = Meaning(protocol, "password", "presents")
    yield seen(look, meaning, found[2], found.start(2), found[1], invented=invented)


def _command(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    if not is_active(look, match.start()) and is_read(look, match.start()):
        return  # It is only printed.
    start, line = line_at(look.data, match.start())
    for subject, form in _COMMANDS:
        found = form.match(line, match.start() - start)
        is_guest = found is not None and subject == "ftp" and found[1].lower() in _GUESTS
        if found is not None and not is_guest and b"$" not in found[2] and b"`" not in found[2]:
            meaning = Meaning(subject, "password", "accepts" if subject in _ACCEPTING else "presents")
            yield seen(look, meaning, found[2], start + found.start(2), found[1])
    found = _SAMBA.search(line) if match[0] == b"smbpasswd" else None
    if found is not None:
        user = _LAST_WORD.search(found[2])
        meaning = Meaning("samba", "password", "accepts")
        yield seen(look, meaning, found[1], start + found.start(1), user[1] if user else b"")

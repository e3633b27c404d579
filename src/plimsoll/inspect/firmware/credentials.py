"""Secrets that are written out in configuration, scripts, command lines and addresses.

Forms read: `key=value`, `key: value`, JSON, XML, UCI of OpenWrt, answers for debconf, files of net-snmp and mosquitto,
user and password in a URL (RFC 3986, section 3.2.1), and the options of curl, sshpass, telnetd and mosquitto_pub.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plimsoll.inspect.firmware import _login_options
from plimsoll.inspect.firmware._account_stores import store_of
from plimsoll.inspect.firmware._credential_values import (
    Meaning,
    is_placeholder,
    is_secret_name,
    is_secret_value,
    meaning_of,
)
from plimsoll.inspect.firmware._standing import is_active, is_documentation, line_at
from plimsoll.inspect.inspector import FileKind, Inspector, Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Credential
from plimsoll.sources.tree import Tree

MOST = 300
"""Most secrets read of one file."""
REACH = 512
"""Bytes of a line that are read to each side of a name: a line may be a whole file."""

_TEXT: tuple[FileKind, ...] = ("script", "text")
_WORDS = (
    rb"(?:pass|passwd|password|passphrase|passwort|psk|pwd|pin|secret|token|api_?key|access_?key|secret_?key|"
    rb"shared_?key|community)[0-9]{0,2}"
)
_SETTINGS = re.compile(
    rb"(?i)\.(?:conf|cfg|ini|json|xml|config|cnf|properties|ya?ml|env|defaults?|nvram|toml|dat|sh|rc|settings)\Z|"
    rb"(?:\A|/)(?:etc(?:[_.-][a-z]+)?|config|nvram|uci-defaults|init\.d)/[^.]+\Z|nvram|(?:\A|/)default[^/.]*\Z"
)
_NOT_SETTINGS = re.compile(
    rb"(?i)(?:\A|/)(?:i18n|l10n|langs?|languages?|locales?|translations?|nls|po|pam\.d|bash-completion|zsh|menu\.d|"
    rb"acl\.d|schemas?|yang)/|(?:\A|/)(?:nsswitch\.conf|login\.defs|openssl\.cnf|services|package(?:-lock)?\.json)\Z|"
    rb"(?:lang|locale|strings|messages)[^/]*\.(?:json|xml|ini|properties|ya?ml)\Z|[._-][a-z]{2}[_-][A-Z]{2}\."
)
_SHELL = re.compile(rb"\A#![^\n]{0,60}(?:/|\b)(?:ba|a|da|k)?sh\b|\A#![^\n]{0,60}/etc/rc\.common")

_VALUE = rb"(?:\"([^\"\n]{0,200})\"|'([^'\n]{0,200})'|(<[^<>\n]{1,60}>|[^\s\"',;<>]{1,200}))"
_ASSIGNED = re.compile(rb"(?<![A-Za-z0-9_.\-])([A-Za-z0-9_.\-]{1,60})[\"']?[ \t]{0,4}[=:][ \t]{0,4}" + _VALUE)
_ELEMENT = re.compile(rb"<([A-Za-z0-9_.:\-]{1,60})(?:\s[^<>]{0,100})?>([^<>\n]{1,200})</")
_ATTRIBUTE = re.compile(rb"(?:name|key|id)=\"([A-Za-z0-9_.\-]{1,60})\"\s+(?:[a-z]{1,12}=\"[^\"\n]{0,40}\"\s+)?"
                        rb"(?:value|val|default)=\"([^\"\n]{1,200})\"")  # fmt: skip
_OPTION = re.compile(rb"\s*(?:option|list)\s+[\"']?([A-Za-z0-9_]{1,60})[\"']?\s+" + _VALUE)
_DEBCONF = re.compile(
    rb"(?:\A|[\s\"'])([a-z][a-z0-9.-]{0,40}/[a-z-]{0,20}password)(?:-again)?[\"']?[ \t]+[\"']?password[\"']?[ \t]+"
    + _VALUE
)
_BY_FILE = (
    (
        re.compile(rb"(?:\A|/)snmp[^/]*\.conf[^/]*\Z"),
        re.compile(
            rb"\s*(?:(?:r[ow]community6?|trapcommunity)\s+|com2sec6?\s+(?:-Cn\s+\S+\s+)?[^\s#]+\s+[^\s#]+\s+)([^\s#]{1,64})"
        ),
        Meaning("snmp", "community", "accepts"),
    ),
    (
        re.compile(rb"(?:\A|/)mosquitto[^/]*\.conf[^/]*\Z|mosquitto/conf\.d/[^/]*\Z"),
        re.compile(rb"\s*(?:remote_|bridge_)?password[ \t]+([^\s#]{1,64})"),
        Meaning("mqtt", "password", "presents"),
    ),
    (
        # The settings that Ralink's development kit restores: the login of the web server.
        re.compile(rb"(?:\A|/)RT\d{4}_default_\w{1,20}\Z"),
        re.compile(rb"Password=([^\s#]{1,64})"),
        Meaning("http", "password", "accepts"),
    ),
)
"""Files with a syntax of their own: path, the line up to its secret, and what that opens."""
_IN_URL = re.compile(
    rb"[A-Za-z][A-Za-z0-9+]{1,10}://([^\s/:@\"'<>\\\[\](){}]{1,40}):([^\s/@\"'<>\\\[\](){}]{1,60})@([A-Za-z0-9\[][A-Za-z0-9.\-:]*)"
)
_NO_HOST = re.compile(rb"(?i)(?:[a-z0-9-]+\.)*example(?:\.[a-z]+)?\Z|(?:host(?:name)?|server|proxy|address|ip|domain|"
                      rb"foo|bar|some\w*|your\w*|my\w*)(?:\.[a-z]+)?\Z")  # fmt: skip
_NO_USER = (b"user", b"username", b"login", b"usr", b"name", b"joe", b"john.doe", b"foo", b"u")
_NO_PASSWORD = (b"pass", b"password", b"passwd", b"pwd", b"pw", b"p", b"bar")
_LIBRARY = re.compile(
    rb"(?:\A|/)(?:site-packages|dist-packages|node_modules|third_party|perl5?|python[0-9.]*|tcl[0-9.]*|ruby|lua)/"
)
"""Folders of languages' libraries, whose sources are full of made-up addresses."""

_COMMANDS = (
    ("http", re.compile(rb"\bcurl\b[^\n|;&]{0,300}?\s(?:-u|--user)[ =]?[\"']?([^\s:\"'$]{1,40}):([^\s\"']{1,60})")),
    ("ssh", re.compile(rb"\bsshpass\b[^\n|;&]{0,40}?\s-p()[ =]?[\"']?([^\s\"']{1,60})")),
    ("telnetd", re.compile(rb"\btelnetd\b[^\n|;&]{0,200}?\s-u[ =]?[\"']?([^\s:\"'$]{1,40}):([^\s\"']{1,60})")),
    ("mqtt", re.compile(rb"\bmosquitto_(?:pub|sub|rr)\b[^\n|;&]{0,300}?\s-P()[ =]?[\"']?([^\s\"']{1,60})")),
)
_USER = re.compile(rb"(?i)(?:user(?:name)?|login|account|name|uid|id)\Z")


class Credentials(Inspector):
    """Records each secret once per place, with what it opens as far as names tell."""

    id = "credentials"
    title = "Which secrets are written out in the image?"
    what = (
        "Passwords, passphrases, tokens and SNMP communities in configuration files and shell scripts, user and "
        "password in addresses, and passwords on the command lines of curl, sshpass, telnetd and mosquitto."
    )
    limits = (
        "Secrets in compiled code, in databases and in sources of web pages are not seen; what a secret opens is told "
        "by names alone."
    )
    patterns = (
        Pattern(
            "setting",
            _WORDS + rb"[\"']?[ \t]{0,4}[=:]|" + _WORDS + rb"\"[ \t]{1,4}[a-z]{1,12}=\"|" + _WORDS + rb">[^<\s]|"
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
            "command", rb"\b(?:curl|sshpass|telnetd|mosquitto_(?:pub|sub|rr))\b",
            (b"curl", b"sshpass", b"telnetd", b"mosquitto_"), longest=32, kinds=("script",),
        ),
    )  # fmt: skip

    def wants(self, look: Look) -> bool:
        """Take files in which something matched, and those with a syntax of their own."""
        return (
            bool(look.matches)
            or _login_options.is_word_file(look)
            or any(path.search(look.path) for path, _, _ in _BY_FILE)
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the secrets of one file."""
        given: set[int] = set()
        for seen in _all(look):
            if seen.offset not in given and len(given) < MOST:
                given.add(seen.offset or 0)
                yield seen
        if _login_options.is_word_file(look):
            yield _login_options.word_of(look)
        for match in look.matches.get("command", ()):
            yield from _login_options.logins(look, match.start())

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give logins of command lines whose password is the text of another file."""
        return _login_options.join(kept, self.id)


def _all(look: Look) -> Iterator[Seen]:
    for path, form, meaning in _BY_FILE:
        if look.kind in _TEXT and path.search(look.path):
            yield from _lines(look, form, meaning)
    if _is_settings(look):
        for match in look.matches.get("setting", ()):
            yield from _setting(look, match)
    if _LIBRARY.search(look.path) is None:
        for match in look.matches.get("url", ()):
            yield from _url(look, match)
    for match in look.matches.get("command", ()):
        yield from _command(look, match)


def _is_settings(look: Look) -> bool:
    """Tell whether `key=value` is a setting in this file: not in sources of pages, translations and account stores."""
    if look.kind == "script":
        return _SHELL.match(look.data) is not None
    if _NOT_SETTINGS.search(look.path) or store_of(look.path) is not None:
        return False
    return _SETTINGS.search(look.path.removesuffix(b".example").removesuffix(b".sample")) is not None


def _setting(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    """Read the setting that the match is the name of, in any of the forms."""
    start, line = line_at(look.data, match.start(), longest=REACH)
    for form in (_OPTION, _ELEMENT, _ATTRIBUTE, _ASSIGNED, _DEBCONF):
        for found in form.finditer(line):
            if found.start() <= match.end() - 1 - start < found.end() and _names(look, found[1]):
                yield from _value(look, found, start)
                return


def _names(look: Look, key: bytes) -> bool:
    return is_secret_name(key.rpartition(b"/")[2]) or (
        key in (b"key", b"key1") and look.path.endswith(b"config/wireless")
    )


def _value(look: Look, found: re.Match[bytes], start: int) -> Iterator[Seen]:
    group = next(number for number in range(2, found.re.groups + 1) if found[number] is not None)
    value = found[group]
    meaning = meaning_of(found[1], look.path)
    is_variable = _is_shell(look) and (b"$" in value or b"`" in value)
    is_word = not is_variable and is_secret_value(value, meaning) and value.lower() != found[1].lower()
    if not is_word or _is_prose(found, group):
        return
    account = _neighbour(look, found[1], start)
    yield _seen(look, meaning, value, start + found.start(group), account)


def _is_shell(look: Look) -> bool:
    return look.kind == "script" or look.name.endswith(b".sh") or b"init.d/" in look.path


def _is_prose(found: re.Match[bytes], group: int) -> bool:
    """Tell whether a bare value is the first word of a sentence: a word follows that is no setting of its own."""
    rest = found.string[found.end() :].split(maxsplit=1)[:1]
    is_bare = found.re is _ASSIGNED and group == found.re.groups
    return is_bare and bool(rest) and rest[0][:1].isalnum() and b"=" not in rest[0]


def _neighbour(look: Look, key: bytes, start: int) -> bytes:
    """Find the user name that goes with a password: a setting near it whose name begins alike."""
    stem = re.sub(rb"(?i)(?:pass(?:word|wd|phrase)?|pwd)[0-9]{0,2}\Z", b"", key)
    if stem == key:
        return b""
    before = look.data.rfind(b"\n", max(0, start - 200), max(0, start - 1))
    for form in (_OPTION, _ASSIGNED):
        for found in form.finditer(look.data, max(before, 0), start + 300):
            if found[1].startswith(stem) and _USER.match(found[1][len(stem) :].lstrip(b"_-.")):
                return next(filter(None, found.groups()[1:]), b"")
    return b""


def _lines(look: Look, form: re.Pattern[bytes], meaning: Meaning) -> Iterator[Seen]:
    for offset, line in look.lines(limit=5_000):
        if (found := form.match(line)) is not None:
            yield _seen(look, meaning, found[1], offset + found.start(1))


def _url(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    begin = max(0, match.start() - 12)
    found = next((one for one in _IN_URL.finditer(look.data, begin, match.end() + 80) if one.end() > match.end()), None)
    if found is None or b"%" in found[2] or b"$" in found[1] + found[2] or b"`" in found[2]:
        return
    protocol = printable(found[0].partition(b"://")[0]).lower()
    names = found[1].lower() in _NO_USER or found[2].lower() in _NO_PASSWORD
    invented = names or _NO_HOST.match(found[3]) is not None
    meaning = Meaning(protocol, "password", "presents")
    yield _seen(look, meaning, found[2], found.start(2), found[1], invented)


def _command(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    start, line = line_at(look.data, match.start())
    for subject, form in _COMMANDS:
        found = form.match(line, match.start() - start)
        if found is not None and b"$" not in found[2] and b"`" not in found[2]:
            meaning = Meaning(subject, "password", "accepts" if subject == "telnetd" else "presents")
            yield _seen(look, meaning, found[2], start + found.start(2), found[1])


def _seen(
    look: Look, meaning: Meaning, value: bytes, offset: int, account: bytes = b"", invented: bool = False
) -> Seen:
    concealed = look.conceal(value)
    active = is_active(look, offset) if look.kind != "elf" else not is_documentation(look.path)
    active = active and not _is_in_markup_comment(look.data, offset)
    fact = Credential(
        meaning.subject,
        meaning.kind,
        concealed,
        printable(account),
        meaning.role,
        invented or is_placeholder(value),
        active,
    )
    return Seen(fact, offset, len(value), concealed)


def _is_in_markup_comment(data: bytes, offset: int) -> bool:
    """Tell whether a comment of XML that began before the offset has not ended there."""
    begin = data.rfind(b"<!--", max(0, offset - 16384), offset)
    return begin >= 0 and data.find(b"-->", begin, offset) < 0

"""Commands that set the secret of a service while the product is made, set up or started, and where it comes from.

Commands are those of the manuals of uci, nvram, htpasswd, htdigest and wpa_passphrase; edits of configuration with sed
and echo are observed in vendor scripts. Sources are told as for passwords of accounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.firmware._credential_values import is_secret_name, meaning_of
from plimsoll.inspect.firmware._password_values import Scope, scope_of, source_of
from plimsoll.inspect.firmware._shell_words import shell_text, word_at
from plimsoll.inspect.firmware._standing import is_read, line_at
from plimsoll.inspect.firmware.password_provisioning import LARGEST
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import SecretProvisioning
from plimsoll.regex import regex

MOST = 100
"""Most commands read of one script."""

_UCI = regex(rb"\buci\b[^\n;|&]{0,60}?\bset[ \t]+[\"']?([A-Za-z0-9_@\[\].$\{\}-]{1,120})=")
_NVRAM = regex(
    rb"\bnvram(?:_set|\b[^\n;|&]{0,20}?\bset)[ \t]+(?:[0-9]{2,6}[ \t]+)?[\"']?([A-Za-z0-9_.:$\{\}-]{1,80})(?:=|[ \t]+)"
)
_WRITTEN = regex(
    rb"(?<![A-Za-z0-9_.$-])(wpa_passphrase|wpa_psk|sae_password|psk|wep_key0|rocommunity|rwcommunity|"
    rb"http_passwd|admin_?pass(?:word|wd)|web_?pass(?:word|wd))[=: \t]+[\"']?(?=[\\\"']{0,3}\$)[\\\"']{0,3}"
)
_HTPASSWD = regex(rb"\b(htpasswd)\b[^\n;|&]{0,40}?[ \t]-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}[ \t]+\S{1,120}[ \t]+\S{1,60}[ \t]+")
_PIPED = regex(rb"\b(htpasswd|htdigest|smbpasswd)\b")
_PRINTS = regex(rb"\b(?:echo|printf)\b|\bsed\b")
_HERE = regex(rb"<<-?[ \t]*[\"']?(\w{1,30})[\"']?[^\n]*\n")
_ECHO = regex(rb"\b(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?")
_WIRELESS_KEY = regex(rb"(?i)wireless\.[^=]*\.key[1-4]?\Z|wpa_?psk|_key\Z")


class _Command(msgspec.Struct, frozen=True):
    """A command as found: the setting, the word with the new secret, and which program sets it."""

    setting: bytes
    value: bytes
    program: str


class SecretProvisionings(Inspector):
    """Records each command with the setting and the source of the secret, following simple variables."""

    id = "secret-provisioning"
    title = "What sets the secrets of services while the product is made, set up or started?"
    what = (
        "Shell commands that set a password, passphrase or community of a service: uci, nvram, htpasswd, and text that "
        "scripts write into configuration; and whether the value is a constant, random, read from a store of the unit, "
        "made of a MAC or serial number, or given by the user."
    )
    limits = "Programs that set a secret in compiled code are not seen; values are followed within one script only."
    patterns = (
        Pattern(
            "sets",
            rb"\b(?:uci|nvram_set|nvram|htpasswd|htdigest|smbpasswd)[ \t]|"
            rb"\b(?:wpa_passphrase|wpa_psk|sae_password|psk|wep_key0|r[ow]community|"
            rb"http_passwd|admin_?pass(?:word|wd)|web_?pass(?:word|wd))[=: \t]{1,3}"
            rb"[\\\"']{0,3}\$",
            (b"uci", b"nvram", b"htpasswd", b"htdigest", b"smbpasswd", b"wpa_", b"sae_", b"psk", b"wep_",
             b"community", b"pass"),
            longest=80,
            kinds=("script", "text"),
        ),
    )  # fmt: skip
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take shell scripts in which a command may stand."""
        is_script = look.kind == "script" or look.path.startswith(b"etc/uci-defaults/") or look.name.endswith(b".sh")
        return bool(look.matches) and is_script and len(look.data) <= LARGEST

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the commands of one script."""
        text = shell_text(look.data)
        scope = scope_of(text)
        done: set[int] = set()
        for match in look.matches["sets"]:
            start, line = line_at(text, match.start())
            if start in done or len(done) >= MOST or not is_read(look, match.start()):
                continue
            done.add(start)
            for command in _commands(text, start, line):
                yield _seen(look, command, scope, start, line)


def _commands(text: bytes, start: int, line: bytes) -> Iterator[_Command]:
    """Read the commands of a line that set a secret."""
    for form, program in ((_UCI, "uci"), (_NVRAM, "nvram")):
        for found in form.finditer(line):
            if is_secret_name(found[1].rpartition(b".")[2]) or _WIRELESS_KEY.search(found[1]):
                value = word_at(text, start + found.end())
                yield _Command(found[1], value.rstrip(b"\"'") if value.count(b'"') % 2 else value, program)
    if (given := _HTPASSWD.search(line)) is not None:
        yield _Command(given[1], word_at(text, start + given.end()), "htpasswd")
    elif (piped := _PIPED.search(line)) is not None and (echo := _ECHO.search(line, 0, piped.start())) is not None:
        yield _Command(piped[1], word_at(text, start + echo.end()), printable(piped[1]))
    for found in _WRITTEN.finditer(line):
        if _PRINTS.search(line, 0, found.start()) or _is_in_here_document(text, start):
            yield _Command(found[1], word_at(text, start + found.end()).strip(b"\"'\\/"), "echo")


def _is_in_here_document(text: bytes, start: int) -> bool:
    """Tell whether a line stands in text that a command is handed, which begins in the lines before it."""
    begun = list(_HERE.finditer(text, max(0, start - 8192), start))[-1:]
    return any(re.search(rb"(?m)^\s*" + one[1] + rb"\s*$", text[one.end() : start]) is None for one in begun)


def _seen(look: Look, command: _Command, scope: Scope, start: int, line: bytes) -> Seen:
    source, constant, _ = source_of(command.value, scope, start)
    if constant:
        look.conceal(constant)
    setting = command.setting
    key = setting.rpartition(b".")[2]
    meaning = meaning_of(b"wpa_psk" if _WIRELESS_KEY.search(setting) else key, setting.replace(b".", b"/"))
    subject = {"htpasswd": "http", "htdigest": "http", "smbpasswd": "samba"}.get(command.program, meaning.subject)
    fact = SecretProvisioning(subject, source, command.program, printable(setting))
    column = max(line.find(setting), 0)
    return Seen(fact, start + column, len(setting))

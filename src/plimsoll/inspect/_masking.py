"""Hides the secrets in the words of a command and in lines that are shown, so that they can be told and kept.

Options are those of the programs' own manuals; user and password in an address are those of RFC 3986, section 3.2.1;
tokens are told by the forms that their issuers document. What is left to a variable is no secret.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from plimsoll.regex import regex

_HIDDEN = b"***"
_PLAIN = rb"(?!\$|`|\*\*\*|/(?:bin|data|dev|etc|home|mnt|opt|overlay|proc|root|run|sys|tmp|usr|var|www)/)"
"""What does not begin a secret: a variable, what is hidden already, the path of a file."""
_NAME = (
    rb"(?:pass(?:word|wd|phrase)?|passwort|pwd|pw|secret|token|psk|bearer|credentials?|community|"
    rb"(?:api|access|private|secret|auth|shared|session|client|wpa|wep|network)[_-]?key)[0-9]?"
)
_OPTION = regex(rb"(?i)--?(?:[a-z0-9]{1,20}[-_]){0,4}(?:" + _NAME + rb"|[a-z0-9]{0,20}pass|key|pin|psk)\Z")
_KEY_FILE = regex(rb"/[\w./+-]{1,200}\.(?:key|pem|crt|cer|p12|pfx|der)\Z|" + _PLAIN.replace(rb"(?!", rb"(?:", 1))
"""The name of a file that is given in place of a secret, as to `curl --key`, or a variable."""
_ASSIGNED = regex(rb"(?is)\A(-{0,2}[\w-]*" + _NAME + rb"=)" + _PLAIN + rb".+")
_PAIR = regex(
    rb"(?i)(" + _NAME + rb"[\"']?[ \t]{0,2}(?:=>?|:)[ \t]{0,2}[\"']?)" + _PLAIN
    + rb"[^\s\"'&;,{}<>@]+"
)  # fmt: skip
"""A name and its value within a word: in a form, JSON, options of a mount or the words for a database."""
_HEADER_OPTION = regex(rb"(?:-[A-Za-z#0-9]*H|--header)\Z")
_HEADER = regex(
    rb"(?i)\A((?:-[a-z#0-9]*H|--header=)?(?:(?:proxy-)?authorization|cookie|[\w-]{0,40}(?:key|token|secret))"
    rb"[ \t]*:[ \t]*(?:[a-z]{1,20}[ \t]+)?).+",
    re.DOTALL,
)
_IN_ADDRESS = regex(rb"(//[^\s:@/]{0,80}|(?<![/\w])[\w.+-]{1,80}):([^\s:@/$][^\s@/]{0,200})@")
_IN_QUERY = regex(rb"(?i)([?&][\w.-]{0,30}(?:key|sig|sign|auth|code)=)" + _PLAIN + rb"[^\s\"'&;$`{}<>%]{6,}")
_PIPED = regex(
    rb"(\b(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)*)[\"']?[^\s\"'|$`]{3,200}[\"']?(?=[ \t]*\|)|"
    rb"(<<<[ \t]*)[^\s$]+"
)
"""What a command is given on its standard input: often a password."""
_TOKEN_USER = regex(rb"(//)(?=[^\s:@/]*[0-9])[A-Za-z0-9_-]{20,200}@")
_TOKEN = regex(
    rb"(api\.telegram\.org/(?:file/)?bot)[^\s/]+|(hooks\.slack\.com/services/)[^\s?]+|"
    rb"(discord(?:app)?\.com/api/webhooks/[0-9]+/)[^\s?]+|(/trigger/[^\s/]+/(?:json/)?with/key/)[^\s?]+|"
    rb"()\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|()\b(?:gh[oprsu]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|"
    rb"xox[abeprs]-[\w-]{10,}|sk_live_\w{10,}|AIza[\w-]{30,})"
)
_PARTS_OF_NAMES = (b"pass", b"pw", b"secret", b"token", b"psk", b"bearer", b"credential", b"community", b"key")
"""One of these stands in each match of _NAME."""
_PARTS_OF_TOKENS = (
    b"telegram",
    b"slack",
    b"discord",
    b"trigger",
    b"eyJ",
    b"gh",
    b"glpat-",
    b"xox",
    b"sk_live_",
    b"AIza",
)
"""One of these stands in each match of _TOKEN."""
_LOGIN_OPTION = regex(rb"(?:-[uU]|--(?:user|proxy-user|login|auth|credentials?|account|userpwd))\Z")
_LOGIN = regex(rb"\A([^:/\s$]{1,80}:)(?!//)" + _PLAIN + rb".+", re.DOTALL)
_LOGIN_ASSIGNED = regex(
    rb"\A(--(?:user|proxy-user|login|auth|credentials?|account|userpwd)=[^:/\s$]{1,80}:)(?!//)" + _PLAIN + rb".+",
    re.DOTALL,
)
_PORT_LIKE = regex(rb"\A[0-9a-fA-F.:\[\]]*\Z|\A/|\A-|\A\$")

_SNMP = dict.fromkeys(
    (b"snmpget", b"snmpgetnext", b"snmpset", b"snmpwalk", b"snmpbulkget", b"snmpbulkwalk", b"snmptrap", b"snmpinform",
     b"snmpstatus", b"snmptable"),
    (b"-c", b"-A", b"-X"),
)  # fmt: skip
_BEFORE_SECRET: Mapping[bytes, tuple[bytes, ...]] = {
    b"coap-client": (b"-k",),
    b"ftpget": (b"-p",),
    b"ftpput": (b"-p",),
    b"ncftpget": (b"-p",),
    b"ncftpput": (b"-p",),
    b"iw": (b"key", b"keys"),
    b"iwconfig": (b"key", b"enc"),
    b"ldapsearch": (b"-w",),
    b"mosquitto_pub": (b"-P",),
    b"mosquitto_rr": (b"-P",),
    b"mosquitto_sub": (b"-P",),
    b"openssl": (b"-k", b"-K", b"-pass", b"-passin", b"-passout"),
    b"pppd": (b"password",),
    b"redis-cli": (b"-a",),
    b"sshpass": (b"-p",),
    b"wpa_cli": (b"psk", b"password", b"sae_password", b"wep_key0", b"wep_key1", b"wep_key2", b"wep_key3"),
} | _SNMP
"""By program: words that a secret follows, whatever it looks like."""
_GLUED: Mapping[bytes, re.Pattern[bytes]] = {
    b"coap-client": regex(rb"\A(-k).+", re.DOTALL),
    b"curl": regex(rb"\A(-[A-Za-z#0-9]*[uU][^:/\s$-][^:/\s$]*:).+", re.DOTALL),
    b"lftp": regex(rb"(-u[ \t]*[^\s,]+,)[^\s;\"']+"),
    b"mysql": regex(rb"\A(-p).+", re.DOTALL),
    b"mysqldump": regex(rb"\A(-p).+", re.DOTALL),
    b"openssl": regex(rb"\A(pass:).+", re.DOTALL),
    b"smbclient": regex(rb"\A((?:-U)?[^%\s]+%).+", re.DOTALL),
    b"sshpass": regex(rb"\A(-p).+", re.DOTALL),
}
"""By program: a secret within a word."""
_PAIRED = {b"lftp": regex(rb"\A([^,\s/]+,)[^,\s]+\Z")}
_POSITIONAL = {b"htpasswd": 2, b"wpa_passphrase": 1}
"""By program: at which of its words without a dash the secret stands; what follows is none."""
_COMMANDS = frozenset((*_BEFORE_SECRET, *_GLUED, *_POSITIONAL, b"ssh", b"scp", b"dbclient", b"curl", b"wget"))
"""Programs at which another set of options begins, as those that `sshpass` starts."""


def masked(words: tuple[bytes, ...], program: bytes = b"") -> tuple[bytes, ...]:
    """Give words with the secrets in them hidden; `program` is the one that they are given to."""
    shown, own, before, position = [], posixpath.basename(program), b"", 0
    for word in words:
        if posixpath.basename(word) in _COMMANDS and (b"/" not in word or b"bin/" in word):
            own, position = posixpath.basename(word), 0
            shown.append(word)
        else:
            shown.append(_masked(word, before, own, position))
            position += not word.startswith(b"-")
        before = word
    return tuple(shown)


def masked_text(text: bytes) -> bytes:
    """Hide the secrets in a line or an address, as far as the words around them tell of them."""
    # Most have no part of what is sought, which is soon told.
    if _has(text.lower(), _PARTS_OF_NAMES):
        text = _PAIR.sub(rb"\1***", text)
    if _has(text, (b"echo", b"printf", b"<<<")):
        text = _PIPED.sub(_kept, text)
    if b"=" in text:
        text = _IN_QUERY.sub(rb"\1***", text)
    if b"@" in text:
        text = _IN_ADDRESS.sub(rb"\1:***@", text)
        text = _TOKEN_USER.sub(rb"\1***@", text)
    return _TOKEN.sub(_kept, text) if _has(text, _PARTS_OF_TOKENS) else text


def _has(text: bytes, parts: tuple[bytes, ...]) -> bool:
    return any(part in text for part in parts)


def _kept(match: re.Match[bytes]) -> bytes:
    return next((group for group in match.groups() if group), b"") + _HIDDEN


def _masked(word: bytes, before: bytes, program: bytes, position: int) -> bytes:
    if _is_secret(word, before, program, position):
        return _HIDDEN
    if (glued := _GLUED.get(program)) is not None:
        word = glued.sub(rb"\1***", word)
    word = _ASSIGNED.sub(rb"\1***", word)
    if _HEADER_OPTION.match(before) or word.startswith(b"-"):
        word = _HEADER.sub(rb"\1***", word)
    word = masked_text(word)
    if _LOGIN_OPTION.match(before) or (program == b"curl" and re.match(rb"-[A-Za-z#0-9]*[uU]\Z", before)):
        word = _LOGIN.sub(rb"\1***", word)
        if (paired := _PAIRED.get(program)) is not None:
            word = paired.sub(rb"\1***", word)
    return _LOGIN_ASSIGNED.sub(rb"\1***", word)


def _is_secret(word: bytes, before: bytes, program: bytes, position: int) -> bool:
    """Tell whether a whole word is a secret by what it follows."""
    if before in _BEFORE_SECRET.get(program, ()):
        return not word.startswith((b"$", b"file:", b"env:", b"fd:", b"stdin", b"pass:"))
    if _OPTION.match(before):
        return not _KEY_FILE.match(word)
    if before in (b"-p", b"-P") and not _PORT_LIKE.match(word):
        return True
    return _POSITIONAL.get(program) == position and not word.startswith((b"-", b"$"))

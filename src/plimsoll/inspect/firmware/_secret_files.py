"""Files with a syntax of their own that hold secrets of one service.

Syntaxes are those of snmpd.conf(5), hostapd.conf(5) on `wpa_psk_file`, mosquitto.conf(5), ipsec.secrets(5),
racoon.conf(5), pppd(8), wg(8), openvpn(8), hcid.conf(5) and bt-agent(1), of the manuals of GoAhead (route and user
files, and the tables of its user management), of stupid-ftpd and of motion, and of what Ralink's kit restores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec

from plimsoll.inspect.firmware._credential_values import Meaning
from plimsoll.inspect.firmware._secret_seen import is_outside_comment, seen
from plimsoll.inspect.firmware._setting_forms import words
from plimsoll.inspect.inspector import FileKind, Look, Seen
from plimsoll.regex import regex

LINES = 5_000
"""Most lines read of one file."""
_TEXT: tuple[FileKind, ...] = ("script", "text")
_WORD = rb"(?:\"([^\"\n]{1,128})\"|([^\s\"#;]{1,128}))"


class Found(msgspec.Struct, frozen=True):
    """A secret in a file of its own syntax."""

    value: bytes
    offset: int
    meaning: Meaning
    account: bytes = b""
    is_on: bool = True


class SecretFile(msgspec.Struct, frozen=True):
    """A kind of file, by its path, and how it is read."""

    path: re.Pattern[bytes]
    read: Callable[[Look], Iterator[Found]]


def is_any(look: Look) -> bool:
    """Tell by its path whether a file is one of these."""
    return look.kind in _TEXT and _SIGN.search(look.path) is not None and _file_of(look) is not None


def read_file(look: Look) -> Iterator[Seen]:
    """Give the secrets of a file of one of these kinds."""
    file = _file_of(look) if look.kind in _TEXT else None
    for one in file.read(look) if file else ():
        active = one.is_on and is_outside_comment(look, one.offset)
        yield seen(look, one.meaning, one.value, one.offset, one.account, active=active)


def _file_of(look: Look) -> SecretFile | None:
    return next((one for one in FILES if one.path.search(look.path)), None)


def _lines(form: bytes, meaning: Meaning) -> Callable[[Look], Iterator[Found]]:
    """Read one secret in a line: its last group that matched, after an account where there are two."""
    pattern = regex(form)

    def read(look: Look) -> Iterator[Found]:
        for offset, line in look.lines(limit=LINES):
            found = pattern.match(line)
            if found is not None and found.lastindex:
                account = found.groupdict().get("account") or b""
                yield Found(found[found.lastindex], offset + found.start(found.lastindex), meaning, account)

    return read


def _tables(look: Look) -> Iterator[Found]:
    """Read the table of users of GoAhead's user management: rows of `column=value`."""
    table, row = b"", dict[bytes, tuple[bytes, int]]()
    for offset, line in [*look.lines(limit=LINES), (len(look.data), b"ROW=")]:
        key, equals, value = line.partition(b"=")
        if key in (b"TABLE", b"ROW"):
            if table == b"users" and b"name" in row and row.get(b"password", (b"", 0))[0]:
                password, at = row[b"password"]
                is_on = row.get(b"disable", (b"0", 0))[0] != b"1"
                yield Found(password, at, Meaning("http", "password", "accepts"), row[b"name"][0], is_on)
            table, row = (value if key == b"TABLE" else table), {}
        elif equals:
            row[key] = (value, offset + len(key) + 1)


def _ipsec(look: Look) -> Iterator[Found]:
    """Read `ids : PSK "secret"`; without ids, or with %any, whoever knows the secret is let in."""
    for offset, line in look.lines(limit=LINES):
        found = _IPSEC.match(line)
        if found is None:
            continue
        group = 3 if found[3] is not None else 4
        ids = found[1].split()
        if found[2] == b"PSK":
            meaning = Meaning("ipsec", "key", "accepts" if not ids or b"%any" in ids else "unknown")
        else:
            meaning = Meaning("ipsec", "password", "unknown")
        yield Found(found[group], offset + found.start(group), meaning, b"" if found[2] == b"PSK" else found[1].strip())


def _two_lines(look: Look) -> Iterator[Found]:
    """Read a file with a user name in its first line and the password in its second, and nothing else."""
    lines = [one for one in look.lines(limit=8) if one[1].strip()]
    if len(lines) != 2 or len(look.data) > 300 or any(b" " in line.strip() or b"=" in line for _, line in lines):
        return
    (_, user), (offset, password) = lines
    yield Found(password.strip(), offset, Meaning("openvpn", "password", "presents"), user.strip())


def _static_key(look: Look) -> Iterator[Found]:
    """Read a key that openvpn shares with its peer: lines of hexadecimal digits between two marks."""
    found = _STATIC_KEY.search(look.data, 0, 8192)
    if found is not None:
        yield Found(found[1], found.start(1), Meaning("openvpn", "key", "presents"))


def _pin(look: Look) -> Iterator[Found]:
    """Read a file that holds one PIN, or lines of an address or `*` and a PIN."""
    if len(look.data) > 4096:
        return
    for offset, line in look.lines(limit=50):
        if (found := _PIN_LINE.match(line)) is not None:
            yield Found(found[1], offset + found.start(1), Meaning("bluetooth", "pin", "accepts"))


def _motion(look: Look) -> Iterator[Found]:
    """Read the logins of motion's two servers, the last that is told of each.

    By its manual a login is asked for where a method is chosen, and others than the own host come in where the server
    has a port and is told not to be for the own host only.
    """
    told = {one.key: one for one in islice(words(look.data), LINES)}
    for server in (b"stream", b"webcontrol"):
        login = told.get(server + b"_authentication")
        account, colon, word = login.value.partition(b":") if login else (b"", b"", b"")
        if login is None or not colon or not word:
            continue
        said = {key: one.value.lower() for key, one in told.items()}
        is_asked = said.get(server + b"_auth_method") in (b"1", b"2")
        is_reached = said.get(server + b"_localhost", b"on") not in (b"on", b"yes", b"1")
        is_on = is_asked and is_reached and said.get(server + b"_port", b"0") != b"0"
        offset = look.data.index(login.value, login.offset) + len(account) + 1
        yield Found(word, offset, Meaning("motion", "password", "accepts"), account, is_on)


_IPSEC = regex(rb"([^:#\"]{0,200}?)[ \t]*:[ \t]*(PSK|XAUTH|EAP|NTLM)[ \t]+" + _WORD)
_PIN_LINE = regex(rb"(?:(?:\*|(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})[ \t]+)?([0-9]{4,16})[ \t]*\Z")
_STATIC_KEY = regex(rb"-----BEGIN OpenVPN Static key V1-----\s+((?:[0-9a-fA-F]{8,64}\s{1,2}){4,64}?)\s*-----END")
_KEY = rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="

FILES = (
    SecretFile(
        regex(rb"(?:\A|/)snmp[^/]*\.conf[^/]*\Z"),
        _lines(
            rb"\s*(?:(?:r[ow]community6?)\s+|com2sec6?\s+(?:-Cn\s+\S+\s+)?[^\s#]+\s+[^\s#]+\s+)"
            rb"\"?([^\s#\"]{1,64})",
            Meaning("snmp", "community", "accepts"),
        ),
    ),
    SecretFile(
        regex(rb"(?:\A|/)mosquitto[^/]*\.conf[^/]*\Z|mosquitto/conf\.d/[^/]*\Z"),
        _lines(rb"\s*(?:remote_|bridge_)?password[ \t]+([^\s#]{1,64})", Meaning("mqtt", "password", "presents")),
    ),
    SecretFile(
        regex(rb"(?:\A|/)motion[\w.-]{0,30}\.conf\Z|(?:\A|/)motion/(?:[^/]{1,60}/)?[^/]{1,60}\.conf\Z"), _motion
    ),
    SecretFile(
        regex(rb"(?:\A|/)RT\d{4}_default_\w{1,20}\Z"),
        _lines(rb"Password=([^\s#]{1,64})", Meaning("http", "password", "accepts")),
    ),
    SecretFile(
        regex(rb"(?:\A|/)(?:hostapd[\w.-]{0,30}psk[\w.-]{0,10}|wpa_psk(?:_file)?)\Z"),
        _lines(
            rb"[ \t]*(?:(?:keyid|vlanid|wps)=\S{1,40}[ \t]+){0,3}00:00:00:00:00:00[ \t]+([^\s#][^\n]{7,63}?)[ \t]*\Z",
            Meaning("wpa", "passphrase", "accepts"),
        ),
    ),
    SecretFile(regex(rb"(?:\A|/)umconfig[^/]{0,12}\.txt\Z"), _tables),
    SecretFile(
        regex(rb"(?:\A|/)(?:auth|route|users?)\.(?:txt|conf)\Z"),
        _lines(
            rb"user[ \t]+name=(?P<account>[^\s]{1,40})[ \t]+password=([^\s]{3,128})",
            Meaning("http", "password", "accepts"),
        ),
    ),
    SecretFile(regex(rb"(?:\A|/)ipsec(?:\.d/[^/]+)?\.secrets\Z"), _ipsec),
    SecretFile(
        regex(rb"(?:\A|/)racoon[^/]*/psk(?:\.txt|\.conf)?\Z"),
        _lines(rb"[ \t]*(?!#)(?P<account>\S{1,80})[ \t]+(\S{3,128})[ \t]*\Z", Meaning("ipsec", "key", "unknown")),
    ),
    SecretFile(
        regex(rb"(?:\A|/)wireguard/[^/]+\.conf\Z|(?:\A|/)wg[0-9]{1,2}\.conf\Z"),
        _lines(rb"(?i)[ \t]*(?:PrivateKey|PresharedKey)[ \t]*=[ \t]*(" + _KEY + rb")",
               Meaning("wireguard", "key", "presents")),
    ),
    SecretFile(regex(rb"(?:\A|/)openvpn/(?:[^/]+/)?[^/.]*(?:pass|auth|login|cred)[^/.]*(?:\.txt|\.conf)?\Z"),
               _two_lines),
    SecretFile(regex(rb"(?:\A|/)openvpn/(?:[^/]+/)?[^/]+\.(?:key|secret|psk)\Z"), _static_key),
    SecretFile(
        regex(rb"(?:\A|/)hcid\.conf\Z"),
        _lines(rb"[ \t]*passkey[ \t]+\"?([^\s\";]{1,16})", Meaning("bluetooth", "pin", "accepts")),
    ),
    SecretFile(regex(rb"bluetooth/(?:[^/]+/)*(?:pin|pincode|pincodes|pin\.conf)\Z|(?:\A|/)bt-?pin\Z"), _pin),
    SecretFile(
        regex(rb"(?:\A|/)stupid-ftpd[^/]*\.conf\Z"),
        _lines(
            rb"user=(?P<account>[^\s#]{1,40})[ \t]+([^\s*#][^\s#]{0,63})[ \t]",
            Meaning("ftp", "password", "accepts"),
        ),
    ),
    SecretFile(
        regex(rb"(?:\A|/)ppp/(?:peers/[^/]+|options[^/]*)\Z"),
        _lines(rb"[ \t]*password[ \t]+[\"']?([^\s\"'#]{1,64})", Meaning("ppp", "password", "presents")),
    ),
)  # fmt: skip
"""The first whose path fits counts."""

_SIGN = regex(
    rb"snmp|mosquitto|motion|RT\d{4}_|umconfig|auth|route|user|ipsec|psk|wg|wireguard|openvpn|hcid|pin|ftpd|ppp/"
)
"""One of these stands in the path of each of them."""

"""Reads files in which a machine remembers Wi-Fi networks that it joined.

Sources: wpa_supplicant.conf(5), the wireless configuration of OpenWrt, nm-settings-keyfile(5), iwd.network(5), the
connection files of ConnMan, netplan(5) and interfaces(5) of Debian. Networks that the product itself offers are not
meant: those of hostapd, and those in the mode of an access point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from plimsoll.inspect.firmware._credential_values import is_placeholder
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.model.facts import Residue
from plimsoll.regex import regex

LARGEST = 1 << 20
MOST = 200
"""Most networks read of one file."""

Network = tuple[int, bytes, bytes, bool]
"""Offset of the name, name, passphrase or empty, whether the product joins it and does not offer it."""

_BLOCK = regex(rb"(?m)^[ \t]*network[ \t]*=[ \t]*\{([^}]{0,4000})\}")
_SSID = regex(rb"(?m)^[ \t]*ssid[ \t]*=[ \t]*(?:P?\"([^\"\n]{1,64})\"|([0-9a-fA-F]{2,64})[ \t\r]*$)")
_PSK = regex(
    rb"(?m)^[ \t]*(?:psk|sae_password|password|wep_key[0-3])[ \t]*=[ \t]*(?:\"([^\"\n]{1,64})\"|([0-9a-fA-F]{10,64}))"
)
_MODE_AP = regex(rb"(?m)^[ \t]*mode[ \t]*=[ \t]*[23]\b")
_UCI_SECTION = regex(rb"(?m)^[ \t]*config[ \t]+['\"]?wifi-iface\b[^\n]*\n((?:(?![ \t]*config[ \t])[^\n]*\n?){0,60})")
_UCI_OPTION = regex(
    rb"(?m)^[ \t]*option[ \t]+['\"]?(ssid|key|mode)['\"]?[ \t]+(?:'([^'\n]{1,64})'|\"([^\"\n]{1,64})\"|(\S{1,64}))"
)
_KEYFILE_SSID = regex(rb"(?m)^(?:ssid|Name|SSID)[ \t]*=[ \t]*([^\r\n]{1,64})")
_KEYFILE_PSK = regex(rb"(?m)^(?:psk|Passphrase|PreSharedKey|wep-key0)[ \t]*=[ \t]*([^\r\n]{8,64})")
_KEYFILE_AP = regex(rb"(?m)^mode[ \t]*=[ \t]*(?:ap|hotspot|adhoc)\b")
_INTERFACES = regex(
    rb"(?m)^[ \t]*wpa-ssid[ \t]+\"?([^\"\r\n]{1,64})\"?[^\n]*\n(?:[^\n]*\n){0,6}?"
    rb"[ \t]*wpa-psk[ \t]+\"?([^\"\r\n]{8,64})"
)
_NETPLAN = regex(
    rb"access-points:[ \t]*\r?\n[ \t]+\"?([^\":\r\n]{1,64})\"?:[ \t]*\r?\n[ \t]+password:[ \t]*\"?([^\"\r\n]{8,64})"
)

_NO_NAME = regex(
    rb"(?i)(?:your|my|the|some|home|office|example|sample|test|default|demo|dummy|simple|second|hidden|another)?"
    rb"[ _-]?(?:ssid|essid|network|net|wifi|wi-fi|wlan|ap|router|access[ _-]?point|name)?[ _-]?"
    rb"(?:ssid|name|here|network|example|test)?[ _-]?\d{0,3}|plaintext|any|foo|bar|xxx+|open(?:wrt|net)?|lede|"
    rb"[<\[{%$@].*|.*\$[{(A-Za-z].*|.*%s.*"
)
"""Names that stand for one to be filled in, or that belong to a distribution."""
_NO_PASSPHRASE = regex(
    rb"(?i)(?:your|my|the)?[ _-]?(?:very[ _-]?)?(?:secret|long|simple)?[ _-]?(?:passphrase|password|psk|key|secret)?"
    rb"[ _-]?(?:here|example|\d{1,3})?|[<\[{%$@].*|12345678\d{0,2}|abcdefgh.*|0123456789.*|(.)\1{7,}"
)


def _supplicant(data: bytes) -> Iterator[Network]:
    for match in _BLOCK.finditer(data):
        body = _without_comments(match[1])
        name, key = _SSID.search(body), _PSK.search(body)
        if name is not None:
            joined = _MODE_AP.search(body) is None
            yield match.start(1) + name.start(), _group(name), _group(key), joined


def _uci(data: bytes) -> Iterator[Network]:
    for section in _UCI_SECTION.finditer(data):
        options = {match[1]: match for match in _UCI_OPTION.finditer(section[1])}
        name, key, mode = (options.get(one) for one in (b"ssid", b"key", b"mode"))
        if name is not None:
            joined = mode is not None and _last(mode) in (b"sta", b"client")
            yield section.start(1) + name.start(), _last(name), _last(key) if key else b"", joined


def _keyfile(data: bytes) -> Iterator[Network]:
    name, key = _KEYFILE_SSID.search(data), _KEYFILE_PSK.search(data)
    if name is not None:
        yield name.start(), name[1].strip(), key[1].strip() if key else b"", _KEYFILE_AP.search(data) is None


def _iwd(data: bytes) -> Iterator[Network]:
    """The name of the network is that of the file, so it stays in the place and is not given again."""
    key = _KEYFILE_PSK.search(data)
    if key is not None:
        yield key.start(), b"(name of the file)", key[1].strip(), True


def _pairs(pattern: re.Pattern[bytes]) -> Callable[[bytes], Iterator[Network]]:
    def read(data: bytes) -> Iterator[Network]:
        for match in pattern.finditer(data):
            yield match.start(1), match[1].strip(), match[2].strip(), True

    return read


_FILES: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Iterator[Network]]], ...] = tuple(
    (regex(rb"(?:\A|/)(?:" + path + rb")\Z"), read)
    for path, read in (
        (rb"wpa[_-]?supplicant[^/]{0,40}\.conf(?:\.\w{1,10})?", _supplicant),
        (rb"etc/config/wireless", _uci),
        (rb"NetworkManager/system-connections/[^/]{1,80}|[^/]{1,80}\.nmconnection", _keyfile),
        (rb"connman/[^/]{1,80}(?:/settings|\.config)", _keyfile),
        (rb"iwd/[^/]{1,80}\.psk", _iwd),
        (rb"etc/network/interfaces(?:\.d/[^/]{1,60})?", _pairs(_INTERFACES)),
        (rb"netplan/[^/]{1,60}\.ya?ml", _pairs(_NETPLAN)),
    )
)
_SIGN = regex(rb"wpa|etc/config/wireless|NetworkManager|\.nmconnection|connman|iwd/|etc/network/|netplan")


def is_network_file(look: Look) -> bool:
    """Tell by its path whether a file may remember networks."""
    if look.kind not in ("text", "script") or len(look.data) > LARGEST or _SIGN.search(look.path) is None:
        return False
    return any(path.search(look.path) for path, _ in _FILES)


def read_networks(look: Look) -> Iterator[Seen]:
    """Give each network that was joined with a passphrase; both must be more than words to be filled in."""
    read = next(read for path, read in _FILES if path.search(look.path))
    for number, (offset, name, key, joined) in enumerate(read(look.data)):
        if number >= MOST:
            return
        if joined and key and not _is_invented(name, key):
            look.conceal(name)
            look.conceal(key)
            concealed = look.conceal(name)
            yield Seen(Residue("wifi-network", concealed.shape, 1, True), offset, len(name), concealed)


def _is_invented(name: bytes, key: bytes) -> bool:
    is_named = _NO_NAME.fullmatch(name) is None
    is_keyed = _NO_PASSPHRASE.fullmatch(key) is None and not is_placeholder(key)
    return not (is_named and is_keyed)


def _without_comments(body: bytes) -> bytes:
    return re.sub(rb"(?m)^[ \t]*#[^\n]*", lambda match: b" " * len(match[0]), body)


def _group(match: re.Match[bytes] | None) -> bytes:
    return next(filter(None, match.groups()), b"") if match else b""


def _last(match: re.Match[bytes]) -> bytes:
    return next(filter(None, match.groups()[1:]), b"")

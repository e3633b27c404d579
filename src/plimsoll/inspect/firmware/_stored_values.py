"""Reads secrets from the key and value store (NVS) of ESP-IDF, whose values are files named after namespace and key.

The names of the Wi-Fi driver's own values are those of ESP-IDF (components/esp_wifi, Apache-2.0): `sta.ssid` and
`ap.ssid` hold a length of four bytes and the name, `sta.pswd` and `ap.passwd` the passphrase and zeros behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._credential_values import Meaning, is_placeholder, is_secret_value, meaning_of
from plimsoll.inspect.firmware._secret_seen import seen
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.regex import regex

FORMAT = "esp-nvs"
LONGEST = 4096
"""Bytes of the longest value that is read."""

_DRIVER = b"nvs.net80211/"
_PASSPHRASES: dict[bytes, Meaning] = {
    b"sta.pswd": Meaning("wpa", "passphrase", "presents"),
    b"ap.passwd": Meaning("wpa", "passphrase", "accepts"),
}
_SECRET = regex(
    rb"(?i)(?:.*[_.-])?(?:pass|passwd|password|passphrase|pswd|pwd|psk|wpa_?key|secret|token|api_?key|auth_?key)[0-9]?\Z|"
    rb"(?:wifi|mqtt|sta|ap|web|http|admin|user|ota|login)_?(?:pass|pwd|pw|psk|key)\w{0,4}\Z"
)
_WIRELESS = regex(rb"(?i)wifi|ssid|psk|wpa|softap|\b(?:sta|ap)[_.-]")
_OPENED = regex(rb"(?i)(?:\A|[/_.-])(?:soft)?ap[_.-]?")


def is_value(look: Look) -> bool:
    """Tell whether a file is a value of such a store that its name says to be secret."""
    return look.file.tree.format == FORMAT and (_SECRET.match(look.name) is not None or look.name in _PASSPHRASES)


def read_value(look: Look) -> Iterator[Seen]:
    """Give the secret of one value."""
    if not is_value(look) or not 0 < len(look.data) <= LONGEST:
        return
    value = look.data.split(b"\0", 1)[0]
    meaning = _PASSPHRASES.get(look.name) if look.path.startswith(_DRIVER) else None
    meaning = meaning or _meaning(look)
    if value and is_secret_value(value, meaning) and not is_placeholder(value) and value.isascii():
        yield seen(look, meaning, value, 0, active=True)


def _meaning(look: Look) -> Meaning:
    """Say what a value of the maker's own is for, by its key and the namespace."""
    if _WIRELESS.search(look.path):
        return Meaning("wpa", "passphrase", "accepts" if _OPENED.search(look.path) else "presents")
    named = meaning_of(look.name, b"", look.path.split(b"/")[:-1])
    return named if named.subject else Meaning("", named.kind, "unknown")

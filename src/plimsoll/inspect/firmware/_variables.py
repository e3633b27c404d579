"""Reads secrets in lists of `name=value` that end in a zero each, as nvram of routers and cameras is kept and shipped.

The form is that of Broadcom's and Ralink's nvram, and of U-Boot's environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._credential_values import Kind, Meaning, is_secret_name, is_secret_value, meaning_of
from plimsoll.inspect.firmware._secret_seen import is_used, seen
from plimsoll.inspect.inspector import Look, Pattern, Seen
from plimsoll.regex import regex

AROUND = 2048
"""Bytes around a variable in which others of the list are looked for."""
FEWEST = 4
"""Variables, the one with the secret among them, that make a list."""

PATTERN = Pattern(
    "variable",
    rb"\x00[A-Za-z0-9_.:-]{0,40}(?:pass|passwd|password|passphrase|psk|pwd|community|pin)[0-9]{0,2}=[\x21-\x7e]{3,64}\x00",
    (b"pass", b"psk", b"pwd", b"community", b"pin"),
    longest=160,
    ignore_case=True,
    kinds=("binary",),
)

_PARTS = regex(rb"\x00([^=\x00]{1,60})=([^\x00]{1,64})\x00")
_VARIABLE = regex(rb"(?<=\x00)([A-Za-z0-9_.:-]{2,60})=([\x20-\x7e]{0,200})(?=\x00)")
_STEM = regex(rb"(?i)_?(?:pass(?:word|wd|phrase)?|pwd|psk)[0-9]{0,2}\Z")
_USERS = (b"_username", b"_user", b"_name", b"_login", b"username", b"user", b"_ssid")
_WORDS_OF_KIND: tuple[Kind, ...] = ("password", "passphrase", "community", "pin")


def read_variables(look: Look) -> Iterator[Seen]:
    """Give the secrets of lists of variables in a binary file."""
    for match in look.matches.get(PATTERN.name, ()):
        found = _PARTS.match(look.data, match.start())
        if found is None or not is_secret_name(found[1]):
            continue
        meaning = meaning_of(found[1], look.path)
        if meaning.kind not in _WORDS_OF_KIND or not is_secret_value(found[2], meaning):
            continue
        others = dict(_around(look.data, found.start()))
        if len(others) >= FEWEST:
            yield _given(look, meaning, found, others)


def _around(data: bytes, offset: int) -> Iterator[tuple[bytes, bytes]]:
    for one in _VARIABLE.finditer(data, max(0, offset - AROUND), offset + AROUND):
        yield one[1], one[2]


def _given(look: Look, meaning: Meaning, found: re.Match[bytes], others: dict[bytes, bytes]) -> Seen:
    stem = _STEM.sub(b"", found[1])
    account = next((others[stem + word] for word in _USERS if others.get(stem + word)), b"")
    return seen(look, meaning, found[2], found.start(2), account, active=is_used(look, found.start()))

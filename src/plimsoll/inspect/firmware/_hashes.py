"""Tells a password hash from other text, and its family, by prefix, alphabet and length.

The forms are those of crypt(5), of the manuals of Apache's htpasswd and OpenLDAP, and of Ulrich Drepper's description
of SHA-crypt.
"""

from __future__ import annotations

from plimsoll.model.facts.account import HashFamily, PasswordState
from plimsoll.regex import regex

LONGEST = 200
"""Bytes of the longest hash that is known here."""

_FORMS: tuple[tuple[HashFamily, bytes], ...] = (
    ("md5crypt", rb"\$1\$[./0-9A-Za-z]{0,8}\$[./0-9A-Za-z]{22}"),
    ("apr1", rb"\$apr1\$[./0-9A-Za-z]{0,8}\$[./0-9A-Za-z]{22}"),
    ("sha256crypt", rb"\$5\$(?:rounds=[1-9][0-9]{0,8}\$)?[^$:\s\x00]{0,16}\$[./0-9A-Za-z]{43}"),
    ("sha512crypt", rb"\$6\$(?:rounds=[1-9][0-9]{0,8}\$)?[^$:\s\x00]{0,16}\$[./0-9A-Za-z]{86}"),
    ("bcrypt", rb"\$2[abxy]?\$[0-3][0-9]\$[./0-9A-Za-z]{53}"),
    ("yescrypt", rb"\$y\$[./0-9A-Za-z]{1,20}\$[./0-9A-Za-z]{0,86}\$[./0-9A-Za-z]{43}"),
    ("gost-yescrypt", rb"\$gy\$[./0-9A-Za-z]{1,20}\$[./0-9A-Za-z]{0,86}\$[./0-9A-Za-z]{43}"),
    ("scrypt", rb"\$7\$[./0-9A-Za-z]{11}[./0-9A-Za-z]{0,86}\$[./0-9A-Za-z]{43}"),
    ("sha1crypt", rb"\$sha1\$[1-9][0-9]{0,9}\$[./0-9A-Za-z]{0,64}\$[./0-9A-Za-z]{28}"),
    ("sunmd5", rb"\$md5(?:,rounds=[1-9][0-9]{0,9})?\$[./0-9A-Za-z]{0,16}\$?\$[./0-9A-Za-z]{22}"),
    ("argon2", rb"\$argon2(?:id|i|d)\$v=[0-9]{1,3}\$[a-z0-9=,]{5,40}\$[+/0-9A-Za-z]{8,64}\$[+/0-9A-Za-z]{16,90}"),
    ("nt", rb"\$3\$\$[0-9a-fA-F]{32}"),
    ("unsalted-sha1", rb"\{SHA\}[+/0-9A-Za-z]{27}="),
    ("ldap-salted-sha1", rb"\{SSHA\}[+/0-9A-Za-z]{30,60}={0,2}"),
    ("bsdi-des", rb"_[./0-9A-Za-z]{19}"),
    ("des", rb"[./0-9A-Za-z]{13}"),
)
_BARE: tuple[tuple[HashFamily, bytes], ...] = (
    ("unsalted-md5", rb"[0-9a-fA-F]{32}"),
    ("unsalted-sha1", rb"[0-9a-fA-F]{40}"),
    ("unknown", rb"\$[0-9a-z][-0-9a-z,=]{0,20}\$[^\s:]{8,180}|[^\s:*!]{24,180}"),
)
_WHOLE = tuple((family, regex(form + rb"(?:,[./0-9A-Za-z]{0,4})?\Z")) for family, form in _FORMS + _BARE)
_ALONE = tuple((family, regex(form)) for family, form in _FORMS[:7])

_TEST_SALTS = (b"$abcd0123$", b"$abc0123456789$", b"$abcdefghijklmnopqrstu", b"$saltstring", b"$toolongsaltstring")
"""Salts of the self-tests that C libraries carry and of the examples in the description of SHA-crypt."""


def hash_family(field: bytes) -> HashFamily | None:
    """Give the family of a field that holds a hash and nothing else; None when it does not look like one.

    A field of a known store is meant: 13 characters of any word would pass for DES elsewhere. The two to four
    characters of password ageing that old systems add after a comma are let through.
    """
    return next((family for family, form in _WHOLE if form.match(field)), None)


def hash_alone(data: bytes, offset: int) -> tuple[HashFamily, bytes] | None:
    """Read a hash with an unmistakable prefix at an offset of any data; None when there is none, or it is a self-test.

    The hash must end there: one more character of its alphabet makes it something else.
    """
    stretch = data[offset : offset + LONGEST]
    for family, form in _ALONE:
        match = form.match(stretch)
        if match and not _goes_on(stretch, match.end()) and not _is_made_up(match[0]):
            return family, match[0]
    return None


def password_state(field: bytes) -> PasswordState:
    """Say what the password field of an entry of passwd or shadow means to crypt(3).

    A field that is neither empty nor a hash matches no password, whatever stands in it.
    """
    if not field:
        return "empty"
    if field == b"x":
        return "shadowed"
    if field.startswith((b"!", b"*")):
        return "locked"
    return "hashed" if hash_family(field) else "locked"


def _is_made_up(text: bytes) -> bool:
    """Tell a self-test, or a row of one letter that programs hold against to take equal time, from a hash."""
    return any(salt in text for salt in _TEST_SALTS) or len(set(text[-22:])) < 6


def _goes_on(data: bytes, offset: int) -> bool:
    following = data[offset : offset + 1]
    return following.isalnum() or (following in (b".", b"/", b"$") and data[offset + 1 : offset + 2].isalnum())

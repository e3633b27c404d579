"""Private keys that lie in the image, so that every unit has them.

Each is parsed: the beginning of a PEM block is in every TLS library, and a key only where a key follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware import _key_forms
from plimsoll.inspect.firmware._key_forms import FoundKey
from plimsoll.inspect.firmware._key_purposes import is_in_use, purpose
from plimsoll.inspect.firmware._pem import find_block
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.model.facts import PrivateKey
from plimsoll.regex import regex

MOST_KEYS = 100
"""Most keys read of one file."""
LARGEST_BINARY = 64 << 10
"""Bytes of the largest file that is read as one key in DER or as a host key of dropbear."""

_KEY_NAME = regex(rb"(?i)\.(?:key|der|pk8|p8|pem|priv)\Z|(?:priv|_key|-key)")
_DROPBEAR = (
    b"\0\0\0\x07ssh-rsa\0", b"\0\0\0\x07ssh-dss\0", b"\0\0\0\x0bssh-ed25519\0", b"\0\0\0\x13ecdsa-sha2-nistp"
)  # fmt: skip


class PrivateKeys(Inspector):
    """Records each private key with its kind, its size and the digest of its public half."""

    id = "private-keys"
    title = "Which private keys does every unit share?"
    what = (
        "Private keys in PEM, PKCS #8, DER, OpenSSH, dropbear, PuTTY and OpenPGP form, in files of their own "
        "and as text within programs, scripts and configuration; each is parsed."
    )
    limits = "A key in a form of the maker's own, or as bare numbers in a program, is not seen."
    patterns = (
        Pattern("pem", rb"-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY(?: BLOCK)?-----", (b"PRIVATE KEY",), longest=80),
        Pattern("ppk", rb"PuTTY-User-Key-File-[23]: ", (b"PuTTY-User-Key-File-",), longest=40),
    )

    def wants(self, look: Look) -> bool:
        """Take files in which a key begins, and those that by name or first bytes hold nothing else."""
        return bool(look.matches) or _binary_reader_fits(look)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the keys of one file."""
        if _binary_reader_fits(look) and (found := _read_binary(look)) is not None:
            yield _seen(look, found, 0, look.data)
        for match in look.matches.get("ppk", ())[:MOST_KEYS]:
            text = look.data[match.start() : match.start() + 16384]
            if (found := _key_forms.read_ppk(text)) is not None:
                yield _seen(look, found, match.start(), text.partition(b"Private-MAC")[0])
        for match in look.matches.get("pem", ())[:MOST_KEYS]:
            yield from _pem(look, match)


def _pem(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    label = match[0][11:-5]
    block = find_block(look.data, match.start(), label)
    if block is None:
        return
    is_pgp = label == b"PGP PRIVATE KEY BLOCK"
    found = _key_forms.read_pgp(block) if is_pgp else _key_forms.read_pem(label, block)
    if found is not None:
        yield _seen(look, found, match.start(), block)


def _binary_reader_fits(look: Look) -> bool:
    if look.kind in ("elf", "script", "empty") or len(look.data) > LARGEST_BINARY:
        return False
    if look.data.startswith(_DROPBEAR):
        return True
    return look.data[0] == 0x30 and _KEY_NAME.search(look.name) is not None


def _read_binary(look: Look) -> FoundKey | None:
    if look.data.startswith(_DROPBEAR):
        return _key_forms.read_dropbear(look.data)
    return _key_forms.read_der(look.data)


def _seen(look: Look, found: FoundKey, offset: int, text: bytes) -> Seen:
    fact = PrivateKey(
        found.kind, found.bits, found.container, found.encrypted, found.public_digest, purpose(look.path),
        is_in_use(look),
    )  # fmt: skip
    return Seen(fact, offset, len(text), look.conceal(text))

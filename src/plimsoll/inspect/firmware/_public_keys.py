"""Reads public keys by which updates are checked: PEM and DER, certificates, and the files of usign and signify.

A key file of usign or signify is a line of comment and one of base64: two letters `Ed`, eight bytes that name the key,
and the 32 bytes of an Ed25519 key (manual of signify).
"""

from __future__ import annotations

import binascii
import hashlib

import msgspec

from plimsoll.inspect.firmware._certificate_forms import read_certificate
from plimsoll.inspect.firmware._key_forms import key_bits, key_kind, public_digest
from plimsoll.inspect.firmware._pem import block_body, find_block
from plimsoll.model.facts.key import KeyKind
from plimsoll.regex import regex

LARGEST = 64 << 10
"""Bytes of the largest file that is read as a key."""
MOST = 32
"""Keys that are read of one file."""

SIGN = regex(rb"-----BEGIN ((?:RSA |EC )?PUBLIC KEY|CERTIFICATE|PGP PUBLIC KEY BLOCK)-----")
_COMMENT = b"untrusted comment:"
_ED25519 = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in SubjectPublicKeyInfo (RFC 8410)."""


class PublicKey(msgspec.Struct, frozen=True):
    """A public key; fields as in UpdateKey."""

    kind: KeyKind
    bits: int | None = None
    public_digest: str = ""


def read_public_keys(data: bytes) -> tuple[PublicKey, ...]:
    """Give the public keys of a file, in its order; none when it holds none that can be read."""
    data = data[:LARGEST]
    if data.startswith(_COMMENT):
        return _read_usign(data)
    if data.startswith(b"\x30"):
        found = read_der_key(data) or _of_certificate(data)
        return (found,) if found else ()
    keys: list[PublicKey] = []
    for match in SIGN.finditer(data):
        if len(keys) == MOST:
            break
        block = find_block(data, match.start(), match[1])
        found = _read_block(match[1], block) if block else None
        if found is not None:
            keys.append(found)
    return tuple(keys)


def read_der_key(der: bytes) -> PublicKey | None:
    """Read SubjectPublicKeyInfo, or the RSA key of PKCS #1 that stands within; None when it is neither."""
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(der)
        return PublicKey(key_kind(key), key_bits(key), public_digest(key))
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        return None


def rsa_key(modulus: int, exponent: int) -> PublicKey | None:
    """Describe an RSA key by its numbers; None when they make no key."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    if not 3 <= exponent < modulus or exponent % 2 == 0 or not 128 <= modulus.bit_length() <= 16384:
        return None
    try:
        key = RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        return PublicKey("rsa", modulus.bit_length())
    return PublicKey("rsa", modulus.bit_length(), public_digest(key))


def _read_block(label: bytes, block: bytes) -> PublicKey | None:
    if label.startswith(b"PGP"):
        return PublicKey("pgp")
    body = block_body(block)
    if body is None:
        return None
    return _of_certificate(body) if label == b"CERTIFICATE" else read_der_key(body)


def _of_certificate(der: bytes) -> PublicKey | None:
    found = read_certificate(der, False)
    return PublicKey(found.key_kind, found.key_bits, found.public_digest) if found else None


def _read_usign(data: bytes) -> tuple[PublicKey, ...]:
    lines = data.splitlines()
    try:
        raw = binascii.a2b_base64(lines[1].strip(), strict_mode=True) if len(lines) > 1 else b""
    except binascii.Error:
        return ()
    if len(raw) != 42 or not raw.startswith(b"Ed"):
        return ()
    return (PublicKey("ed25519", 256, hashlib.sha256(_ED25519 + raw[10:]).hexdigest()),)

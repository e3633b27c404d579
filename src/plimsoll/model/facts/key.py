"""Private keys and certificates, parsed."""

from __future__ import annotations

from typing import Literal

import msgspec

KeyKind = Literal["rsa", "dsa", "ec", "ed25519", "ed448", "x25519", "dh", "pgp", "unknown"]


class PrivateKey(msgspec.Struct, frozen=True, tag="private-key"):
    """A private key that lies in the image, so that every unit has it."""

    kind: KeyKind
    bits: int | None
    """Size of the modulus or curve; None when the key is encrypted or could not be parsed."""
    container: str
    """How it is kept: pem, pkcs8, openssh, dropbear, der, ppk, pgp ..."""
    encrypted: bool = False
    public_digest: str = ""
    """SHA-256 of its public half as SubjectPublicKeyInfo, hexadecimal; empty when it cannot be derived."""
    purpose: str = ""
    """What it is for by name or place: ssh-host, tls-server, tls-client, signing, ca ...; empty when not known."""
    active: bool = True
    """False for documentation, tests and examples of a package."""
    password: str | None = None
    """The published password of the store that it is kept in; empty for an empty one, None where none was needed."""


class Certificate(msgspec.Struct, frozen=True, tag="certificate"):
    """An X.509 certificate."""

    subject: str
    """RFC 4514 text, escaped."""
    issuer: str
    not_before: str
    """ISO 8601 date, UTC."""
    not_after: str
    key_kind: KeyKind
    key_bits: int | None
    signature: str
    """Signature hash algorithm, lower case, such as sha256."""
    self_signed: bool
    is_ca: bool
    public_digest: str
    """SHA-256 of SubjectPublicKeyInfo, hexadecimal: the same as that of its private key."""
    digest: str
    """SHA-256 of the DER bytes."""
    bundle: bool = False
    """True when it is one of many in a store of trusted authorities."""

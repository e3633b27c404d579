"""What a container says is signed and which keys it holds, as raw parts: which bytes, which signature, whose key.

A reader fills these and verifies none of it, as the key is elsewhere; an inspector sets them against the keys that the
image carries. Digests that a reader compares anyway come as faults, so that nothing is hashed twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from plimsoll.model.facts.signature import Scheme
from plimsoll.sources.tree import Stem

SignatureForm = Literal[
    "cms", "rsa", "rsa-pkcs1", "rsa-pss", "ecdsa-der", "ecdsa-raw", "ecdsa-reversed", "ed25519", "unread"
]
"""How the value is written. cms: a message of RFC 5652; rsa: with padding of either kind; ecdsa-der: two numbers in
DER; ecdsa-raw: the two numbers side by side, big-endian; ecdsa-reversed: the same, little-endian; unread: a kind that
is told and cannot be checked."""


class SignatureParts(msgspec.Struct, frozen=True):
    """One signature over one row of bytes."""

    form: SignatureForm
    value: bytes
    covered: tuple[memoryview, ...] = ()
    """The signed bytes, to be read one after the other; empty for a message that carries its content."""
    hash: str = ""
    """Digest that is signed, as hashlib names it; empty when the form says it."""
    is_digest_signed: bool = False
    """Whether the digest of the bytes takes the place of the bytes, for a form that takes bytes of any length."""
    stated_digest: bytes = b""
    """The digest that the container states, when the bytes that it is of cannot be read."""
    offset: int = 0
    """Where the value lies in the container."""
    length: int = 0
    key: bytes = b""
    """Public key that is brought along, as SubjectPublicKeyInfo in DER; empty when none is."""
    key_hash: bytes = b""
    """Digest by which the container names its key, of whatever form of the key its boot loader hashes."""
    key_name: str = ""
    """What the container calls the key; printable."""
    algorithm: str = ""
    """What to call an unread form; lower case."""
    over: str = ""
    """A weak digest by which the content comes under the signature, such as crc32; empty where there is none."""


class Signed(msgspec.Struct, frozen=True):
    """A container, or one thing in it, that signatures are for."""

    scheme: Scheme
    covers: str = ""
    """What the signatures are over, such as `configuration conf-1`; printable."""
    signatures: tuple[SignatureParts, ...] = ()
    """None where the thing is not signed."""
    faults: tuple[str, ...] = ()
    """What a reader saw not to fit or not to be covered, such as `the digest of kernel-1`; printable."""
    is_encrypted: bool = False
    """Whether the content cannot be read, so that it cannot be compared either."""


class KeyParts(msgspec.Struct, frozen=True):
    """A public key that a container holds to check others by, such as the device tree of a boot loader."""

    der: bytes
    """SubjectPublicKeyInfo."""
    name: str
    """What it is called there; printable."""
    container: str
    """How it is kept, as in the fact PublicKey."""
    offset: int
    """Where it lies in the container."""
    length: int


SignedVisitor = Callable[[Stem, Signed | KeyParts], None]
"""Called once for every record of a container, with the place of the container; from several threads at a time."""


def ignore(stem: Stem, signed: Signed | KeyParts) -> None:
    """Take a record and do nothing: for those who only open."""

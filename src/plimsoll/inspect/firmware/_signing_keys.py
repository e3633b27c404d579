"""Reads public keys in the forms that firmware has them in: PEM and DER, usign and signify.

Sources: RFC 5280 (SubjectPublicKeyInfo), RFC 8017 (the traditional form of RSA), RFC 5480 and RFC 8410 (elliptic
curves), the manual of signify. Each form comes to SubjectPublicKeyInfo in DER.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from plimsoll.inspect.firmware._key_forms import key_bits, key_kind
from plimsoll.inspect.firmware._pem import block_body, find_block
from plimsoll.inspect.inspector import Look, Pattern
from plimsoll.inspect.scan import printable
from plimsoll.model.facts.key import KeyKind
from plimsoll.regex import regex

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

MOST_KEYS = 100
"""Most keys read of one file in one form."""
MOST_BITS = 16_384
"""Size of the largest key that is believed; a larger one would take long to use."""

PATTERNS = (
    Pattern("pem", rb"-----BEGIN (?:RSA )?PUBLIC KEY-----", (b"PUBLIC KEY-----",), longest=40),
    Pattern(
        "der-p256",
        rb"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04",
        (b"\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04",),
        longest=27,
    ),
    Pattern(
        "der-p384",
        rb"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00\x04",
        (b"\x2b\x81\x04\x00\x22\x03\x62\x00\x04",),
        longest=24,
    ),
    Pattern(
        "der-ed25519", rb"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", (b"\x30\x2a\x30\x05\x06\x03\x2b\x65",)
    ),
    Pattern(
        "der-rsa",
        rb"\x30\x82[\x00-\x04][\x00-\xff]\x02\x82[\x00-\x04][\x01]\x00[\x80-\xff]",
        (b"\x02\x82\x01\x01\x00", b"\x02\x82\x01\x81\x00", b"\x02\x82\x02\x01\x00"),
        longest=10,
    ),
)
"""Where a key may begin."""

_LENGTHS = {"der-p256": 91, "der-p384": 120, "der-ed25519": 44, "der-rsa": 2100}
_CERTIFICATE = regex(rb"\x30\x82(..)\x30(?:\x82..|\x81.)(?:\xa0\x03\x02\x01[\x00-\x02]\x02|\x02)", re.DOTALL)
_LARGEST_CERTIFICATE = 4096
_USIGN = regex(rb"untrusted comment: ([^\r\n]{0,1000})\r?\n([A-Za-z0-9+/]{56}=*)\s*\Z")


class CarriedKey(msgspec.Struct, frozen=True):
    """A public key as it was found."""

    kind: KeyKind
    bits: int | None
    container: str
    der: bytes
    """SubjectPublicKeyInfo."""
    name: str = ""
    """What it is called where it lies, escaped."""
    certificate: bytes = b""
    """In DER; empty when it is on its own."""

    @property
    def digest(self) -> str:
        """Give the SHA-256 of SubjectPublicKeyInfo, hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()


def find_keys(look: Look) -> Iterator[tuple[int, int, CarriedKey]]:
    """Give each key of a file with where it lies."""
    for match in look.matches.get("pem", ())[:MOST_KEYS]:
        block = find_block(look.data, match.start(), match[0][11:-5])
        body = block_body(block) if block else None
        if block and body and (key := read_key(body, "pem")):
            yield match.start(), len(block), key
    for name, longest in _LENGTHS.items():
        for match in look.matches.get(name, ())[:MOST_KEYS]:
            start = match.start()
            length = _der_length(look.data, start) if name == "der-rsa" else longest
            if length > longest or _is_in_certificate(look.data, start):
                continue
            if key := read_key(look.data[start : start + length], "der"):
                yield start, length, key
    if (key := read_usign(look.data)) is not None:
        yield 0, len(look.data), key


def read_key(data: bytes, container: str, name: str = "", certificate: bytes = b"") -> CarriedKey | None:
    """Read a key in DER, as SubjectPublicKeyInfo or in the traditional form of RSA; None when it is none."""
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if len(data) > MOST_BITS // 4 or not data.startswith(b"\x30"):
        return None
    try:
        return _describe(load_der_public_key(data), container, name, certificate)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        return None


def read_certificate_key(der: bytes, container: str) -> CarriedKey | None:
    """Read the key of a certificate; None when it is none that can be read."""
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.x509 import InvalidVersion, load_der_x509_certificate

    try:
        one = load_der_x509_certificate(der)
        name = printable(one.subject.rfc4514_string().encode("utf-8", "surrogateescape"))[:300]
        return _describe(one.public_key(), container, name, der)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError, InvalidVersion):
        return None


def read_usign(data: bytes) -> CarriedKey | None:
    """Read a public key of usign or signify: `Ed`, a number of 8 bytes, the key; None when it is none."""
    if not data.startswith(b"untrusted comment:") or len(data) > 2000 or not (match := _USIGN.match(data)):
        return None
    try:
        body = base64.b64decode(match[2], validate=True)
    except binascii.Error:
        return None
    if len(body) != 42 or not body.startswith(b"Ed"):
        return None
    return read_key(b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00" + body[10:], "usign", body[2:10].hex())


def rsa_traditional(der: bytes) -> bytes:
    """Give the traditional form of an RSA key; nothing for another kind."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    key = load_der_public_key(der)
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1) if isinstance(key, RSAPublicKey) else b""


def _describe(key: PublicKeyTypes, container: str, name: str, certificate: bytes) -> CarriedKey | None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    bits = key_bits(key)
    if bits is not None and bits > MOST_BITS:
        return None
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return CarriedKey(key_kind(key), bits, container, der, name, certificate)


def _der_length(data: bytes, start: int) -> int:
    return 4 + int.from_bytes(data[start + 2 : start + 4], "big")


def _is_in_certificate(data: bytes, start: int) -> bool:
    """Tell whether a certificate begins before a key and ends behind it: that key is the certificate's."""
    first = max(0, start - _LARGEST_CERTIFICATE)
    found = _CERTIFICATE.finditer(data, first, start)
    return any(match.start() + 4 + int.from_bytes(match[1], "big") > start for match in found)

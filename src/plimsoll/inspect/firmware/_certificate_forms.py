"""Reads X.509 certificates (RFC 5280) of any maker, also such as a strict parser refuses.

`cryptography` reads first; a certificate that it refuses, for a serial number or an encoding that no standard allows,
is read again with `asn1crypto`, which does not mind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from plimsoll.inspect.firmware._key_forms import MALFORMED, key_bits, key_kind, public_digest
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import Certificate
from plimsoll.model.facts.key import KeyKind

if TYPE_CHECKING:
    from cryptography.x509 import Certificate as X509

LARGEST = 64 << 10
"""Bytes of the largest certificate that is read."""
LONGEST_NAME = 300
"""Most characters kept of a subject or issuer."""


def read_certificate(der: bytes, bundle: bool) -> Certificate | None:
    """Read one certificate in DER; None when it is none."""
    if not der.startswith(b"\x30") or len(der) > LARGEST:
        return None
    return _read_strictly(der, bundle) or _read_leniently(der, bundle)


def _read_strictly(der: bytes, bundle: bool) -> Certificate | None:
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.x509 import InvalidVersion, load_der_x509_certificate

    try:
        one = load_der_x509_certificate(der)
        key = one.public_key()
        return Certificate(
            _short(one.subject.rfc4514_string()),
            _short(one.issuer.rfc4514_string()),
            one.not_valid_before_utc.date().isoformat(),
            one.not_valid_after_utc.date().isoformat(),
            key_kind(key),
            key_bits(key),
            one.signature_hash_algorithm.name if one.signature_hash_algorithm else key_kind(key),
            _is_self_signed(one),
            _is_ca(one),
            public_digest(key),
            hashlib.sha256(der).hexdigest(),
            bundle,
        )
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError, InvalidVersion):
        return None


def _is_self_signed(one: X509) -> bool:
    """Tell whether it is signed with its own key; by its names alone when the signature is of an unknown kind."""
    from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm

    if one.subject != one.issuer:
        return False
    try:
        one.verify_directly_issued_by(one)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        return True
    return True


def _is_ca(one: X509) -> bool:
    """Tell whether it says that it may sign others; one of version 1 has no extensions and says nothing."""
    from cryptography.x509 import BasicConstraints, DuplicateExtension, ExtensionNotFound, UnsupportedGeneralNameType

    try:
        return bool(one.extensions.get_extension_for_class(BasicConstraints).value.ca)
    except (ExtensionNotFound, DuplicateExtension, UnsupportedGeneralNameType, ValueError):
        return False


def _read_leniently(der: bytes, bundle: bool) -> Certificate | None:
    from asn1crypto.x509 import Certificate as Lenient

    try:
        one = Lenient.load(der)
        public = one.public_key
        return Certificate(
            _short(one.subject.human_friendly),
            _short(one.issuer.human_friendly),
            one.not_valid_before.date().isoformat(),
            one.not_valid_after.date().isoformat(),
            _lenient_kind(public.algorithm),
            int(public.bit_size),
            str(one.hash_algo or ""),
            one.subject.dump() == one.issuer.dump(),
            bool(one.ca),
            hashlib.sha256(public.dump()).hexdigest(),
            hashlib.sha256(der).hexdigest(),
            bundle,
        )
    except MALFORMED:
        return None


def _lenient_kind(algorithm: Any) -> KeyKind:
    kinds: dict[str, KeyKind] = {"rsa": "rsa", "ec": "ec", "dsa": "dsa", "ed25519": "ed25519", "ed448": "ed448"}
    return kinds.get(str(algorithm), "unknown")


def _short(name: str) -> str:
    return printable(name.encode("utf-8", "surrogateescape"))[:LONGEST_NAME]


def der_sequences(data: bytes, most: int) -> Iterator[tuple[int, bytes]]:
    """Give DER sequences that follow each other from the first byte on, with their offsets."""
    offset = 0
    for _ in range(most):
        length = _sequence_length(data, offset)
        if length is None or offset + length > len(data):
            return
        yield offset, data[offset : offset + length]
        offset += length


def _sequence_length(data: bytes, offset: int) -> int | None:
    """Give the whole length of a DER sequence of 128 bytes and more: its head takes three to five bytes."""
    if data[offset : offset + 1] != b"\x30" or len(data) < offset + 5:
        return None
    size = data[offset + 1] & 0x7F
    if data[offset + 1] < 0x81 or size > 3:
        return None
    return 2 + size + int.from_bytes(data[offset + 2 : offset + 2 + size], "big")

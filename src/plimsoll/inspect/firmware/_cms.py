"""Verifies signed CMS messages (RFC 5652): what each signer signed, and how its certificate leads to a carried one.

Dates and permitted uses of certificates are not weighed: what counts here is whose key signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.inspect.firmware import _signature_checks
from plimsoll.inspect.firmware._key_forms import MALFORMED
from plimsoll.inspect.firmware._signing_keys import CarriedKey, read_certificate_key
from plimsoll.sources.signed import SignatureForm

MOST_SIGNERS = 8
MOST_CERTIFICATES = 32
LONGEST_CHAIN = 8
"""Certificates between a signer and one that the image carries."""
HASHES = ("sha1", "sha256", "sha384", "sha512", "sha224")


class Signer(msgspec.Struct, frozen=True):
    """One signer of a message, with all that is needed to check it when the keys are known."""

    form: SignatureForm
    hash: str
    value: bytes
    digest: bytes
    """Of what the value is over: the signed attributes, else the content."""
    message: bytes
    """The signed attributes; empty when there are none."""
    is_content_right: bool
    """Whether the digest that the signer states is that of the content."""
    certificate: bytes
    """Of the signer, in DER; empty when the message does not bring it."""
    serial: int
    issuer: bytes
    """In DER."""
    subject_key: bytes
    """The signer's key identifier where it is named by that."""


class Message(msgspec.Struct, frozen=True):
    """A signed message."""

    signers: tuple[Signer, ...]
    certificates: tuple[bytes, ...]
    """In DER, those of the signers among them."""


def read_message(data: bytes, digests: Mapping[str, bytes] | None) -> Message | None:
    """Read a message; None when it is none that is signed.

    `digests` are those of the content by hash; None when the message carries its content.
    """
    from asn1crypto import cms

    try:
        info = cms.ContentInfo.load(data)
        if info["content_type"].native != "signed_data":
            return None
        signed = info["content"]
        content = signed["encap_content_info"]["content"].native
        certificates = tuple(one.dump() for one in list(signed["certificates"])[:MOST_CERTIFICATES])
        own = _digests(content) if isinstance(content, bytes) else None
        # NOTE: content that is carried and not what is before the message would sign something else.
        is_same = own is None or digests is None or all(own[hash] == one for hash, one in digests.items())
        right = (own if digests is None else digests) if is_same else {}
        by_name = list(_by_name(certificates))
        signers = tuple(_signer(one, right or {}, by_name) for one in list(signed["signer_infos"])[:MOST_SIGNERS])
    except MALFORMED:
        return None
    return Message(signers, certificates)


def anchor_of(certificate: bytes, others: Iterable[bytes], carried: Mapping[bytes, CarriedKey]) -> CarriedKey | None:
    """Follow a certificate over those of the message to a key that is carried; None when none is reached.

    `carried` holds keys by SubjectPublicKeyInfo; those with a certificate may have issued others.
    """
    roots = [key for key in carried.values() if key.certificate]
    here = certificate
    left = list(dict.fromkeys(others))
    for _ in range(LONGEST_CHAIN):
        key = read_certificate_key(here, "")
        if key is not None and key.der in carried:
            return carried[key.der]
        for root in roots:
            if _is_issued_by(here, root.certificate):
                return root
        following = next((one for one in left if one != here and _is_issued_by(here, one)), None)
        if following is None:
            return None
        left.remove(following)
        here = following
    return None


def _is_issued_by(certificate: bytes, issuer: bytes) -> bool:
    from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
    from cryptography.x509 import InvalidVersion, load_der_x509_certificate

    try:
        one, other = load_der_x509_certificate(certificate), load_der_x509_certificate(issuer)
        if one.issuer != other.subject:
            return False
        one.verify_directly_issued_by(other)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, InternalError, InvalidVersion):
        return False
    return True


def _signer(info: Any, digests: Mapping[str, bytes], certificates: list[tuple[bytes, int, bytes, bytes]]) -> Signer:
    hash = str(info["digest_algorithm"]["algorithm"].native)
    attributes = info["signed_attrs"]
    stated = digests.get(hash, b"")
    is_right = bool(stated)
    message = b""
    if len(attributes):
        # The attributes are signed as a set, whatever tag they have in the message.
        message = b"\x31" + attributes.dump()[1:]
        named = [one["values"][0].native for one in attributes if one["type"].native == "message_digest"]
        is_right = is_right and named == [stated]
        stated = hashlib.new(hash, message, usedforsecurity=False).digest() if hash in HASHES else b""
    form, hash = _form(info["signature_algorithm"], hash)
    if form == "ed25519" and not message:
        form = "unread"
    serial, issuer, subject_key = _name(info["sid"])
    own = next((one[0] for one in certificates if _is_named(one, serial, issuer, subject_key)), b"")
    return Signer(form, hash, info["signature"].native, stated, message, is_right, own, serial, issuer, subject_key)


def _form(algorithm: Any, hash: str) -> tuple[SignatureForm, str]:
    name = str(algorithm["algorithm"].native)
    if name in ("rsassa_pss",):
        return "rsa-pss", str(algorithm["parameters"]["hash_algorithm"]["algorithm"].native)
    if name == "rsassa_pkcs1v15" or name.endswith("_rsa"):
        return "rsa-pkcs1", hash
    if name.endswith("ecdsa"):
        return "ecdsa-der", hash
    return ("ed25519", hash) if name == "ed25519" else ("unread", hash)


def _name(sid: Any) -> tuple[int, bytes, bytes]:
    if sid.name == "issuer_and_serial_number":
        return int(sid.chosen["serial_number"].native), sid.chosen["issuer"].dump(), b""
    return 0, b"", bytes(sid.chosen.native)


def _by_name(certificates: Iterable[bytes]) -> Iterator[tuple[bytes, int, bytes, bytes]]:
    from asn1crypto.x509 import Certificate

    for der in certificates:
        try:
            one = Certificate.load(der)
            yield der, int(one.serial_number), one.issuer.dump(), bytes(one.key_identifier or b"")
        except MALFORMED:
            continue


def find_signer(signer: Signer, carried: Iterable[CarriedKey]) -> bytes:
    """Give the certificate of a signer among those that the image carries; nothing when it is not there."""
    known = _by_name(one.certificate for one in carried if one.certificate)
    return next((one[0] for one in known if _is_named(one, signer.serial, signer.issuer, signer.subject_key)), b"")


def _is_named(certificate: tuple[bytes, int, bytes, bytes], serial: int, issuer: bytes, subject_key: bytes) -> bool:
    _, its_serial, its_issuer, its_key = certificate
    return its_key == subject_key if subject_key else (its_serial, its_issuer) == (serial, issuer)


def _digests(content: bytes) -> dict[str, bytes]:
    return {hash: hashlib.new(hash, content, usedforsecurity=False).digest() for hash in HASHES}


def named_hashes(data: bytes) -> tuple[str, ...]:
    """Name the digests that a message asks for, as far as they are known; all when it cannot be told."""
    from asn1crypto import cms

    try:
        signers = list(cms.ContentInfo.load(data)["content"]["signer_infos"])[:MOST_SIGNERS]
        named = [str(one["digest_algorithm"]["algorithm"].native) for one in signers]
    except MALFORMED:
        return ()
    return tuple(dict.fromkeys(one for one in named if one in HASHES))


def is_unreadable(signer: Signer) -> bool:
    """Tell whether a signature is of a kind that is not checked here."""
    return signer.form == "unread" or signer.hash not in HASHES


def fits(signer: Signer, key: CarriedKey) -> bool:
    """Tell whether the signature of a signer is one of a key."""
    loaded = _signature_checks.load(key.der)
    message = signer.message if signer.form == "ed25519" else None
    return _signature_checks.fits(signer.form, loaded, signer.value, signer.digest, signer.hash, message)

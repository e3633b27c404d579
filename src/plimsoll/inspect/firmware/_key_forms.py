"""Reads private keys in the forms that firmware has them in, so that only what holds a key counts as one.

Forms: RFC 8017 and RFC 5915 (traditional), RFC 5958 (PKCS #8), OpenSSH's PROTOCOL.key, the blob
formats of RFC 4253 as dropbear stores them, PuTTY's manual (appendix on PPK), and RFC 9580 (OpenPGP).
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import msgspec

from plimsoll.inspect.firmware._pem import block_body
from plimsoll.model.facts.key import KeyKind
from plimsoll.regex import regex

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


MALFORMED = (
    ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError, UnboundLocalError
)  # fmt: skip
"""What asn1crypto raises on bytes that are not what they claim to be; found by feeding it damaged keys."""


class FoundKey(msgspec.Struct, frozen=True):
    """A private key as far as it could be read; fields as in PrivateKey."""

    kind: KeyKind
    bits: int | None
    container: str
    encrypted: bool = False
    public_digest: str = ""


def read_pem(label: bytes, block: bytes) -> FoundKey | None:
    """Read a PEM block whose label ends in `PRIVATE KEY`."""
    if b"Proc-Type: 4,ENCRYPTED" in block[:200]:
        return FoundKey(_kind_of_label(label), None, "pem", True) if block_body(block) else None
    body = block_body(block)
    if body is None:
        return None
    if label == b"OPENSSH PRIVATE KEY":
        return _read_openssh(body)
    if label == b"ENCRYPTED PRIVATE KEY":
        return FoundKey("unknown", None, "pkcs8", True) if _is_encrypted_pkcs8(body) else None
    return read_der(body, "pem" if label != b"PRIVATE KEY" else "pkcs8")


def read_der(data: bytes, container: str = "der") -> FoundKey | None:
    """Read a key in DER: PKCS #8, PKCS #1, SEC 1 or the traditional form of DSA."""
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    if not data.startswith(b"\x30"):
        return None
    try:
        key = load_der_private_key(data, None, unsafe_skip_rsa_key_validation=True)
        return _describe(key.public_key(), container)
    except TypeError:
        return FoundKey("unknown", None, "pkcs8", True)
    except (ValueError, UnsupportedAlgorithm, InternalError):
        return _read_rsa_leniently(data, container)


def read_dropbear(data: bytes) -> FoundKey | None:
    """Read a host key of dropbear: the name of the algorithm, the public numbers, then the private ones.

    Each is a string with its length in four bytes, big-endian. A public key blob ends before the private numbers.
    """
    parts = _strings(data, 6)
    algorithm = parts[0] if parts else b""
    count = {b"ssh-rsa": 4, b"ssh-dss": 6, b"ssh-ed25519": 2}.get(algorithm, 4)
    if len(parts) < count or not all(parts[1:count]):
        return None
    public = _dropbear_public(algorithm, parts)
    return _describe_ssh(algorithm, public, "dropbear") if public else None


_PPK = regex(
    rb"PuTTY-User-Key-File-[23]: ([a-z0-9-]{4,40})\r?\nEncryption: ([a-z0-9-]{4,20})\r?\nComment: [^\n]{0,200}\n"
    rb"Public-Lines: [0-9]{1,3}\r?\n((?:[A-Za-z0-9+/=]{1,76}\r?\n){1,80})"
)
_PPK_PRIVATE = regex(rb"Private-Lines: [1-9][0-9]{0,2}\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?(?:\n|\Z)){1,80}")


def read_ppk(data: bytes) -> FoundKey | None:
    """Read a key file of PuTTY that begins with `data`."""
    match = _PPK.match(data)
    if match is None or not _PPK_PRIVATE.search(data, match.end(), match.end() + 16384):
        return None
    blob = block_body(b"-----BEGIN X-----" + match[3] + b"-----END X-----")
    found = _describe_ssh(match[1], blob, "ppk") if blob else None
    return msgspec.structs.replace(found, encrypted=match[2] != b"none") if found else None


def read_pgp(block: bytes) -> FoundKey | None:
    """Read the first packet of an armoured OpenPGP block, which must be a secret key."""
    inner = block[block.index(b"-----", 11) + 5 : block.rindex(b"-----END ")].replace(b"\r", b"")
    body = re.sub(rb"\n=[A-Za-z0-9+/]{4}\s*\Z", b"\n", inner.split(b"\n\n", 1)[-1])
    packet = block_body(b"-----BEGIN X-----" + body + b"-----END X-----")
    if packet is None or len(packet) < 12 or not packet[0] & 0x80:
        return None
    tag = packet[0] & 0x3F if packet[0] & 0x40 else packet[0] >> 2 & 0x0F
    return FoundKey("pgp", None, "pgp") if tag == 5 else None


def public_digest(key: PublicKeyTypes) -> str:
    """Give the SHA-256 of a public key as SubjectPublicKeyInfo."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def public_digest_of(certificate: bytes) -> str:
    """Give the SHA-256 of the public key that a certificate in DER is for; empty when it cannot be read."""
    from asn1crypto.x509 import Certificate

    try:
        return hashlib.sha256(Certificate.load(certificate).public_key.dump()).hexdigest()
    except MALFORMED:
        return ""


def key_kind(key: object) -> KeyKind:
    """Name the kind of a public key of `cryptography` by its class."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519

    kinds: tuple[tuple[type, KeyKind], ...] = (
        (rsa.RSAPublicKey, "rsa"),
        (ec.EllipticCurvePublicKey, "ec"),
        (ed25519.Ed25519PublicKey, "ed25519"),
        (dsa.DSAPublicKey, "dsa"),
        (ed448.Ed448PublicKey, "ed448"),
        (x25519.X25519PublicKey, "x25519"),
    )
    return next((kind for known, kind in kinds if isinstance(key, known)), "unknown")


def key_bits(key: object) -> int | None:
    """Give the size of a public key in bits."""
    return getattr(key, "key_size", {"ed25519": 256, "x25519": 256, "ed448": 456}.get(key_kind(key)))


def _describe(key: Any, container: str) -> FoundKey:
    return FoundKey(key_kind(key), key_bits(key), container, False, public_digest(key))


def _describe_ssh(algorithm: bytes, blob: bytes, container: str) -> FoundKey | None:
    import base64

    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    try:
        return _describe(load_ssh_public_key(algorithm + b" " + base64.b64encode(blob)), container)
    except (ValueError, UnsupportedAlgorithm, InternalError):
        return None


def _kind_of_label(label: bytes) -> KeyKind:
    kinds: dict[bytes, KeyKind] = {b"RSA": "rsa", b"EC": "ec", b"DSA": "dsa"}
    return kinds.get(label.split(b" ")[0], "unknown")


def _read_openssh(body: bytes) -> FoundKey | None:
    """Read cipher, derivation and its options, a count, the public key and the private part, which may be encrypted."""
    magic = b"openssh-key-v1\0"
    head = _strings(body.removeprefix(magic), 3)
    if not body.startswith(magic) or len(head) < 3:
        return None
    rest = _strings(body[len(magic) + sum(4 + len(part) for part in head) + 4 :], 2)
    if len(rest) < 2 or not rest[1] or not (algorithm := _strings(rest[0], 1)):
        return None
    found = _describe_ssh(algorithm[0], rest[0], "openssh")
    return msgspec.structs.replace(found, encrypted=head[0] != b"none") if found else None


def _is_encrypted_pkcs8(body: bytes) -> bool:
    from asn1crypto.keys import EncryptedPrivateKeyInfo

    try:
        return bool(EncryptedPrivateKeyInfo.load(body, strict=True)["encrypted_data"].native)
    except MALFORMED:
        return False


def _read_rsa_leniently(data: bytes, container: str) -> FoundKey | None:
    """Read an RSA key that the strict reader refuses, for its size or for bytes that follow it."""
    from asn1crypto.keys import PublicKeyInfo, RSAPrivateKey, RSAPublicKey

    try:
        numbers = RSAPrivateKey.load(data).native
        modulus, exponent = numbers["modulus"], numbers["public_exponent"]
        if modulus != numbers["prime1"] * numbers["prime2"] or modulus < 2**255:
            return None
        public = PublicKeyInfo.wrap(RSAPublicKey({"modulus": modulus, "public_exponent": exponent}), "rsa").dump()
    except MALFORMED:
        return None
    return FoundKey("rsa", modulus.bit_length(), container, False, hashlib.sha256(public).hexdigest())


def _strings(data: bytes, count: int) -> list[bytes]:
    """Read up to `count` strings with their lengths before them; stop at one that does not fit."""
    found: list[bytes] = []
    offset = 0
    while len(found) < count and offset + 4 <= len(data):
        length = int.from_bytes(data[offset : offset + 4], "big")
        if length > len(data) - offset - 4:
            break
        found.append(data[offset + 4 : offset + 4 + length])
        offset += 4 + length
    return found


def _dropbear_public(algorithm: bytes, parts: list[bytes]) -> bytes | None:
    """Build the public key blob of RFC 4253 from the strings of a host key."""
    if algorithm == b"ssh-ed25519":
        public = [algorithm, parts[1][32:]] if len(parts[1]) == 64 else []
    elif algorithm == b"ssh-dss":
        public = parts[:5]
    elif algorithm == b"ssh-rsa" or algorithm.startswith(b"ecdsa-sha2-nistp"):
        public = parts[:3]
    else:
        public = []
    return b"".join(len(part).to_bytes(4, "big") + part for part in public) or None

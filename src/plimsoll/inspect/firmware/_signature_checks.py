"""Sets signatures against public keys: RSA, ECDSA and Ed25519 as RFC 8017, FIPS 186-5 and RFC 8032 have them."""

from __future__ import annotations

import hashlib
from typing import Any

from plimsoll.sources.signed import SignatureForm

_HASHES = ("sha1", "sha256", "sha384", "sha512", "sha224")
_CURVES = {"secp192r1": "p192", "secp224r1": "p224", "secp256r1": "p256", "secp384r1": "p384", "secp521r1": "p521"}


def load(der: bytes) -> Any:
    """Load a key as SubjectPublicKeyInfo; None when it is none that can be used."""
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        return load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        return None


def fits(form: SignatureForm, key: Any, value: bytes, digest: bytes, hash: str, message: bytes | None = None) -> bool:
    """Tell whether a signature is one of a key over a digest; for Ed25519, over the message, or the digest if none."""
    from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    if not takes(form, key):
        return False
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(value, digest if message is None else message)
            return True
        algorithm = _algorithm(hash)
        if isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
            key.verify(value, digest, pss if form == "rsa-pss" else padding.PKCS1v15(), Prehashed(algorithm))
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_in_der(form, value), digest, ec.ECDSA(Prehashed(algorithm)))
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        return False
    return True


def takes(form: SignatureForm, key: Any) -> bool:
    """Tell whether a key is of the kind that a form of signature is made with."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    kinds = {"rsa": rsa.RSAPublicKey, "ecdsa": ec.EllipticCurvePublicKey, "ed25519": ed25519.Ed25519PublicKey}
    kind = kinds.get(form.partition("-")[0])
    return kind is not None and isinstance(key, kind)


def is_made_by(form: SignatureForm, key: Any, value: bytes, hash: str) -> bool:
    """Tell whether an RSA signature was made with a key over whatever content, by what its padding looks like.

    So what was altered after signing is told from what somebody else signed. No other kind allows that.
    """
    from cryptography.hazmat.primitives.asymmetric import rsa

    if not isinstance(key, rsa.RSAPublicKey) or hash not in _HASHES:
        return False
    numbers = key.public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    number = int.from_bytes(value, "big")
    if len(value) != size or number >= numbers.n or numbers.e.bit_length() > 32:
        return False
    block = pow(number, numbers.e, numbers.n).to_bytes(size, "big")
    if form == "rsa-pkcs1":
        head, _, rest = block[2:].partition(b"\0")
        digest_bytes = hashlib.new(hash, usedforsecurity=False).digest_size
        return block[:2] == b"\0\1" and len(head) >= 8 and not head.strip(b"\xff") and len(rest) > digest_bytes
    return _is_pss(block, numbers.n.bit_length(), hash)


def name_algorithm(form: SignatureForm, key: Any, hash: str) -> str:
    """Name what a signature is made with, such as sha256-rsa2048-pss; as much as is known without a key."""
    size = getattr(key, "key_size", None)
    if form == "ed25519":
        return "ed25519"
    if form.startswith("rsa"):
        return f"{hash}-rsa{size or ''}" + ("-pss" if form == "rsa-pss" else "")
    curve = getattr(getattr(key, "curve", None), "name", "")
    return f"{hash}-ecdsa" + (f"-{_CURVES.get(curve, curve)}" if curve else "")


def _algorithm(hash: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    known: dict[str, type[Any]] = {
        "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }  # fmt: skip
    if hash not in known:
        raise ValueError(f"no digest that can be checked: {hash!r}")
    return known[hash]()


def _in_der(form: SignatureForm, value: bytes) -> bytes:
    """Give the two numbers of ECDSA in DER."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if form == "ecdsa-der":
        # Some signers fill it up with zeros to a fixed length.
        length = 2 + value[1] if len(value) > 2 and value[1] < 0x80 else len(value)
        return value[:length] if not any(value[length:]) else value
    half, order = len(value) // 2, "little" if form == "ecdsa-reversed" else "big"
    first, second = (int.from_bytes(one, order) for one in (value[:half], value[half:]))  # type: ignore[arg-type]
    return encode_dss_signature(first, second)


def _is_pss(block: bytes, bits: int, hash: str) -> bool:
    """Tell whether a block is as PSS makes it: zeros, 1 and the salt under a mask, then a digest and BC."""
    size = hashlib.new(hash, usedforsecurity=False).digest_size
    block = block[len(block) - (bits + 6) // 8 :]
    masked, digest, last = block[: -size - 1], block[-size - 1 : -1], block[-1:]
    if last != b"\xbc" or not masked:
        return False
    mask = b"".join(
        hashlib.new(hash, digest + number.to_bytes(4, "big"), usedforsecurity=False).digest()
        for number in range(-(-len(masked) // size))
    )
    plain = bytearray(one ^ other for one, other in zip(masked, mask, strict=False))
    plain[0] &= 0xFF >> (8 * len(block) - (bits - 1))
    return plain.lstrip(b"\0")[:1] == b"\1"

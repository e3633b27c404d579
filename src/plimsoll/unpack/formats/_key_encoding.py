"""Writes public keys that a format has as bare numbers the way everybody reads them: SubjectPublicKeyInfo in DER.

Sources: RFC 5280, RFC 8017 and RFC 5480.
"""

from __future__ import annotations

MOST_BITS = 16_384
"""Size of the largest RSA key that is written."""


def encode_rsa(modulus: int, exponent: int) -> bytes:
    """Give an RSA key; nothing when its numbers are no key, or too large to be used."""
    from asn1crypto.keys import PublicKeyInfo, RSAPublicKey

    if not 256 <= modulus.bit_length() <= MOST_BITS or not 1 < exponent < 1 << 64:
        return b""
    key = RSAPublicKey({"modulus": modulus, "public_exponent": exponent})
    return bytes(PublicKeyInfo.wrap(key, "rsa").dump())


def encode_point(curve: str, x: int, y: int) -> bytes:
    """Give a key on a curve, by its name such as secp256r1."""
    from asn1crypto.keys import ECPointBitString, PublicKeyInfo

    algorithm = {"algorithm": "ec", "parameters": ("named", curve)}
    width = {"secp192r1": 24, "secp256r1": 32, "secp384r1": 48}[curve]
    point = ECPointBitString(b"\4" + x.to_bytes(width, "big") + y.to_bytes(width, "big"))
    return bytes(PublicKeyInfo({"algorithm": algorithm, "public_key": point}).dump())

"""Derives keys from passwords as PKCS #12 does, within a budget, and decrypts what was encrypted so.

Source: RFC 7292 (appendix B: the derivation; appendix C: the schemes) and RFC 8018 (PBES2).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from plimsoll.inspect.firmware._key_forms import MALFORMED

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm

FOR_KEY, FOR_IV, FOR_MAC = 1, 2, 3
"""What bytes are derived for (RFC 7292, B.3)."""
LONGEST_SALT = 1024
LARGEST_KEY = 64

_BLOCK = {"md5": 64, "sha1": 64, "sha224": 64, "sha256": 64, "sha384": 128, "sha512": 128}


class Budget:
    """Iterations that may still be spent on one file: what it asks for is its own choice, and may be without end."""

    def __init__(self, iterations: int) -> None:
        self._left = iterations

    def take(self, iterations: int) -> bool:
        """Take so many; False, and nothing taken, when not so many are left."""
        if not 0 < iterations <= self._left:
            return False
        self._left -= iterations
        return True


def derive(password: bytes, salt: bytes, iterations: int, purpose: int, size: int, hash_name: str) -> bytes:
    """Derive bytes by RFC 7292, B.2; the password is in UTF-16, big-endian, with its end, or empty."""
    block, make = _BLOCK[hash_name], getattr(hashlib, hash_name)
    known = b"".join(_filled(part, block) for part in (salt, password))
    made = b""
    while len(made) < size:
        digest = make(bytes([purpose]) * block + known).digest()
        for _ in range(iterations - 1):
            digest = make(digest).digest()
        made += digest
        step = int.from_bytes(_filled(digest, block)[:block], "big") + 1
        known = b"".join(_plus(known[at : at + block], step) for at in range(0, len(known), block))
    return made[:size]


def _filled(part: bytes, block: int) -> bytes:
    size = -(-len(part) // block) * block
    return (part * (size // len(part) + 1))[:size] if part else b""


def _plus(part: bytes, step: int) -> bytes:
    size = len(part)
    return ((int.from_bytes(part, "big") + step) % (1 << 8 * size)).to_bytes(size, "big")


def wide(password: str) -> bytes:
    """Write a password as the derivation of PKCS #12 takes it."""
    return password.encode("utf-16-be") + b"\0\0"


def decrypt(algorithm: Any, data: bytes, password: str, budget: Budget) -> bytes | None:
    """Decrypt by an EncryptionAlgorithm of asn1crypto; None for a wrong password, an unknown scheme or no budget."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers.algorithms import AES

    try:
        salt, iterations = algorithm.kdf_salt, algorithm.kdf_iterations
        if len(salt) > LONGEST_SALT or not budget.take(iterations):
            return None
        if algorithm.kdf == "pbkdf2":
            size = {"aes": algorithm.key_length, "tripledes": 24}.get(algorithm.encryption_cipher, 0)
            if not 0 < size <= LARGEST_KEY or algorithm.encryption_mode != "cbc":
                return None
            key = hashlib.pbkdf2_hmac(algorithm.kdf_hmac, password.encode(), salt, iterations, size)
            kind = AES if algorithm.encryption_cipher == "aes" else TripleDES
            return _cbc(kind(key), algorithm.encryption_iv, data)
        if algorithm["algorithm"].native != "pkcs12_sha1_tripledes_3key" or not budget.take(iterations * 2):
            return None
        return triple_des(data, wide(password), salt, iterations)
    except MALFORMED:
        return None


def triple_des(data: bytes, password: bytes, salt: bytes, iterations: int) -> bytes | None:
    """Decrypt by pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292, C), which costs three derivations."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

    key, start = (derive(password, salt, iterations, *one, "sha1") for one in ((FOR_KEY, 24), (FOR_IV, 8)))
    return _cbc(TripleDES(key), start, data)


def _cbc(cipher: BlockCipherAlgorithm, start: bytes, data: bytes) -> bytes | None:
    """Decrypt and take the padding off; None when it is none, as after a wrong password."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    size = cipher.block_size // 8
    if not data or len(data) % size or len(start) != size:
        return None
    decryptor = Cipher(cipher, CBC(start)).decryptor()
    clear = decryptor.update(data) + decryptor.finalize()
    padding = clear[-1]
    return clear[:-padding] if 0 < padding <= size and clear.endswith(bytes([padding]) * padding) else None

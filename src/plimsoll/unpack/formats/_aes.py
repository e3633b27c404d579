"""Undoes AES in cipher block chaining with keys that makers put into every product and that others have published."""

from __future__ import annotations

BLOCK_BYTES = 16


def decrypt(data: memoryview | bytes, key: bytes, start: bytes) -> bytes:
    """Decrypt whole blocks; what is left over at the end is left out."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    whole = len(data) // BLOCK_BYTES * BLOCK_BYTES
    return decryptor.update(data[:whole]) + decryptor.finalize()

"""Keys and certificates of the twins, made from fixed seeds: they open nothing but what is built here."""

from __future__ import annotations

import datetime
import hashlib
import struct
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

_BEGINS = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


def ec_key(seed: str) -> ec.EllipticCurvePrivateKey:
    """Give a key on P-256."""
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(seed.encode()).digest()) >> 1, ec.SECP256R1())


def ed_key(seed: str) -> ed25519.Ed25519PrivateKey:
    """Give an Ed25519 key."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """Give an RSA key; it is another in each run, and nothing that is said depends on it."""
    return rsa.generate_private_key(65537, bits)


def private_pem(key: Any, password: bytes = b"") -> bytes:
    """Write a private key, encrypted where a password is given."""
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    data: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    return data


def store(key: Any, password: str) -> bytes:
    """Write a private key into a PKCS #12 store, as openssl does."""
    lock = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048).build(password.encode())
    return serialize_key_and_certificates(b"unit", key, None, None, lock)


def public_pem(key: Any) -> bytes:
    """Write the public half of a private key."""
    data: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return data


def openssh_private(seed: str) -> bytes:
    """Write a host key as sshd keeps it."""
    return ed_key(seed).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def openssh_public(seed: str, comment: str) -> str:
    """Write a line of authorized_keys."""
    line = ed_key(seed).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return f"{line.decode()} {comment}\n"


def dropbear_private(seed: str) -> bytes:
    """Write a host key as dropbear keeps it: the name of the algorithm, then private and public half in one string."""
    key = ed_key(seed)
    halves = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    halves += key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return b"".join(struct.pack(">I", len(part)) + part for part in (b"ssh-ed25519", halves))


def certificate(key: Any, name: str, *, authority: bool = False) -> bytes:
    """Write a certificate that a key signs for itself, from the first day of 2024 on."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 1)
        .not_valid_before(_BEGINS)
        .not_valid_after(_BEGINS + datetime.timedelta(days=36500))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def issued(key: Any, name: str) -> bytes:
    """Write a certificate that an authority of the twins gives to a key, and whose key is nowhere else."""
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority of the twins")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 1)
        .not_valid_before(_BEGINS)
        .not_valid_after(_BEGINS + datetime.timedelta(days=36500))
    )
    return builder.sign(ec_key("authority of the twins"), SHA256()).public_bytes(Encoding.PEM)

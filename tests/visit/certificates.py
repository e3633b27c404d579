"""A certificate authority for tests, with good and broken certificates, made when they are asked for."""

from __future__ import annotations

import datetime
import functools
import ssl
import tempfile
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Certificate = Literal["good", "expired", "wrong-name", "self-signed"]

_DAY = datetime.timedelta(days=1)


class Authority:
    """Signs certificates for host names; its own certificate is the file `trust`."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        builder = _builder(self._name, self._name, self._key, valid_days=(-2, 2))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
        )
        self._certificate = builder.sign(self._key, hashes.SHA256())
        self._folder = tempfile.TemporaryDirectory(prefix="authority-")
        self.trust = Path(self._folder.name) / "trust.pem"
        self.trust.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, hosts: tuple[str, ...], kind: Certificate = "good") -> ssl.SSLContext:
        """Make what a server for these host names shows."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = ("elsewhere.example",) if kind == "wrong-name" else hosts
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        signer, issuer = (key, subject) if kind == "self-signed" else (self._key, self._name)
        builder = _builder(subject, issuer, key, valid_days=(-2, -1) if kind == "expired" else (-2, 2))
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False
        )
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        pem = builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(dir=self._folder.name) as file:
            file.write(pem + secret)
            file.flush()
            context.load_cert_chain(file.name)
        return context


@functools.cache
def authority() -> Authority:
    """Give the one authority of a test run."""
    return Authority()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, valid_days: tuple[int, int]
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + valid_days[0] * _DAY)
        .not_valid_after(now + valid_days[1] * _DAY)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=signs_certificates, crl_sign=signs_certificates, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip

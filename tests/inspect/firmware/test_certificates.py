from __future__ import annotations

import datetime
import hashlib
from functools import cache

import pytest
from asn1crypto import x509 as lenient
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._certificate_forms import der_sequences, read_certificate
from plimsoll.inspect.firmware.certificates import MOST, Certificates
from plimsoll.model.facts import Certificate
from tests.firmware import observe

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


@cache
def made(name: str = "halyard.test", ca: bool = False, issuer: str = "") -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    builder = x509.CertificateBuilder(named(issuer or name), named(name), KEY.public_key(), 7)
    builder = builder.not_valid_before(datetime.datetime(2020, 1, 2)).not_valid_after(datetime.datetime(2030, 3, 4))
    builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
    return builder.sign(OTHER if issuer else KEY, hashes.SHA256())


def certificates(path: str, data: bytes) -> list[Certificate]:
    return [one.fact for one in observe(Certificates(), {path: data}) if isinstance(one.fact, Certificate)]


def pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(Encoding.PEM)


def test_a_certificate_is_parsed() -> None:
    der = made().public_bytes(Encoding.DER)
    public = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digests = (hashlib.sha256(public).hexdigest(), hashlib.sha256(der).hexdigest())
    expected = Certificate(
        "CN=halyard.test", "CN=halyard.test", "2020-01-02", "2030-03-04", "ec", 256, "sha256", True, False, *digests
    )
    assert certificates("etc/uhttpd.crt", pem(made())) == [expected]
    assert certificates("etc/uhttpd.crt", der) == [expected]
    assert certificates("bin/app", b"\x7fELF\0" + pem(made()) + b"\0") == [expected]


def test_one_that_somebody_else_signed_is_told_from_ones_own() -> None:
    assert [one.self_signed for one in certificates("a.pem", pem(made(issuer="ca.test")))] == [False]
    assert [one.self_signed for one in certificates("a.pem", pem(made(issuer="halyard.test")))] == [False]


def test_an_authority_is_told() -> None:
    assert [one.is_ca for one in certificates("a.pem", pem(made(ca=True)))] == [True]


@pytest.mark.parametrize(
    ("path", "count", "bundle"),
    [
        ("etc/ssl/certs/a.crt", 1, True),
        ("etc/ssl/certs/ca-certificates.crt", 2, True),
        ("usr/lib/roots.pem", 9, True),
        ("etc/chain.pem", 3, False),
    ],
)
def test_a_store_of_authorities_is_told_from_a_chain(path: str, count: int, bundle: bool) -> None:
    found = certificates(path, b"".join(pem(made(f"ca{number}.test", True)) for number in range(count)))
    assert [one.bundle for one in found] == [bundle] * count


def test_what_a_strict_parser_refuses_is_still_read() -> None:
    one = lenient.Certificate.load(made().public_bytes(Encoding.DER))
    one["tbs_certificate"]["version"] = 4
    found = read_certificate(one.dump(force=True), False)
    assert found is not None and found.not_after == "2030-03-04" and found.key_kind == "ec"


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN CERTIFICATE-----\0-----END CERTIFICATE-----\0",
        b"-----BEGIN CERTIFICATE-----\n<paste here>\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n",
        b"# " + pem(made()).replace(b"\n", b"\n# "),
        pem(made())[:-80],
    ],
)
def test_text_about_a_certificate_is_none(data: bytes) -> None:
    assert certificates("etc/a.crt", data) == []


def test_the_number_of_one_file_is_bounded() -> None:
    assert len(certificates("etc/a.pem", pem(made()) * (MOST + 5))) == MOST
    assert len(list(der_sequences(made().public_bytes(Encoding.DER) * 9, 5))) == 5


@given(st.binary(max_size=300), st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_without_an_error(data: bytes, at: int) -> None:
    list(der_sequences(data, 10))
    read_certificate(b"\x30" + data, False)
    der = made().public_bytes(Encoding.DER)
    read_certificate(der[:at] + data[:3] + der[at + 3 :], False)

"""Stores made by keytool, openssl and cryptography; those of Bouncy Castle are written here, by their description."""

from __future__ import annotations

import hashlib
import hmac
import shutil
import struct
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts.twins import keys as made

from plimsoll.inspect.firmware import _pbe
from plimsoll.inspect.firmware._pkcs12 import ITERATIONS, read_pkcs12
from plimsoll.inspect.firmware.key_stores import LARGEST, KeyStores
from plimsoll.model.facts import Certificate, PrivateKey
from tests.firmware import observe

KEY = made.ec_key("store")
CERTIFICATE = x509.load_pem_x509_certificate(made.certificate(KEY, "unit.halyard.test"))
DIGEST = hashlib.sha256(
    KEY.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
).hexdigest()


def facts(path: str, data: bytes) -> tuple[list[PrivateKey], list[Certificate]]:
    seen = [one.fact for one in observe(KeyStores(), {path: data})]
    keys = [one for one in seen if isinstance(one, PrivateKey)]
    return keys, [one for one in seen if isinstance(one, Certificate)]


def store(password: str | None, **more: Any) -> bytes:
    lock: form.KeySerializationEncryption = form.NoEncryption()
    if password is not None:
        lock = (
            form.PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(more.get("rounds", 2048))
            .key_cert_algorithm(more.get("algorithm", pkcs12.PBES.PBESv2SHA256AndAES256CBC))
            .build(password.encode())
        )
    return pkcs12.serialize_key_and_certificates(b"unit", KEY, CERTIFICATE, None, lock)


@cache
def keytool(folder: Path, kind: str, password: str, *, key_password: str = "") -> bytes:
    if shutil.which("keytool") is None:
        pytest.skip("keytool is absent: a JDK, such as default-jdk-headless, has it")
    path = folder / f"{kind}-{password}"
    command = [
        "keytool", "-genkeypair", "-alias", "unit", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=unit",
        "-storetype", kind, "-keystore", str(path), "-storepass", password, "-keypass", key_password or password,
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stores")


def test_an_open_store_gives_its_key_and_certificate() -> None:
    keys, certificates = facts("etc/mqtt/client.p12", store(None))
    assert keys == [PrivateKey("ec", 256, "pkcs12", False, DIGEST, "tls-client", True, None)]
    assert [one.public_digest for one in certificates] == [DIGEST]


@pytest.mark.parametrize("algorithm", [pkcs12.PBES.PBESv2SHA256AndAES256CBC, pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC])
@pytest.mark.parametrize("password", ["changeit", "password", "123456"])
def test_a_published_password_opens_a_store(password: str, algorithm: Any) -> None:
    keys, certificates = facts("etc/a.pfx", store(password, algorithm=algorithm))
    assert [(one.encrypted, one.public_digest, one.password) for one in keys] == [(False, DIGEST, password)]
    assert [one.public_digest for one in certificates] == [DIGEST]


def test_another_password_keeps_it_closed() -> None:
    keys, certificates = facts("etc/a.p12", store("ri9wie9EeTah"))
    assert [(one.encrypted, one.public_digest, one.password) for one in keys] == [(True, "", None)]
    assert certificates == []


@pytest.mark.parametrize("options", [(), ("-legacy",)])
def test_an_empty_password_of_openssl_is_no_protection(options: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(made.private_pem(KEY))
    (tmp_path / "certificate").write_bytes(made.certificate(KEY, "unit"))
    command = ["openssl", "pkcs12", "-export", *options, "-inkey", "key", "-in", "certificate", "-passout", "pass:"]
    done = subprocess.run([*command, "-out", "store.p12"], cwd=tmp_path, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this openssl does not write such a store")
    keys, _ = facts("etc/store.p12", (tmp_path / "store.p12").read_bytes())
    assert [(one.encrypted, one.public_digest, one.password) for one in keys] == [(False, DIGEST, "")]


def test_a_store_that_asks_for_many_iterations_costs_nothing_and_stays_closed() -> None:
    data = store("changeit", rounds=ITERATIONS * 4)
    keys, _ = facts("etc/a.p12", data)
    assert [one.encrypted for one in keys] == [True]


def test_a_store_without_a_telling_name_is_left_alone() -> None:
    assert facts("etc/blob", store(None)) == ([], [])


def test_a_store_of_documentation_is_not_in_use() -> None:
    keys, _ = facts("usr/share/doc/app/examples/client.p12", store(None))
    assert [one.active for one in keys] == [False]


def test_a_store_that_is_too_large_is_left_alone() -> None:
    assert facts("etc/a.p12", store(None) + bytes(LARGEST)) == ([], [])


def test_the_derivation_is_that_of_the_libraries() -> None:
    """The vectors come from the check sum that another library wrote: read back, it must fit."""
    opened = read_pkcs12(store("changeit"), ("wrong", "changeit"))
    assert opened is not None
    assert opened.password == "changeit"


@pytest.mark.parametrize(("kind", "expected"), [("JKS", "jks"), ("JCEKS", "jceks"), ("PKCS12", "pkcs12")])
def test_a_store_of_java_is_read(kind: str, expected: str, folder: Path) -> None:
    keys, certificates = facts("opt/app/identity.keystore", keytool(folder, kind, "changeit"))
    assert [one.container for one in keys] == [expected]
    assert [one.subject for one in certificates] == ["CN=unit"]
    assert keys[0].public_digest == certificates[0].public_digest
    if kind == "JCEKS":
        assert (keys[0].encrypted, keys[0].password) == (True, None)
    else:
        assert (keys[0].encrypted, keys[0].password) == (False, "changeit")


def test_a_store_of_java_with_a_password_of_its_own_tells_whose_key_it_holds(folder: Path) -> None:
    keys, certificates = facts("opt/identity.jks", keytool(folder, "JKS", "ri9wie9EeTah"))
    assert [(one.encrypted, one.password) for one in keys] == [(True, None)]
    assert keys[0].public_digest == certificates[0].public_digest


def test_a_key_with_a_password_of_its_own_stays_closed(folder: Path) -> None:
    keys, _ = facts("opt/b.jks", keytool(folder, "JKS", "password", key_password="ri9wie9EeTah"))
    assert [(one.encrypted, one.password) for one in keys] == [(True, None)]


def test_the_authorities_of_java_are_a_store_and_no_key() -> None:
    paths = [path for path in Path("/etc/ssl/certs/java").glob("cacerts") if path.stat().st_size <= LARGEST]
    if not paths:
        pytest.skip("no cacerts of Java here")
    keys, certificates = facts("etc/ssl/certs/java/cacerts", paths[0].read_bytes())
    assert keys == []
    assert len(certificates) > 20
    assert all(one.bundle for one in certificates)


def utf(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


def counted(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def bare_key() -> bytes:
    der = KEY.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
    return b"\0" + utf("PKCS#8") + utf("EC") + counted(der)


def sealed(password: str) -> bytes:
    salt, iterations = b"saltsaltsaltsaltsalt", 1500
    wide = _pbe.wide(password)
    lock = _pbe.derive(wide, salt, iterations, _pbe.FOR_KEY, 24, "sha1")
    start = _pbe.derive(wide, salt, iterations, _pbe.FOR_IV, 8, "sha1")
    clear = bare_key()
    clear += bytes([8 - len(clear) % 8]) * (8 - len(clear) % 8)
    encryptor = Cipher(TripleDES(lock), CBC(start)).encryptor()
    return counted(salt) + struct.pack(">I", iterations) + encryptor.update(clear) + encryptor.finalize()


def bks(password: str, *, is_sealed: bool = True, iterations: int = 1200) -> bytes:
    salt, der = b"pepperpepperpepperpp", CERTIFICATE.public_bytes(form.Encoding.DER)
    chain = struct.pack(">I", 1) + utf("X.509") + counted(der)
    head = utf("unit") + bytes(8) + chain
    entry = b"\4" + head + counted(sealed(password)) if is_sealed else b"\2" + head + bare_key()
    trusted = b"\1" + utf("ca") + bytes(8) + struct.pack(">I", 0) + utf("X.509") + counted(der)
    body = entry + trusted + b"\0"
    key = _pbe.derive(_pbe.wide(password), salt, iterations, _pbe.FOR_MAC, 20, "sha1") if iterations < 10**6 else b""
    check = hmac.digest(key, body, "sha1")
    return struct.pack(">I", 2) + counted(salt) + struct.pack(">I", iterations) + body + check


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bks("changeit"), (False, DIGEST, "changeit")),
        (bks("ri9wie9EeTah"), (True, DIGEST, None)),
        (bks("ri9wie9EeTah", is_sealed=False), (False, DIGEST, None)),
        (bks("changeit", iterations=2**31), (True, DIGEST, None)),
    ],
)
def test_a_store_of_bouncy_castle_is_read(data: bytes, expected: tuple[bool, str, str | None]) -> None:
    keys, certificates = facts("res/raw/client.bks", data)
    assert [(one.encrypted, one.public_digest, one.password) for one in keys] == [expected]
    assert [one.public_digest for one in certificates] == [DIGEST]


def test_the_derivation_agrees_with_a_key_of_another_library() -> None:
    """A key that `cryptography` encrypts by the old scheme opens with what is derived here."""
    lock = (
        form.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1000)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(SHA1())
        .build(b"android")
    )
    data = pkcs12.serialize_key_and_certificates(b"unit", KEY, None, None, lock)
    assert [one.password for one in facts("a.p12", data)[0]] == ["android"]


@given(st.binary(max_size=200), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_damaged_stores_are_read_without_an_error(tail: bytes, which: int) -> None:
    whole = (store(None), bks("changeit"), b"\xfe\xed\xfe\xed" + bytes(3) + b"\2" + bytes(3) + b"\1", b"\xce" * 4)[
        which
    ]
    for cut in (len(whole) // 3, len(whole) // 2, len(whole) - 3, len(whole)):
        facts("etc/a.bks" if which == 1 else "etc/a.p12", whole[:cut] + tail)


def test_numbers_that_are_out_of_all_bounds_are_refused() -> None:
    for count in (2**32 - 1, 2**31):
        data = b"\xfe\xed\xfe\xed" + struct.pack(">II", 2, count)
        assert facts("a.jks", data) == ([], [])
    data = struct.pack(">III", 2, 2**32 - 1, 1)
    assert facts("a.bks", data) == ([], [])


def test_a_damaged_key_is_told_and_not_guessed() -> None:
    data = bytearray(store("changeit", algorithm=pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC))
    data[len(data) // 3] ^= 0xFF
    keys, _ = facts("a.p12", bytes(data))
    assert all(one.encrypted for one in keys)


assert isinstance(KEY, ec.EllipticCurvePrivateKey)

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware import _key_forms
from plimsoll.inspect.firmware._pem import block_body
from plimsoll.inspect.firmware.private_keys import PrivateKeys
from plimsoll.model.facts import PrivateKey
from plimsoll.model.facts.key import KeyKind
from tests.firmware import observe, observe_all

PEM, DER, OPENSSL, PKCS8, OPENSSH = (
    form.Encoding.PEM,
    form.Encoding.DER,
    form.PrivateFormat.TraditionalOpenSSL,
    form.PrivateFormat.PKCS8,
    form.PrivateFormat.OpenSSH,
)


@cache
def key(kind: str) -> Any:
    made: dict[str, Callable[[], Any]] = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "dsa": lambda: dsa.generate_private_key(1024),
    }
    return made[kind]()


def written(kind: str, encoding: Any, shape: Any, password: bytes = b"") -> bytes:
    lock = form.BestAvailableEncryption(password) if password else form.NoEncryption()
    return bytes(key(kind).private_bytes(encoding, shape, lock))


def digest(kind: str) -> str:
    public = key(kind).public_key().public_bytes(DER, form.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()


def keys(path: str, data: bytes) -> list[PrivateKey]:
    return [one.fact for one in observe(PrivateKeys(), {path: data}) if isinstance(one.fact, PrivateKey)]


def dropbear(*parts: bytes | int) -> bytes:
    raw = [part if isinstance(part, bytes) else part.to_bytes(part.bit_length() // 8 + 1, "big") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in raw)


@pytest.mark.parametrize(
    ("kind", "shape", "bits", "container"),
    [
        ("rsa", OPENSSL, 2048, "pem"),
        ("rsa", PKCS8, 2048, "pkcs8"),
        ("rsa", OPENSSH, 2048, "openssh"),
        ("ec", OPENSSL, 256, "pem"),
        ("ec", PKCS8, 256, "pkcs8"),
        ("ed25519", PKCS8, 256, "pkcs8"),
        ("ed25519", OPENSSH, 256, "openssh"),
        ("dsa", OPENSSL, 1024, "pem"),
    ],
)
def test_a_key_in_pem_is_parsed(kind: KeyKind, shape: Any, bits: int, container: str) -> None:
    expected = PrivateKey(kind, bits, container, False, digest(kind), "", True)
    assert keys("etc/a.txt.conf", b"# a key\n" + written(kind, PEM, shape)) == [expected]


@pytest.mark.parametrize(("shape", "known"), [(OPENSSL, False), (PKCS8, False), (OPENSSH, True)])
def test_an_encrypted_key_is_told(shape: Any, known: bool) -> None:
    (found,) = keys("etc/x.conf", written("rsa", PEM, shape, b"password"))
    assert (found.encrypted, bool(found.public_digest)) == (True, known)


def test_a_key_within_a_program_and_in_a_quoted_string_is_parsed() -> None:
    text = written("ec", PEM, PKCS8)
    assert len(keys("bin/app", b"\x7fELF\0" + text + b"\0")) == 1
    assert len(keys("etc/app.json", b'{"key": "' + text.replace(b"\n", b"\\n") + b'"}')) == 1


@pytest.mark.parametrize("name", ["etc/server.key", "etc/priv.der", "etc/fw.pk8"])
def test_a_key_in_der_is_found_by_name(name: str) -> None:
    assert [one.container for one in keys(name, written("rsa", DER, PKCS8))] == ["der"]
    assert [one.container for one in keys(name, written("rsa", DER, OPENSSL))] == ["der"]


def test_a_key_of_512_bits_is_still_a_key() -> None:
    p, q = 2**255 + 95, 2**256 - 189
    from asn1crypto.keys import RSAPrivateKey

    names = ("modulus", "public_exponent", "private_exponent", "prime1", "prime2", "exponent1", "exponent2")
    numbers = dict(zip(names, (p * q, 65537, 3, p, q, 5, 7), strict=True))
    data = RSAPrivateKey({"version": 0, **numbers, "coefficient": 11}).dump()
    assert [(one.kind, one.bits) for one in keys("etc/old.key", data)] == [("rsa", (p * q).bit_length())]


def test_host_keys_of_dropbear_are_parsed() -> None:
    numbers = key("rsa").private_numbers()
    public = numbers.public_numbers
    data = dropbear(b"ssh-rsa", public.e, public.n, numbers.d, numbers.p, numbers.q)
    expected = PrivateKey("rsa", 2048, "dropbear", False, digest("rsa"), "ssh-host", True)
    assert keys("etc/dropbear/dropbear_rsa_host_key", data) == [expected]
    raw = form.Encoding.Raw
    seed = key("ed25519").private_bytes(raw, form.PrivateFormat.Raw, form.NoEncryption())
    both = seed + key("ed25519").public_key().public_bytes(raw, form.PublicFormat.Raw)
    assert [one.public_digest for one in keys("etc/k", dropbear(b"ssh-ed25519", both))] == [digest("ed25519")]


def test_a_public_blob_is_no_host_key() -> None:
    public = key("rsa").public_key().public_numbers()
    assert keys("etc/dropbear/dropbear_rsa_host_key", dropbear(b"ssh-rsa", public.e, public.n)) == []


def test_a_key_of_putty_is_parsed(tmp_path: Path) -> None:
    import base64

    public = key("ed25519").public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
    algorithm, blob = public.split(b" ")[:2]
    lines = b"".join(blob[at : at + 64] + b"\r\n" for at in range(0, len(blob), 64))
    count = b"%d" % ((len(blob) + 63) // 64)
    data = b"PuTTY-User-Key-File-3: " + algorithm + b"\r\nEncryption: none\r\nComment: k\r\nPublic-Lines: " + count
    data += b"\r\n" + lines + b"Private-Lines: 1\r\n" + base64.b64encode(b"\0" * 36) + b"\r\nPrivate-MAC: 00\r\n"
    expected = PrivateKey("ed25519", 256, "ppk", False, digest("ed25519"), "", True)
    assert keys("etc/k.ppk", data) == [expected]
    assert keys("etc/k.ppk", data[:120]) == []


def test_a_secret_key_of_gnupg_is_found(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(0o700)
    base = ["gpg", "--homedir", str(home), "--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
    armoured = tmp_path / "armoured"
    # NOTE: no pipes: the agent that gpg leaves behind would hold them open.
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        for command in (
            ["--quick-gen-key", "a@b.test", "ed25519"],
            ["-o", str(armoured), "-a", "--export-secret-keys"],
        ):
            subprocess.run([*base, *command], check=True, timeout=60, **quiet)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("gpg cannot be run: install gnupg")
    finally:
        if shutil.which("gpgconf"):
            subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, **quiet)
    assert [one.kind for one in keys("etc/k.asc", armoured.read_bytes())] == ["pgp"]


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("etc/ssh/ssh_host_rsa_key", "ssh-host"),
        ("root/.ssh/id_rsa", "ssh-client"),
        ("etc/ssl/private/ca.key", "ca"),
        ("etc/lighttpd/server.pem", "tls-server"),
        ("etc/mqtt/client.key", "tls-client"),
        ("etc/keys/fw_sign.pem", "signing"),
        ("etc/k.pem", ""),
    ],
)
def test_the_purpose_is_told_by_the_path(path: str, purpose: str) -> None:
    assert [one.purpose for one in keys(path, written("ec", PEM, PKCS8))] == [purpose]


@pytest.mark.parametrize("path", ["usr/share/doc/tls/key.pem", "usr/lib/libmbedtls.so.12", "usr/lib/app/tests/k.pem"])
def test_a_key_of_documentation_or_of_a_librarys_self_test_is_not_in_use(path: str) -> None:
    assert [one.active for one in keys(path, written("ec", PEM, PKCS8))] == [False]


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----\0-----BEGIN PRIVATE KEY-----\0",
        b"-----BEGIN PRIVATE KEY-----\n<your key here>\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----\n",
        b"-----BEGIN PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\n-----END PUBLIC KEY-----\n",
    ],
)
def test_text_about_a_key_is_no_key(data: bytes) -> None:
    assert keys("usr/lib/libcrypto.so", data) == []


def test_a_key_in_a_comment_or_cut_short_is_no_key() -> None:
    text = written("ec", PEM, PKCS8)
    assert keys("etc/a.conf", b"# " + text.replace(b"\n", b"\n# ")) == []
    assert keys("etc/a.conf", text[:-60]) == []
    assert keys("etc/a.key", written("rsa", DER, PKCS8)[:-60]) == []


def test_the_key_itself_is_concealed() -> None:
    text = written("ec", PEM, PKCS8)
    observations, _, secrets = observe_all(PrivateKeys(), {"etc/k.pem": text})
    assert list(secrets.values()) == [text.strip()]
    assert text.split(b"\n")[1].decode() not in repr(observations)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x30\x30", b"\0\0\0\x07ssh-rsa", b"openssh-key-v1\0"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_without_an_error(data: bytes, start: bytes) -> None:
    data = start + data
    for read in (_key_forms.read_der, _key_forms.read_dropbear, _key_forms.read_ppk):
        read(data)
    block = b"-----BEGIN OPENSSH PRIVATE KEY-----" + data + b"-----END OPENSSH PRIVATE KEY-----"
    block_body(block)
    _key_forms.read_pgp(block)
    _key_forms._read_openssh(data)
    _key_forms._is_encrypted_pkcs8(data)

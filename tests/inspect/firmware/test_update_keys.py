"""Keys that settings name, and what boot loaders check: real keys, real device trees, made here."""

from __future__ import annotations

import base64
import datetime
import hashlib
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware._device_tree import read_device_tree
from plimsoll.inspect.firmware._public_keys import PublicKey, read_public_keys
from plimsoll.inspect.firmware.updates import Updates
from plimsoll.model.facts import Fact, UpdateGuard, UpdateKey, UpdateTrust
from tests.firmware import observe
from tests.unpack.images import tool

RSA = rsa.generate_private_key(65537, 2048)
SHORT = rsa.generate_private_key(65537, 1024)
CURVE = ec.generate_private_key(ec.SECP256R1())
EDWARDS = ed25519.Ed25519PrivateKey.generate()


def spki(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def digest(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return hashlib.sha256(spki(key)).hexdigest()


def certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Halyard updates")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(day).not_valid_after(day + datetime.timedelta(days=3650))
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def usign(key: ed25519.Ed25519PrivateKey) -> bytes:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return b"untrusted comment: local build key\n" + base64.b64encode(b"Ed" + bytes(8) + raw) + b"\n"


def keys(files: Mapping[str, bytes], links: Mapping[str, str] = MappingProxyType({})) -> list[UpdateKey]:
    return [one.fact for one in observe(Updates(), files, links) if isinstance(one.fact, UpdateKey)]


SWUPDATE = b'globals: { public-key-file = "/etc/key.pem"; };\n'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pem(RSA), PublicKey("rsa", 2048, digest(RSA))),
        (spki(CURVE), PublicKey("ec", 256, digest(CURVE))),
        (usign(EDWARDS), PublicKey("ed25519", 256, digest(EDWARDS))),
        (certificate(RSA), PublicKey("rsa", 2048, digest(RSA))),
        (
            RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1),
            PublicKey("rsa", 2048, digest(RSA)),
        ),
    ],
    ids=("pem", "der", "usign", "certificate", "pkcs1"),
)
def test_each_form_of_a_public_key_is_read(data: bytes, expected: PublicKey) -> None:
    assert read_public_keys(data) == (expected,)


def test_a_private_key_is_none() -> None:
    assert read_public_keys(RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())) == ()


@given(st.binary(max_size=300))
def test_anything_may_stand_in_a_key(data: bytes) -> None:
    for start in (
        b"",
        b"untrusted comment: x\n",
        b"\x30\x82",
        b"-----BEGIN PUBLIC KEY-----\n",
        b"-----BEGIN CERTIFICATE-----",
    ):
        read_public_keys(start + data)


def test_a_key_that_is_named_and_there_is_described() -> None:
    found = keys({"etc/swupdate.cfg": SWUPDATE, "etc/key.pem": pem(SHORT)})
    assert found == [UpdateKey("swupdate", "present", "etc/key.pem", "rsa", 1024, digest(SHORT))]


def test_a_key_is_found_through_links() -> None:
    found = keys(
        {"etc/swupdate.cfg": SWUPDATE, "usr/lib/keys/a.pem": pem(RSA)}, {"etc/key.pem": "../usr/lib/keys/a.pem"}
    )
    assert [(one.state, one.bits) for one in found] == [("present", 2048)]


def test_a_key_that_is_named_and_not_there_is_missing() -> None:
    assert keys({"etc/swupdate.cfg": SWUPDATE}) == [UpdateKey("swupdate", "missing", "etc/key.pem")]


def test_a_key_that_nothing_names_is_none_of_an_update() -> None:
    assert keys({"etc/key.pem": pem(RSA), "etc/swupdate.cfg": b"globals: { verbose = true; };\n"}) == []


def test_raucs_keyring_stands_beside_its_settings() -> None:
    conf = b"[system]\ncompatible=x\n[keyring]\npath=ca.pem\n"
    found = keys({"etc/rauc/system.conf": conf, "etc/rauc/ca.pem": certificate(RSA)})
    assert [(one.path, one.bits, one.public_digest) for one in found] == [("etc/rauc/ca.pem", 2048, digest(RSA))]


def test_a_folder_of_keys_gives_each() -> None:
    conf = b"[keyring]\ndirectory=/etc/rauc/keys\n"
    files = {"etc/rauc/system.conf": conf, "etc/rauc/keys/a.pem": certificate(RSA), "etc/rauc/keys/b.pem": pem(SHORT)}
    assert sorted(one.bits or 0 for one in keys(files)) == [1024, 2048]


def test_keys_of_a_package_manager_count_without_being_named() -> None:
    found = keys({"etc/opkg/keys/7aa1e5b0": usign(EDWARDS)})
    assert [(one.client, one.state, one.kind) for one in found] == [("opkg", "present", "ed25519")]


def test_the_key_of_a_script_belongs_to_the_script() -> None:
    script = (
        b"#!/bin/sh\nwget -O /tmp/fw http://u.halyard.test/fw\n"
        b"openssl dgst -sha256 -verify /etc/fw.pem -signature /tmp/s /tmp/fw || exit 1\nmtd write /tmp/fw firmware\n"
    )
    observations = observe(Updates(), {"usr/sbin/up": script, "etc/fw.pem": pem(RSA)})
    (found,) = [one for one in observations if isinstance(one.fact, UpdateKey)]
    assert isinstance(found.fact, UpdateKey)
    assert (found.fact.client, found.fact.path, found.fact.bits) == ("vendor-script", "etc/fw.pem", 2048)
    assert "usr/sbin/up" in found.where


SOURCE = """/dts-v1/;
/ { model = "x"; signature { key-dev { %s algo = "sha256,rsa2048"; key-name-hint = "dev";
rsa,num-bits = <2048>; rsa,modulus = [%s]; rsa,exponent = <0x0 0x10001>; }; }; };
"""


def control_tree(folder: Path, required: str) -> bytes:
    modulus = RSA.public_key().public_numbers().n.to_bytes(256, "big").hex()
    (folder / "x.dts").write_text(SOURCE % (required, modulus))
    dtc = tool("dtc", "device-tree-compiler")
    subprocess.run([dtc, "-O", "dtb", "-o", folder / "x.dtb", folder / "x.dts"], check=True, capture_output=True)
    return (folder / "x.dtb").read_bytes()


def of_loader(data: bytes) -> list[Fact]:
    return [one.fact for one in observe(Updates(), {"u-boot.bin": data})]


def test_a_key_that_the_loader_requires_is_told_with_its_place(tmp_path: Path) -> None:
    loader = b"\0U-Boot 2024.01" + bytes(5000)
    tree = control_tree(tmp_path, 'required = "conf";')
    observations = observe(Updates(), {"u-boot.bin": loader + tree + bytes(64)})
    assert [one.fact for one in observations] == [
        UpdateGuard("u-boot", "boot", "on", "sha256,rsa2048, required for conf"),
        UpdateKey("u-boot", "present", "", "rsa", 2048, digest(RSA)),
    ]
    assert all(f"+0x{len(loader):x}:" in one.where for one in observations)


def test_a_key_that_is_not_required_is_no_check(tmp_path: Path) -> None:
    found = of_loader(bytes(100) + control_tree(tmp_path, ""))
    assert found[0] == UpdateGuard("u-boot", "boot", "off", "key-dev is not required")


def test_mkimage_puts_the_key_where_it_is_found(tmp_path: Path) -> None:
    mkimage = tool("mkimage", "u-boot-tools")
    (tmp_path / "dev.key").write_bytes(
        RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    (tmp_path / "dev.crt").write_bytes(certificate(RSA))
    (tmp_path / "kernel").write_bytes(b"kernel" * 100)
    (tmp_path / "control.dts").write_text('/dts-v1/;\n/ { model = "x"; };\n')
    dtc = tool("dtc", "device-tree-compiler")
    control = tmp_path / "control.dtb"
    subprocess.run([dtc, "-p", "4096", "-O", "dtb", "-o", control, tmp_path / "control.dts"], check=True)
    (tmp_path / "image.its").write_text(
        '/dts-v1/;\n/ { description = "x"; #address-cells = <1>; images { kernel { description = "k"; '
        'data = /incbin/("kernel"); type = "kernel"; arch = "arm"; os = "linux"; compression = "none"; load = <0>; '
        'entry = <0>; hash-1 { algo = "sha256"; }; }; }; configurations { default = "a"; a { kernel = "kernel"; '
        'signature-1 { algo = "sha256,rsa2048"; key-name-hint = "dev"; sign-images = "kernel"; }; }; }; };\n'
    )
    subprocess.run(
        [mkimage, "-f", "image.its", "-k", ".", "-K", "control.dtb", "-r", "image.itb"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    found = of_loader(b"\0" * 512 + control.read_bytes())
    assert UpdateGuard("u-boot", "boot", "on", "sha256,rsa2048, required for conf") in found
    assert UpdateKey("u-boot", "present", "", "rsa", 2048, digest(RSA)) in found


@given(st.binary(max_size=200), st.integers(0, 2000))
def test_a_damaged_device_tree_is_refused_or_read(noise: bytes, at: int) -> None:
    tree = bytearray(TREE)
    at %= len(tree)
    tree[at : at + len(noise)] = noise
    read_device_tree(bytes(tree), 0, b"signature")


def _tree() -> bytes:
    """Make a small tree by hand, so that damage needs no tool."""
    strings = b"algo\0required\0"
    words = [
        struct.pack(">I", 1) + b"\0\0\0\0",
        struct.pack(">I", 1) + b"signature\0\0\0",
        struct.pack(">I", 1) + b"key-a\0\0\0",
        struct.pack(">III", 3, 15, 0) + b"sha256,rsa2048\0\0",
        struct.pack(">III", 3, 5, 5) + b"conf\0\0\0\0",
        struct.pack(">I", 2) * 3 + struct.pack(">I", 9),
    ]
    body = b"".join(words)
    header = struct.pack(
        ">10I", 0xD00DFEED, 40 + len(body) + len(strings), 40, 40 + len(body), 40, 17, 16, 0, len(strings), len(body)
    )
    return header + body + strings


TREE = _tree()


def test_the_small_tree_is_read_as_it_was_made() -> None:
    nodes = read_device_tree(TREE, 0, b"signature")
    assert nodes == {b"signature/key-a": {b"algo": b"sha256,rsa2048\0", b"required": b"conf\0"}}


def vbmeta(key: rsa.RSAPrivateKey, flags: int = 0, rollback: int = 0, number: int = 1) -> bytes:
    bits = key.key_size
    modulus = key.public_key().public_numbers().n
    blob = struct.pack(">II", bits, 0) + modulus.to_bytes(bits // 8, "big") + bytes(bits // 8)
    auxiliary = blob.ljust(-(-len(blob) // 64) * 64, b"\0")
    header = struct.pack(
        ">4sIIQQIQQQQQQQQQQQII", b"AVB0", 1, 0, 320, len(auxiliary), number, 0, 32, 32, 256, 0, len(blob), 0, 0, 0, 0,
        rollback, flags, 0,
    )  # fmt: skip
    return header.ljust(256, b"\0") + bytes(320) + auxiliary


def test_verified_boot_of_android_is_told_with_its_key_and_rollback_index() -> None:
    data = vbmeta(RSA, rollback=7)
    found = [one.fact for one in observe(Updates(), {"vbmeta.img": data})]
    blob = struct.pack(">II", 2048, 0) + RSA.public_key().public_numbers().n.to_bytes(256, "big") + bytes(256)
    sha1 = hashlib.sha1(blob, usedforsecurity=False).hexdigest()
    assert UpdateGuard("avb", "boot", "on", "sha256-rsa2048") in found
    assert UpdateGuard("avb", "rollback", "on", "rollback index 7") in found
    assert UpdateKey("avb", "present", "", "rsa", 2048, digest(RSA), sha1) in found


@pytest.mark.parametrize("flags", [1, 2, 3])
def test_verified_boot_that_is_switched_off_is_told(flags: int) -> None:
    found = [one.fact for one in observe(Updates(), {"vbmeta.img": vbmeta(RSA, flags)})]
    assert UpdateGuard("avb", "boot", "off", f"vbmeta flags {flags}") in found


@pytest.mark.parametrize(
    "data", [b"AVB0\0\0\0\1" + bytes(20), vbmeta(RSA, flags=9), vbmeta(RSA, number=0), vbmeta(RSA)[:600]]
)
def test_what_only_begins_like_verified_boot_says_nothing(data: bytes) -> None:
    assert observe(Updates(), {"vbmeta.img": data}) == []


def test_androids_payload_key_is_trusted_by_its_place() -> None:
    path = "system/etc/update_engine/update-payload-key.pub.pem"
    found = [one.fact for one in observe(Updates(), {path: pem(RSA)})]
    assert UpdateTrust("android-ota", "signature", "on", "") in found
    assert UpdateKey("android-ota", "present", path, "rsa", 2048, digest(RSA)) in found

"""Tests of signatures of images for microcontrollers and of Android, made by imgtool, espsecure and a generator."""

from __future__ import annotations

import hashlib
import random
import struct
import subprocess
from pathlib import Path

import pytest

from plimsoll.knowledge import published_keys
from tests.inspect.firmware.verified import flipped, make_key, run, states, verified
from tests.unpack.formats.esp_images import application
from tests.unpack.images import tool

_PROGRAM = random.Random(1).randbytes(3000)
_KINDS = {
    "rsa-2048": "sha256-rsa2048-pss",
    "rsa-3072": "sha256-rsa3072-pss",
    "ecdsa-p256": "sha256-ecdsa-p256",
    "ecdsa-p384": "sha384-ecdsa-p384",
    "ed25519": "ed25519",
}


def _imgtool(folder: Path, kind: str, *options: str) -> tuple[bytes, bytes]:
    """Sign a program; give the image and the public key in PEM."""
    imgtool = tool("imgtool", "imgtool of PyPI")
    folder.mkdir(exist_ok=True)
    (folder / "in").write_bytes(_PROGRAM)
    subprocess.run([imgtool, "keygen", "-k", "key", "-t", kind], cwd=folder, check=True, capture_output=True)
    made = [imgtool, "sign", "-k", "key", "--header-size", "0x200", "--pad-header", "--align", "8", "-S", "0x8000",
            "-v", "1.2.3+4", *options, "in", "out"]  # fmt: skip
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    public = subprocess.run(
        [imgtool, "getpub", "-k", "key", "-e", "pem"], cwd=folder, check=True, capture_output=True
    ).stdout
    return (folder / "out").read_bytes(), public


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("options", [(), ("--public-key-format", "full"), ("--security-counter", "3")], ids=str)
def test_an_image_for_mcuboot_and_its_twins(kind: str, options: tuple[str, ...], tmp_path: Path) -> None:
    image, public = _imgtool(tmp_path / "own", kind, *options)
    _, foreign = _imgtool(tmp_path / "foreign", kind)
    key = {"key.pem": public}
    (one,) = verified({"app.bin": image, **key})
    assert (one.scheme, one.state, one.fits, one.algorithm) == ("mcuboot", "valid", True, _KINDS[kind])
    brings = "full" in options
    assert states({"app.bin": image}) == [("unknown-key", True if brings else None, "")]
    assert states({"app.bin": image, "key.pem": foreign}) == [("unknown-key", True if brings else None, "")]
    assert states({"app.bin": flipped(image, 0x400), **key}) == [("broken", False, "the digest of the image")]
    assert states({"app.bin": flipped(image, len(image) - 12), **key}) == [("broken", False, "the signature")]


def test_a_boot_loader_with_the_key_in_its_program_is_enough(tmp_path: Path) -> None:
    image, _ = _imgtool(tmp_path, "rsa-2048")
    encoded = subprocess.run(
        [tool("imgtool", ""), "getpub", "-k", "key", "-e", "raw"], cwd=tmp_path, check=True, capture_output=True
    ).stdout
    assert [one.state for one in verified({"app.bin": image, "loader.bin": bytes(500) + encoded + _PROGRAM})] == [
        "valid"
    ]


def test_an_unsigned_image_for_mcuboot(tmp_path: Path) -> None:
    imgtool = tool("imgtool", "imgtool of PyPI")
    (tmp_path / "in").write_bytes(_PROGRAM)
    made = [imgtool, "sign", "--header-size", "0x200", "--pad-header", "--align", "8", "-S", "0x8000", "-v", "1.0.0"]
    subprocess.run([*made, "in", "out"], cwd=tmp_path, check=True, capture_output=True)
    assert states({"app.bin": (tmp_path / "out").read_bytes()}) == [("unsigned", None, "")]


def test_an_encrypted_image_for_mcuboot_has_a_signature_that_fits(tmp_path: Path) -> None:
    imgtool = tool("imgtool", "imgtool of PyPI")
    subprocess.run([imgtool, "keygen", "-k", "enc", "-t", "ecdsa-p256"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run([imgtool, "getpub", "-k", "enc", "-e", "pem"], cwd=tmp_path, check=True, capture_output=True)
    image, public = _imgtool(tmp_path, "ecdsa-p256", "-E", "enc")
    assert states({"app.bin": image, "key.pem": public}) == [("encrypted", True, "")]
    assert states({"app.bin": image}) == [("encrypted", None, "")]


def _espsecure(folder: Path, version: str, kind: str, image: bytes, key: str = "key") -> bytes:
    espsecure = tool("espsecure", "esptool of PyPI")
    folder.mkdir(exist_ok=True)
    (folder / "in").write_bytes(image)
    if not (folder / f"{key}.pem").exists():
        scheme = ["-s", kind] if version == "2" else []
        command = [espsecure, "generate-signing-key", "-v", version, *scheme, f"{key}.pem"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    command = [espsecure, "sign-data", "-v", version, "-k", f"{key}.pem", "-o", "out", "in"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "out").read_bytes()


@pytest.mark.parametrize("kind", ["rsa3072", "ecdsa192", "ecdsa256", "ecdsa384"])
def test_an_image_with_secure_boot_2_and_its_twins(kind: str, tmp_path: Path) -> None:
    image = _espsecure(tmp_path, "2", kind, application())
    other = _espsecure(tmp_path, "2", kind, application(chip=5))
    foreign = _espsecure(tmp_path / "foreign", "2", kind, application(chip=5))
    public = run(tmp_path, "openssl", "pkey", "-in", "key.pem", "-pubout")
    (one,) = verified({"app.bin": image, "key.pem": public})
    assert (one.scheme, one.state, one.fits) == ("esp-secure-boot", "valid", True)
    assert (
        one.algorithm
        == {
            "rsa3072": "sha256-rsa3072-pss",
            "ecdsa192": "sha256-ecdsa-p192",
            "ecdsa256": "sha256-ecdsa-p256",
            "ecdsa384": "sha384-ecdsa-p384",
        }[kind]
    )
    assert states({"app.bin": image}) == [("unknown-key", True, "")]
    assert states({"new.bin": image, "running.bin": other}) == [("valid", True, "")] * 2
    assert states({"new.bin": image, "running.bin": foreign}) == [("unknown-key", True, "")] * 2
    altered = flipped(image, 300)
    assert states({"app.bin": altered, "key.pem": public}) == [("broken", False, "the digest of the image")]


def test_an_image_with_secure_boot_1_and_its_twins(tmp_path: Path) -> None:
    image = _espsecure(tmp_path, "1", "", application())
    key = {"key.pem": run(tmp_path, "openssl", "pkey", "-in", "key.pem", "-pubout")}
    assert states({"app.bin": image, **key}) == [("valid", True, "")]
    assert states({"app.bin": image}) == [("unknown-key", None, "")]
    for offset in (300, -9):
        assert states({"app.bin": flipped(image, offset), **key}) == [("unknown-key", False, "")]


def test_an_unsigned_application() -> None:
    assert states({"app.bin": application()}) == [("unsigned", None, "")]


def _vbmeta(folder: Path) -> tuple[bytes, bytes]:
    """Make a signed blob as libavb describes it; give it with the public key in PEM."""
    public, _ = make_key(folder, "avb")
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    loaded = load_pem_public_key(public)
    assert isinstance(loaded, RSAPublicKey)
    modulus = loaded.public_numbers().n
    key = struct.pack(">II", 2048, 0) + modulus.to_bytes(256, "big") + bytes(256)
    auxiliary = key.ljust(576, b"\0")
    header = struct.pack(">4sIIQQI", b"AVB0", 1, 0, 320, len(auxiliary), 1)
    header += struct.pack(">10Q", 0, 32, 32, 256, 0, len(key), 0, 0, 0, 0)
    header = (header + struct.pack(">QII48s", 0, 0, 0, b"plimsoll")).ljust(256, b"\0")
    (folder / "data").write_bytes(header + auxiliary)
    signature = run(folder, "openssl", "dgst", "-sha256", "-sign", "avb.pem", "data")
    digest = hashlib.sha256(header + auxiliary).digest()
    return header + (digest + signature).ljust(320, b"\0") + auxiliary, public


def test_a_blob_of_verified_boot_and_its_twins(tmp_path: Path) -> None:
    blob, public = _vbmeta(tmp_path)
    (one,) = verified({"vbmeta.img": blob, "key.pem": public})
    assert (one.scheme, one.state, one.algorithm) == ("avb", "valid", "sha256-rsa2048")
    assert states({"vbmeta.img": blob}) == [("unknown-key", True, "")]
    assert states({"vbmeta.img": flipped(blob, 119), "key.pem": public}) == [
        ("broken", False, "the digest of the blob")
    ]
    assert states({"vbmeta.img": flipped(blob, 400), "key.pem": public}) == [("broken", False, "the signature")]


def test_an_image_signed_with_a_public_test_key_fits_it(tmp_path: Path) -> None:
    """The private half is no part of this tree, so the image only names the key by its digest, and nothing fits."""
    known = next(one for one in published_keys.load().keys if "root-ec-p256" in one.name)
    image, _ = _imgtool(tmp_path, "ecdsa-p256")
    at = image.index(struct.pack("<HH", 1, 32)) + 4
    named = image[:at] + bytes.fromhex(known.public) + image[at + 32 :]
    (one,) = verified({"app.bin": named})
    assert (one.state, one.fits, one.key_digest) == ("broken", False, known.public)

"""Tests of signatures of FIT images that mkimage made, under the keys that it put into a boot loader's device tree."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from plimsoll.model.facts import PublicKey
from tests.inspect.firmware.verified import flipped, make_key, observed, run, states, verified

_KERNEL, _ROOT = random.Random(1).randbytes(5003), random.Random(2).randbytes(9001)
_SOURCE = """
/dts-v1/;
/ {
    description = "plimsoll test";
    #address-cells = <1>;
    images {
        kernel-1 {
            description = "kernel";
            data = /incbin/("kernel");
            type = "kernel"; arch = "arm"; os = "linux"; compression = "none"; load = <0>; entry = <0>;
            hash-1 { algo = "HASH"; };
            IMAGE
        };
        root-1 {
            description = "root";
            data = /incbin/("root");
            type = "ramdisk"; arch = "arm"; os = "linux"; compression = "none";
            hash-1 { algo = "HASH"; };
        };
    };
    configurations {
        default = "conf-1";
        conf-1 {
            kernel = "kernel-1"; ramdisk = "root-1";
            CONFIGURATION
        };
    };
};
"""
_TREE = '/dts-v1/; / { model = "board"; signature { }; };'
_PSS = 'padding = "pss";'
_P256 = ("EC", "-pkeyopt", "ec_paramgen_curve:P-256")
_RSA = ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")
_KINDS = {
    "rsa2048": ("sha256,rsa2048", "", _RSA, "sha256-rsa2048"),
    "rsa2048-pss": ("sha256,rsa2048", _PSS, _RSA, "sha256-rsa2048-pss"),
    "rsa4096": ("sha512,rsa4096", "", ("RSA", "-pkeyopt", "rsa_keygen_bits:4096"), "sha512-rsa4096"),
    "rsa2048-sha1": ("sha1,rsa2048", "", _RSA, "sha1-rsa2048"),
    "ecdsa256": ("sha256,ecdsa256", "", _P256, "sha256-ecdsa-p256"),
}


def _make(
    folder: Path,
    kind: str = "rsa2048",
    *options: str,
    of_image: bool = False,
    hash: str = "sha256",
    images: str = '"kernel", "ramdisk"',
) -> tuple[bytes, bytes]:
    """Make a signed image; give it with the device tree that has its key."""
    algorithm, padding, key, _ = _KINDS[kind]
    folder.mkdir(exist_ok=True)
    if not (folder / "dev.pem").exists():
        make_key(folder, "dev", *key)
        (folder / "dev.key").write_bytes((folder / "dev.pem").read_bytes())
    (folder / "kernel").write_bytes(_KERNEL)
    (folder / "root").write_bytes(_ROOT)
    listed = "" if of_image else f"sign-images = {images};"
    node = f'signature-1 {{ algo = "{algorithm}"; key-name-hint = "dev"; {padding} {listed} }};'
    source = _SOURCE.replace("HASH", hash).replace("IMAGE", node if of_image else "")
    (folder / "image.its").write_text(source.replace("CONFIGURATION", "" if of_image else node))
    (folder / "tree.dts").write_text(_TREE)
    run(folder, "dtc", "-O", "dtb", "-p", "4000", "-o", "tree.dtb", "tree.dts", package="device-tree-compiler")
    run(folder, "mkimage", *options, "-f", "image.its", "-k", ".", "-K", "tree.dtb", "-r", "image.itb",
        package="u-boot-tools")  # fmt: skip
    return (folder / "image.itb").read_bytes(), (folder / "tree.dtb").read_bytes()


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("options", [(), ("-E",)], ids=["inside", "outside"])
def test_an_image_is_valid_under_the_key_in_the_boot_loader(
    kind: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    image, tree = _make(tmp_path, kind, *options)
    boot_loader = random.Random(3).randbytes(70_000) + tree
    (one,) = verified({"update.itb": image, "u-boot.bin": boot_loader})
    assert (one.scheme, one.state, one.fits, one.fault) == ("fit", "valid", True, "")
    assert (one.algorithm, one.covers) == (_KINDS[kind][3], "configuration conf-1 (kernel-1, root-1)")
    (key,) = [seen.fact for seen in observed({"u-boot.dtb": tree}) if isinstance(seen.fact, PublicKey)]
    assert (key.name, key.container, key.public_digest) == ("dev", "device-tree", one.key_digest)


@pytest.mark.parametrize("kind", ["rsa2048", "rsa2048-pss", "ecdsa256"])
def test_the_twins_of_an_image_are_told_apart(kind: str, tmp_path: Path) -> None:
    image, tree = _make(tmp_path / "own", kind)
    _, foreign = _make(tmp_path / "foreign", kind)
    keys = {"u-boot.dtb": tree}
    assert states({"update.itb": flipped(image, image.index(_KERNEL) + 9), **keys}) == [
        ("broken", True, "the digest of kernel-1")
    ]
    altered = states({"update.itb": flipped(image, image.index(b"linux") + 1), **keys})
    # Who made a signature is told of RSA alone, when it no longer fits.
    assert altered == [("unknown-key", False, "") if kind == "ecdsa256" else ("broken", False, "the signature")]
    (signed,) = verified({"update.itb": image, **keys})
    where = next(one.where for one in observed({"update.itb": image, **keys}) if one.fact == signed)
    offset = int(where.rpartition("+")[2].partition(":")[0], 16)
    assert states({"update.itb": flipped(image, offset + 9), **keys}) == [("unknown-key", False, "")]
    assert states({"update.itb": image, "u-boot.dtb": foreign}) == [("unknown-key", False, "")]
    assert states({"update.itb": image}) == [("unknown-key", None, "")]


def test_a_signed_image_is_not_a_signed_configuration(tmp_path: Path) -> None:
    image, tree = _make(tmp_path, of_image=True)
    assert [(one.state, one.covers) for one in verified({"update.itb": image, "u-boot.dtb": tree})] == [
        ("unsigned", "image root-1"),
        ("valid", "image kernel-1"),
    ]


def test_a_weak_digest_under_a_signature_is_told(tmp_path: Path) -> None:
    image, tree = _make(tmp_path, hash="crc32")
    (one,) = verified({"update.itb": image, "u-boot.dtb": tree})
    assert (one.state, one.algorithm) == ("valid", "sha256-rsa2048 over crc32")


def test_an_image_that_the_signature_leaves_out_is_told(tmp_path: Path) -> None:
    image, tree = _make(tmp_path, images='"kernel"')
    assert states({"update.itb": image, "u-boot.dtb": tree}) == [("broken", True, "no digest of root-1 is signed")]


def test_an_image_without_signature_is_unsigned(tmp_path: Path) -> None:
    for name, data in (("kernel", _KERNEL), ("root", _ROOT)):
        (tmp_path / name).write_bytes(data)
    source = _SOURCE.replace("HASH", "sha256").replace("IMAGE", "").replace("CONFIGURATION", "")
    (tmp_path / "image.its").write_text(source)
    run(tmp_path, "mkimage", "-f", "image.its", "image.itb", package="u-boot-tools")
    assert states({"update.itb": (tmp_path / "image.itb").read_bytes()}) == [("unsigned", None, "")]

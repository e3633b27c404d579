"""Tests of the words for signatures and keys."""

from __future__ import annotations

from plimsoll.model.facts import PublicKey, UpdateSignature
from plimsoll.report.facts import tell

_KEY = "0123456789abcdef" * 4


def test_a_signature_is_told_with_what_became_of_it() -> None:
    assert tell(UpdateSignature("rauc", "valid", "", "sha256-rsa3072", _KEY, "CN=leaf", True)) == (
        "RAUC bundle, signed and valid under a key that the image carries, sha256-rsa3072, signer CN=leaf, "
        "key 0123456789abcdef"
    )
    assert tell(UpdateSignature("swupdate", "unsigned")) == "SWUpdate bundle, unsigned"
    assert tell(UpdateSignature("fit", "broken", "configuration conf-1", "sha256-rsa2048", _KEY, "dev", True,
                                "the digest of kernel-1")) == (
        "FIT image, configuration conf-1, broken, what does not fit: the digest of kernel-1, sha256-rsa2048, "
        "signer dev, key 0123456789abcdef"
    )  # fmt: skip


def test_an_unknown_key_is_told_with_how_much_was_checked() -> None:
    told = [tell(UpdateSignature("mcuboot", "unknown-key", "", "ed25519", fits=fits)) for fits in (True, False, None)]
    assert told == [
        "image for MCUboot, signed by an unknown key, the signature fits the key that it brings along or that is public"
        ", ed25519",
        "image for MCUboot, signed by an unknown key, it fits none of the keys that were found, or is damaged, ed25519",
        "image for MCUboot, signed by an unknown key, no key to check it with was found, ed25519",
    ]


def test_keys_are_told() -> None:
    assert tell(PublicKey("rsa", 2048, "device-tree", _KEY, "dev")) == (
        "public key (rsa, device-tree), 2048 bits, named dev, digest 0123456789abcdef"
    )

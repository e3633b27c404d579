"""Tests of what signatures of given updates mean: good twins, bad twins, and what must not count."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.update_bundles import MECHANISM, NETWORK, SIGNATURE
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Fact, PrivateKey, PublishedKey, UpdateSignature
from plimsoll.model.locator import Carve, FileSpan, Member, place
from plimsoll.model.verdict import Verdict
from tests.judge.building import found

_KEY = "ab" * 32
_VALID = UpdateSignature("rauc", "valid", "", "sha256-rsa3072", _KEY, "CN=maker", True)


def _at(fact: Fact, *steps: Carve | Member, span: tuple[int, int] | None = None) -> Observation:
    where = place(FileSpan(b"given", steps, *(span or (None, None))))
    return Observation(fact, where, "update-signatures")


_BUNDLE = (Member(b"update.raucb"), Carve("rauc", 0))


def _effects(*observations: Observation) -> list[str]:
    return [one.effect for one in SIGNATURE.weigh(Evidence(observations))]


def test_a_sound_signature_speaks_for_the_product_and_does_not_decide() -> None:
    given = _at(_VALID, *_BUNDLE)
    for rule in (MECHANISM, SIGNATURE, NETWORK):
        assert [one.effect for one in rule.weigh(Evidence((given,)))] == ["supports"]
        assert found(rule, given).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("algorithm", ["sha1-rsa2048", "md5-rsa2048", "sha256-rsa2048 over crc32", "sha256-rsa1024",
                                       "sha256-rsa512"])  # fmt: skip
def test_a_valid_signature_that_can_be_forged_is_a_suspicion(algorithm: str) -> None:
    assert _effects(_at(UpdateSignature("fit", "valid", "", algorithm, _KEY, "", True), *_BUNDLE)) == ["suspects"]


@pytest.mark.parametrize("algorithm", ["ed25519", "sha256-ecdsa-p256", "sha512-rsa4096", "sha256-rsa10240"])
def test_sound_algorithms_are_not_taken_for_weak_ones(algorithm: str) -> None:
    assert _effects(_at(UpdateSignature("fit", "valid", "", algorithm, _KEY, "", True), *_BUNDLE)) == ["supports"]


@pytest.mark.parametrize("state", ["valid", "unknown-key"])
def test_a_public_test_key_decides_on_the_signature_alone(state: str) -> None:
    signature = _at(UpdateSignature("mcuboot", state, "", "ed25519", _KEY, "", True), *_BUNDLE)  # type: ignore[arg-type]
    known = _at(PublishedKey("root of MCUboot", _KEY), *_BUNDLE)
    assert _effects(signature, known) == ["refutes"]
    assert found(SIGNATURE, signature, known).verdict is Verdict.FAIL
    # NOTE: an encrypted way to the product may still be authenticated.
    for rule in (MECHANISM, NETWORK):
        assert found(rule, signature, known).verdict is Verdict.INCONCLUSIVE


def test_a_test_key_that_the_signature_does_not_fit_decides_nothing() -> None:
    known = _at(PublishedKey("root of MCUboot", _KEY), *_BUNDLE)
    for fact in (
        UpdateSignature("mcuboot", "broken", "", "ed25519", _KEY, "", False, "the signature"),
        UpdateSignature("mcuboot", "unknown-key", "", "ed25519", _KEY, "", None),
        UpdateSignature("mcuboot", "valid", "", "ed25519", "cd" * 32, "", True),
    ):
        assert "refutes" not in _effects(_at(fact, *_BUNDLE), known)


def test_an_example_that_is_signed_with_a_test_key_is_a_suspicion() -> None:
    steps = (Carve("squashfs", 0), Member(b"usr/share/doc/mcuboot/app.bin"), Carve("mcuboot", 0))
    signature = _at(UpdateSignature("mcuboot", "unknown-key", "", "ed25519", _KEY, "", True), *steps)
    assert _effects(signature, _at(PublishedKey("root of MCUboot", _KEY), *steps)) == ["suspects"]


def test_a_signing_key_in_the_image_decides() -> None:
    private = _at(PrivateKey("rsa", 3072, "pem", public_digest=_KEY), Member(b"etc/sign.pem"))
    assert _effects(_at(_VALID, *_BUNDLE), private) == ["refutes", "supports"]
    for harmless in (
        PrivateKey("rsa", 3072, "pem", public_digest="cd" * 32),
        PrivateKey("rsa", 3072, "pem", True, _KEY),
        PrivateKey("rsa", 3072, "pem", public_digest=_KEY, active=False),
    ):
        assert _effects(_at(_VALID, *_BUNDLE), _at(harmless, Member(b"etc/sign.pem"))) == ["supports"]


@pytest.mark.parametrize(
    "steps",
    [
        (Carve("fit", 0),),
        (Member(b"update.itb"), Carve("fit", 0)),
        (Carve("zip", 0), Member(b"update.itb"), Carve("fit", 0)),
        (Carve("cpio", 0), Member(b"sw-description")),
        (Member(b"out/update.swu"), Carve("cpio", 0), Member(b"sw-description")),
        (Carve("squashfs", 0), Member(b"manifest.raucm")),
    ],
)
def test_an_unsigned_update_is_a_suspicion_and_no_proof(steps: tuple[Carve | Member, ...]) -> None:
    given = _at(UpdateSignature("fit", "unsigned"), *steps)
    assert _effects(given) == ["suspects"]
    assert found(SIGNATURE, given).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "steps",
    [
        (Carve("fit", 0x20000),),
        (Carve("esp-flash", 0), Carve("part", 0x10000, 0x1000), Carve("esp-image", 0)),
        (Carve("rauc", 0), Carve("part", 0, 4096), Carve("squashfs", 0), Member(b"kernel.itb"), Carve("fit", 0)),
        (Carve("cpio", 0), Member(b"kernel.itb"), Carve("fit", 0)),
        (Carve("tar", 0), Member(b"sysupgrade-x/kernel"), Carve("fit", 0)),
        (Member(b"boot/image.itb"), Carve("fit", 0)),
        (Member(b"lib/firmware/radio.bin"), Carve("esp-image", 0)),
        (Member(b"docs/app.bin"), Carve("mcuboot", 0)),
    ],
)
def test_an_unsigned_image_within_a_system_or_bundle_says_nothing(steps: tuple[Carve | Member, ...]) -> None:
    assert _effects(_at(UpdateSignature("fit", "unsigned"), *steps)) == []


def test_a_broken_bundle_is_a_suspicion_that_names_what_does_not_fit() -> None:
    fact = UpdateSignature("fit", "broken", "", "sha256-rsa2048", "", "", True, "the digest of kernel-1")
    (weight,) = SIGNATURE.weigh(Evidence((_at(fact, *_BUNDLE),)))
    assert weight.effect == "suspects"
    assert str(weight.why) == "the FIT image is signed, and the digest of kernel-1 does not fit"


@pytest.mark.parametrize("state", ["unknown-key", "encrypted"])
def test_what_cannot_be_told_leaves_the_question_open(state: str) -> None:
    assert _effects(_at(UpdateSignature("swupdate", state), *_BUNDLE)) == ["blocks"]  # type: ignore[arg-type]


def test_no_bundle_is_no_word() -> None:
    assert _effects() == []

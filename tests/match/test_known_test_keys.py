"""Tests of the list of public test keys, and of the matcher that looks keys up in it."""

from __future__ import annotations

import hashlib

from plimsoll.knowledge import test_keys
from plimsoll.match.known_test_keys import KnownTestKeys
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Certificate, Fact, KnownTestKey, PrivateKey, PublicKey, UpdateSignature
from tests.judge.building import seen

_KNOWN = test_keys.load().keys[0]


def _found(fact: Fact) -> list[str]:
    given = seen(fact, "etc/key")
    derived = list(KnownTestKeys().match(Evidence((given,))))
    for one in derived:
        assert isinstance(one, Observation)
        assert (one.basis, one.where, one.because) == ("derived", given.where, (given.where,))
    return [one.fact.name for one in derived if isinstance(one, Observation) and isinstance(one.fact, KnownTestKey)]


def test_each_key_of_the_list_has_the_digest_of_its_public_half() -> None:
    keys = test_keys.load().keys
    assert len(keys) >= 6
    assert len(test_keys.by_digest()) == len(keys)
    for one in keys:
        assert len(bytes.fromhex(one.public_digest)) == 32
        assert not one.der or hashlib.sha256(one.der).hexdigest() == one.public_digest, one.name
    assert sum(bool(one.der) for one in keys) >= 5


def test_a_test_key_is_known_wherever_it_is() -> None:
    digest = _KNOWN.public_digest
    for fact in (
        PublicKey("rsa", 2048, "der", digest),
        PrivateKey("rsa", 2048, "pem", public_digest=digest),
        Certificate("a", "a", "2020-01-01", "2030-01-01", "rsa", 2048, "sha256", True, False, digest, "00"),
        UpdateSignature("mcuboot", "valid", key_digest=digest),
    ):
        assert _found(fact) == [_KNOWN.name]


def test_other_keys_are_not() -> None:
    assert _found(PublicKey("rsa", 2048, "der", "ab" * 32)) == []
    assert _found(UpdateSignature("mcuboot", "unsigned")) == []

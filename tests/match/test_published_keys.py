"""Keys that anybody can sign with: found by their digests, and never by half of one."""

from __future__ import annotations

import hashlib

import pytest

from plimsoll.knowledge import published_keys
from plimsoll.match.published_keys import PublishedKeys
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Certificate, Fact, PrivateKey, PublicKey, PublishedKey, UpdateKey, UpdateSignature
from tests.judge.building import seen

KNOWN = published_keys.load().keys


def matched(key: Fact) -> list[str]:
    found = PublishedKeys().match(Evidence((seen(key, "etc/key.pem"),)))
    return [one.fact.name for one in found if isinstance(one, Observation) and isinstance(one.fact, PublishedKey)]


@pytest.mark.parametrize("known", [one for one in KNOWN if one.other or one.key], ids=lambda one: str(one.name))
def test_each_key_of_the_list_is_found(known: published_keys.KnownKey) -> None:
    key = UpdateKey("mcuboot", "present", public_digest=known.public, other_digest=known.other)
    assert matched(key) == [known.name]


def test_keys_of_public_packages_are_found() -> None:
    packaged = [one for one in KNOWN if not one.other and not one.key]
    assert len(packaged) > 500
    assert all(published_keys.load().find(one.public) == one for one in packaged)
    assert any("server" in one.name and "openssl" in one.name for one in packaged)


def test_the_beginning_of_a_digest_is_enough_when_it_is_long() -> None:
    assert matched(UpdateKey("mcuboot", "present", other_digest=KNOWN[0].other[:16])) == [KNOWN[0].name]
    assert matched(UpdateKey("mcuboot", "present", other_digest=KNOWN[0].other[:15])) == []


@pytest.mark.parametrize("digest", ["", "00" * 32, KNOWN[0].public[:32]])
def test_other_keys_are_not(digest: str) -> None:
    assert matched(UpdateKey("rauc", "present", "/etc/rauc/ca.pem", "rsa", 4096, digest)) == []


def test_digests_are_whole_and_each_is_there_once() -> None:
    digests = [digest for one in KNOWN for digest in {one.public, one.other} if digest]
    assert all(len(one) in (40, 64) and set(one) <= set("0123456789abcdef") for one in digests)
    assert len(set(digests)) == len(digests)
    assert all(one.source for one in KNOWN)
    assert all(not one.der or hashlib.sha256(one.der).hexdigest() == one.public for one in KNOWN)


def test_a_published_key_is_known_in_every_form() -> None:
    digest = KNOWN[0].public
    for fact in (
        PublicKey("rsa", 2048, "der", digest),
        PrivateKey("rsa", 2048, "pem", public_digest=digest),
        Certificate("a", "a", "2020-01-01", "2030-01-01", "rsa", 2048, "sha256", True, False, digest, "00"),
        UpdateSignature("mcuboot", "valid", key_digest=digest),
    ):
        assert matched(fact) == [KNOWN[0].name]
    assert matched(PublicKey("rsa", 2048, "der", "ab" * 32)) == []
    assert matched(UpdateSignature("mcuboot", "unsigned")) == []


def test_a_key_that_two_inspectors_saw_in_one_place_is_told_once() -> None:
    digest = KNOWN[0].public
    given = Evidence((seen(PublicKey("rsa", 2048, "pem", digest), "etc/key.pem"),
                      seen(UpdateKey("rauc", "present", public_digest=digest), "etc/key.pem")))  # fmt: skip
    assert len(list(PublishedKeys().match(given))) == 1

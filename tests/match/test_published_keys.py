"""Keys that anybody can sign with: found by their digests, and never by half of one."""

from __future__ import annotations

import pytest

from plimsoll.knowledge import published_keys
from plimsoll.match.published_keys import PublishedKeys
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PublishedKey, UpdateKey
from tests.judge.building import seen

KNOWN = published_keys.load().keys


def matched(key: UpdateKey) -> list[str]:
    found = PublishedKeys().match(Evidence((seen(key, "etc/key.pem"),)))
    return [one.fact.name for one in found if isinstance(one, Observation) and isinstance(one.fact, PublishedKey)]


@pytest.mark.parametrize("known", KNOWN, ids=lambda one: str(one.name))
def test_each_key_of_the_list_is_found(known: published_keys.KnownKey) -> None:
    key = UpdateKey("mcuboot", "present", public_digest=known.public, other_digest=known.other)
    assert matched(key) == [known.name]


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

from __future__ import annotations

import msgspec
import pytest

from plimsoll.match.published_passwords import PublishedPasswords
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Credential, GuessedPassword
from tests.judge.building import evidence, secret, seen

GIVEN = Credential("http", "password", secret("admin"), "maria", "accepts")


def guessed(fact: Credential, word: bytes = b"admin") -> list[str]:
    observation = seen(fact, "etc/web.xml", 2)
    known = msgspec.structs.replace(evidence(observation), secrets={fact.secret.digest: word})
    found = [one for one in PublishedPasswords().match(known) if isinstance(one, Observation)]
    assert all(one.where == observation.where for one in found)
    return [one.fact.known_default for one in found if isinstance(one.fact, GuessedPassword)]


def test_a_published_default_is_told() -> None:
    assert guessed(GIVEN) == ["admin"]


def test_a_word_of_the_makers_own_is_not_named() -> None:
    assert guessed(GIVEN, b"halyard12") == []
    assert guessed(GIVEN, b"maria") == []


def test_what_was_lost_on_the_way_is_not_told() -> None:
    assert list(PublishedPasswords().match(evidence(seen(GIVEN, "etc/web.xml", 2)))) == []


@pytest.mark.parametrize(
    "fact",
    [
        msgspec.structs.replace(GIVEN, role="presents"),
        msgspec.structs.replace(GIVEN, placeholder=True),
        msgspec.structs.replace(GIVEN, active=False),
        msgspec.structs.replace(GIVEN, kind="token"),
    ],
)
def test_only_what_lets_somebody_in_is_compared(fact: Credential) -> None:
    assert guessed(fact) == []

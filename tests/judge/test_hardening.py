"""Rights of services, seeds of random numbers, and modes of keys."""

from __future__ import annotations

import msgspec
import pytest

from plimsoll.judge.rules.hardening import KEY_FILES, RIGHTS, SEEDS
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import KeyFile, PrivateKey, SeedFile, StartedProgram
from tests.judge.building import at, effects, found, script, seen, start

ANY = start("nothing", path="usr/bin/nothing", line=9)


def as_user(user: str, *arguments: str) -> Observation:
    fact = StartedProgram("goahead", "goahead", "sysv", "always", "bin/goahead", user, arguments=arguments)
    return seen(fact, "etc/init.d/S50web", 0)


def test_a_web_server_that_stays_root_is_doubted() -> None:
    assert effects(RIGHTS, as_user("")) == ("suspects",)
    assert effects(RIGHTS, as_user("root")) == ("suspects",)


def test_a_service_with_a_user_of_its_own_speaks_for_it() -> None:
    assert effects(RIGHTS, as_user("www")) == ("supports",)


@pytest.mark.parametrize("given", [start("dropbear"), start("goahead", state="not-started"), as_user("", "-u", "www")])
def test_what_gives_rights_up_or_is_not_started_is_not_doubted(given: Observation) -> None:
    assert effects(RIGHTS, given, ANY) == ()


def seed(*, loaded: bool = True) -> Observation:
    because = (at("etc/init.d/S20urandom"),) if loaded else ()
    return seen(SeedFile("etc/random-seed", 512), "etc/random-seed", because=because)


def test_a_seed_that_is_loaded_at_boot_is_doubted() -> None:
    assert effects(SEEDS, seed(), script("etc/init.d/S20urandom")) == ("suspects",)
    assert effects(SEEDS, seed(loaded=False), start("systemd-random-seed", "load")) == ("suspects",)


def test_a_seed_that_nothing_loads_is_not() -> None:
    assert effects(SEEDS, seed(loaded=False), ANY) == ()
    assert effects(SEEDS, seed(), ANY) == ()


def test_a_source_on_the_unit_speaks_for_it() -> None:
    assert effects(SEEDS, start("rngd")) == ("supports",)
    assert effects(SEEDS, start("rngd", state="not-started"), ANY) == ()


KEY = PrivateKey("rsa", 2048, "pem")


@pytest.mark.parametrize(
    ("mode", "key", "expected"),
    [
        (0o644, KEY, ("suspects",)),
        (0o600, KEY, ()),
        (0o640, KEY, ()),
        (0o644, msgspec.structs.replace(KEY, active=False), ()),
        (0o644, msgspec.structs.replace(KEY, encrypted=True), ()),
    ],
)
def test_a_key_that_everybody_may_read_is_doubted(mode: int, key: PrivateKey, expected: tuple[str, ...]) -> None:
    file = seen(KeyFile("etc/own.key", mode, 0), "etc/own.key")
    assert effects(KEY_FILES, file, seen(key, "etc/own.key", 0), ANY) == expected


def test_a_key_that_everybody_may_read_needs_somebody_on_the_product() -> None:
    file = seen(KeyFile("etc/own.key", 0o644, 0), "etc/own.key")
    assert [one.reach for one in found(KEY_FILES, file, seen(KEY, "etc/own.key", 0), ANY).bearings] == ["device"]

"""Seeds of random numbers in the image."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.random_seeds import RandomSeeds
from plimsoll.model.facts import SeedFile
from tests.firmware import observe

SEED = bytes(range(256)) * 2
LOAD = b"#!/bin/sh\nif [ -f /etc/random-seed ]; then\n cat /etc/random-seed > /dev/urandom\nfi\n"


def seeds(files: dict[str, bytes], links: dict[str, str] = {}) -> list[tuple[str, int, int]]:  # noqa: B006
    found = observe(RandomSeeds(), files, links)
    return [(one.fact.path, one.fact.bytes, len(one.because)) for one in found if isinstance(one.fact, SeedFile)]


def test_a_seed_and_the_script_that_loads_it() -> None:
    assert seeds({"etc/random-seed": SEED, "etc/init.d/S20urandom": LOAD}) == [("etc/random-seed", 512, 1)]


def test_a_seed_behind_a_link() -> None:
    files = {"var/lib/random-seed": SEED, "etc/init.d/S20urandom": LOAD}
    assert seeds(files, {"etc/random-seed": "../var/lib/random-seed"}) == [("var/lib/random-seed", 512, 1)]


@pytest.mark.parametrize(
    "script",
    [
        b"#!/bin/sh\ndd if=/dev/urandom of=/etc/random-seed count=1\n",
        b"#!/bin/sh\n# cat /etc/random-seed > /dev/urandom\n",
        b"#!/bin/sh\ncat /var/other/random-seed > /dev/urandom\n",
    ],
)
def test_a_script_that_does_not_load_it(script: bytes) -> None:
    assert [count for _, _, count in seeds({"etc/random-seed": SEED, "etc/init.d/S20urandom": script})] == [0]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("etc/init.d/urandom_seed", b"#!/bin/sh /etc/rc.common\nSTART=99\n"),
        ("etc/random-seed", b""),
        ("etc/random-seed", b"\0\1"),
        ("etc/random-seed.conf", SEED),
        ("usr/share/doc/random-seed", SEED),
    ],
)
def test_what_is_no_seed(path: str, data: bytes) -> None:
    assert seeds({path: data}) == []

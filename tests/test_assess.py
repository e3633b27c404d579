"""From an image to an assessment: what the program promises of the whole way."""

from __future__ import annotations

import datetime
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from scripts import sample_product

from plimsoll.assess import assess
from plimsoll.catalogue import load
from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.inspect.inspector import Inspector, Look, Seen
from plimsoll.judge.engine import judge
from plimsoll.judge.rules import RULES
from plimsoll.look import OPENING, look
from plimsoll.match.services import Services
from plimsoll.model.codec import decode, encode
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Account
from plimsoll.model.locator import parse_place
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict
from plimsoll.unpack.limits import Limits

TODAY = datetime.date(2026, 1, 2)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Give the image of the sample product's bad twin."""
    path = tmp_path / "bad.bin"
    path.write_bytes(sample_product.image(good=False))
    return path


class Dies(Inspector):
    """Ends its process at one file, as a decoder with a fault would."""

    id = "dies"

    def wants(self, look: Look) -> bool:
        return look.name == b"tx-isp-t31.ko"

    def look(self, look: Look) -> Iterator[Seen | object]:
        os.kill(os.getpid(), signal.SIGKILL)
        return iter(())


def test_the_death_of_the_reader_leaves_a_verdict_and_what_was_said_before(bad: Path) -> None:
    looked = look(bad, (*INSPECTORS, Dies()), Limits())
    assert {one.status for one in looked.inspections} == {"failed"}
    assert all("SIGKILL" in str(one.reason) for one in looked.inspections)
    assert any(isinstance(one.fact, Account) for one in looked.observations)
    judgement = judge(_evidence(looked.observations, looked), load(), RULES)
    assert {one.verdict for one in judgement.capabilities} <= {Verdict.FAIL, Verdict.INCONCLUSIVE}
    still_open = [one for one in judgement.findings if one.window == "firmware" and one.verdict is Verdict.INCONCLUSIVE]
    assert all("SIGKILL" in str(one.bearings) for one in still_open)


def _evidence(observations: Sequence[Observation], looked: object) -> Evidence:
    assert hasattr(looked, "inspections")
    assert hasattr(looked, "image")
    seen = Evidence(tuple(observations), looked.inspections, (looked.image,))
    derived = tuple(one for one in Services().match(seen) if isinstance(one, Observation))
    return msgspec.structs.replace(seen, observations=seen.observations + derived)


def test_an_image_for_which_there_was_no_time_is_not_shown(bad: Path) -> None:
    assessment = assess(bad, Product(), today=TODAY, limits=Limits(seconds=1e-6))
    assert {one.verdict for one in assessment.capabilities} == {Verdict.INCONCLUSIVE}
    opening = next(one for one in assessment.inspections if one.inspector == OPENING)
    assert opening.status == "partial"


@pytest.mark.parametrize(
    "limits", [Limits(output_bytes=2000), Limits(entries=5), Limits(depth=1), Limits(file_bytes=500)]
)
def test_an_image_that_reaches_a_limit_is_told_and_never_met(bad: Path, limits: Limits) -> None:
    assessment = assess(bad, Product(), today=TODAY, limits=limits)
    assert assessment.images[0].problems
    assert Verdict.PASS not in {one.verdict for one in assessment.capabilities}


def test_the_same_input_gives_the_same_bytes_and_reads_back(bad: Path) -> None:
    first, second = (assess(bad, Product("a", "b", "c"), today=TODAY) for _ in range(2))
    assert encode(first) == encode(second)
    assert encode(decode(encode(first))) == encode(first)


def test_every_place_parses_and_every_number_names_something(bad: Path) -> None:
    assessment = assess(bad, Product(), today=TODAY)
    for observation in assessment.observations:
        for place in (observation.where, *observation.because):
            assert parse_place(place).image == b"bad.bin"
    for finding in assessment.findings:
        for bearing in finding.bearings:
            assert all(0 <= number < len(assessment.observations) for number in bearing.observations)
    for capability in assessment.capabilities:
        assert all(0 <= number < len(assessment.findings) for number in capability.findings)


def test_each_part_of_the_bad_twin_that_is_put_right_changes_its_own_verdict_only(tmp_path: Path) -> None:
    changes = {
        1: {"etc/shadow": (0o600, b"root:*:19000:0:99999:7:::\n")},
        3: {"etc/init.d/S90update": (0o755, b"#!/bin/sh\ntrue\n")},
        4: {
            "etc/init.d/S50telnet": (0o755, b"#!/bin/sh\n# telnetd\n"),
            "etc/init.d/S95telemetry": (0o755, b"#!/bin/sh\ntrue\n"),
            "etc/init.d/S60web": (0o755, b"#!/bin/sh\ntrue\n"),
        },
    }
    whole = {1: Verdict.FAIL, 3: Verdict.FAIL, 4: Verdict.FAIL}
    for number, change in changes.items():
        files = sample_product.common() | sample_product.bad_twin() | change
        path = tmp_path / "some.cpio"
        path.write_bytes(sample_product.cpio(files))
        found = {one.number: one.verdict for one in assess(path, Product(), today=TODAY).capabilities}
        expected = whole | {number: Verdict.INCONCLUSIVE}
        if number == 4:
            expected[1] = Verdict.INCONCLUSIVE  # Nothing that takes a login is started any more.
        assert {one: found[one] for one in whole} == expected, number

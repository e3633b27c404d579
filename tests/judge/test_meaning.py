"""Who can use a weakness and how sure it is: only firm grounds decide, and a reach comes from the services seen."""

from __future__ import annotations

import msgspec
import pytest

from plimsoll.judge.meaning import bearing_of, cut_to
from plimsoll.judge.rule import Weight
from plimsoll.model.assessment import Bearing
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component, Service
from plimsoll.model.message import message
from plimsoll.model.verdict import Effect, Reach, Sureness
from tests.judge.building import seen

WHY = message("why")
THING = seen(Component("a", "1", "banner"), "usr/bin/a")


def service(reach: str) -> Observation:
    fact = Service("httpd", "http", "always", "own", False, reach=reach)  # type: ignore[arg-type]
    return seen(fact, f"etc/init.d/{reach}")


def borne(effect: Effect, *observations: Observation, **more: str) -> Bearing:
    weight = msgspec.convert({"effect": effect, "why": WHY, "observations": (), **more}, Weight)
    weight = msgspec.structs.replace(weight, observations=observations)
    return bearing_of(weight, {one: number for number, one in enumerate(observations)})


@pytest.mark.parametrize(
    ("effect", "asked", "expected", "sureness"),
    [
        ("refutes", None, "refutes", "firm"),
        ("refutes", "firm", "refutes", "firm"),
        ("refutes", "likely", "suspects", "likely"),
        ("refutes", "suspected", "suspects", "suspected"),
        ("confirms", None, "confirms", "firm"),
        ("confirms", "likely", "supports", None),
        ("suspects", None, "suspects", "suspected"),
        ("suspects", "likely", "suspects", "likely"),
        ("supports", None, "supports", None),
        ("blocks", None, "blocks", None),
    ],
)
def test_only_what_is_firm_decides(effect: Effect, asked: Sureness | None, expected: Effect, sureness: str) -> None:
    more = {"sureness": asked} if asked else {}
    found = borne(effect, THING, **more)
    assert (found.effect, found.sureness) == (expected, sureness)


@pytest.mark.parametrize(
    ("reaches", "expected"),
    [
        ((), None),
        (("network",), "network"),
        (("local",), "device"),
        (("physical",), "physical"),
        (("physical", "network"), "network"),
        (("local", "physical"), "device"),
    ],
)
def test_the_furthest_service_tells_the_reach(reaches: tuple[str, ...], expected: Reach | None) -> None:
    services = [service(one) for one in reaches]
    assert borne("refutes", THING, *services).reach == expected
    assert borne("supports", THING, *services).reach is None


def test_a_rule_that_knows_better_is_believed() -> None:
    assert borne("suspects", service("network"), reach="internet").reach == "internet"


def test_what_a_window_may_not_decide_is_likely() -> None:
    firm = borne("refutes", THING)
    assert cut_to(firm, "refute") == firm
    assert (cut_to(firm, "support").effect, cut_to(firm, "support").sureness) == ("suspects", "likely")
    kind = borne("confirms", THING)
    assert (cut_to(kind, "refute").effect, cut_to(kind, "refute").sureness) == ("supports", None)


def test_nothing_but_a_gap_rests_on_nothing() -> None:
    with pytest.raises(ValueError, match="rests on no observation"):
        borne("suspects")
    assert borne("blocks").observations == ()

"""Whether the management of a product is open to the internet as shipped, by the switches of its settings."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.remote_access import REMOTE_ACCESS
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import RemoteAccess
from plimsoll.model.facts.exposure import ManagedBy
from tests.judge.building import OTHER, found, seen, start


def switch(*, on: bool, protocol: ManagedBy = "http", where: str = "etc/default.cfg") -> Observation:
    return seen(RemoteAccess(protocol, f"remote_{protocol}", "1" if on else "0", on), where, 3)


def told(*observations: Observation) -> list[tuple[str, str | None]]:
    return [(one.effect, one.sureness) for one in found(REMOTE_ACCESS, *observations).bearings]


LIGHTTPD = start("lighttpd")


def test_an_open_switch_is_a_suspicion_and_likely_where_the_server_is_started() -> None:
    assert told(switch(on=True), LIGHTTPD) == [("suspects", "likely")]
    assert told(switch(on=True), start("dropbear")) == [("suspects", "suspected")]
    assert told(switch(on=True), start("lighttpd", "-h", "127.0.0.1"), start("crond")) == [("suspects", "suspected")]
    assert told(switch(on=True, protocol="ssh"), start("dropbear")) == [("suspects", "likely")]


def test_a_closed_switch_speaks_for_the_product() -> None:
    assert told(switch(on=False), LIGHTTPD) == [("supports", None)]


def test_one_of_several_files_that_opens_is_enough() -> None:
    both = switch(on=False), switch(on=True, where="etc/other.cfg")
    (one,) = found(REMOTE_ACCESS, *both, LIGHTTPD).bearings
    assert str(one.why) == (
        "other.cfg opens the web interface to the side of the internet as shipped (remote_http 1); that the product "
        "takes these settings was not seen"
    )
    assert one.reach == "internet"


@pytest.mark.parametrize("tree", [OTHER])
def test_a_server_of_another_tree_is_not_the_one(tree: int) -> None:
    given = told(switch(on=True), start("lighttpd", tree=tree), start("crond"))
    assert given == [("suspects", "suspected")]

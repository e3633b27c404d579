from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from scripts import sample_product

from plimsoll.assess import assess
from plimsoll.model import facts
from plimsoll.model.assessment import Assessment, CapabilityResult, Knowledge
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.facts import Fact
from plimsoll.model.locator import Place
from plimsoll.model.message import message
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict
from plimsoll.report.changes import changes, html, json_report, markdown, terminal
from plimsoll.report.changes._versions import direction
from plimsoll.report.changes.change import Changes
from tests.report.bills import ALL as BILLS
from tests.report.bills import Known, seen
from tests.report.sample import ALL, bad, good, hostile

PASS, FAIL, OPEN, NONE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE
RENDERERS: dict[str, Callable[[Changes], str]] = {
    "terminal": terminal.render,
    "markdown": markdown.render,
    "html": html.render,
    "json": json_report.render,
}
EVERY = ALL | BILLS


def of(*observations: Observation, done: bool = True) -> Assessment:
    """Make an assessment of nothing but observations."""
    inspections = (Inspection("components", "completed" if done else "failed"),)
    return msgspec.structs.replace(
        good(), observations=observations, findings=(), capabilities=(), provisions=(), inspections=inspections
    )


def busybox(version: str) -> Observation:
    return seen(facts.Component("busybox", version, "banner"), b"bin/busybox", 1, 2)


def hole(status: str, version: str = "1.0", id: str = "CVE-2026-1") -> Observation:
    return seen(Known("busybox", version, id, status, message("why {x}", x=status)), b"bin/busybox")


def capability(verdict: Verdict) -> Assessment:
    return msgspec.structs.replace(of(), capabilities=(CapabilityResult(1, "a", "A", verdict, message("because")),))


@pytest.mark.parametrize("name", EVERY)
def test_an_assessment_against_itself_is_the_same_and_not_worse(name: str) -> None:
    found = changes(EVERY[name](), EVERY[name]())
    assert found.is_same
    assert not found.is_worse
    assert not found.remarks


@pytest.mark.parametrize("form", RENDERERS)
def test_every_form_tells_every_pair_and_the_same_twice(form: str) -> None:
    for one in EVERY.values():
        for other in EVERY.values():
            text = RENDERERS[form](changes(one(), other()))
            assert text.endswith("\n")
            assert text == RENDERERS[form](changes(one(), other()))


@pytest.mark.parametrize(
    ("old", "new", "is_worse"),
    [
        (PASS, FAIL, True),
        (PASS, OPEN, True),
        (OPEN, FAIL, True),
        (NONE, FAIL, True),
        (NONE, OPEN, True),
        (FAIL, OPEN, False),
        (FAIL, PASS, False),
        (OPEN, PASS, False),
        (PASS, NONE, False),
    ],
)
def test_which_turns_are_worse(old: Verdict, new: Verdict, is_worse: bool) -> None:
    found = changes(capability(old), capability(new))
    assert [(one.id, one.old, one.new, one.is_worse) for one in found.turns] == [("1", old, new, is_worse)]
    assert found.is_worse is is_worse


def test_a_verdict_that_vanishes_is_worse_when_it_was_good() -> None:
    assert changes(capability(PASS), of()).is_worse
    assert not changes(capability(FAIL), of()).is_worse


def test_a_turn_to_not_shown_is_never_told_as_good() -> None:
    text = terminal.render(changes(capability(FAIL), capability(OPEN)))
    assert "? 1  A: not met → not shown" in text
    assert "Because" in text


def test_an_older_version_is_worse_and_a_newer_is_not() -> None:
    assert changes(of(busybox("1.36.1")), of(busybox("1.30.0"))).is_worse
    up = changes(of(busybox("1.30.0")), of(busybox("1.36.1")))
    assert not up.is_worse
    assert [(one.kind, one.direction) for one in up.components] == [("changed", "up")]


def test_software_that_comes_and_goes_is_told() -> None:
    found = changes(of(busybox("1.0")), of(seen(facts.Component("zlib", "1.3", "banner"), b"z", 1, 2)))
    assert [(one.kind, one.name) for one in found.components] == [("removed", "busybox"), ("added", "zlib")]
    assert not found.is_worse


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1.1.1k", "1.1.1n", "up"),
        ("1.0.2z", "1.0.2za", "up"),
        ("1.10", "1.9", "down"),
        ("2014.63", "2022.83", "up"),
        ("1.0", "1.0.0", "other"),
        ("2.0-rc1", "2.0", "other"),
        ("2.0-rc1", "1.9", "down"),
        ("1.2-r3", "1.2-r4", "up"),
        ("1:1.2-4+deb12u1", "1:1.3-1", "up"),
        ("1:1.0", "2.0", "other"),
        ("20210405", "1.2", "other"),
        ("4f5a1b", "5.0", "other"),
        ("unknown", "1.0", "other"),
        ("", "1.0", "other"),
        ("v1.2", "v1.3", "up"),
        ("1." * 5000, "2", "up"),
    ],
)
def test_what_the_numbers_alone_say(old: str, new: str, told: str) -> None:
    assert direction(old, new) == told


@given(st.text(max_size=20), st.text(max_size=20))
def test_up_one_way_is_down_the_other(old: str, new: str) -> None:
    assert (direction(old, new), direction(new, old)) in {("up", "down"), ("down", "up"), ("other", "other")}


def test_a_hole_that_opens_is_worse_and_one_whose_version_went_is_closed() -> None:
    opened = changes(of(busybox("2.0")), of(busybox("1.0"), hole("affected")))
    assert opened.is_worse
    assert [one.kind for one in opened.holes] == ["opened"]
    closed = changes(of(busybox("1.0"), hole("affected")), of(busybox("2.0")))
    assert not closed.is_worse
    assert [one.kind for one in closed.holes] == ["closed"]


@pytest.mark.parametrize(
    "new",
    [of(), of(busybox("1.0")), of(busybox("")), of(busybox("2.0"), done=False)],
    ids=["component unseen", "same version", "no version", "matcher failed"],
)
def test_a_hole_that_is_only_not_told_is_not_closed(new: Assessment) -> None:
    found = changes(of(busybox("1.0"), hole("affected")), new)
    assert [one.kind for one in found.holes] == ["gone"]
    assert "no longer told: CVE-2026-1" in terminal.render(found)


@pytest.mark.parametrize(
    ("old", "new", "kind", "is_worse"),
    [
        ("affected", "not-built-in", "closed", False),
        ("affected", "fix-may-be-backported", "changed", False),
        ("under-investigation", "affected", "changed", True),
        ("not-affected", "under-investigation", "opened", True),
    ],
)
def test_a_status_that_changes(old: str, new: str, kind: str, is_worse: bool) -> None:
    found = changes(of(busybox("1.0"), hole(old)), of(busybox("1.0"), hole(new)))
    assert [(one.kind, one.is_worse) for one in found.holes] == [(kind, is_worse)]


def test_things_that_appear_and_go_are_told_and_not_judged() -> None:
    service = facts.Service("telnetd", "telnet", "always", "system", False, 23)
    started = msgspec.structs.replace(service, state="not-started")
    key = facts.PrivateKey("rsa", 2048, "pem", public_digest="ab" * 32)
    authority = facts.Certificate(
        "CN=a", "CN=a", "2020-01-01", "2030-01-01", "rsa", 2048, "sha256", True, True, "c", "d"
    )
    old = of(seen(started, b"a"), seen(facts.Account("root", "passwd", "locked"), b"etc/passwd"))
    new = of(
        seen(service, b"a"),
        seen(key, b"k"),
        seen(msgspec.structs.replace(authority, bundle=True), b"ca"),
        seen(authority, b"c"),
        seen(facts.Endpoint("http", "a.example", active=False), b"e"),
        seen(facts.Endpoint("http", "b.example", active=True), b"e"),
    )
    found = changes(old, new)
    assert [(one.kind, one.subject) for one in found.things] == [
        ("changed", "service"),
        ("gone", "account"),
        ("appeared", "private key"),
        ("appeared", "certificate"),
        ("appeared", "endpoint"),
    ]
    assert not found.is_worse


def test_a_thing_in_another_place_is_the_same_thing() -> None:
    key = facts.PrivateKey("rsa", 2048, "pem", public_digest="ab" * 32)
    assert not changes(of(seen(key, b"etc/a.pem")), of(seen(key, b"etc/b.pem"))).things


def test_what_makes_them_hard_to_compare_is_said() -> None:
    old = msgspec.structs.replace(good(), knowledge=(Knowledge("nvd", "2026-01-01"),))
    new = msgspec.structs.replace(
        bad(), knowledge=(Knowledge("nvd", "2026-02-01"),), plimsoll_version="9", product=Product("B", "C")
    )
    said = " ".join(terminal.render(changes(old, new), width=120).split())
    for words in (
        "two products",
        "Plimsoll 0.1.0 judged the one and 9",
        "nvd is of 2026-02-01",
        "updates was completed",
    ):
        assert words in said


def test_the_share_understood_is_told() -> None:
    assert "Understood of the image: 81 % then, 100 % now" in terminal.render(changes(bad(), good()), width=120)


def test_hostile_names_are_text_in_every_form() -> None:
    found = changes(of(), hostile())
    page = html.render(found)
    assert "<script" not in page
    assert "\x1b" not in terminal.render(found)
    told = MarkdownIt("commonmark").parse(markdown.render(found))
    inner = [one.type for token in told for one in token.children or ()]
    assert {"html_inline", "link_open", "image"}.isdisjoint(inner)
    assert not any(token.type == "html_block" for token in told)
    assert json.loads(json_report.render(found))["format"] == "plimsoll.changes/1"


def test_many_changes_are_cut_and_counted() -> None:
    many = of(*(seen(facts.Component(f"p{n:04}", "1", "banner"), b"x%d" % n, 1, 2) for n in range(900)))
    found = changes(of(), many)
    assert "and 860 more changes" in terminal.render(found)
    assert "and 400 more" in markdown.render(found)
    assert len(json.loads(json_report.render(found))["components"]) == 900


def test_order_of_observations_leaves_no_trace() -> None:
    old, new = BILLS["software"](), BILLS["holes"]()
    turned = msgspec.structs.replace(new, observations=new.observations[::-1])
    assert json_report.render(changes(old, turned)) == json_report.render(changes(old, new))


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Assessment, Assessment]:
    folder: Path = tmp_path_factory.mktemp("twins")
    made = []
    for name, is_good in (("good.bin", True), ("bad.bin", False)):
        (folder / name).write_bytes(sample_product.image(good=is_good))
        made.append(assess(folder / name, Product(), today=datetime.date(2026, 1, 2)))
    return made[0], made[1]


def test_the_bad_twin_is_worse_than_the_good_one(twins: tuple[Assessment, Assessment]) -> None:
    found = changes(*twins)
    assert found.is_worse
    assert {(one.id, one.new) for one in found.turns if one.kind == "capability"} == {(n, FAIL) for n in "134"}
    assert ("changed", "service") in {(one.kind, one.subject) for one in found.things if "telnetd" in one.new}
    assert ("appeared", "private key") in {(one.kind, one.subject) for one in found.things}


def test_the_good_twin_is_not_worse_than_the_bad_one(twins: tuple[Assessment, Assessment]) -> None:
    assert not changes(twins[1], twins[0]).is_worse


def test_a_place_of_nothing_does_not_stop_it() -> None:
    odd = Observation(cast(Fact, facts.Component("a", "1", "banner")), Place(""), "x")
    assert changes(of(), of(odd)).components

"""Silence about what a tree starts never looks good."""

from __future__ import annotations

import msgspec
import pytest

from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Account, Component, Endpoint, Executable, StartedProgram
from plimsoll.model.facts.service import StartState
from plimsoll.model.image import TreeSummary
from plimsoll.model.locator import Place
from tests.judge.building import OTHER, at, evidence, seen

ACCOUNT = seen(Account("root", "passwd", "hashed"), "etc/passwd", 1)
PROGRAM = Executable("arm", 32, "little", "program")


def start(state: StartState = "always", **more: int) -> Observation:
    return seen(StartedProgram("telnetd", "telnetd", "sysv", state, "usr/sbin/telnetd"), "etc/init.d/S50", 2, **more)


def trees(given: Evidence, *places: str, files: int = 3) -> Evidence:
    found = tuple(TreeSummary(Place(one), "squashfs", files, files, 100) for one in places)
    return msgspec.structs.replace(given, images=(msgspec.structs.replace(given.images[0], trees=found),))


def named(given: Evidence) -> list[str]:
    return [str(one.why.parameters["tree"]) for one in unknown_startup(given) if one.effect == "blocks"]


@pytest.mark.parametrize("state", ["always", "first-boot", "conditional", "on-demand", "disabled"])
def test_a_tree_with_a_known_start_gives_no_block(state: StartState) -> None:
    assert named(trees(evidence(ACCOUNT, start(state)), at(""))) == []


def test_a_program_that_is_left_alone_is_no_start() -> None:
    assert named(trees(evidence(ACCOUNT, start("not-started")), at(""))) == [at("")]


def test_a_tree_with_files_and_no_start_gives_one_block() -> None:
    assert named(trees(evidence(), at(""))) == [at("")]
    assert named(trees(evidence(ACCOUNT, seen(PROGRAM, "bin/sh")), at(""))) == [at("")]


def test_an_image_without_a_tree_gives_no_block() -> None:
    assert named(evidence()) == []
    assert named(evidence(seen(Endpoint("http", "x.example"), Place("test.bin+0x10:20")))) == []


def test_an_empty_tree_gives_no_block() -> None:
    assert named(trees(evidence(), at(""), files=0)) == []


def test_an_archive_inside_another_tree_gives_no_block_of_its_own() -> None:
    assert named(trees(evidence(), at(""), at("www.zip") + "!zip@0x0")) == [at("")]


def test_a_second_system_of_which_nothing_is_known_gives_a_block() -> None:
    second = seen(PROGRAM, "bin/sh", tree=OTHER)
    assert named(trees(evidence(start(), second), at(""), at("", tree=OTHER))) == [at("", tree=OTHER)]


def test_a_store_of_pages_beside_a_system_gives_no_block() -> None:
    page = seen(Component("busybox", "1.36", "banner"), "boot/kernel", tree=OTHER)
    assert named(trees(evidence(start(), page), at(""), at("", tree=OTHER))) == []

"""Tests of the good and bad twins: their data, their images, and a few of them assessed without a network.

The whole is measured by `make accuracy`. Here a program of the machine stands in for those of Debian's packages: what
is weighed in these pairs is told by names, settings and scripts.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import msgspec
import pytest
from scripts.twins import debian
from scripts.twins.images import IMAGES, image
from scripts.twins.measure import Falsehood, Result, measure, tree
from scripts.twins.page import sums
from scripts.twins.pair import Pair
from scripts.twins.pairs import CLEAN, PAIRS, wanted
from scripts.twins.systems import SYSTEMS
from scripts.twins.tree import Files, MissingTool, link, script, text

from plimsoll.catalogue import load
from plimsoll.judge.rules import RULES
from plimsoll.look import look as look_through
from plimsoll.unpack.limits import Limits

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
_PROGRAMS = {
    "busybox": "bin/busybox",
    "curl": "usr/bin/curl",
    "dropbear-bin": "usr/sbin/dropbear",
    "gpsd": "usr/sbin/gpsd",
    "bluez": "usr/libexec/bluetooth/bluetoothd",
}
_CHOSEN = (
    "ssh-root-hash", "ssh-started", "httpd-language-file", "script-without-check", "curl-insecure",
    "telemetry-in-clear", "camera",
)  # fmt: skip


def supply(architecture: str, name: str) -> Files:
    """Put a program of this machine where a package of Debian has its own."""
    program = shutil.which("curl") if name == "curl" else None
    return (
        {_PROGRAMS[name]: (0o755, Path(program or sys.executable).read_bytes()[:200_000])} if name in _PROGRAMS else {}
    )


@pytest.mark.parametrize("name", _CHOSEN)
def test_a_pair_is_told_right_without_a_network(name: str) -> None:
    result = measure(_without_tools(name), supply)
    assert result == Result(name, is_told=True)


def test_twins_that_are_exchanged_are_told_wrongly() -> None:
    pair = _without_tools("ssh-root-hash")
    exchanged = msgspec.structs.replace(pair, bad=pair.good, good=pair.bad)
    result = measure(exchanged, supply)
    assert not result.is_told
    assert [one.criterion for one in result.falsehoods] == ["no-fixed-account-is-accepted"]
    assert result.falsehoods[0].twin == "good"


WITHOUT_A_PAIR: dict[str, str] = {}
"""Rules whose defect cannot be planted with packages of Debian, and which test shows them instead."""


def test_every_rule_on_firmware_has_a_pair() -> None:
    assert set(WITHOUT_A_PAIR) <= {one.id for one in RULES}
    named = {pair.rule for pair in PAIRS}
    alone = {pair.criterion for pair in PAIRS if not pair.rule}
    for rule in (one for one in RULES if one.window == "firmware"):
        others = [one for one in RULES if one.window == "firmware" and one.criterion == rule.criterion]
        has_one = rule.id in named or (len(others) == 1 and rule.criterion in alone)
        assert has_one != (rule.id in WITHOUT_A_PAIR), rule.id


def test_there_are_enough_pairs_and_they_are_spread() -> None:
    assert len(PAIRS) >= 60
    assert {kind for pair in PAIRS for kind in (pair.image, pair.bad_image) if kind} == set(IMAGES)
    assert {pair.system for pair in PAIRS} == set(SYSTEMS)
    assert len({pair.architecture for pair in PAIRS}) >= 6
    for values in ("image", "architecture", "system"):
        counts = [
            sum(getattr(pair, values) == one for pair in PAIRS) for one in {getattr(pair, values) for pair in PAIRS}
        ]
        assert max(counts) < len(PAIRS) / 2


def test_names_are_unique_and_words_differ() -> None:
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)
    assert len({(pair.says, pair.instead) for pair in PAIRS}) == len(PAIRS)
    for pair in PAIRS:
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", pair.name)
        assert pair.says != pair.instead, pair.name


def test_criteria_exist_and_are_of_the_capability() -> None:
    criteria = {one.id: one for one in load().criteria}
    for pair in PAIRS:
        assert criteria[pair.criterion].capability == pair.capability, pair.name
        assert "firmware" in criteria[pair.criterion].power, pair.name


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_twins_differ_and_hold_what_is_to_be_pointed_at(pair: Pair) -> None:
    try:
        good, bad = (tree(pair, good=one, supply=supply) for one in (True, False))
    except MissingTool as missing:
        pytest.skip(str(missing))
    assert good != bad or pair.bad_image
    assert pair.at in (good if pair.expected == "supported" else bad) or "swu" in pair.image


def test_an_image_built_into_a_kernel_is_of_its_architecture() -> None:
    assert {pair.architecture for pair in PAIRS if pair.image == "zimage"} <= {"armhf", "armel"}


def test_all_packages_that_are_needed_are_pinned_and_no_others() -> None:
    assert set(debian.pinned()) == wanted()
    assert all(re.fullmatch(r"[0-9a-f]{64}", one.sha256) and one.version for one in debian.pinned().values())


def test_products_without_a_defect_are_of_every_architecture() -> None:
    assert {one.architecture for one in CLEAN} == {pair.architecture for pair in PAIRS}


def test_the_page_tells_of_every_pair() -> None:
    written = PAGE.read_text("utf-8")
    assert all(f"| {pair.name} | {pair.criterion} |" in written for pair in PAIRS), "run make accuracy"


@pytest.mark.parametrize("kind", IMAGES)
def test_an_image_of_each_kind_holds_the_tree(kind: str, tmp_path: Path) -> None:
    files = {"etc/name": text("twin\n"), "bin/run": script("exit 0\n"), "sbin/init": link("../bin/run")}
    try:
        data = image(kind, files)
    except MissingTool as missing:
        pytest.skip(str(missing))
    (tmp_path / "image").write_bytes(data)
    looked = look_through(tmp_path / "image", (), Limits())
    assert any(tree.files == 2 for tree in looked.image.trees), looked.image


def test_what_is_missed_and_what_is_false_is_counted() -> None:
    first, second = PAIRS[:2]
    false = Falsehood(4, "certificates-are-checked", "bad", "said")
    measured = [(first, Result(first.name, is_told=True)), (second, Result(second.name, False, (false,)))]
    everything = sums(measured)
    assert (everything.pairs, everything.found, everything.missed, everything.false, everything.silent) == (
        2,
        1,
        1,
        1,
        1,
    )
    assert (everything.precision, everything.recall) == ("0.50", "0.50")
    assert (sums(measured, 1).precision, sums(measured, 4).precision) == ("1.00", "0.00")


def _without_tools(name: str) -> Pair:
    """Give a pair in an image that needs no tool of another project."""
    pair = next(one for one in PAIRS if one.name == name)
    return msgspec.structs.replace(pair, on=f"{pair.architecture} cpio-uimage {pair.system}")

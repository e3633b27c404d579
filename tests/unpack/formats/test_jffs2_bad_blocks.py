"""Tests of the JFFS2 reader on dumps of flash with blocks that went bad, which what writes to flash passes over."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from tests.unpack import source_tree
from tests.unpack.formats.jffs2_nodes import make_image, open_image

_ERASE = 0x10000
_FILLS = {
    "erased": b"\xff" * _ERASE,
    "zeros": bytes(_ERASE),
    "one value": b"\xa5" * _ERASE,
    "random": random.Random(4).randbytes(_ERASE),
    "signs of nodes": (b"\x85\x19\x01\xe0" + random.Random(5).randbytes(12)) * (_ERASE // 16),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that the real tool keeps whole: no large owner, device or link target."""
    made = tmp_path_factory.mktemp("bad") / "source"
    source_tree.build(made)
    (made / "etc" / "long").unlink()
    if source_tree.IS_ROOT:
        (made / "dev" / "large").unlink()
        os.chown(made / "home", 1000, 60_000)
    return made


@pytest.mark.parametrize("order", ["-l", "-b"])
@pytest.mark.parametrize("fill", _FILLS)
@pytest.mark.parametrize("count", [1, 4])
def test_bad_blocks_between_others_spoil_nothing(folder: Path, order: str, fill: str, count: int) -> None:
    image = make_image(folder, order, "-e", hex(_ERASE), "-p")
    for block in (9, 5, 2):
        at = block * _ERASE
        image = image[:at] + _FILLS[fill] * count + image[at:]
    opened = open_image(image)
    assert opened.length == len(image)
    source_tree.assert_same(opened, folder)


@pytest.mark.parametrize("order", ["-l", "-b"])
def test_a_stale_copy_of_a_block_spoils_nothing(folder: Path, order: str) -> None:
    image = make_image(folder, order, "-e", hex(_ERASE), "-p")
    stale = image[3 * _ERASE : 4 * _ERASE]
    source_tree.assert_same(open_image(image[: 7 * _ERASE] + stale + image[7 * _ERASE :]), folder)


@pytest.mark.parametrize("order", ["-l", "-b"])
@pytest.mark.parametrize("count", [6, 40])
def test_more_bad_blocks_than_are_passed_over_end_the_log_and_are_told_with_their_place(
    folder: Path, order: str, count: int
) -> None:
    image = make_image(folder, order, "-e", hex(_ERASE), "-p")
    at = 9 * _ERASE
    opened = open_image(image[:at] + _FILLS["random"] * count + image[at:])
    (told,) = [str(reason) for _, reason in opened.problems if "may belong to it" in str(reason)]
    found = re.match(r"ends at (0x[0-9a-f]+) before more than 262144 bytes .*; the nodes from (0x[0-9a-f]+) on", told)
    assert found is not None
    # What the last node before and the first after reach into the garbage, or out of it, is not read.
    assert at - 2 * 4096 <= int(found[1], 16) <= at + 8192
    assert at + count * _ERASE <= int(found[2], 16) < at + count * _ERASE + 8192


def test_what_is_no_node_behind_a_log_is_not_told(folder: Path) -> None:
    image = make_image(folder, "-l", "-e", hex(_ERASE), "-p")
    other = make_image(folder, "-b", "-e", hex(_ERASE), "-p")
    for after in (_FILLS["random"] * 9, _FILLS["random"] * 9 + other, _FILLS["random"] * 300 + image):
        assert not open_image(image + after).problems

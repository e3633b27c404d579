"""Where signs of formats are found, by either way of searching."""

from __future__ import annotations

import random
import threading

import pytest

from plimsoll.unpack.format import Container, Format, Magic, Opened, View
from plimsoll.unpack.limits import Budget
from plimsoll.unpack.signs import Signs


def _open(view: View, budget: Budget) -> Opened:
    return Container(1, ())


FORMATS = (
    Format("far", "Far", (Magic(b"\x00FAR.*", 300), Magic(b"HEAD")), _open),
    Format("near", "Near", (Magic(b"HEAD"), Magic(b"\xff\xfe\n")), _open),
    Format("weak", "Weak", (Magic(b"W"),), _open, carve=False),
)


@pytest.fixture(params=["in one pass", "one by one"])
def signs(request: pytest.FixtureRequest) -> Signs:
    made = Signs(FORMATS)
    if request.param == "one by one":
        made._local.scratch = None
    return made


def test_signs_at_the_start_are_given_in_the_order_of_formats(signs: Signs) -> None:
    assert [one.name for one in signs.at_start(b"HEAD")] == ["far", "near"]
    assert [one.name for one in signs.at_start(b"W" + bytes(299) + b"\x00FAR.*")] == ["far", "weak"]
    assert list(signs.at_start(b"HEA")) == list(signs.at_start(b"")) == []


def test_signs_within_a_window_are_given_by_offset_and_weak_ones_are_not(signs: Signs) -> None:
    data = b"W..HEAD" + bytes(400) + b"\x00FAR.*W\xff\xfe\n"
    found = [(offset, one.name) for offset, one in signs.within(View(data), 0, len(data)).places]
    assert found == [(3, "far"), (3, "near"), (107, "far"), (414, "near")]


def test_a_sign_that_reaches_past_the_window_is_found_and_one_that_begins_past_it_is_not(signs: Signs) -> None:
    data = bytes(100) + b"HEAD" + bytes(400)
    assert [offset for offset, _ in signs.within(View(data), 0, 101).places] == [100, 100]
    assert signs.within(View(data), 0, 100).places == []
    assert [offset for offset, _ in signs.within(View(data), 50, 200).places] == [100, 100]


def test_both_ways_find_the_same_in_noise() -> None:
    formats = tuple(Format(f"f{n}", "", (Magic(bytes([n, n + 1]), n % 7),), _open) for n in range(0, 250, 5))
    data = random.Random(2).randbytes(1 << 18)
    fast, slow = Signs(formats), Signs(formats)
    slow._local.scratch = None
    found = fast.within(View(data), 0, len(data))
    assert found == slow.within(View(data), 0, len(data))
    assert len(found.places) > 100


def test_several_threads_share_them() -> None:
    signs = Signs(FORMATS)
    data = View(bytes(1000) + b"HEAD")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(signs.within(data, 0, 1004).places))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2] * 8


def test_no_formats_have_no_signs() -> None:
    assert Signs(()).within(View(b"HEAD"), 0, 4).places == []

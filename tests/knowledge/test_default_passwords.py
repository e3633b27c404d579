from __future__ import annotations

import pytest

from plimsoll.knowledge.default_passwords import load, names


def test_what_is_published_says_where() -> None:
    known = load()
    assert len(known.published) > 20
    for one in known.published:
        assert one.words and one.maker == one.maker.lower()
        assert one.source.startswith("https://")
        assert all(product == product.lower() for product in one.products)


def test_words_of_the_product_come_before_those_of_its_maker_and_all_others() -> None:
    known = load()
    ordered = known.ordered(("d-link",), "D-Link DIR-850L rev. B")
    assert ordered[0] == "wrgac25_dlink.2013gui_dir850l"
    assert ordered.index("dlink") < ordered.index("password")
    assert set(ordered) == set(known.ordered(()))


@pytest.mark.parametrize(("text", "name", "expected"), [
    ("D-Link", "d-link", True),
    ("dlink_dir300.bin", "d-link", True),
    ("TP LINK Archer", "tp-link", True),
    ("wyzecam-v2.bin", "wyze", True),
    ("hpx", "hp", False),
    ("wyze-cam.bin", "wyze", True),
    ("fwyze", "wyze", False),
    ("DIR850L", "dir-850l", True),
    ("shp", "hp", False),
])  # fmt: skip
def test_a_name_is_found_as_words_of_its_own(text: str, name: str, expected: bool) -> None:
    assert names(text, name) is expected


def test_a_word_is_told_as_a_makers_own_for_its_product_alone() -> None:
    known = load()
    own = known.published_for("ismart12", ("wyze",), "wyze cam v2")
    assert own is not None and own.maker == "wyze"
    assert known.published_for("ismart12", ("wyze",), "wyze plug") is None
    assert known.published_for("ismart12", (), "wyze cam v2") is None
    assert known.published_for("admin", ("d-link",), "d-link dir-300") is None

"""endoflife.date, in the official shapes of its API."""

from __future__ import annotations

import itertools

from plimsoll.knowledge.importers.endoflife import EndOfLife
from plimsoll.knowledge.importers.importer import Edition, Part, Record
from plimsoll.knowledge.vulnerability import Lifetime
from tests.knowledge.files import encoded, parts, read, record, unusable

PRODUCT = {
    "name": "tidewatch",
    "label": "Tidewatch",
    "category": "os",
    "releases": [
        {"name": "2.1", "label": "2.1 (LTS)", "releaseDate": "2031-01-02", "isLts": True, "isEoas": False,
         "eoasFrom": "2032-01-02", "isEol": False, "eolFrom": "2036-01-02", "isMaintained": True,
         "latest": {"name": "2.1.4", "date": "2031-05-06", "link": "https://example.com/"}},
        {"name": "1.0", "releaseDate": "2021-01-02", "isEol": True, "eolFrom": None, "latest": None},
    ],
}  # fmt: skip
FULL = {"schema_version": "1.2.0", "generated_at": "2031-05-06T07:08:09+00:00", "total": 1, "result": [PRODUCT]}


def test_releases_give_their_days() -> None:
    assert record(EndOfLife, FULL).lifetimes == (
        Lifetime("tidewatch", "2.1", "2031-01-02", "2032-01-02", "2036-01-02", None, "2.1.4"),
        Lifetime("tidewatch", "1.0", "2021-01-02", is_over=True),
    )
    assert Edition("endoflife", "2031-05-06") in read(EndOfLife, FULL)


def test_one_product_is_read_too() -> None:
    assert record(EndOfLife, FULL | {"result": PRODUCT}).name == "tidewatch"


def test_the_older_form_is_named_by_its_file() -> None:
    cycles = [{"cycle": "2.1", "releaseDate": "2031-01-02", "eol": "2036-01-02", "support": True, "latest": "2.1.4"},
              {"cycle": 1, "eol": True}, {"cycle": "3", "eol": False}]  # fmt: skip
    named = itertools.chain((Part("file", "tidewatch.json"),), parts(encoded(cycles)))
    (found,) = EndOfLife().read(named)
    assert isinstance(found, Record)
    assert found.lifetimes == (
        Lifetime("tidewatch", "2.1", "2031-01-02", "", "2036-01-02", None, "2.1.4"),
        Lifetime("tidewatch", "1", is_over=True),
        Lifetime("tidewatch", "3", is_over=False),
    )


def test_products_that_do_not_fit_are_told() -> None:
    bad = [PRODUCT, {"name": "../x", "releases": []}, {"name": "other", "releases": [{"name": 5}]}, 7]
    assert unusable(EndOfLife, FULL | {"result": bad}) == ["../x", "other", "a record without a name"]

"""The starter knowledge: what is in it, and that it is what the script makes of the data."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from plimsoll.knowledge.store import Store, starter
from plimsoll.knowledge.vulnerability import VersionRange

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = ROOT / "scripts"
DATA = Path(os.environ.get("PLIMSOLL_DATA", ROOT.parent / "shared" / "data"))
FILE = ROOT / "src" / "plimsoll" / "knowledge" / "starter.sqlite"
KERNEL = "cpe:linux:linux_kernel"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with starter() as path, Store(path) as opened:
        yield opened


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(SCRIPTS))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(SCRIPTS))
    return module


def test_it_is_small_and_whole() -> None:
    assert FILE.stat().st_size < 8 << 20
    database = sqlite3.connect(f"{FILE.as_uri()}?mode=ro&immutable=1", uri=True)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the data that the starter is made of is not in {DATA} (PLIMSOLL_DATA)")
def test_it_is_what_the_script_makes_of_the_data(tmp_path: Path) -> None:
    """To the byte with the same release of SQLite, whose number the header holds at offset 96."""
    made = tmp_path / "made"
    script("build_knowledge").build(DATA, made)
    again, held = made.read_bytes(), FILE.read_bytes()
    if struct.unpack_from(">I", again, 96) == struct.unpack_from(">I", held, 96):
        assert again == held, "run scripts/build_knowledge.py and commit what it writes"
    assert dump(made) == dump(FILE)


def dump(path: Path) -> list[str]:
    database = sqlite3.connect(path)
    try:
        return list(database.iterdump())
    finally:
        database.close()


def test_every_source_says_its_date_its_licence_and_its_holes(store: Store) -> None:
    assert len(store.sources()) == 11
    for one in store.sources():
        assert one.date, one.name
        assert one.licence, one.name
        assert one.holes, one.name
        assert one.records, one.name
    assert not any("cna" in one.name for one in store.sources())
    assert "Alpine" in next(one.holes for one in store.sources() if one.name == "nvd")


def test_what_everybody_knows_is_in_it(store: Store) -> None:
    heartbleed = [one for one in store.affected(["cpe:openssl:openssl"]) if one.vulnerability == "CVE-2014-0160"]
    assert [(one.authority, one.source, one.ranges, one.fixed) for one in heartbleed] == [
        ("maker", "openssl", (VersionRange("1.0.1", end="1.0.1g"),), ("1.0.1g",))
    ]
    known = store.vulnerabilities(["CVE-2014-0160"])["CVE-2014-0160"]
    assert (known.cvss, known.exploited_since[:4], known.epss) == (7.5, "2022", None)
    assert "curl" in store.covers(["cpe:haxx:curl"])
    assert "cpe:apache:http_server" in store.cpe_of("apache")
    assert [one.security_ends_on for one in store.lifetimes("openssl") if one.cycle == "1.1.1"] == ["2023-09-11"]
    assert any(one.cycle == "5.10" for one in store.lifetimes("linux"))


def test_the_kernel_is_stated_by_its_maker_up_to_the_fix_of_each_stream(store: Store) -> None:
    found = {one.vulnerability: one for one in store.affected([KERNEL])}
    assert {one.authority for one in found.values()} == {"maker"}
    one = found["CVE-2020-25285"]
    assert one.ranges == (
        VersionRange("2.6.27-rc1", end="4.4.236"), VersionRange("4.5-rc1", end="4.9.236"),
        VersionRange("4.10-rc1", end="4.14.197"), VersionRange("4.15-rc1", end="4.19.144"),
        VersionRange("4.20-rc1", end="5.4.64"), VersionRange("5.5-rc1", end="5.8.8"),
        VersionRange("5.9-rc1", end="5.9-rc4"),
    )  # fmt: skip
    assert one.fixed == ("4.4.236", "4.9.236", "4.14.197", "4.19.144", "5.4.64", "5.8.8", "5.9-rc4")
    assert sum(not one.ranges for one in found.values()) == 97


@pytest.mark.parametrize(
    ("first", "last", "stable", "expected"),
    [
        ("", "3.6-rc1", {"3.2": "3.2.37"}, [("", "3.2.37"), ("3.3-rc1", "3.6-rc1")]),
        ("4.13-rc1", "4.13-rc7", {}, [("4.13-rc1", "4.13-rc7")]),
        ("4.9-rc1", "4.10-rc8", {"4.4": "4.4.45", "4.9": "4.9.11"},
         [("4.4", "4.4.45"), ("4.9-rc1", "4.9.11"), ("4.10-rc1", "4.10-rc8")]),
        ("3.19-rc1", "4.1-rc1", {"3.19": "3.19.2"}, [("3.19-rc1", "3.19.2"), ("4.0-rc1", "4.1-rc1")]),
        ("2.6.12-rc2", "", {"4.4": "4.4.9"}, [("4.4", "4.4.9")]),
        ("2.6.12-rc2", "", {}, []),
        ("4.14-rc1", "5.4-rc1", {"4.14": "4.14.9", "5.3": "5.3-rc2"},
         [("4.14-rc1", "4.14.9"), ("4.15-rc1", "5.3-rc2")]),
    ],
)  # fmt: skip
def test_ranges_of_the_kernel(first: str, last: str, stable: dict[str, str], expected: list[tuple[str, str]]) -> None:
    found = script("starter_data").kernel_ranges(first, last, stable)
    assert [(one.start, one.end) for one in found] == expected


def test_products_that_number_their_versions_differently_are_kept_apart(store: Store) -> None:
    def ids(product: str) -> set[str]:
        return {one.vulnerability for one in store.affected([product])}

    assert "CVE-2019-20454" in ids("cpe:pcre:pcre2")
    assert "CVE-2019-20454" not in ids("cpe:pcre:pcre")
    assert "CVE-2024-38373" in ids("cpe:amazon:freertos-plus-tcp")
    assert "CVE-2024-38373" not in ids("cpe:amazon:freertos")
    assert [one.ranges for one in store.affected(["cpe:uclibc:uclibc"]) if one.vulnerability == "CVE-2022-30295"] == [
        (VersionRange(end="0.9.33.2", end_included=True),)
    ]


def test_every_version_begins_with_a_number(store: Store) -> None:
    database = sqlite3.connect(f"{FILE.as_uri()}?mode=ro&immutable=1", uri=True)
    names = [row[0] for row in database.execute("SELECT name FROM product ORDER BY name")]
    database.close()
    for one in store.affected(names[:400]):
        bounds = [bound for span in one.ranges for bound in (span.start, span.end) if bound]
        assert all(version[0].isdigit() for version in (*one.versions, *one.fixed, *bounds)), one


def test_no_sentence_of_anybodys_is_in_it(store: Store) -> None:
    """Every text is an id, a name, a version, a date or ours; bodies are versions."""
    words = FILE.read_bytes().lower()
    for sentence in (b"allows remote attackers", b" vulnerability in ", b"via a crafted", b"denial of service"):
        assert sentence not in words

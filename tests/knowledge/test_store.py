"""Look-ups in a file of knowledge, and files that are not what they should be."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

import pytest

from plimsoll.knowledge._schema import UnusableKnowledge
from plimsoll.knowledge.importers.importer import Record, Statement
from plimsoll.knowledge.store import Store, open_store
from plimsoll.knowledge.vulnerability import Affected, Lifetime, VersionRange, Vulnerability
from tests.knowledge.files import knowledge

CURL = ("cpe:haxx:curl", "cpe:curl:curl")
SPAN = VersionRange("7.0", end="8.1", end_included=True)


def sample(path: Path) -> Store:
    one = Vulnerability("CVE-2031-1000", "2031-02-03", 9.8, "CVSS:3.1/AV:N", cwe=("CWE-121",))
    return knowledge(
        path,
        Record("nvd", "CVE-2031-1000", vulnerabilities=(one,), statements=(
            Statement("CVE-2031-1000", CURL, "nvd", (SPAN,), ("6.5",), ("8.2",)),)),
        Record("curl", "CVE-2031-1000", statements=(
            Statement("CVE-2031-1000", CURL[1:], "maker", (VersionRange(end="8.0"),)),)),
        Record("endoflife", "curl", lifetimes=(Lifetime("curl", "8", "2031-01-01", is_over=False),
                                               Lifetime("curl", "7", security_ends_on="2030-01-01"))),
    )  # fmt: skip


def test_what_all_sources_state_is_given_the_maker_first_and_each_once(tmp_path: Path) -> None:
    with sample(tmp_path / "k") as store:
        assert list(store.affected(CURL)) == [
            Affected("CVE-2031-1000", "cpe:curl:curl", "maker", "curl", (VersionRange(end="8.0"),)),
            Affected("CVE-2031-1000", "cpe:curl:curl", "nvd", "nvd", (SPAN,), ("6.5",), ("8.2",)),
        ]
        assert [one.source for one in store.affected(["cpe:HAXX:curl"])] == ["nvd"]


def test_sources_that_hold_anything_of_a_product_are_named(tmp_path: Path) -> None:
    with sample(tmp_path / "k") as store:
        assert store.covers(CURL) == ("curl", "nvd")
        assert store.covers(["cpe:haxx:curl"]) == ("nvd",)
        assert store.covers(["cpe:nobody:nothing"]) == ()
        assert store.covers([]) == ()
        assert list(store.affected([])) == []


def test_more_names_than_one_question_takes(tmp_path: Path) -> None:
    with sample(tmp_path / "k") as store:
        many = [f"cpe:{number}:x" for number in range(2000)]
        assert store.covers([*many, *CURL]) == ("curl", "nvd")
        assert set(store.vulnerabilities([*many, "CVE-2031-1000"])) == {"CVE-2031-1000"}


def test_vulnerabilities_are_given_by_id(tmp_path: Path) -> None:
    with sample(tmp_path / "k") as store:
        assert store.vulnerabilities(["CVE-2031-1000", "CVE-2031-9999"]) == {
            "CVE-2031-1000": Vulnerability("CVE-2031-1000", "2031-02-03", 9.8, "CVSS:3.1/AV:N", cwe=("CWE-121",))
        }


def test_lifetimes_keep_their_order(tmp_path: Path) -> None:
    with sample(tmp_path / "k") as store:
        assert [(one.cycle, one.is_over, one.source) for one in store.lifetimes("curl")] == [
            ("8", False, "endoflife"), ("7", None, "endoflife"),
        ]  # fmt: skip
        assert store.lifetimes("nothing") == ()


def test_the_starter_is_open_where_the_operator_has_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("PLIMSOLL_KNOWLEDGE", raising=False)
    with open_store() as store:
        assert store.is_starter
        assert store.covers(["cpe:busybox:busybox"])
    (tmp_path / "plimsoll").mkdir()
    sample(tmp_path / "plimsoll" / "knowledge.sqlite").close()
    with open_store() as store:
        assert not store.is_starter
        assert store.covers(["cpe:busybox:busybox"]) == ()


def test_the_environment_names_another_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sample(tmp_path / "a #?%20 name").close()
    monkeypatch.setenv("PLIMSOLL_KNOWLEDGE", str(tmp_path / "a #?%20 name"))
    with open_store() as store:
        assert store.covers(CURL) == ("curl", "nvd")


def test_a_file_that_is_not_there_or_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableKnowledge, match="cannot be read"):
        open_store(tmp_path / "none")
    (tmp_path / "text").write_text("no database " * 100)
    sqlite3.connect(tmp_path / "other").executescript("CREATE TABLE a (b); INSERT INTO a VALUES (1);")
    for name in ("text", "other"):
        with pytest.raises(UnusableKnowledge, match="no file of Plimsoll's knowledge") as told:
            open_store(tmp_path / name)
        assert "knowledge update" in told.value.hint


def test_a_file_of_another_version_is_told(tmp_path: Path) -> None:
    sample(tmp_path / "k").close()
    data = bytearray((tmp_path / "k").read_bytes())
    struct.pack_into(">I", data, 60, 99)
    (tmp_path / "k").write_bytes(data)
    with pytest.raises(UnusableKnowledge, match="version 99"):
        open_store(tmp_path / "k")


def test_a_file_that_was_cut_off_is_told(tmp_path: Path) -> None:
    sample(tmp_path / "k").close()
    data = (tmp_path / "k").read_bytes()
    (tmp_path / "k").write_bytes(data[:-4096])
    with pytest.raises(UnusableKnowledge, match="cut off"):
        open_store(tmp_path / "k")


def test_a_damaged_file_is_told_whatever_is_damaged(tmp_path: Path) -> None:
    sample(tmp_path / "k").close()
    data = (tmp_path / "k").read_bytes()
    told = 0
    for page in range(len(data) // 4096):
        start = page * 4096 + (100 if not page else 0)
        (tmp_path / "k").write_bytes(data[:start] + b"\xa5" * (4096 - start % 4096) + data[(page + 1) * 4096 :])
        try:
            with open_store(tmp_path / "k") as store:
                store.sources(), store.covers(CURL), list(store.affected(CURL)), store.lifetimes("curl")
                store.vulnerabilities(["CVE-2031-1000"]), store.cpe_of("curl")
        except UnusableKnowledge:
            told += 1
    assert told >= 10


def test_nothing_can_be_written(tmp_path: Path) -> None:
    with sample(tmp_path / "k") as store, pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._database.execute("DELETE FROM source")

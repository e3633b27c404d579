"""The databases of rpm in their three forms, as rpm and Berkeley DB write them where those are installed."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._packages._rpm_hash import read_hash
from plimsoll.inspect.firmware._packages._rpm_header import read_header
from plimsoll.inspect.firmware._packages._rpm_ndb import read_ndb
from plimsoll.inspect.firmware._sqlite import _Pages, _rows, read_table
from plimsoll.inspect.firmware.components import Components
from plimsoll.model.facts import Component
from tests import firmware

SPEC = """Name: sample
Version: 1.2.3
Release: 4
Epoch: 2
Summary: s
License: MIT
BuildArch: noarch
%description
d
%package -n libsample1
Summary: l
%description -n libsample1
l
%install
mkdir -p %{buildroot}/opt
for i in $(seq 1 400); do echo > %{buildroot}/opt/sample$i; done
%files
/opt/*
%files -n libsample1
"""


class _WithoutBanners(Components):
    patterns = ()


def header(values: dict[int, str | int], padding: int = 0) -> bytes:
    """Build a header as the Linux Standard Base describes it."""
    store, index = b"", b""
    for tag, value in values.items():
        if isinstance(value, int):
            store += bytes(-len(store) % 4)
            index += struct.pack(">IIII", tag, 4, len(store), 1)
            store += struct.pack(">I", value)
        else:
            index += struct.pack(">IIII", tag, 6, len(store), 1)
            store += value.encode() + b"\0"
    store += bytes(padding)
    return struct.pack(">II", len(values), len(store)) + index + store


ZLIB = {1000: "zlib", 1001: "1.2.13", 1002: "3.fc38", 1003: 2, 1022: "x86_64", 1044: "zlib-1.2.13-3.fc38.src.rpm"}
HEADER = header(ZLIB)
LARGE = header({**ZLIB, 1000: "large"}, 60_000)
KEY = header({1000: "gpg-pubkey", 1001: "1", 1002: "2"})


def ndb(*headers: bytes) -> bytes:
    slots, blobs = b"", b""
    for number, one in enumerate(headers, 1):
        blob = struct.pack("<4sIII", b"BlbS", number, 0, len(one)) + one
        blob += bytes(-len(blob) % 16) + bytes(16)
        slots += struct.pack("<4sIII", b"Slot", number, (4096 + len(blobs)) // 16, len(blob) // 16)
        blobs += blob
    slots += struct.pack("<4sIII", b"Slot", 0, 0, 0) * ((4096 - 32 - len(slots)) // 16)
    return struct.pack("<4sIII16x", b"RpmP", 0, 1, 1) + slots + blobs


def sqlite(path: Path, *headers: bytes) -> bytes:
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE Other (x)")
        base.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        base.executemany("INSERT INTO Packages (blob) VALUES (?)", [(one,) for one in headers])
        base.commit()
    base.close()
    return path.read_bytes()


def told(path: str, data: bytes) -> list[tuple[str, str, str, str]]:
    files = {path: data, "etc/os-release": b"ID=fedora\n"}
    found = [one.fact for one in firmware.observe(_WithoutBanners(), files)]
    return [(one.name, one.version, one.source, one.purl) for one in found if isinstance(one, Component)]


ZLIB_TOLD = ("zlib", "2:1.2.13-3.fc38", "zlib", "pkg:rpm/fedora/zlib@2:1.2.13-3.fc38?arch=x86_64")


def test_the_form_of_sqlite_is_read_as_sqlite_reads_it(tmp_path: Path) -> None:
    headers = [header({**ZLIB, 1000: f"package{number}"}, number * 37) for number in range(300)] + [LARGE, KEY]
    data = sqlite(tmp_path / "rpmdb.sqlite", *headers)
    assert [row[1] for _, _, row in read_table(data, b"Packages")] == headers
    assert len(told("var/lib/rpm/rpmdb.sqlite", data)) == 301


def test_what_a_database_of_sqlite_would_run_is_not_run(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a") as base:
        base.execute(
            "CREATE VIEW Packages AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r) SELECT * FROM r"
        )
    base.close()
    assert list(read_table((tmp_path / "a").read_bytes(), b"Packages")) == []


def test_rpm_s_own_form_is_read() -> None:
    assert told("usr/lib/sysimage/rpm/Packages.db", ndb(HEADER, KEY)) == [ZLIB_TOLD]
    assert [blob for _, _, blob in read_ndb(ndb(HEADER, LARGE, KEY))] == [HEADER, LARGE, KEY]


def test_a_package_has_a_place_and_an_architecture() -> None:
    (one,) = firmware.observe(_WithoutBanners(), {"usr/share/rpm/Packages.db": ndb(HEADER)})
    assert one.where.endswith(f"/Packages.db+{4096 + 16:#x}:{len(HEADER)}")
    assert isinstance(one.fact, Component) and one.fact.architecture == "x86_64"


@pytest.mark.skipif(shutil.which("db5.3_load") is None, reason="needs db5.3-util")
@pytest.mark.parametrize("order", ["1234", "4321"])
def test_berkeley_db_s_hash_is_read_in_either_order(tmp_path: Path, order: str) -> None:
    values = [b"\0\0\0\7", HEADER, LARGE, KEY]
    text = f"VERSION=3\nformat=bytevalue\ntype=hash\ndb_lorder={order}\ndb_pagesize=4096\nHEADER=END\n"
    text += "".join(f" {number:08x}\n {value.hex()}\n" for number, value in enumerate(values)) + "DATA=END\n"
    subprocess.run(["db5.3_load", tmp_path / "Packages"], input=text.encode(), check=True)
    data = (tmp_path / "Packages").read_bytes()
    assert sorted(value for _, _, value in read_hash(data)) == sorted(values)
    assert {one[0] for one in told("var/lib/rpm/Packages", data)} == {"zlib", "large"}


@pytest.mark.skipif(shutil.which("rpmbuild") is None, reason="needs rpm")
def test_what_rpm_itself_wrote_is_read_as_rpm_reads_it(tmp_path: Path) -> None:
    (tmp_path / "a.spec").write_text(SPEC)
    top = f"_topdir {tmp_path}/top"
    subprocess.run(["rpmbuild", "-bb", "--define", top, tmp_path / "a.spec"], check=True, capture_output=True)
    packages = sorted((tmp_path / "top/RPMS").rglob("*.rpm"))
    rpm = ["rpm", "--root", tmp_path / "root", "--dbpath", "/var/lib/rpm"]
    (tmp_path / "root").mkdir()
    subprocess.run([*rpm, "--initdb"], check=True, capture_output=True)
    subprocess.run([*rpm, "-i", "--justdb", "--nodeps", *packages], check=True, capture_output=True)
    form = "%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE}\n"
    listed = subprocess.run([*rpm, "-qa", "--qf", form], check=True, capture_output=True, text=True).stdout
    folder = tmp_path / "root/var/lib/rpm"
    found = [one for path in folder.iterdir() for one in told(f"var/lib/rpm/{path.name}", path.read_bytes())]
    assert sorted(f"{name} {version}" for name, version, _, _ in found) == sorted(listed.split("\n")[:-1])
    assert {source for _, _, source, _ in found} == {"sample"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEADER[:20],
        struct.pack(">II", 1 << 30, 1 << 30) + bytes(64),
        header({1000: "no version"}),
        header({1000: "", 1001: "1"}),
        KEY,
        struct.pack(">II", 1, 4) + struct.pack(">IIII", 1000, 6, 1 << 20, 1) + bytes(4),
    ],
)
def test_a_header_that_is_damaged_or_a_key_is_no_package(data: bytes) -> None:
    assert read_header(data, 0, 0) is None


def test_files_of_another_place_or_form_are_no_database() -> None:
    assert told("srv/Packages.db", ndb(HEADER)) == []
    assert told("var/lib/rpm/Packages", b"Package: zlib\nVersion: 1\n") == []


def test_pages_that_point_at_each_other_end(tmp_path: Path) -> None:
    data = bytearray(sqlite(tmp_path / "a", *[header(ZLIB, number) for number in range(900)]))
    for page in range(len(data) // 4096):
        if data[page * 4096] == 5:  # Let each inner page be its own last child.
            data[page * 4096 + 8 : page * 4096 + 12] = (page + 1).to_bytes(4, "big")
    assert len(list(read_table(bytes(data), b"Packages"))) < 1_000


def test_rows_that_share_their_bytes_end_soon() -> None:
    page = bytearray(65_536)
    page[:16], page[16:18], page[100] = b"SQLite format 3\0", b"\0\1", 13
    page[103:105] = (30_000).to_bytes(2, "big")
    page[108 : 108 + 60_000] = (60_200).to_bytes(2, "big") * 30_000
    page[60_200:60_203] = b"\xa0\x00\1"
    assert sum(length for _, length, _ in read_table(bytes(page), b"x")) == 0
    pages = _Pages(bytes(page))
    assert sum(length for _, length, _ in _rows(pages, 1)) <= 4 * len(page)


@settings(max_examples=300, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.integers(0, 20_000), st.sampled_from(("sqlite", "ndb")))
def test_damage_is_no_error(data: bytes, at: int, form: str) -> None:
    whole = bytearray(_WHOLE[form])
    at %= len(whole)
    whole[at : at + len(data)] = data
    assert isinstance(told(f"var/lib/rpm/{_NAMES[form]}", bytes(whole)), list)


def _whole() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        data = sqlite(Path(folder) / "a", *[header(ZLIB, number * 50) for number in range(60)])
    return {"sqlite": data, "ndb": ndb(HEADER, LARGE)}


_WHOLE = _whole()
_NAMES = {"sqlite": "rpmdb.sqlite", "ndb": "Packages.db"}


@given(st.binary(max_size=600), st.sampled_from(("little", "big")))
def test_a_hash_of_any_bytes_is_no_error(data: bytes, order: str) -> None:
    start = bytes(12) + (0x061561).to_bytes(4, order) + bytes(4) + (512).to_bytes(4, order)  # type: ignore[arg-type]
    page = data[:25].ljust(25, b"\0") + b"\r" + data[26:]
    assert isinstance(list(read_hash(start.ljust(512, b"\0") + page.ljust(512, b"\1"))), list)

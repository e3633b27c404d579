"""Files are taken in whole or not at all, and what sources say in turn stands as the rules have it."""

from __future__ import annotations

import fcntl
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from plimsoll.errors import InputError, PlimsollError
from plimsoll.knowledge import importing
from plimsoll.knowledge.importers._files import ImportLimits
from plimsoll.knowledge.importers.importer import Record, Statement
from plimsoll.knowledge.importing import import_files
from plimsoll.knowledge.store import Store
from plimsoll.knowledge.vulnerability import VersionRange
from tests.knowledge.files import (
    all_forms,
    cve_record,
    encoded,
    epss,
    form_of,
    kev,
    knowledge,
    match,
    nvd_cve,
    nvd_feed,
)
from tests.knowledge.importers.test_csaf import TREE, csaf, vulnerability
from tests.knowledge.importers.test_endoflife import FULL
from tests.knowledge.importers.test_nvd_legacy import feed, item
from tests.knowledge.importers.test_openvex import told, vex
from tests.knowledge.importers.test_osv import osv, package

WATCHD = "cpe:tide:watchd"
OLD, NEW = match("a:tide:watchd", "1.0"), match("a:tide:watchd", "1.1")


def write(folder: Path, content: object, name: str = "given") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else encoded(content))
    return path


def versions(target: Path) -> list[tuple[str, tuple[str, ...]]]:
    with Store(target) as store:
        return [(one.source, one.versions) for one in store.affected([WATCHD])]


def archive(*members: tuple[str, object]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content if isinstance(content, bytes) else encoded(content))
    return made.getvalue()


FORMS = {
    "nvd-2.0": nvd_feed(nvd_cve("CVE-2031-1000", OLD)),
    "nvd-1.1": feed(item()),
    "kev": kev("CVE-2031-1000"),
    "epss": epss("CVE-2031-1000,0.1,0.5"),
    "endoflife": FULL,
    "cve-5": cve_record(),
    "osv": osv("CVE-2031-1000", package("PyPI", "watchd", {"introduced": "0"})),
    "csaf": csaf(TREE, vulnerability(known_affected=["a"])),
    "openvex": vex(told("affected", "pkg:generic/watchd@1.3")),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_known_by_its_content_and_taken_in(tmp_path: Path, form: str) -> None:
    data = FORMS[form] if isinstance(FORMS[form], bytes) else encoded(FORMS[form])
    assert isinstance(data, bytes)
    assert form_of(data) == form
    for number, packed in enumerate((data, gzip.compress(data))):
        target = tmp_path / str(number)
        (done,) = import_files(target, [write(tmp_path, packed, "a-name-that-says-nothing")])
        assert (done.forms, done.records, done.unused) == ((form,), 1, ())
        with Store(target) as store:
            held = {one.name: one.records for one in store.sources()}
            assert "busybox" in store.cpe_of("busybox")[0], "it begins as the starter"
        assert held


def test_all_forms_are_tried() -> None:
    assert set(FORMS) == all_forms()


def test_the_order_of_members_does_not_matter() -> None:
    for form, document in FORMS.items():
        if isinstance(document, dict):
            assert form_of(encoded(dict(reversed(document.items())))) == form


def test_a_large_file_is_read_as_a_small_one(tmp_path: Path) -> None:
    many = nvd_feed(*(nvd_cve(f"CVE-2031-{number}", OLD) for number in range(1000, 3000)))
    (done,) = import_files(tmp_path / "k", [write(tmp_path, many)])
    assert done.records == 2000
    assert len(versions(tmp_path / "k")) == 2000


def test_an_archive_of_records_is_taken_in_and_what_is_broken_in_it_is_told(tmp_path: Path) -> None:
    given = archive(
        ("cves/1000.json", cve_record("CVE-2031-1000")), ("cves/2000.json", b'{"dataType": "CVE_RECORD",'),
        ("cves/delta.json", {"fetchTime": "now"}), ("README.md", b"words"), ("3.json", cve_record("CVE-x")),
    )  # fmt: skip
    (done,) = import_files(tmp_path / "k", [write(tmp_path, given)])
    assert (done.forms, done.records) == (("cve-5",), 1)
    assert sum(one.count for one in done.unused) == 3


def test_an_archive_within_an_archive_is_taken_in(tmp_path: Path) -> None:
    given = archive(("cves.zip", archive(("1.json", cve_record("CVE-2031-1000")))))
    assert import_files(tmp_path / "k", [write(tmp_path, given)])[0].records == 1


@pytest.mark.parametrize(
    "broken",
    [
        encoded(FORMS["nvd-2.0"])[:-40],
        encoded(FORMS["nvd-2.0"])[:-1],
        gzip.compress(encoded(FORMS["kev"]))[:-9],
        archive(("1.json", cve_record()))[:-10],
        b"",
        b"words",
        b"{}",
        b"[]",
        b'{"vulnerabilities": []}',
        b"\xff\xfe{}",
        archive(("README.md", b"words")),
        epss("CVE-2031-1000,0.1,0.5")[:-3],
    ],
)
def test_a_broken_file_leaves_the_knowledge_as_it_was(tmp_path: Path, broken: bytes) -> None:
    target = tmp_path / "k"
    import_files(target, [write(tmp_path, nvd_feed(nvd_cve("CVE-2031-1000", OLD)))])
    before = target.read_bytes()
    good = write(tmp_path, nvd_feed(nvd_cve("CVE-2031-2000", NEW)), "good")
    with pytest.raises(InputError, match="cannot be imported"):
        import_files(target, [good, write(tmp_path, broken, "broken")])
    assert target.read_bytes() == before
    assert not [one.name for one in tmp_path.iterdir() if one.name.endswith((".new", "-journal"))]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        import_files(tmp_path / "k", [tmp_path / "none"])
    assert not (tmp_path / "k").exists()


def test_a_newer_record_takes_the_place_of_an_older_and_not_the_other_way(tmp_path: Path) -> None:
    target = tmp_path / "k"
    old = write(tmp_path, nvd_feed(nvd_cve("CVE-2031-1000", OLD, lastModified="2031-01-01T00:00:00.000")), "old")
    new = write(tmp_path, nvd_feed(nvd_cve("CVE-2031-1000", NEW, lastModified="2031-02-01T00:00:00.000")), "new")
    import_files(target, [old])
    import_files(target, [new])
    assert versions(target) == [("nvd", ("1.1",))]
    (done,) = import_files(target, [old])
    assert (done.records, done.older) == (0, 1)
    assert versions(target) == [("nvd", ("1.1",))]


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    target, given = tmp_path / "k", write(tmp_path, nvd_feed(nvd_cve("CVE-2031-1000", OLD)))
    import_files(target, [given, given])
    assert versions(target) == [("nvd", ("1.0",))]


def test_sources_that_contradict_each_other_stay_side_by_side(tmp_path: Path) -> None:
    maker = cve_record("CVE-2031-1000", {
        "vendor": "Tidewatch", "product": "watchd", "cpes": ["cpe:2.3:a:tide:watchd:*:*:*:*:*:*:*:*"],
        "versions": [{"version": "0", "lessThan": "1.4", "status": "affected"}],
    })  # fmt: skip
    files = [write(tmp_path, nvd_feed(nvd_cve("CVE-2031-1000", OLD)), "a"), write(tmp_path, maker, "b")]
    import_files(tmp_path / "k", files)
    with Store(tmp_path / "k") as store:
        assert [(one.authority, one.source, one.ranges) for one in store.affected([WATCHD])] == [
            ("maker", "cve-list", (VersionRange(end="1.4"),)),
            ("nvd", "nvd", ()),
        ]


def test_a_withdrawn_record_says_no_more_and_only_its_source_takes_that_back(tmp_path: Path) -> None:
    target = tmp_path / "k"

    def is_withdrawn(*contents: object) -> bool:
        import_files(target, [write(tmp_path, content, str(number)) for number, content in enumerate(contents)])
        with Store(target) as store:
            return store.vulnerabilities(["CVE-2031-1000"])["CVE-2031-1000"].withdrawn

    assert not is_withdrawn(nvd_feed(nvd_cve("CVE-2031-1000", OLD)))
    assert is_withdrawn(nvd_feed(nvd_cve("CVE-2031-1000", vulnStatus="Rejected")))
    assert versions(target) == []
    assert is_withdrawn(cve_record("CVE-2031-1000"))
    assert not is_withdrawn(nvd_feed(nvd_cve("CVE-2031-1000", OLD)))


def scores(target: Path, id: str = "CVE-2031-1000") -> tuple[float | None, float | None, str]:
    with Store(target) as store:
        one = store.vulnerabilities([id])[id]
        return one.cvss, one.epss, one.exploited_since


def test_scores_come_out_the_same_in_any_order(tmp_path: Path) -> None:
    def cvss(version: str, base: float) -> dict[str, object]:
        return {"version": version, "vectorString": f"CVSS:{version}/AV:N", "baseScore": base}

    nvd = nvd_feed(nvd_cve("CVE-2031-1000", metrics={"cvssMetricV31": [{"cvssData": cvss("3.1", 7.0)}]}))
    same = cve_record("CVE-2031-1000", metrics=[{"cvssV3_1": cvss("3.1", 3.0)}])
    newer = cve_record("CVE-2031-1000", metrics=[{"cvssV4_0": cvss("4.0", 9.0)}])
    a, b, c = (write(tmp_path, content, name) for name, content in zip("abc", (nvd, same, newer), strict=True))
    for number, (files, expected) in enumerate([((a, b), 7.0), ((b, a), 7.0), ((a, c), 9.0), ((c, a), 9.0)]):
        import_files(tmp_path / f"k{number}", files)
        assert scores(tmp_path / f"k{number}")[0] == expected


def test_a_newer_edition_takes_the_place_of_the_whole_older_one(tmp_path: Path) -> None:
    target = tmp_path / "k"
    import_files(
        target, [write(tmp_path, kev("CVE-2031-1000"), "a"), write(tmp_path, epss("CVE-2031-1000,0.1,0"), "b")]
    )
    assert scores(target) == (None, 0.1, "2031-01-10")
    import_files(target, [write(tmp_path, kev("CVE-2031-2000", released="2032-01-01T00:00:00Z"), "a"),
                          write(tmp_path, epss("CVE-2031-2000,0.2,0", date="2032-01-01"), "b")])  # fmt: skip
    assert scores(target) == (None, None, "")
    assert scores(target, "CVE-2031-2000") == (None, 0.2, "2031-01-10")
    with Store(target) as store:
        assert {one.name: (one.date, one.records) for one in store.sources() if one.name in ("kev", "epss")} == {
            "kev": ("2032-01-01", 1), "epss": ("2032-01-01", 1),
        }  # fmt: skip


def test_an_older_edition_is_left_and_told(tmp_path: Path) -> None:
    target = tmp_path / "k"
    import_files(target, [write(tmp_path, kev("CVE-2031-1000"))])
    (done,) = import_files(target, [write(tmp_path, kev("CVE-2031-2000", released="2030-01-01T00:00:00Z"))])
    assert done.records == 0
    assert "newer" in str(done.unused[0].why)
    assert scores(target)[2] == "2031-01-10"


def test_records_out_of_all_proportion_are_not_kept(tmp_path: Path) -> None:
    huge = nvd_cve("CVE-2031-1000", *(match("a:tide:watchd", str(number)) for number in range(6000)))
    import_files(tmp_path / "k", [write(tmp_path, nvd_feed(huge))])
    assert versions(tmp_path / "k") == []


def test_a_denial_of_no_version_is_not_kept(tmp_path: Path) -> None:
    """It would be read as a denial of all."""
    with knowledge(tmp_path / "k", Record("nvd", "CVE-2031-1000", statements=(
        Statement("CVE-2031-1000", (WATCHD,), "maker", unaffected=True),
    ))) as store:  # fmt: skip
        assert list(store.affected([WATCHD])) == []


def test_a_document_beyond_the_limit_is_not_held(tmp_path: Path) -> None:
    endless = osv("CVE-2031-1000", *([package("PyPI", "watchd", {"introduced": "0"})] * 20_000))
    with pytest.raises(InputError, match="more than 1000000 bytes"):
        import_files(tmp_path / "k", [write(tmp_path, endless)], limits=ImportLimits(document_bytes=1_000_000))


def test_only_one_writes_at_a_time(tmp_path: Path) -> None:
    given = write(tmp_path, nvd_feed(nvd_cve("CVE-2031-1000", OLD)))
    with (tmp_path / ".k.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PlimsollError, match="somebody else"):
            import_files(tmp_path / "k", [given])
    import_files(tmp_path / "k", [given])


def test_who_reads_meanwhile_keeps_the_old(tmp_path: Path) -> None:
    target = tmp_path / "k"
    import_files(target, [write(tmp_path, nvd_feed(nvd_cve("CVE-2031-1000", OLD)))])
    with Store(target) as store:
        import_files(target, [write(tmp_path, nvd_feed(nvd_cve("CVE-2031-1000", NEW)))])
        assert [one.versions for one in store.affected([WATCHD])] == [("1.0",)]
    assert versions(target) == [("nvd", ("1.1",))]


def test_a_damaged_target_is_told_and_left(tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(b"something else" * 100)
    with pytest.raises(PlimsollError, match="no file of Plimsoll's knowledge"):
        import_files(tmp_path / "k", [write(tmp_path, kev("CVE-2031-1000"))])
    assert (tmp_path / "k").read_bytes() == b"something else" * 100


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_TICK_RECORDS", 2)
    seen: list[tuple[str, int]] = []
    given = write(tmp_path, nvd_feed(*(nvd_cve(f"CVE-2031-{number}") for number in range(1000, 1005))))
    import_files(tmp_path / "k", [given], on_records=lambda name, count: seen.append((name, count)))
    assert ("given", 4) in seen


def test_nothing_of_the_texts_is_kept(tmp_path: Path) -> None:
    files = [write(tmp_path, content, form) for form, content in FORMS.items()]
    import_files(tmp_path / "k", files)
    held = (tmp_path / "k").read_bytes()
    assert b"Not kept" not in held
    assert json.dumps("Not kept")[1:-1].encode() not in held

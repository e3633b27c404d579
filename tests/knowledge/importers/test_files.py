"""Plain, gzip and zip files are opened within bounds, and damage is seen."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from plimsoll.knowledge.importers._files import ImportLimits, open_units
from plimsoll.knowledge.importers._parts import BrokenFile


def contents(path: Path, limits: ImportLimits = ImportLimits(), piece: int = 1000) -> dict[str, bytes]:  # noqa: B008
    found = {}
    for unit in open_units(path, limits):
        data = b""
        while more := unit.stream.read(piece):
            data += more
        found[unit.name] = data
    return found


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, data in members:
            file.writestr(name, data)
    return made.getvalue()


def given(folder: Path, data: bytes, name: str = "given") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_plain_gzip_and_zip(tmp_path: Path) -> None:
    text = b'{"a": 1}' * 1000
    assert contents(given(tmp_path, text)) == {"given": text}
    assert contents(given(tmp_path, gzip.compress(text))) == {"given": text}
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        packed = archive(("b/a.json", text), ("README.md", b"left"), ("c.csv", b""), method=method)
        assert contents(given(tmp_path, packed)) == {"b/a.json": text, "c.csv": b""}


def test_an_archive_in_an_archive_is_opened_once(tmp_path: Path) -> None:
    inner = archive(("a.json", b"{}"), ("deeper.zip", archive(("b.json", b"{}"))))
    assert contents(given(tmp_path, archive(("cves.zip", inner)))) == {"a.json": b"{}"}


def test_many_members_with_the_wide_directory(tmp_path: Path) -> None:
    """From 65,536 members on the number stands in the record of Zip64."""
    made = archive(*((f"{number}.json", b"1") for number in range(65_600)), method=zipfile.ZIP_STORED)
    assert sum(1 for _ in open_units(given(tmp_path, made), ImportLimits())) == 65_600


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_file_that_was_cut_off_is_broken(tmp_path: Path, cut: int) -> None:
    import random

    data = random.Random(1).randbytes(5000)
    for whole in (gzip.compress(data), archive(("a.json", data))):
        with pytest.raises(BrokenFile):
            contents(given(tmp_path, whole[:-cut]))


def test_a_damaged_member_is_seen_even_when_nobody_reads_it(tmp_path: Path) -> None:
    packed = bytearray(archive(("a.json", b"x" * 100), method=zipfile.ZIP_STORED))
    packed[60] ^= 1
    path = given(tmp_path, bytes(packed))
    with pytest.raises(BrokenFile, match="checksum"):
        list(open_units(path, ImportLimits()))


def test_what_opens_to_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    limits = ImportLimits(opened_bytes=100_000, member_bytes=90_000, members=3)
    zeros = bytes(10_000_000)
    for bomb in (gzip.compress(zeros), archive(("a.json", zeros)), archive(*((f"{n}.json", b"1") for n in range(4))),
                 archive(("a.json", zeros[:80_000]), ("b.json", zeros[:80_000]))):  # fmt: skip
        with pytest.raises(BrokenFile, match=r"limit|members"):
            contents(given(tmp_path, bomb), limits)


def test_a_member_that_is_larger_than_it_says_gives_no_more_than_it_says(tmp_path: Path) -> None:
    packed = archive(("a.json", b"x" * 1000))
    lying = packed.replace((1000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(BrokenFile, match="checksum"):
        contents(given(tmp_path, lying))


def test_flipped_bytes_give_content_or_broken(tmp_path: Path) -> None:
    whole = archive(("a.json", b'{"a": 1}' * 20), ("b.json", b"{}"))
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 0x55
        try:
            contents(given(tmp_path, bytes(changed)), ImportLimits(opened_bytes=10_000_000))
        except BrokenFile:
            continue

"""Tests of the ar reader, against archives of GNU ar, packages of dpkg-deb, and BSD archives written here."""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.ar import FORMAT, MAGIC, open_ar
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, look_alikes, source_tree
from tests.unpack.formats.explored import Everything

_LONG = b"a-name-that-is-longer-than-sixteen-letters"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of regular files, which is all that an ar archive carries."""
    made = tmp_path_factory.mktemp("ar") / "source"
    made.mkdir()
    contents = {"short": b"1", "empty": b"", "with space": b"xyz", os.fsdecode(_LONG): b"even", "n" * 200: b"odd",
                "random": random.Random(1).randbytes(70_001), os.fsdecode(b"not-utf8-\xff"): b"a"}  # fmt: skip
    for name, content in contents.items():
        (made / name).write_bytes(content)
    (made / "short").chmod(0o4755)
    if source_tree.IS_ROOT:
        os.chown(made / "empty", 1000, 70_000)
    return made


def test_an_archive_of_gnu_ar_gives_the_folder_it_was_made_from(folder: Path) -> None:
    archive = _gnu(folder)
    opened = _open(archive + b"another thing")
    assert (opened.problems, opened.length) == ((), len(archive))
    source_tree.assert_same(opened, folder)


def test_a_table_of_symbols_is_no_file(tmp_path: Path) -> None:
    source, made = tmp_path / "a.s", tmp_path / "folder"
    made.mkdir()
    source.write_text(".globl plimsoll\nplimsoll: .byte 1\n")
    subprocess.run([images.tool("as", "binutils"), "-o", str(made / "a.o"), str(source)], check=True)
    archive = _gnu(made)
    assert archive[8:24] == b"/               "
    source_tree.assert_same(_open(archive), made)


def test_names_as_bsd_writes_them_are_read() -> None:
    archive = MAGIC + _member(b"__.SYMDEF", b"\0" * 8) + _member(b"short.o", b"one")
    archive += _member(b"#1/48", _LONG.ljust(48, b"\0") + b"content") + _member(
        b"#1/12", b"__.SYMDEF\0\0\0" + b"symbols"
    )
    opened = _open(archive)
    assert {node.path: opened.read(node) for node in opened.nodes} == {b"short.o": b"one", _LONG: b"content"}
    assert (opened.problems, opened.length) == ((), len(archive))


@pytest.mark.parametrize("compression", ["gzip", "xz", "zstd", "none"])
def test_a_debian_package_gives_its_files(tmp_path: Path, compression: str) -> None:
    package = tmp_path / "package"
    (package / "DEBIAN").mkdir(parents=True)
    (package / "DEBIAN").chmod(0o755)
    (package / "DEBIAN" / "control").write_text(
        "Package: plimsoll\nVersion: 1.2-3\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: a test\n"
    )
    (package / "etc").mkdir()
    (package / "etc" / "plimsoll.conf").write_text("settings = 1\n")
    target = tmp_path / "a.deb"
    command = [images.tool("dpkg-deb", "dpkg"), f"-Z{compression}", "--root-owner-group", "-b", package, target]
    subprocess.run(command, check=True, capture_output=True)
    assert _open(target.read_bytes()).label == "Debian package 2.0"
    found = Everything(target.read_bytes())
    assert found.files[b"etc/plimsoll.conf"] == b"settings = 1\n"
    assert b"Package: plimsoll" in found.files[b"control"]
    assert found.understood == 1


def test_a_package_of_openwrt_as_tar_in_gzip_gives_its_files() -> None:
    inner = _tar_gz({"./etc/config/network": b"config interface\n"})
    package = _tar_gz({"./debian-binary": b"2.0\n", "./control.tar.gz": _tar_gz({"./control": b"Package: a\n"}),
                       "./data.tar.gz": inner})  # fmt: skip
    found = Everything(package)
    assert found.files[b"etc/config/network"] == b"config interface\n"
    assert found.files[b"control"] == b"Package: a\n"
    assert found.understood == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC + b" is how an archive begins, and here is more text so that it is long enough for a header",
        MAGIC + bytes(100),
        MAGIC + b"a/".ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"644".ljust(8) + b" " * 10 + b"`\n",
        MAGIC + b"a/".ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"699".ljust(8) + b"1".ljust(10) + b"`\n1",
        MAGIC + b"a/".ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"644".ljust(8) + b"1".ljust(10) + b"\n\n1",
        MAGIC + b"a/".ljust(16) + b"0".ljust(12) + b"1 2".ljust(6) * 2 + b"644".ljust(8) + b"1".ljust(10) + b"`\n1",
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


def test_names_that_climb_out_are_left_out_and_their_neighbours_stay() -> None:
    archive = MAGIC + _member(b"a/", b"1") + _member(b"#1/9", b"../../etc" + b"x") + _member(b"../", b"2")
    archive += _member(b"/99", b"3") + _member(b"#1/4", b"a\0bc") + _member(b"b/", b"4")
    opened = _open(archive)
    assert [node.path for node in opened.nodes] == [b"a", b"b"]
    assert len(opened.problems) == 4


def test_a_truncated_archive_gives_what_is_there() -> None:
    opened = _open((MAGIC + _member(b"a/", b"one") + _member(b"b/", b"second"))[:-3])
    assert [node.path for node in opened.nodes] == [b"a", b"b"]
    assert [str(problem) for _, problem in opened.problems] == ["cut short: 3 bytes are missing"]
    with pytest.raises(Malformed, match="cut short"):
        opened.read(opened.nodes[1])


def test_a_damaged_header_ends_the_list_and_is_told() -> None:
    archive = bytearray(MAGIC + _member(b"a/", b"12") + _member(b"b/", b"34"))
    archive[8 + 62 + 48] = ord("x")
    opened = _open(bytes(archive))
    assert [node.path for node in opened.nodes] == [b"a"]
    assert [str(problem) for _, problem in opened.problems] == ["the header at 0x46 is damaged; the rest is left out"]
    assert opened.length == 8 + 62


def test_a_huge_claim_makes_nothing_of_that_size() -> None:
    opened = _open(MAGIC + b"a/".ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"644".ljust(8) + b"9" * 10 + b"`\n1")
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])


def test_more_entries_than_allowed_are_cut_off_and_told() -> None:
    archive = MAGIC + b"".join(_member(b"%d/" % number, b"") for number in range(50))
    opened = open_ar(View(archive), Budget(Limits(entries=10)))
    assert len(opened.nodes) == 10
    assert "10 entries" in str(opened.problems[-1][1])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_anywhere_raises_only_declared_errors(data: st.DataObject) -> None:
    archive = bytearray(MAGIC + _member(b"//", _LONG + b"/\n") + _member(b"/0", b"one") + _member(b"#1/4", b"nameabc"))
    for offset in data.draw(st.lists(st.integers(0, len(archive) - 1), max_size=6)):
        archive[offset] = data.draw(st.integers(0, 255))
    image = bytes(archive[: data.draw(st.integers(0, len(archive)) | st.just(len(archive)))])
    try:
        opened = open_ar(View(image), Budget(Limits(entries=100)))
    except NotThisFormat:
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        try:
            assert len(opened.read(node)) == node.size
        except (Malformed, LimitReached):
            continue


def _gnu(folder: Path) -> bytes:
    target = folder.parent / "archive.a"
    target.unlink(missing_ok=True)
    names = sorted(path.name for path in folder.iterdir())
    command = [images.tool("ar", "binutils"), "qcU", str(target), *names]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return target.read_bytes()


def _member(name: bytes, content: bytes) -> bytes:
    header = name.ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"100644".ljust(8) + b"%-10d" % len(content) + b"`\n"
    return header + content + b"\n" * (len(content) % 2)


def _tar_gz(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(buffer.getvalue())


def _open(data: bytes) -> Archive:
    return open_ar(View(data), Budget(Limits()))

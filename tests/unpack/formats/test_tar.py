"""Tests of the tar readers, against archives that the real tar makes of a real folder."""

from __future__ import annotations

import io
import os
import random
import subprocess
import tarfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.tar import FORMAT, open_tar
from plimsoll.unpack.formats.tar_v7 import FORMAT as V7_FORMAT
from plimsoll.unpack.formats.tar_v7 import open_tar_v7
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree
from tests.unpack.formats.explored import Everything

_KINDS = {
    "gnu": ("--format=gnu",),
    "oldgnu": ("--format=oldgnu",),
    "pax": ("--format=pax",),
    "gnu-holes": ("--format=gnu", "-S"),
    "pax-holes-1.0": ("--format=pax", "-S", "--sparse-version=1.0"),
    "pax-holes-0.1": ("--format=pax", "-S", "--sparse-version=0.1"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it."""
    made = tmp_path_factory.mktemp("tar") / "source"
    source_tree.build(made)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small pax archive with a long name, a link, two names of a file and a file with holes."""
    made = tmp_path_factory.mktemp("small")
    (made / "etc").mkdir()
    (made / "etc" / "name").write_bytes(b"plimsoll\n")
    os.link(made / "etc" / "name", made / "etc" / "second")
    (made / "link").symlink_to("etc/name")
    (made / ("n" * 200)).write_bytes(b"long")
    with (made / "hole").open("wb") as file:
        file.seek(100_000)
        file.write(b"end")
    return _archive(made, "--format=pax", "-S")


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_archive_gives_the_folder_it_was_made_from(folder: Path, kind: str) -> None:
    opened = _open(_archive(folder, *_KINDS[kind]))
    assert _without_socket(opened) == []
    assert opened.label == kind.removeprefix("old").partition("-")[0]
    _assert_same(opened, folder)


def test_the_plain_kind_gives_the_folder_but_for_names_that_it_cannot_hold(tmp_path: Path) -> None:
    folder = _simple_folder(tmp_path)
    opened = _open(_archive(folder, "--format=ustar"))
    assert (opened.problems, opened.label) == ((), "ustar")
    _assert_same(opened, folder)


def test_a_name_of_two_parts_is_joined(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 90) / ("b" * 60)
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"1")
    _assert_same(_open(_archive(tmp_path, "--format=ustar")), tmp_path)


def test_the_oldest_kind_is_told_by_its_checksum(tmp_path: Path) -> None:
    folder = _simple_folder(tmp_path)
    for path in sorted((folder / "dev").iterdir()):
        path.unlink()
    archive = _archive(folder, "--format=v7")
    with pytest.raises(NotThisFormat):
        _open(archive)
    opened = open_tar_v7(View(archive), Budget(Limits()))
    assert (opened.problems, opened.label) == ((), "v7")
    _assert_same(opened, folder)
    assert not V7_FORMAT.carve
    assert any(archive[one.offset : one.offset + 1] == one.literal for one in V7_FORMAT.magics)


@pytest.mark.parametrize("offset", [0, 148, 300])
def test_a_wrong_checksum_is_something_else(small: bytes, offset: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(small[:offset] + b"\x31" + small[offset + 1 :])


@pytest.mark.parametrize("data", [b"", bytes(512), bytes(257) + b"ustar\x0000" + bytes(600), b"0" * 1024])
def test_something_else_is_refused(data: bytes) -> None:
    for opener in (open_tar, open_tar_v7):
        with pytest.raises(NotThisFormat):
            opener(View(data), Budget(Limits()))


def test_an_archive_takes_its_padding_and_nothing_more(small: bytes) -> None:
    opened = _open(small + b"another" * 100)
    assert opened.length == len(small)


def test_an_archive_without_padding_ends_after_two_blocks(small: bytes) -> None:
    bare = small.rstrip(b"\0")
    bare += bytes(-len(bare) % 512)
    for zeros in (512, 1024):
        opened = _open(bare + bytes(zeros) + b"x" * 5000)
        assert (opened.length, opened.problems) == (len(bare) + zeros, ())


def test_owners_beyond_the_octal_digits_are_read(folder: Path) -> None:
    for kind in ("gnu", "pax"):
        archive = _archive(folder, f"--format={kind}", "--owner=:3000000", "--group=:4000000")
        assert {(node.uid, node.gid) for node in _open(archive).nodes} == {(3_000_000, 4_000_000)}


def test_archives_of_another_writer_are_read() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as archive:
        member = tarfile.TarInfo("ü" * 120)
        member.size, member.mode, member.uid, member.linkname = 3, 0o600, 5, ""
        archive.addfile(member, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/" + "t" * 150
        archive.addfile(link)
    opened = _open(buffer.getvalue())
    assert [(node.path, node.mode, node.uid, node.target) for node in opened.nodes] == [
        ("ü".encode() * 120, 0o600, 5, None),
        (b"link", 0o644, 0, b"/" + b"t" * 150),
    ]


def test_files_are_read_from_several_threads(folder: Path) -> None:
    opened = _open(_archive(folder, "--format=gnu", "-S"))
    nodes = [node for node in opened.nodes if node.kind == "file"]
    with ThreadPoolExecutor(4) as pool:
        assert [len(data) for data in pool.map(opened.read, nodes)] == [node.size for node in nodes]


def test_names_that_climb_out_are_left_out() -> None:
    opened = _open(_entry(b"../x", b"1") + _entry(b"a/../../b", b"2") + _entry(b"//./c", b"3") + bytes(1024))
    assert [node.path for node in opened.nodes] == [b"c"]
    assert len(opened.problems) == 2


def test_the_last_of_two_entries_of_one_name_counts() -> None:
    link = _entry(b"b", b"", kind=b"1", target=b"a")
    opened = _open(_entry(b"a", b"first") + link + _entry(b"./a", b"second") + bytes(1024))
    assert {node.path: opened.read(node) for node in opened.nodes} == {b"a": b"second", b"b": b"first"}
    assert [path for path, _ in opened.problems] == [b"a"]


def test_a_link_to_nothing_is_left_out() -> None:
    opened = _open(_entry(b"b", b"", kind=b"1", target=b"a") + bytes(1024))
    assert opened.nodes == ()
    assert [str(problem) for _, problem in opened.problems] == ["the entry 'b' is a link to 'a', which is absent"]


def test_a_further_name_of_a_symlink_is_a_symlink() -> None:
    archive = _entry(b"a", b"", kind=b"2", target=b"x") + _entry(b"b", b"", kind=b"1", target=b"a") + bytes(1024)
    assert [(node.kind, node.target, node.link_to) for node in _open(archive).nodes] == [("symlink", b"x", None)] * 2


def test_an_unknown_kind_is_taken_as_a_file() -> None:
    opened = _open(_entry(b"a", b"1", kind=b"Q") + bytes(1024))
    assert opened.read(opened.nodes[0]) == b"1"
    assert "unknown kind" in str(opened.problems[0][1])


def test_a_truncated_archive_gives_what_is_there(small: bytes) -> None:
    opened = _open(small[: small.index(b"plimsoll") + 4])
    assert opened.length == small.index(b"plimsoll") + 4
    assert "cut short" in str(opened.problems[-1][1])
    with pytest.raises(Malformed, match="cut short"):
        opened.read(_node(opened, b"etc/name"))


def test_an_archive_without_an_end_is_told_to_have_none() -> None:
    opened = _open(_entry(b"a", b"1"))
    assert opened.read(opened.nodes[0]) == b"1"
    assert "no end" in str(opened.problems[0][1])


def test_an_archive_that_goes_wrong_in_the_middle_gives_what_comes_before() -> None:
    opened = _open(_entry(b"a", b"1") + b"something else" * 100)
    assert [node.path for node in opened.nodes] == [b"a"]
    assert opened.length == len(_entry(b"a", b"1"))
    assert "no header" in str(opened.problems[0][1])


def test_a_huge_claim_makes_nothing_of_that_size() -> None:
    opened = _open(_entry(b"a", b"1", claim=1 << 40))
    assert opened.nodes[0].size == 1 << 40
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])


def test_a_huge_hole_is_refused(small: bytes) -> None:
    records = _record(b"GNU.sparse.major", b"1") + _record(b"GNU.sparse.realsize", b"%d" % (200 << 20))
    opened = _open(_entry(b"x", records, kind=b"x") + _entry(b"a", b"1\n0\n1\n" + bytes(506) + b"x") + bytes(1024))
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])


@pytest.mark.parametrize("pieces", [b"2\n5\n5\n0\n1\n", b"1\n0\n9999999\n", b"99999999\n", b"x", b"1\n9\n9\n", b"1\n0"])
def test_a_damaged_list_of_pieces_spoils_only_its_file(pieces: bytes) -> None:
    records = _record(b"GNU.sparse.major", b"1") + _record(b"GNU.sparse.realsize", b"10")
    archive = _entry(b"x", records, kind=b"x") + _entry(b"a", pieces + bytes(512)) + _entry(b"b", b"1") + bytes(1024)
    opened = _open(archive)
    with pytest.raises(Malformed, match="pieces"):
        opened.read(opened.nodes[0])
    assert opened.read(opened.nodes[1]) == b"1"


@pytest.mark.parametrize(
    "records", [b"x", b"8 path=a\n", b"99 path=a\n", b"9999999999999 path=a\n", b"3 =\n", b"5 ab\n"]
)
def test_a_damaged_pax_header_is_left_out(records: bytes) -> None:
    opened = _open(_entry(b"x", records, kind=b"x") + _entry(b"b", b"1") + bytes(1024))
    assert [node.path for node in opened.nodes] == [b"b"]
    assert "damaged" in str(opened.problems[0][1])


def test_a_pax_header_for_all_holds_until_one_for_the_next() -> None:
    opened = _open(
        _entry(b"g", _record(b"uid", b"7"), kind=b"g") + _entry(b"a", b"1")
        + _entry(b"x", _record(b"uid", b"8"), kind=b"x") + _entry(b"b", b"1") + _entry(b"c", b"1") + bytes(1024)
    )  # fmt: skip
    assert [node.uid for node in opened.nodes] == [7, 8, 7]


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_tar(View(_archive(folder, "--format=gnu")), Budget(Limits(entries=100)))
    assert 90 < len(opened.nodes) <= 100
    assert "100 entries" in str(opened.problems[-1][1])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(0, len(small)) | st.just(len(small)))])
    for offset in data.draw(st.lists(st.integers(0, 8000), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(_with_sums(image))


def test_damage_with_right_checksums_raises_only_declared_errors(small: bytes) -> None:
    random_numbers = random.Random(5)
    gnu = _entry(b"a", b"1", kind=b"S") + small
    for _ in range(300):
        image = bytearray(random_numbers.choice((small, gnu)))
        for _ in range(4):
            image[random_numbers.randrange(0, 7000)] = random_numbers.choice(b"01SxgLK9\x80\xff\0\n= ")
        _exercise(_with_sums(image))


def test_the_sign_is_that_of_the_format() -> None:
    assert (FORMAT.name, FORMAT.magics[0].offset, FORMAT.carve) == ("tar", 257, True)


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    for opener in (open_tar, open_tar_v7):
        try:
            opened = opener(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20)))
        except NotThisFormat:
            continue
        assert 0 < opened.length <= len(image)
        for node in opened.nodes:
            opened.position(node)
            if node.kind == "file":
                try:
                    assert len(opened.read(node)) == node.size
                except (Malformed, LimitReached):
                    continue


def _with_sums(image: bytearray) -> bytes:
    """Make the checksum of each block that was a header right again."""
    for start in range(0, len(image) - 511, 512):
        block = image[start : start + 512]
        if block[257:262] == b"ustar":
            block[148:156] = b"        "
            image[start + 148 : start + 156] = b"%06o\0 " % sum(block)
    return bytes(image)


def _assert_same(opened: Archive, folder: Path) -> None:
    """Compare with a folder but for the socket, which tar does not store."""
    socket = folder / "dev" / "log"
    if socket.exists():
        socket.unlink()
    source_tree.assert_same(opened, folder)


def _without_socket(opened: Archive) -> list[str]:
    return [str(problem) for _, problem in opened.problems]


def _simple_folder(parent: Path) -> Path:
    folder = parent / "source"
    source_tree.build(folder)
    (folder / "odd" / ("n" * 255)).unlink()
    (folder / "etc" / "long").unlink()
    return folder


def _archive(folder: Path, *options: str) -> bytes:
    command = [images.tool("tar", "tar"), "-c", "-f", "-", "--warning=none", *options, "-C", str(folder), "."]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _entry(name: bytes, data: bytes, kind: bytes = b"0", target: bytes = b"", claim: int | None = None) -> bytes:
    size = len(data) if claim is None else claim
    length = b"%011o\0" % size if size < 8**11 else b"\x80" + size.to_bytes(11, "big")
    fields: Sequence[bytes] = (
        name.ljust(100, b"\0"), b"0000644\0", b"0000000\0", b"0000000\0", length, b"00000000000\0", b"        ",
        kind, target.ljust(100, b"\0"), b"ustar\x0000",
    )  # fmt: skip
    block = bytearray(b"".join(fields).ljust(512, b"\0"))
    return _with_sums(block) + data + bytes(-len(data) % 512)


def _record(key: bytes, value: bytes) -> bytes:
    text = b" " + key + b"=" + value + b"\n"
    length = len(text)
    while len(b"%d" % length) + len(text) != length:
        length = len(b"%d" % length) + len(text)
    return b"%d" % length + text


def _node(opened: Archive, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def _open(image: bytes) -> Archive:
    return open_tar(View(image), Budget(Limits()))


def test_an_artifact_of_mender_gives_its_settings_and_its_files(tmp_path: Path) -> None:
    program = random.Random(1).randbytes(50_000)
    (tmp_path / "program.bin").write_bytes(program)
    command = [images.tool("mender-artifact", "mender-artifact"), "write", "module-image", "-t", "plimsoll", "-T",
               "single-file", "-n", "release-1", "-f", "program.bin", "-o", "a.mender"]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    found = Everything((tmp_path / "a.mender").read_bytes())
    assert found.files[b"program.bin"] == program
    assert b'"mender"' in found.files[b"version"]
    assert b"data/0000/program.bin" in found.files[b"manifest"]
    assert b"release-1" in found.files[b"header-info"]
    assert (found.problems, found.understood) == ([], 1)

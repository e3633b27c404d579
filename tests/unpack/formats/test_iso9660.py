"""Tests of the ISO 9660 reader, against images that the real xorriso and genisoimage make of a real folder."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.iso9660 import FORMAT, open_iso9660
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree
from tests.unpack.formats import fat_images
from tests.unpack.look_alikes import told

_START = 32_768
_TEXT = b"all work and no play\n" * 5_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it."""
    made = tmp_path_factory.mktemp("iso") / "source"
    source_tree.build(made)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with Rock Ridge, 16 bits of padding and all kinds of fields."""
    made = tmp_path_factory.mktemp("small")
    (made / "etc").mkdir()
    (made / "etc" / "a-name-that-is-long.conf").write_bytes(b"key=value\n")
    (made / "link").symlink_to("etc/a-name-that-is-long.conf")
    (made / "other").write_bytes(_TEXT)
    return _xorriso(made, "-R", "--no-pad")


def test_rock_ridge_gives_the_folder_it_was_made_from(folder: Path) -> None:
    image = _xorriso(folder, "-R", "--hardlinks")
    opened = _open(image)
    assert (opened.problems, opened.label) == ((), "Rock Ridge names, name ISOIMAGE")
    source_tree.assert_same(opened, folder)
    assert len(image) - 400 * 1024 <= opened.length <= len(image)


def test_an_image_of_genisoimage_gives_the_folder_deep_directories_too(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    source_tree.build(folder)
    # It does not end on a target of that length, nor put sockets in.
    (folder / "etc" / "long").unlink()
    (folder / "dev" / "log").unlink(missing_ok=True)
    deep = folder.joinpath(*(f"level-{number}" for number in range(12)))
    deep.mkdir(parents=True)
    (deep / "bottom").write_bytes(b"found")
    for name in ("bin/ash", "home/a/vi", "etc/passwd-"):
        (folder / name).unlink()
    opened = _open(_run("genisoimage", "genisoimage", "-R", "-quiet", folder=folder))
    assert opened.problems == ()
    source_tree.assert_same(opened, folder, ignore=[b"rr_moved"])


def test_joliet_names_are_read_without_rock_ridge(tmp_path: Path) -> None:
    names = ["A Long Name With Case.text", "ünïcode.txt", "plain"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    opened = _open(_xorriso(tmp_path, "-J", "-joliet-long", "--norock"))
    assert (opened.problems, opened.label) == ((), "Joliet names, name ISOIMAGE")
    assert {node.path: opened.read(node) for node in opened.nodes if node.path} == {
        name.encode(): name.encode() for name in names
    }
    assert {node.mode for node in opened.nodes} == {0o555}


def test_plain_names_lose_their_version(tmp_path: Path) -> None:
    (tmp_path / "README.TXT").write_bytes(b"1")
    (tmp_path / "SUB").mkdir()
    (tmp_path / "SUB" / "NAME").write_bytes(b"2")
    opened = _open(_xorriso(tmp_path, "--norock"))
    assert (opened.problems, opened.label) == ((), "plain names, name ISOIMAGE")
    assert [node.path for node in opened.nodes] == [b"", b"README.TXT", b"SUB", b"SUB/NAME"]


def test_content_compressed_by_zisofs_is_read(tmp_path: Path, folder: Path) -> None:
    target = tmp_path / "image"
    command = [images.tool("xorriso", "xorriso"), "-outdev", str(target), "-map", str(folder / "lib"), "/lib"]
    command += ["-zisofs", "level=9:block_size=32k", "-set_filter_r", "--zisofs", "/lib", "--"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    image = target.read_bytes()
    opened = _open(image)
    assert opened.problems == ()
    files = [node for node in opened.nodes if node.kind == "file"]
    assert len(image) < sum(node.size for node in files)
    for node in files:
        assert opened.read(node) == (folder / os.fsdecode(node.path)).read_bytes()
    broken = _open(image.replace(b"\x37\xe4\x53\x96", b"\x37\xe4\x53\x97"))
    for node in files:
        with pytest.raises(Malformed, match="compressed"):
            broken.read(node)


def test_a_boot_image_in_the_tree_is_a_file_like_others(tmp_path: Path) -> None:
    opened = _open(_bootable(tmp_path))
    assert b"[BOOT]" not in {node.path for node in opened.nodes}
    assert opened.read(_node(opened, b"boot.img")) == random.Random(1).randbytes(6_144)


def test_a_boot_image_without_a_name_is_not_lost(tmp_path: Path) -> None:
    opened = _open(_bootable(tmp_path, "-hide", str(tmp_path / "boot.img")))
    assert b"boot.img" not in {node.path for node in opened.nodes}
    assert opened.read(_node(opened, b"[BOOT]/1")) == random.Random(1).randbytes(6_144)


def test_a_partition_behind_the_files_of_a_hybrid_image_is_not_lost(tmp_path: Path) -> None:
    empty = tmp_path.with_name("boot")
    empty.mkdir()
    (tmp_path / "file").write_bytes(_TEXT)
    with tempfile.NamedTemporaryFile() as boot:
        boot.write(fat_images.make_small(empty))
        boot.flush()
        options = ["-append_partition", "2", "0xef", boot.name, "-appended_part_as_gpt", "-partition_offset", "16"]
        image = _xorriso(tmp_path, "-R", *options)
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: None).explore(image, b"x")
    assert explored.image.spans[0].format == "iso9660"
    assert [tree.format for tree in explored.image.trees] == ["fat", "iso9660"]


def test_names_that_lead_out_are_left_out(small: bytes) -> None:
    for name in (b"../er", b"a/b/c", b"..\0\0\0"):
        opened = _open(small.replace(b"\x01\0other", b"\x01\0" + name))
        assert "left out" in str(opened.problems[-1][1])
        assert len(opened.nodes) == len(_open(small).nodes) - 1


def test_a_directory_that_holds_itself_is_listed_once(small: bytes) -> None:
    root = small[_START + 158 : _START + 162]
    at = small.index(b"\x03ETC", _START + 2048) - 32
    opened = _open(_patched(small, at + 2, root))
    assert any("not followed" in str(problem) for _, problem in opened.problems)
    assert not any(node.path.startswith(b"etc/") for node in opened.nodes)


def test_a_damaged_record_hides_only_its_block(small: bytes) -> None:
    at = small.index(b"A_NAME") - 33
    opened = _open(_patched(small, at + 32, b"\xff"))
    assert {b"link", b"other", b"etc"} <= {node.path for node in opened.nodes}
    assert any(path == b"etc" and "is damaged" in str(problem) for path, problem in opened.problems)


def test_content_that_lies_outside_makes_its_file_unreadable(small: bytes) -> None:
    at = small.index(b"OTHER") - 33
    opened = _open(_patched(small, at + 2, b"\xff\xff\xff\x7f"))
    with pytest.raises(Malformed, match="outside"):
        opened.read(_node(opened, b"other"))


def test_a_file_of_several_records_is_read_whole(small: bytes) -> None:
    at = small.index(b"OTHER") - 33
    length = small[at]
    record = small[at : at + length]
    first = _patched(_patched(record, 10, struct.pack("<I", 2048)), 25, b"\x80")
    start = int.from_bytes(record[2:6], "little")
    second = _patched(_patched(record, 2, struct.pack("<I", start + 1)), 10, struct.pack("<I", len(_TEXT) - 2048))
    opened = _open(_patched(small, at, first + second))
    assert opened.read(_node(opened, b"other")) == _TEXT


def test_fields_that_lead_to_themselves_end(small: bytes) -> None:
    at = small.index(b"OTHER") - 33
    system_use = small.index(b"PX", at)
    block, offset = divmod(system_use, 2048)
    area = b"CE\x1c\x01" + b"".join(struct.pack("<I", one) + struct.pack(">I", one) for one in (block, offset, 28))
    opened = _open(_patched(small, system_use, area))
    assert {b"link", b"etc"} <= {node.path for node in opened.nodes}


def test_a_truncated_image_gives_what_is_there(small: bytes) -> None:
    cut = small[: small.index(_TEXT[:100]) + 10]
    opened = _open(cut)
    assert str(opened.problems[0][1]) == f"cut short: {len(small) - len(cut)} bytes are missing"
    with pytest.raises(Malformed):
        opened.read(_node(opened, b"other"))
    with pytest.raises(Malformed, match="cut short"):
        _open(small[: _START + 2048])


def test_an_image_is_found_in_a_dump(small: bytes) -> None:
    dump = random.Random(5).randbytes(70_001) + small + b"tail" * 2_500
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(dump, b"dump")
    spans = [(span.offset, span.length) for span in explored.image.spans if span.kind == "understood"]
    assert spans == [(70_001, len(small))]


def test_nothing_is_found_in_noise_or_in_text_with_the_sign(small: bytes) -> None:
    noise = bytearray(random.Random(6).randbytes(2 << 20))
    for at in range(0, len(noise) - 7, 2048):
        noise[at : at + 7] = b"\x01CD001\x01"
    text = b"\x01CD001\x01 is the sign of a medium. " * 60_000
    for data in (bytes(noise), text):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert not {span.kind for span in explored.image.spans} & {"understood"}
        assert told(explored) == []


@pytest.mark.parametrize("offset", [0, 6, 80, 87, 128, 130, 158, 165, 166, 181, 190 - 2])
def test_a_descriptor_that_does_not_fit_itself_is_refused(small: bytes, offset: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_patched(small, _START + offset, b"\0\xff" if offset == 188 else b"\xf5"))


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_iso9660(View(_xorriso(folder, "-R")), Budget(Limits(entries=100)))
    assert 1 < len(opened.nodes) <= 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(_START, len(small)) | st.just(len(small)))])
    places = st.integers(_START, _START + 200) | st.integers(_START + 2048, min(len(small), 70_000) - 1)
    for offset in data.draw(st.lists(places, max_size=12)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(bytes(image))


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_iso9660(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        opened.position(node)
        if node.kind == "file":
            try:
                content = opened.read(node)
            except (Malformed, LimitReached):
                continue
            assert len(content) == node.size


def _bootable(folder: Path, *options: str) -> bytes:
    (folder / "boot.img").write_bytes(random.Random(1).randbytes(6_144))
    (folder / "text").write_bytes(_TEXT)
    boot = ["-b", "boot.img", "-no-emul-boot", "-boot-load-size", "12", "-c", "boot.cat"]
    return _run("genisoimage", "genisoimage", "-R", "-quiet", *boot, *options, folder=folder)


def _xorriso(folder: Path, *options: str) -> bytes:
    return _run("xorriso", "xorriso", "-as", "mkisofs", "-quiet", *options, folder=folder)


def _run(program: str, package: str, *options: str, folder: Path) -> bytes:
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "image"
        command = [images.tool(program, package), *options, "-o", str(target), str(folder)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return target.read_bytes()


def _node(opened: Archive, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return image[:offset] + value + image[offset + len(value) :]


def _open(image: bytes) -> Archive:
    return open_iso9660(View(image), Budget(Limits()))

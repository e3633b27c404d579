"""Tests of the UBIFS reader, against volumes that the real mkfs.ubifs makes of a real folder."""

from __future__ import annotations

import os
import struct
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._ubifs_nodes import MASTER, scan
from plimsoll.unpack.formats.ubi import open_ubi
from plimsoll.unpack.formats.ubifs import FORMAT, Ubifs, open_ubifs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
_PRIVATE = _CORPUS / "images" / "fact-ubi.img"
_FLASH = {
    "2048": ("-m", "2048", "-e", "126976", "-c", "100"),
    "2048-with-sub-pages": ("-m", "2048", "-e", "129024", "-c", "100"),
    "512-with-sub-pages": ("-m", "512", "-e", "15872", "-c", "900"),
    "4096": ("-m", "4096", "-e", "253952", "-c", "100"),
    "nor": ("-m", "1", "-e", "65408", "-c", "200"),
    "wide-index": ("-m", "2048", "-e", "126976", "-c", "100", "-f", "64"),
    "test-hash": ("-m", "2048", "-e", "126976", "-c", "100", "-k", "test"),
}
_BLOCK = 15_872
_INODE, _CONTENT, _ENTRY, _CUT, _REFERENCE = 0, 1, 2, 4, 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it."""
    made = tmp_path_factory.mktemp("ubifs") / "source"
    source_tree.build(made)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small volume with a directory, a link and a file of several content nodes."""
    folder = tmp_path_factory.mktemp("small") / "source"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc" / "name").write_bytes(b"plain\n")
    (folder / "etc" / "large").write_bytes(os.urandom(9_000))
    (folder / "link").symlink_to("etc/name")
    return _image(folder, *_FLASH["512-with-sub-pages"])


@pytest.mark.parametrize("compression", ["none", "lzo", "zlib", "zstd", "favor_lzo"])
def test_every_compression_gives_the_folder_it_was_made_from(folder: Path, compression: str) -> None:
    opened = _open(_image(folder, *_FLASH["2048"], "-x", compression))
    assert opened.problems == ()
    assert opened.label == f"{compression.removeprefix('favor_')}, 124 KiB blocks"
    source_tree.assert_same(opened, folder)


@pytest.mark.parametrize("flash", _FLASH)
def test_every_geometry_gives_the_folder_it_was_made_from(folder: Path, flash: str) -> None:
    image = _image(folder, *_FLASH[flash])
    opened = _open(image + b"another" * 100)
    assert (opened.problems, opened.length) == ((), len(image))
    source_tree.assert_same(opened, folder)


@pytest.mark.parametrize("kind", ["dynamic", "static"])
def test_a_volume_inside_ubi_gives_the_folder(folder: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "volume").write_bytes(_image(folder, *_FLASH["2048"]))
    plan = f"[v]\nmode=ubi\nimage={tmp_path}/volume\nvol_id=0\nvol_type={kind}\nvol_name=rootfs\n"
    (tmp_path / "plan").write_text(plan + ("vol_flags=autoresize\n" if kind == "dynamic" else ""))
    command = [images.tool("ubinize", "mtd-utils"), "-o", tmp_path / "image", "-p", "131072", "-m", "2048"]
    subprocess.run([*command, tmp_path / "plan"], check=True, capture_output=True)
    ubi = open_ubi(View((tmp_path / "image").read_bytes()), Budget(Limits()))
    (node,) = ubi.nodes
    opened = _open(ubi.read(node))
    assert (node.path, ubi.problems, opened.problems) == (b"rootfs", (), ())
    source_tree.assert_same(opened, folder)


def test_files_are_read_from_several_threads(folder: Path) -> None:
    opened = _open(_image(folder, *_FLASH["2048"]))
    nodes = [node for node in opened.nodes if node.kind == "file"]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened.read, nodes)) == [opened.read(node) for node in nodes]


def test_what_the_journal_holds_counts(small: bytes) -> None:
    number = 900
    later = [
        _node(_INODE, _inode(number, 7, 0o100600), 5_001),
        _node(_CONTENT, struct.pack("<II8xIHH", number, 1 << 29, 7, 0, 0) + b"written", 5_002),
        _entry(1, number, b"new", 5_003),
        _entry(1, 0, b"link", 5_004),
    ]
    opened = _open(_journalled(small, later))
    assert opened.problems == ()
    assert {node.path for node in opened.nodes} == {b"", b"etc", b"etc/name", b"etc/large", b"new"}
    assert opened.read(_find(opened, b"new")) == b"written"


def test_a_file_that_was_made_shorter_and_longer_again_has_a_hole(small: bytes) -> None:
    number = _number(small, b"large")
    later = [
        _node(_CUT, struct.pack("<I12xQQ", number, 9_000, 4_096), 5_001),
        _node(_INODE, _inode(number, 9_000, 0o100644), 5_002),
    ]
    before = _open(small).read(_find(_open(small), b"etc/large"))
    opened = _open(_journalled(small, later))
    assert opened.read(_find(opened, b"etc/large")) == before[:4_096] + bytes(4_904)


@pytest.mark.parametrize("size", [1, 100])
def test_without_an_index_all_sound_nodes_are_taken(folder: Path, size: int) -> None:
    image = _image(folder, *_FLASH["2048"])
    opened = _open(_patched(image, _root(image) + 30, b"\x5a" * size))
    assert ["the index node at" in str(problem) for _, problem in opened.problems] == [True]
    _assert_same_but_holes(opened, folder)


def test_without_a_master_node_all_sound_nodes_are_taken(folder: Path) -> None:
    image = _image(folder, *_FLASH["2048"])
    opened = _open(_patched(image, 126_976, b"\xff" * 126_976 * 2))
    assert str(opened.problems[0][1]).startswith("no master node holds")
    _assert_same_but_holes(opened, folder)


def test_one_copy_of_the_master_node_is_enough(small: bytes) -> None:
    opened = _open(_patched(small, _BLOCK, b"\xff" * _BLOCK))
    assert opened.problems == ()


def test_a_damaged_content_node_is_an_error_of_its_file_alone(small: bytes) -> None:
    opened = _open(small)
    place = opened.position(_find(opened, b"etc/large"))
    damaged = _open(_patched(small, place + 100, b"damaged"))
    assert damaged.problems == ()
    with pytest.raises(Malformed, match="is damaged"):
        damaged.read(_find(damaged, b"etc/large"))
    assert damaged.read(_find(damaged, b"etc/name")) == b"plain\n"


@pytest.mark.parametrize("at", [0, 16])
def test_a_content_node_that_is_gone_is_no_hole(small: bytes, at: int) -> None:
    opened = _open(small)
    place = opened.position(_find(opened, b"etc/large"))
    damaged = _open(_patched(small, place + at, b"\xff\xff\xff\xff"))
    with pytest.raises(Malformed, match="is damaged"):
        damaged.read(_find(damaged, b"etc/large"))


def test_a_missing_inode_does_not_hide_its_neighbours(small: bytes) -> None:
    opened = _open(_journalled(small, [_entry(1, 4_444, b"lost", 5_001)]))
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"lost", "its inode 4444 is missing or damaged")
    ]
    assert len(opened.nodes) == len(_open(small).nodes)


@pytest.mark.parametrize("name", [b".", b"..", b"a/b", b"a\0b", b""])
def test_a_name_that_cannot_stand_in_a_tree_is_left_out(small: bytes, name: bytes) -> None:
    opened = _open(_journalled(small, [_entry(1, _number(small, b"large"), name, 5_001)]))
    assert [str(problem).split(" '")[0] for _, problem in opened.problems] == ["an entry of the name"]
    assert len(opened.nodes) == len(_open(small).nodes)


def test_a_directory_inside_itself_is_listed_once(small: bytes) -> None:
    etc = _number(small, b"etc")
    for directory, inode in ((etc, 1), (etc, etc)):
        opened = _open(_journalled(small, [_entry(directory, inode, b"again", 5_001)]))
        assert [str(problem) for _, problem in opened.problems] == [
            "the directory stands in two places; the second is left out"
        ]


def test_encrypted_content_is_told(small: bytes) -> None:
    number = _number(small, b"large")
    opened = _open(_journalled(small, [_node(_INODE, _inode(number, 9_000, 0o100644, 0x40), 5_001)]))
    with pytest.raises(Unsupported, match="encrypted"):
        opened.read(_find(opened, b"etc/large"))


def test_a_file_larger_than_the_limit_is_not_read(small: bytes) -> None:
    number = _number(small, b"large")
    opened = _open(_journalled(small, [_node(_INODE, _inode(number, 1 << 63, 0o100644), 5_001)]))
    with pytest.raises(LimitReached):
        opened.read(_find(opened, b"etc/large"))


def test_a_later_version_is_told(small: bytes) -> None:
    head = bytearray(small[:4096])
    head[80:84], head[124:128] = struct.pack("<I", 9), struct.pack("<I", 1)
    with pytest.raises(Unsupported, match="version 9") as caught:
        _open(_sealed(bytes(head)) + small[4096:])
    assert caught.value.length == len(small)


def test_a_volume_cut_before_its_root_is_malformed(small: bytes) -> None:
    with pytest.raises(Malformed, match="no root directory"):
        _open(small[: 3 * _BLOCK])


def test_a_truncated_volume_gives_what_is_there(folder: Path) -> None:
    image = _image(folder, *_FLASH["2048"])
    opened = _open(image[: _root(image) // 126_976 * 126_976])
    assert len(opened.problems) == 1
    _assert_same_but_holes(opened, folder)


def test_content_that_is_lost_with_the_index_is_no_hole(small: bytes) -> None:
    opened = _open(small)
    place = opened.position(_find(opened, b"etc/large"))
    damaged = _open(_patched(_patched(small, place + 100, b"damaged"), _BLOCK, b"\xff" * 2 * _BLOCK))
    with pytest.raises(Malformed, match="parts of the content are missing"):
        damaged.read(_find(damaged, b"etc/large"))
    assert damaged.read(_find(damaged, b"etc/name")) == b"plain\n"


def test_a_lost_inode_of_the_root_does_not_hide_its_entries(small: bytes) -> None:
    masters = _patched(small, _BLOCK, b"\xff" * 2 * _BLOCK)
    for stub, node in scan(View(small), 0, len(small), Budget(Limits())):
        if stub.kind == _INODE and bytes(node[24:28]) == b"\x01\0\0\0":
            masters = _patched(masters, stub.offset + 8, b"\xff")
    opened = _open(masters)
    assert "the inode of the root directory is missing or damaged" in [str(problem) for _, problem in opened.problems]
    assert {node.path for node in opened.nodes} == {node.path for node in _open(small).nodes}


@pytest.mark.parametrize("data", [b"", b"\x31\x18\x10\x06", b"\x31\x18\x10\x06" * 2000, bytes(9000)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_node_that_is_no_superblock_is_something_else(small: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(small[_BLOCK:])


@given(st.binary(max_size=5000))
def test_any_bytes_are_refused_or_opened(data: bytes) -> None:
    _survive(b"\x31\x18\x10\x06" + data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_survived(small: bytes, data: st.DataObject) -> None:
    image = small
    nodes = list(scan(View(small), 0, len(small), Budget(Limits())))
    for _ in range(data.draw(st.integers(1, 4))):
        stub, _ = data.draw(st.sampled_from(nodes))
        at = data.draw(st.integers(8, min(stub.length, 170) - 1))
        image = _patched(image, stub.offset + at, data.draw(st.binary(min_size=1, max_size=4)))
        node = _sealed(image[stub.offset : stub.offset + stub.length])
        image = _patched(image, stub.offset, node) if data.draw(st.booleans()) else image
    _survive(image[: data.draw(st.integers(len(image) // 4, len(image)))])


@pytest.mark.skipif(not _PRIVATE.exists(), reason="the private folder of real images is absent")
def test_the_volume_of_a_real_image_opens() -> None:
    ubi = open_ubi(View(_PRIVATE.read_bytes()), Budget(Limits()))
    opened = _open(ubi.read(ubi.nodes[0]))
    assert opened.problems == ()
    assert all(len(opened.read(node)) == node.size for node in opened.nodes if node.kind == "file")


def test_it_is_found_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("ubifs", True)


def _image(folder: Path, *options: str) -> bytes:
    program = images.tool("mkfs.ubifs", "mtd-utils")
    target = folder.parent / "image"
    subprocess.run([program, *options, "-r", str(folder), str(target)], check=True, capture_output=True)
    return target.read_bytes()


def _open(data: bytes) -> Ubifs:
    return open_ubifs(View(data), Budget(Limits()))


def _survive(data: bytes) -> None:
    try:
        opened = open_ubifs(View(data), Budget(Limits(file_bytes=1 << 20)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 < opened.length <= len(data)
    for node in opened.nodes:
        opened.position(node)
        if node.kind == "file":
            try:
                assert len(opened.read(node)) == node.size
            except (Malformed, LimitReached):
                continue


def _assert_same_but_holes(opened: Ubifs, folder: Path) -> None:
    """Compare the entries and all content; files with holes are refused without an index."""
    assert {node.path for node in opened.nodes if node.path} == set(source_tree.walk(folder))
    refused = set()
    for node in opened.nodes:
        if node.kind == "file" and node.link_to is None:
            try:
                assert opened.read(node) == (folder / os.fsdecode(node.path)).read_bytes()
            except Malformed:
                refused.add(node.path)
    assert refused == {b"lib/mixed", b"lib/sparse", b"lib/hole"}


def _find(opened: Ubifs, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def _number(image: bytes, name: bytes) -> int:
    """Give the inode that the entry of a name leads to."""
    for stub, node in scan(View(image), 0, len(image), Budget(Limits())):
        if stub.kind == _ENTRY and bytes(node[56:]).rstrip(b"\0") == name:
            return int.from_bytes(node[40:48], "little")
    raise AssertionError(name)


def _root(image: bytes) -> int:
    """Give the offset of the root of the index, in a volume with blocks of 124 KiB."""
    masters = (node for stub, node in scan(View(image), 0, len(image), Budget(Limits())) if stub.kind == MASTER)
    block, offset = struct.unpack_from("<48xII", next(masters))
    return int(block * 126_976 + offset)


def _journalled(image: bytes, nodes: list[bytes]) -> bytes:
    """Put nodes into a new block at the end and name it in the log, as a device does that was switched off."""
    blocks = len(image) // _BLOCK
    head = bytearray(image[:4096])
    head[40:44] = struct.pack("<I", blocks + 1)
    log = next(at for at in range(3 * _BLOCK, len(image), 8) if image[at : at + 4] == b"\xff\xff\xff\xff")
    image = _patched(image, log, _node(_REFERENCE, struct.pack("<III28x", blocks, 0, 1), 5_000))
    bud = b"".join(node + b"\xff" * (-len(node) % 8) for node in nodes)
    return _sealed(bytes(head)) + image[4096:] + bud + b"\xff" * (_BLOCK - len(bud))


def _node(kind: int, body: bytes, sequence: int) -> bytes:
    header = struct.pack("<4sIQIBB2x", b"\x31\x18\x10\x06", 0, sequence, 24 + len(body), kind, 0)
    return _sealed(header + body)


def _entry(directory: int, inode: int, name: bytes, sequence: int) -> bytes:
    body = struct.pack("<II8xQBBHI", directory, 2 << 29, inode, 0, 0, len(name), 0)
    return _node(_ENTRY, body + name + b"\0", sequence)


def _inode(number: int, size: int, mode: int, flags: int = 0) -> bytes:
    return struct.pack("<II8xQQ36xIIIIII44x", number, 0, 0, size, 1, 0, 0, mode, flags, 0)


def _sealed(node: bytes) -> bytes:
    return node[:4] + struct.pack("<I", zlib.crc32(node[8:]) ^ 0xFFFF_FFFF) + node[8:]


def _patched(image: bytes, at: int, new: bytes) -> bytes:
    return image[:at] + new + image[at + len(new) :]

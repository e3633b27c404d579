"""Tests of the EROFS reader, against images that mkfs.erofs makes of a real folder and images that a newer one made."""

from __future__ import annotations

import hashlib
import random
import struct
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.codecs import Undecodable
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats._crc32c import crc32c
from plimsoll.unpack.formats._erofs_codecs import decode_lz4_beginning
from plimsoll.unpack.formats.erofs import FORMAT, Erofs, open_erofs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import source_tree
from tests.unpack.formats import erofs_images
from tests.unpack.images import tool
from tests.unpack.look_alikes import told

_KINDS = {
    "plain": (),
    "lz4": ("-zlz4",),
    "lz4-large-blocks": ("-zlz4hc", "-C65536"),
    "lz4-of-old": ("-zlz4hc", "-Elegacy-compress"),
    "chunks": ("--chunksize=4096",),
    "chunks-with-rows": ("-Eforce-chunk-indexes", "--chunksize=8192"),
    "long-inodes": ("-Eforce-inode-extended",),
    "no-tails": ("-Enoinline_data",),
    "tails-behind-the-index": ("-zlz4hc", "-Eztailpacking"),
    "old-tails-behind-the-index": ("-zlz4", "-Eztailpacking,legacy-compress"),
}

_ROOT, _BLOCKS, _CHECKSUM = 1024 + 14, 1024 + 36, 1024 + 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it; older tools refuse a name of 255 bytes."""
    made = tmp_path_factory.mktemp("erofs") / "source"
    source_tree.build(made)
    (made / "odd" / ("n" * 255)).unlink()
    (made / "odd" / ("n" * 250)).write_bytes(b"long")
    for path in sorted((made / "many").iterdir())[200:]:
        path.unlink()
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with a directory, a compressed file, one as it is, a tail and a symlink."""
    made = tmp_path_factory.mktemp("small")
    (made / "etc").mkdir()
    numbers = b"".join(b"line %d, %d\n" % (number, number**2) for number in range(2000))
    (made / "etc" / "data").write_bytes(numbers[:20_000])
    (made / "etc" / "name").write_bytes(b"plimsoll\n" * 50)
    (made / "link").symlink_to("etc/name")
    return _make(made, "-zlz4hc")


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_image_gives_the_folder_it_was_made_from(folder: Path, kind: str) -> None:
    image = _make(folder, *_KINDS[kind])
    opened = _open(image + b"\xff" * 5000)
    assert opened.problems == ()
    assert opened.length == len(image)
    source_tree.assert_same(opened, folder)


@pytest.mark.parametrize("name", [name for name in erofs_images.RECORDED if name != "48 bits"])
def test_images_of_a_newer_tool_are_read(name: str, tmp_path: Path) -> None:
    erofs_images.build(tmp_path)
    opened = _open(erofs_images.image(name))
    assert opened.problems == ()
    source_tree.assert_same(opened, tmp_path, owners=False)


@pytest.mark.parametrize("name", ["all fragments", "dedupe, fragments, tails"])
def test_what_is_packed_is_read_from_several_threads(name: str) -> None:
    opened = _open(erofs_images.image(name))
    files = [node for node in opened.nodes if node.kind == "file" and node.link_to is None]
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip([node.path.decode() for node in files], pool.map(opened.read, files), strict=True))
    assert found == erofs_images.CONTENT


def test_the_label_names_compressions_and_blocks() -> None:
    assert _open(erofs_images.image("two compressions")).label == "lz4, lzma, 512 byte blocks"
    assert _open(erofs_images.image("deflate")).label == "deflate, 1 KiB blocks"


def test_block_numbers_of_48_bits_are_told_with_the_length() -> None:
    image = erofs_images.image("48 bits")
    with pytest.raises(Unsupported, match="0x80") as raised:
        _open(image + bytes(100))
    assert raised.value.length == len(image)


def test_an_empty_folder_is_read(tmp_path: Path) -> None:
    assert [node.path for node in _open(_make(tmp_path)).nodes] == [b""]


@pytest.mark.parametrize("data", [b"", bytes(5000), bytes(1024) + b"\xe2\xe1\xf5\xe0" + bytes(3000)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_superblock_that_contradicts_itself_is_something_else(small: bytes) -> None:
    for offset, value in ((1024 + 12, b"\x08"), (1024 + 12, b"\x1f"), (_BLOCKS, bytes(4)), (_ROOT, b"\xff\xff")):
        with pytest.raises(NotThisFormat):
            _open(_patched(small, offset, value))


def test_a_wrong_checksum_is_told_and_the_rest_is_read(small: bytes) -> None:
    opened = _open(_patched(small, _CHECKSUM, bytes(4)))
    assert [str(problem) for _, problem in opened.problems] == ["the checksum of the superblock is wrong"]
    assert _names(opened) == [b"", b"etc", b"link", b"etc/data", b"etc/name"]


def test_a_root_without_a_right_checksum_proves_nothing_when_it_is_empty(tmp_path: Path) -> None:
    with pytest.raises(NotThisFormat):
        _open(_patched(_make(tmp_path), _CHECKSUM, bytes(4)))


def test_an_unknown_feature_counts_with_a_right_checksum_only(small: bytes) -> None:
    changed = _patched(small, 1024 + 80, struct.pack("<I", 0x1001))
    with pytest.raises(NotThisFormat):
        _open(changed)
    with pytest.raises(Unsupported, match="0x1000"):
        _open(_summed(changed))


def test_a_truncated_image_gives_what_is_there(folder: Path) -> None:
    image = _make(folder, "-zlz4")
    whole = source_tree.digests(_open(image))
    opened = _open(image[: len(image) * 97 // 100])
    assert str(opened.problems[0][1]).startswith("cut short: ")
    assert any("lies outside" in str(problem) for _, problem in opened.problems)
    found = {}
    for node in opened.nodes:
        if node.kind == "file" and (content := _read_if_there(opened, node)) is not None:
            found[node.path] = hashlib.sha256(content).hexdigest()
    assert len(found) > 5
    assert found == {path: whole[path] for path in found}


def test_an_image_that_ends_before_its_root_is_malformed(small: bytes) -> None:
    moved = _summed(_patched(small, _ROOT, struct.pack("<H", 5000 // 32 + 1)))
    with pytest.raises((Malformed, NotThisFormat)):
        _open(moved[:4200])


def test_a_damaged_extent_spoils_only_its_file(small: bytes) -> None:
    opened = _open(small)
    at = opened.position(_node(opened, b"etc/data"))
    assert at
    damaged = _open(_patched(small, at, bytes(4096)))
    with pytest.raises(Malformed, match="damaged"):
        damaged.read(_node(damaged, b"etc/data"))
    assert damaged.read(_node(damaged, b"etc/name")) == b"plimsoll\n" * 50


def test_a_damaged_index_is_malformed_and_not_followed(small: bytes) -> None:
    for rows in (bytes(8), b"\xff" * 8, b"\xaa" * 8):
        opened = _open(_patched(small, _index_at(small), rows))
        with pytest.raises(Malformed):
            opened.read(_node(opened, b"etc/data"))


def test_names_that_lead_out_and_second_names_are_left_out(small: bytes) -> None:
    for name in (b"d/ta", b"d\0ta", b"name"):
        opened = _open(small.replace(b"dataname", name + b"name", 1))
        assert _names(opened) == [b"", b"etc", b"link", b"etc/name"]
        assert "is left out" in str(opened.problems[-1][1])


def test_a_directory_that_holds_itself_is_listed_once(small: bytes) -> None:
    rows = small.index(b"...dataname") - 48
    itself = next(small[row : row + 8] for row in range(rows, rows + 48, 12) if _row_name(small, rows, row) == b".")
    row = next(row for row in range(rows, rows + 48, 12) if _row_name(small, rows, row) == b"data")
    opened = _open(_patched(small, row, itself))
    assert _names(opened) == [b"", b"etc", b"link", b"etc/name"]
    assert "the same directory" in str(opened.problems[-1][1])


def test_a_file_that_claims_to_be_huge_is_refused_before_anything_is_made(small: bytes) -> None:
    at = _inode_at(small)
    opened = _open(_patched(small, at + 8, struct.pack("<I", 0xF0000000)))
    with pytest.raises((Malformed, LimitReached)):
        opened.read(_node(opened, b"etc/data"))


def test_chunks_that_are_huge_holes_are_refused(small: bytes) -> None:
    at, end = _inode_at(small), _index_at(small) - 8
    form = small[at] & 1 | 4 << 1
    image = _patched(_patched(small, at, bytes([form])), at + 8, struct.pack("<I", 200 << 20))
    holes = _patched(_patched(image, at + 16, struct.pack("<I", 31)), end, b"\xff" * 8)
    opened = _open(holes)
    with pytest.raises(LimitReached):
        opened.read(_node(opened, b"etc/data"))


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_erofs(View(_make(folder)), Budget(Limits(entries=50)))
    assert len(opened.nodes) == 51
    assert "more than 50 entries" in str(opened.problems[-1][1])


def test_an_image_is_found_inside_others(small: bytes) -> None:
    found: dict[bytes, bytes] = {}
    data = b"text " * 2000 + small + bytes(9000)
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: found.update({file.path: file.data})).explore(
        data, b"x"
    )
    assert [(span.offset, span.length) for span in explored.image.spans if span.format == "erofs"] == [
        (10_000, len(small))
    ]
    assert found[b"etc/name"] == b"plimsoll\n" * 50


def test_neither_text_nor_random_bytes_that_hold_the_sign_open() -> None:
    noise = bytearray(random.Random(4).randbytes(1 << 20))
    for at in range(2000, len(noise) - 4000, 1500):
        noise[at : at + 4] = b"\xe2\xe1\xf5\xe0"
        noise[at + 8 : at + 16] = b"\x01\0\0\0\x0c\0\x20\0"
    text = (b"a line of text \xe2\xe1\xf5\xe0\n" * 40_000)[: 1 << 20]
    for data in (bytes(noise), text):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert {span.format for span in explored.image.spans} == {""}
        assert told(explored) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    name = data.draw(
        st.sampled_from(["", "lzma", "all fragments", "dedupe, fragments, tails", "compressed directories"])
    )
    image = bytearray(erofs_images.image(name) if name else small)
    for _ in range(data.draw(st.integers(1, 6))):
        offset = data.draw(st.one_of(st.integers(1024, 1152), st.integers(1024, len(image) - 1)))
        image[offset] = data.draw(st.integers(0, 255))
    _exercise(bytes(image[: data.draw(st.one_of(st.just(len(image)), st.integers(0, len(image))))]))


@given(st.binary(max_size=80), st.integers(0, 300))
def test_any_bytes_as_lz4_give_bytes_or_are_damaged(block: bytes, wanted: int) -> None:
    try:
        content = decode_lz4_beginning(block, wanted)
    except Undecodable:
        return
    assert len(content) <= wanted


def test_the_checksum_is_that_of_the_standard() -> None:
    assert crc32c(b"123456789") ^ 0xFFFFFFFF == 0xE3069283


def test_the_sign_is_that_of_the_format() -> None:
    assert [(magic.literal, magic.offset) for magic in FORMAT.magics] == [(b"\xe2\xe1\xf5\xe0", 1024)]


def _read_if_there(opened: Erofs, node: Node) -> bytes | None:
    try:
        return opened.read(node)
    except Malformed as broken:
        assert "lies outside" in str(broken)
        return None


def _make(folder: Path, *options: str) -> bytes:
    program = tool("mkfs.erofs", "erofs-utils")
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "image"
        subprocess.run([program, "--quiet", *options, str(target), str(folder)], check=True, capture_output=True)
        return target.read_bytes()


def _summed(image: bytes) -> bytes:
    return _patched(image, _CHECKSUM, struct.pack("<I", crc32c(_patched(image, _CHECKSUM, bytes(4))[1024:4096])))


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_erofs(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
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


def _open(image: bytes) -> Erofs:
    return open_erofs(View(image), Budget(Limits()))


def _names(opened: Erofs) -> list[bytes]:
    return [node.path for node in opened.nodes]


def _node(opened: Erofs, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def _inode_at(image: bytes) -> int:
    """Give where the inode of the file of 20000 bytes is."""
    return image.index(struct.pack("<I", 20_000), 1152) - 8


def _index_at(image: bytes) -> int:
    """Give where the rows of the index of that file are: behind its inode and a header of 8 bytes."""
    return _inode_at(image) + (64 if image[_inode_at(image)] & 1 else 32) + 8


def _row_name(image: bytes, rows: int, row: int) -> bytes:
    """Give the name of a row that is not the last, with zeros at its end."""
    start, end = struct.unpack_from("<8xH2x8xH", image, row)
    return image[rows + start : rows + end].rstrip(b"\0")


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]

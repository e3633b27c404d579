"""Tests of partitions that are larger than may be held, with file systems that the real tools make."""

from __future__ import annotations

import lzma
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, Decoded, FileSystem, Malformed, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats._pieced_view import Kept, Piece, PiecedView, Pieces
from plimsoll.unpack.formats.android_sparse import open_android_sparse
from plimsoll.unpack.formats.android_super import open_android_super
from plimsoll.unpack.formats.ota_payload import open_ota_payload
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree
from tests.unpack.formats import super_images
from tests.unpack.formats.super_images import FIRST, linear, zeros
from tests.unpack.formats.test_android_sparse import _chunk
from tests.unpack.formats.test_ota_payload import _image as _payload_image

_BLOCK = 4096
_LIMIT = 3 << 20
_RAW, _FILL, _NOTHING = 0xCAC1, 0xCAC2, 0xCAC3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that the file systems carry."""
    made = tmp_path_factory.mktemp("large") / "source"
    source_tree.build(made)
    (made / "odd" / ("n" * 255)).unlink()
    for path in sorted((made / "many").iterdir())[200:]:
        path.unlink()
    return made


@pytest.fixture(scope="module")
def partitions(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give a partition of each kind of file system, each larger than the limit of these tests."""
    place = tmp_path_factory.mktemp("partitions")
    ext = [images.tool("mkfs.ext4", "e2fsprogs"), "-q", "-b", "4096", "-d", str(folder), str(place / "ext"), "16M"]
    subprocess.run(ext, check=True, capture_output=True)
    erofs = [images.tool("mkfs.erofs", "erofs-utils"), "--quiet", "-zlz4", str(place / "erofs"), str(folder)]
    subprocess.run(erofs, check=True, capture_output=True)
    found = {"ext": (place / "ext").read_bytes(), "erofs": (place / "erofs").read_bytes()}
    found["squashfs"] = images.squashfs(folder, "-comp", "gzip", "-noD", "-noF")
    return {name: data + bytes(-len(data) % _BLOCK) + bytes(_LIMIT) for name, data in found.items()}


def _sparse(whole: bytes) -> bytes:
    """Make a sparse image as the tool does: blocks as they are, blocks of one word, blocks of nothing."""
    chunks: list[bytes] = []
    for at in range(0, len(whole), 16 * _BLOCK):
        piece = whole[at : at + 16 * _BLOCK]
        if piece.count(piece[:1]) == len(piece):
            kind = _NOTHING if not piece[0] else _FILL
            chunks.append(_chunk(kind, len(piece) // _BLOCK, piece[:4] if kind == _FILL else b""))
        else:
            chunks.append(_chunk(_RAW, len(piece) // _BLOCK, piece))
    head = [0xED26FF3A, 1, 0, 28, 12, _BLOCK, len(whole) // _BLOCK, len(chunks), 0]
    sizes = [4, 2, 2, 2, 2, 4, 4, 4, 4]
    return b"".join(value.to_bytes(size, "little") for value, size in zip(head, sizes, strict=True)) + b"".join(chunks)


def _payload(whole: bytes) -> bytes:
    step = 64 * _BLOCK
    operations = []
    for at in range(0, len(whole), step):
        piece, extent = whole[at : at + step], [(at // _BLOCK, len(whole[at : at + step]) // _BLOCK)]
        if piece.count(0) == len(piece):
            operations.append((6, b"", extent))
        else:
            operations.append((8, lzma.compress(piece, check=lzma.CHECK_CRC32, preset=0), extent))
    return _payload_image([(b"system", len(whole), operations), (b"boot", _BLOCK, [(0, b"b" * _BLOCK, [(0, 1)])])])


def _super(whole: bytes) -> bytes:
    half = len(whole) // 2 // _BLOCK * _BLOCK
    rest = len(whole) - half
    second = FIRST + half + 8192
    extents = {
        b"system": [linear(FIRST, half), linear(second, rest), zeros(_BLOCK)],
        b"odm": [linear(FIRST + half, 512)],
    }
    content = {FIRST: whole[:half], second: whole[half:], FIRST + half: b"odm"}
    return super_images.image(extents, content, second + rest)


_WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {"payload": _payload, "super": _super}


def _budget() -> Budget:
    return Budget(Limits(file_bytes=_LIMIT))


def _open(wrapping: str, image: bytes) -> FileSystem:
    opened = (open_ota_payload if wrapping == "payload" else open_android_super)(View(image), _budget())
    assert not isinstance(opened, Container)
    return opened


def _below(opened: FileSystem, name: bytes) -> dict[bytes, bytes]:
    return {
        node.path[len(name) + 1 :]: opened.read(node)
        for node in opened.nodes
        if node.kind == "file" and node.link_to is None and node.path.startswith(name + b"/")
    }


def _expected(folder: Path, names: set[bytes]) -> dict[bytes, bytes]:
    return {name: Path(str(folder).encode().decode() + "/" + name.decode("utf-8", "surrogateescape")).read_bytes()
            for name in names}  # fmt: skip


@pytest.mark.parametrize("wrapping", _WRAPPINGS)
@pytest.mark.parametrize("kind", ["ext", "erofs", "squashfs"])
def test_the_files_in_a_large_partition_are_those_of_the_folder(
    folder: Path, partitions: dict[str, bytes], wrapping: str, kind: str
) -> None:
    image = _WRAPPINGS[wrapping](partitions[kind])
    opened = _open(wrapping, image)
    assert opened.length == len(image)
    found = _below(opened, b"system")
    assert len(found) > 200
    assert found == _expected(folder, set(found))
    (small,) = [node for node in opened.nodes if node.path in (b"boot", b"odm")]
    assert opened.read(small)[:1] in (b"b", b"o")


@pytest.mark.parametrize("kind", ["ext", "erofs", "squashfs"])
def test_a_large_sparse_image_gives_the_files_of_the_folder(
    folder: Path, partitions: dict[str, bytes], kind: str
) -> None:
    image = _sparse(partitions[kind])
    opened = open_android_sparse(View(image + b"more"), _budget())
    assert not isinstance(opened, Decoded)
    assert opened.length == len(image)
    source_tree.assert_same(opened, folder, ignore=[b"lost+found"])


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_super_partition_in_a_large_sparse_image_gives_its_partitions(
    folder: Path, partitions: dict[str, bytes], is_whole: bool
) -> None:
    whole = partitions["erofs"]
    extents = {b"system_a": [linear(FIRST, len(whole))], b"odm_a": [linear(FIRST + len(whole), 4096)]}
    content = {FIRST: whole, FIRST + len(whole): b"odm"}
    made = super_images.image(extents, content, FIRST + len(whole) + 4096) if is_whole else _super(whole)
    seen: list[File] = []
    image = b"before" * 100 + _sparse(made + bytes(-len(made) % _BLOCK))
    explored = Explorer(FORMATS, _budget(), seen.append).explore(image, b"x")
    found = {file.node.path: file.data for file in seen}
    name = b"system_a" if is_whole else b"system"
    assert found[name + b"/bin/text"] == (folder / "bin" / "text").read_bytes()
    assert not [one for one in explored.image.problems if "in one piece" in str(one.message)]


def test_a_large_partition_of_another_kind_is_told_as_before() -> None:
    image = _payload(random.Random(3).randbytes(64 * _BLOCK) * 13)
    opened = _open("payload", image)
    assert [node.path for node in opened.nodes] == [b"system", b"boot"]
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])
    with pytest.raises(LimitReached):
        open_android_sparse(View(_sparse(random.Random(3).randbytes(64 * _BLOCK) * 13)), _budget())


def test_a_damaged_operation_costs_the_files_in_it_alone(folder: Path, partitions: dict[str, bytes]) -> None:
    image = bytearray(_payload(partitions["squashfs"]))
    at = image.index(b"\xfd7zXZ", len(image) // 3)
    image[at + 100 : at + 200] = bytes(100)
    opened = _open("payload", bytes(image))
    lost = good = 0
    for node in opened.nodes:
        if node.kind != "file" or node.link_to is not None or not node.path.startswith(b"system/"):
            continue
        try:
            content = opened.read(node)
        except Malformed:
            lost += 1
            continue
        good += content == next(iter(_expected(folder, {node.path[7:]}).values()))
    assert 0 < lost < 100
    assert good > 150


def test_pieces_read_as_if_they_lay_together() -> None:
    chance = random.Random(4)
    whole = bytearray(5000)
    pieces = []
    position = 0
    while position < 4800:
        length = chance.randrange(1, 300)
        data = chance.randbytes(length)
        if chance.random() < 0.7:
            whole[position : position + length] = data
            pieces.append(Piece(position, length, lambda offset, count, data=data: data[offset : offset + count]))
        position += length
    whole = whole[:5000]
    view = PiecedView(Pieces(pieces), 5000)
    for _ in range(500):
        start = chance.randrange(0, 5000)
        length = chance.randrange(0, 5001 - start)
        assert view.read(start, length) == whole[start : start + length]
        assert view.cut(start).read(0, length) == whole[start : start + length]
    for offset, length in ((-1, 2), (0, 5001), (5000, 1)):
        with pytest.raises(EOFError):
            view.slice(offset, length)
        with pytest.raises(EOFError):
            view.cut(offset, length)


def test_little_of_what_was_decoded_is_kept() -> None:
    decoded: list[int] = []

    def decode(number: int) -> bytes:
        decoded.append(number)
        return bytes([number]) * (6 << 20)

    kept = Kept(decode)
    for number in (0, 1, 0, 1, 2, 3, 0):
        assert kept.read(number, 5, 3) == bytes([number]) * 3
    assert decoded == [0, 1, 2, 3, 0]
    assert kept.read(3, (6 << 20) - 1, 4) == b"\3\0\0\0"

"""Tests of the UBI reader, against images that the real ubinize makes."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats._ubi_headers import checksum
from plimsoll.unpack.formats.ubi import FORMAT, Ubi, open_ubi
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
_PRIVATE = _CORPUS / "images" / "fact-ubi.img"
_KIB = 1024
_BLOCK = 16 * _KIB
_FLASH = {
    "nor": (64 * _KIB, ("-m", "1"), 128),
    "512-with-sub-pages": (16 * _KIB, ("-m", "512", "-s", "256"), 512),
    "512": (16 * _KIB, ("-m", "512"), 1024),
    "2048": (128 * _KIB, ("-m", "2048"), 4096),
    "2048-with-sub-pages": (128 * _KIB, ("-m", "2048", "-s", "512"), 2048),
    "2048-header-elsewhere": (256 * _KIB, ("-m", "2048", "-O", "6144"), 8192),
}
"""Size of erase block, options, offset of data."""


def _volume(number: int, name: str, kind: str, path: Path, *more: str) -> str:
    lines = ["mode=ubi", f"image={path}", f"vol_id={number}", f"vol_type={kind}", f"vol_name={name}", *more]
    return "\n".join([f"[{number}-{name}]", *lines, ""])


def _image(folder: Path, block: int, options: tuple[str, ...], volumes: dict[str, tuple[str, bytes]]) -> bytes:
    sections = []
    for number, (name, (kind, data)) in enumerate(volumes.items()):
        path = folder / f"volume-{number}"
        path.write_bytes(data)
        sections.append(_volume(number * 3, name, kind, path, "vol_size=2MiB" if kind == "dynamic" else ""))
    (folder / "plan").write_text("\n".join(sections))
    program = images.tool("ubinize", "mtd-utils")
    command = [program, "-o", str(folder / "image"), "-p", str(block), *options, "-Q", "77", str(folder / "plan")]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "image").read_bytes()


_CONTENT = random.Random(4).randbytes(90_001)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give an image of a dynamic and a static volume in blocks of 16 KiB, data at 1024."""
    volumes = {"kernel": ("static", _CONTENT), "rootfs": ("dynamic", _CONTENT[:40_000])}
    return _image(tmp_path_factory.mktemp("ubi"), _BLOCK, ("-m", "512"), volumes)


@pytest.mark.parametrize("flash", _FLASH)
def test_every_geometry_gives_the_volumes_it_was_made_from(tmp_path: Path, flash: str) -> None:
    block, options, data_at = _FLASH[flash]
    volumes = {
        "rootfs": ("dynamic", _CONTENT * 5),
        "kernel": ("static", _CONTENT),
        "data": ("dynamic", b"x"),
    }
    image = _image(tmp_path, block, options, volumes)
    opened = _open(image)
    assert opened.problems == ()
    assert opened.length == len(image)
    assert opened.label == f"erase blocks of {block // _KIB} KiB"
    assert [node.path for node in opened.nodes] == [b"rootfs", b"kernel", b"data"]
    usable = block - data_at
    for node, (kind, data) in zip(opened.nodes, volumes.values(), strict=True):
        padding = 0 if kind == "static" else -len(data) % usable
        content = opened.read(node)
        assert content == data + b"\xff" * padding
        assert node.size == len(content)


def test_bytes_after_the_image_are_not_part_of_it(small: bytes) -> None:
    assert _open(small + b"another" * 9000).length == len(small)


def test_another_image_behind_it_is_not_part_of_it(small: bytes) -> None:
    other = b"".join(_numbered(small[at : at + _BLOCK], 78) for at in range(0, len(small), _BLOCK))
    assert _open(small + other).length == len(small)


def test_blocks_in_any_order_give_the_same_volumes(small: bytes) -> None:
    blocks = [small[at : at + _BLOCK] for at in range(0, len(small), _BLOCK)]
    random.Random(1).shuffle(blocks)
    # Empty blocks and blocks gone bad lie in between.
    shuffled = b"".join([*blocks[:5], b"\xff" * _BLOCK, *blocks[5:]])
    opened = _open(shuffled)
    assert opened.problems == ()
    assert opened.length == len(shuffled)
    assert _contents(opened) == _contents(_open(small))


def test_an_erased_block_with_a_counter_only_belongs_to_nothing(small: bytes) -> None:
    erased = small[:64] + b"\xff" * (_BLOCK - 64)
    opened = _open(small + erased * 3)
    assert (opened.problems, opened.length) == ((), len(small) + 3 * _BLOCK)
    assert _contents(opened) == _contents(_open(small))


def test_of_two_blocks_with_one_number_the_newer_counts(small: bytes) -> None:
    at = _find(small, volume=3, number=1)
    newer = _identified(small[at : at + 1024] + b"n" * (_BLOCK - 1024), sequence=9)
    older = _contents(_open(small))[b"rootfs"]
    for image in (small + newer, small[:at] + newer + small[at + _BLOCK :] + small[at : at + _BLOCK]):
        content = _contents(_open(image))[b"rootfs"]
        assert content == older[:15360] + b"n" * 15360 + older[30720:]


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_copy_counts_only_when_it_is_whole(small: bytes, is_whole: bool) -> None:
    at = _find(small, volume=3, number=1)
    data = b"n" * 15360
    copy = small[at : at + 1024] + (data if is_whole else b"n" * 100 + b"\xff" * 15260)
    copy = _identified(copy, sequence=9, copied=data)
    content = _contents(_open(small + copy))[b"rootfs"]
    assert (content[15360:30720] == data) is is_whole
    if not is_whole:
        assert content == _contents(_open(small))[b"rootfs"]


def test_a_block_that_is_not_mapped_reads_as_ff(small: bytes) -> None:
    at = _find(small, volume=3, number=1)
    opened = _open(small[:at] + b"\xff" * _BLOCK + small[at + _BLOCK :])
    older = _contents(_open(small))[b"rootfs"]
    assert opened.problems == ()
    assert _contents(opened)[b"rootfs"] == older[:15360] + b"\xff" * 15360 + older[30720:]


def test_a_missing_block_of_a_static_volume_is_told(small: bytes) -> None:
    at = _find(small, volume=0, number=2)
    opened = _open(small[:at] + b"\xff" * _BLOCK + small[at + _BLOCK :])
    assert _told(opened) == {b"kernel": ["1 of its 6 blocks are missing"]}
    assert _contents(opened)[b"rootfs"] == _contents(_open(small))[b"rootfs"]


def test_damaged_data_of_a_static_volume_are_told(small: bytes) -> None:
    at = _find(small, volume=0, number=2)
    opened = _open(_patched(small, at + 5000, b"damage"))
    assert _told(opened) == {b"kernel": ["the checksum of its block 2 does not hold"]}
    assert len(_contents(opened)[b"kernel"]) == len(_CONTENT)


def test_a_damaged_header_is_told_and_the_rest_is_read(small: bytes) -> None:
    at = _find(small, volume=0, number=2)
    for offset, told in ((20, "has no header that holds"), (512 + 30, "does not say what it belongs to")):
        opened = _open(_patched(small, at + offset, b"\x99"))
        assert any(told in one for one in _told(opened)[b""])
        assert _contents(opened)[b"rootfs"] == _contents(_open(small))[b"rootfs"]


def test_one_damaged_copy_of_the_volume_table_is_no_loss(small: bytes) -> None:
    opened = _open(_patched(small, 1024 + 20, b"?"))
    assert (opened.problems, _contents(opened)) == ((), _contents(_open(small)))


def test_without_a_volume_table_volumes_are_named_by_number(small: bytes) -> None:
    opened = _open(_patched(_patched(small, 1024 + 20, b"?"), _BLOCK + 1024 + 20, b"?"))
    assert "the volume table is missing or damaged" in _told(opened)[b""][0]
    assert _contents(opened) == {
        b"volume-0": _CONTENT,
        b"volume-3": _contents(_open(small))[b"rootfs"],
    }


@pytest.mark.parametrize("name", [b"..", b"a/b", b"/", b"a\0b", b"kernel"])
def test_a_name_that_cannot_stand_in_a_tree_is_replaced(small: bytes, name: bytes) -> None:
    for start in (1024, _BLOCK + 1024):
        at = start + 3 * 172
        record = bytearray(small[at : at + 168])
        record[14 : 16 + len(name)] = struct.pack(">H", len(name)) + name
        small = _patched(small, at, bytes(record) + struct.pack(">I", checksum(record)))
    opened = _open(small)
    assert [node.path for node in opened.nodes] == [b"kernel", b"volume-3"]
    assert "cannot be used" in _told(opened)[b"volume-3"][0]


def test_a_block_far_beyond_the_end_of_its_volume_is_left_out(small: bytes) -> None:
    at = _find(small, volume=3, number=1)
    far = bytearray(small[at : at + _BLOCK])
    far[512 + 12 : 512 + 16] = b"\x7f\xff\xff\xff"
    opened = _open(small + _identified(bytes(far), sequence=1))
    assert _told(opened) == {b"rootfs": ["1 blocks beyond its end are left out"]}
    assert _contents(opened) == _contents(_open(small))


def test_a_volume_larger_than_the_limit_is_not_read(small: bytes) -> None:
    opened = open_ubi(View(small), Budget(Limits(file_bytes=50_000)))
    sizes = {node.path: node for node in opened.nodes}
    with pytest.raises(LimitReached):
        opened.read(sizes[b"kernel"])
    assert opened.read(sizes[b"rootfs"])


def test_a_truncated_image_gives_what_is_there(small: bytes) -> None:
    opened = _open(small[: len(small) - _BLOCK // 2])
    assert "cut short" in _told(opened)[b""][0]
    assert _told(opened)[b"rootfs"] == ["its block 2 is cut short"]
    assert _contents(opened)[b"kernel"] == _CONTENT


def test_one_block_alone_does_not_tell_its_size(small: bytes) -> None:
    with pytest.raises(Malformed, match="size of its erase blocks"):
        _open(small[:_BLOCK])


@pytest.mark.parametrize("data", [b"", b"UBI#", b"UBI#\x01" + bytes(5000), bytes(5000), b"UBI!\x01" * 1000])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_volumes_are_read_from_several_threads(small: bytes) -> None:
    opened = _open(small)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(opened.read, opened.nodes * 4))
    assert found == [opened.read(node) for node in opened.nodes] * 4


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_opened(data: bytes) -> None:
    _survive(b"UBI#\x01" + data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_survived(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small)
    for _ in range(data.draw(st.integers(1, 4))):
        block = data.draw(st.integers(0, len(small) // _BLOCK - 1)) * _BLOCK
        at = block + data.draw(st.sampled_from((0, 512))) + data.draw(st.integers(4, 59))
        image[at] = data.draw(st.integers(0, 255))
        for start in (block, block + 512):
            if data.draw(st.booleans()):
                image[start + 60 : start + 64] = struct.pack(">I", checksum(bytes(image[start : start + 60])))
    _survive(bytes(image[: data.draw(st.integers(0, len(image)))]))


@pytest.mark.skipif(not _PRIVATE.exists(), reason="the private folder of real images is absent")
def test_a_real_image_with_tiny_blocks_opens() -> None:
    image = _PRIVATE.read_bytes()
    opened = _open(image)
    assert (opened.problems, opened.length) == ((), len(image))
    (node,) = opened.nodes
    assert opened.read(node).startswith(b"\x31\x18\x10\x06")


def test_a_volume_in_which_nothing_is_known_leaves_its_bytes_unknown(tmp_path: Path) -> None:
    box = io.BytesIO()
    with tarfile.open(fileobj=box, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("etc/hostname"), io.BytesIO())
    volumes = {"known": ("static", box.getvalue()), "foreign": ("static", b"\x00" + _CONTENT)}
    image = _image(tmp_path, _BLOCK, ("-m", "512"), volumes)
    explored = Explorer(FORMATS, Budget(Limits()), lambda _: None).explore(image, b"x.bin")
    kinds = {span.kind: 0 for span in explored.image.spans}
    for span in explored.image.spans:
        kinds[span.kind] += span.length
    foreign = -(-(len(_CONTENT) + 1) // (_BLOCK - 1024)) * _BLOCK
    assert kinds == {"understood": len(image) - foreign, "unknown": foreign}
    assert [tree.format for tree in explored.trees] == ["ubi", "tar"]
    offsets = [(span.offset, span.offset + span.length) for span in explored.image.spans]
    assert [start for start, _ in offsets] == [0, *(end for _, end in offsets[:-1])]


def test_it_is_found_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("ubi", True)


def _open(data: bytes) -> Ubi:
    return open_ubi(View(data), Budget(Limits()))


def _survive(data: bytes) -> None:
    try:
        opened = open_ubi(View(data), Budget(Limits(file_bytes=1 << 20)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 < opened.length <= len(data)
    for node in opened.nodes:
        opened.position(node)
        try:
            assert len(opened.read(node)) == node.size
        except (Malformed, LimitReached):
            continue


def _contents(opened: Ubi) -> dict[bytes, bytes]:
    return {node.path: opened.read(node) for node in opened.nodes}


def _told(opened: Ubi) -> dict[bytes, list[str]]:
    told: dict[bytes, list[str]] = {}
    for path, problem in opened.problems:
        told.setdefault(path, []).append(str(problem))
    return told


def _find(image: bytes, volume: int, number: int) -> int:
    """Give the offset of the erase block that holds a logical one, in an image with headers at 0 and 512."""
    wanted = struct.pack(">II", volume, number)
    return next(at for at in range(2 * _BLOCK, len(image), _BLOCK) if image[at + 520 : at + 528] == wanted)


def _identified(block: bytes, sequence: int, copied: bytes = b"") -> bytes:
    header = bytearray(block[512:572])
    header[40:48] = struct.pack(">Q", sequence)
    if copied:
        header[6] = 1
        header[20:24] = struct.pack(">I", len(copied))
        header[32:36] = struct.pack(">I", checksum(copied))
    return block[:512] + bytes(header) + struct.pack(">I", checksum(header)) + block[576:]


def _numbered(block: bytes, image: int) -> bytes:
    header = block[:24] + struct.pack(">I", image) + block[28:60]
    return header + struct.pack(">I", checksum(header)) + block[64:]


def _patched(image: bytes, at: int, new: bytes) -> bytes:
    return image[:at] + new + image[at + len(new) :]

"""Tests of the reader of squashfs before version 4, against images of a real folder that a writer of ours makes."""

from __future__ import annotations

import itertools
import os
import random
import re
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.codecs import Undecodable
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._squashfs_old_codecs import LzmaLayout
from plimsoll.unpack.formats._squashfs_old_inodes import split_bits
from plimsoll.unpack.formats.squashfs import Squashfs
from plimsoll.unpack.formats.squashfs_old import FORMAT, open_squashfs_old
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.test_corpus import CORPUS, IMAGES
from tests.unpack import source_tree
from tests.unpack.formats.old_squashfs import Kind, pack_lzma, write

_OLD = re.compile(r"squashfs ([123])\b")
_STATED = re.compile(r"\d+(?:\.\d+)+\w?")
_BOTH = list(itertools.product((2, 3), "<>"))
_LZMA = {
    "13": pack_lzma("13"),
    "9": pack_lzma("9"),
    "5": pack_lzma("5"),
    "1": pack_lzma("1"),
    "0": pack_lzma("0"),
    "13, odd properties": pack_lzma("13", 0, 2, 1),
    "1, odd properties": pack_lzma("1", 1, 3, 0),
    "0, odd properties": pack_lzma("0", 0, 1, 4),
    "0, other properties": pack_lzma("0", 1, 2, 2),
}


_USUAL = LzmaLayout(0, 93)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that fits: device numbers have 8 bits each."""
    made = tmp_path_factory.mktemp("old") / "source"
    source_tree.build(made)
    (made / "dev" / "large").unlink(missing_ok=True)
    return made


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small folder with a directory, data blocks, a fragment, a link and further names."""
    made = tmp_path_factory.mktemp("few") / "source"
    (made / "etc").mkdir(parents=True)
    (made / "etc" / "name").write_bytes(b"plimsoll\n" * 50)
    (made / "etc" / "data").write_text(random.Random(1).randbytes(6000).hex())
    (made / "etc" / "zeros").write_bytes(bytes(20_000) + b"end")
    for number in range(120):
        (made / "etc" / f"entry-{number}").write_bytes(b"%d" % number * 3)
    (made / "link").symlink_to("etc/name")
    os.link(made / "etc" / "name", made / "second")
    os.mkfifo(made / "fifo")
    return made


@pytest.mark.parametrize(("version", "order"), _BOTH)
def test_every_version_and_order_gives_the_folder_it_was_made_from(folder: Path, version: int, order: str) -> None:
    opened = _open(write(folder, Kind(version=version, order=order)))
    assert opened.problems == ()
    source_tree.assert_same(opened, folder)
    assert opened.label == f"version {version}.0, {'little' if order == '<' else 'big'}-endian, zlib, 64 KiB blocks"


@pytest.mark.parametrize(("version", "order"), _BOTH)
@pytest.mark.parametrize(
    "variant",
    [
        {"raw_metadata": True},
        {"raw_inodes_only": True},
        {"checked": True},
        {"fragments": False},
        {"long_forms": True},
        {"block_size": 4096},
        {"block_size": 1 << 20},
    ],
    ids=str,
)
def test_every_variant_gives_the_folder_it_was_made_from(
    few: Path, version: int, order: str, variant: dict[str, int]
) -> None:
    for pack in (Kind().pack, _LZMA["5"], _LZMA["0"]):
        opened = _open(write(few, msgspec.structs.replace(Kind(version=version, order=order, pack=pack), **variant)))
        assert opened.problems == ()
        source_tree.assert_same(opened, few)


@pytest.mark.parametrize("layout", _LZMA)
@pytest.mark.parametrize(("version", "order"), _BOTH)
def test_every_header_of_lzma_is_read(few: Path, version: int, order: str, layout: str) -> None:
    kind = Kind(version=version, order=order, pack=_LZMA[layout], block_size=4096)
    for sign in (b"", b"shsq" if order == "<" else b"qshs"):
        opened = _open(write(few, msgspec.structs.replace(kind, sign=sign)))
        assert opened.problems == ()
        assert "LZMA" in opened.label
        source_tree.assert_same(opened, few)


def test_zlib_blocks_among_those_of_lzma_are_read(few: Path) -> None:
    lzma = itertools.cycle((_LZMA["13"], Kind().pack))
    opened = _open(write(few, Kind(pack=lambda content: next(lzma)(content), block_size=4096)))
    assert opened.problems == ()
    source_tree.assert_same(opened, few)


def test_bytes_after_the_image_are_not_part_of_it(few: Path) -> None:
    image = write(few)
    assert _open(image + b"\xff" * 1000).length == len(image)


def test_files_are_read_from_several_threads(few: Path) -> None:
    opened = _open(write(few, Kind(block_size=4096, pack=_LZMA["5"])))
    files = [node for node in opened.nodes if node.kind == "file"]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened.read, files)) == [opened.read(node) for node in files]


@pytest.mark.parametrize("data", [b"", b"hsqs", b"sqsh" + bytes(200), b"hsqs" + b"\xff" * 200, b"shsq" + b"\1" * 200])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


@pytest.mark.parametrize("order", "<>")
def test_version_4_is_left_to_its_own_reader(order: str) -> None:
    sign = b"hsqs" if order == "<" else b"sqsh"
    head = struct.pack(order + "IIIIHHHHHHQQ", 1, 0, 1 << 17, 0, 1, 17, 0, 1, 4, 0, 96, 4000)
    with pytest.raises(NotThisFormat):
        _open(sign + head + bytes(4000))


@pytest.mark.parametrize(("version", "order"), _BOTH)
@pytest.mark.parametrize(
    ("offset", "value"), [(4, bytes(4)), (34, b"\xff\xff"), (32, b"\1\1"), (51, bytes(4)), (43, b"\xff" * 8)]
)
def test_a_superblock_that_contradicts_itself_is_something_else(
    few: Path, version: int, order: str, offset: int, value: bytes
) -> None:
    with pytest.raises(NotThisFormat):
        _open(_patched(write(few, Kind(version=version, order=order)), offset, value))


@pytest.mark.parametrize(("version", "order"), _BOTH)
def test_a_truncated_image_is_listed_or_told_to_be_malformed(few: Path, version: int, order: str) -> None:
    image = write(few, Kind(version=version, order=order))
    listed = 0
    for size in range(130, len(image) - 1, 13):
        try:
            opened = _open(image[:size])
        except Malformed as broken:
            assert broken.length == size
            continue
        listed += 1
        assert opened.length == size
        assert str(opened.problems[0][1]) == f"cut short: {len(image) - size} bytes are missing"
    assert listed


@pytest.mark.parametrize("pack", [Kind().pack, _LZMA["13"]], ids=["zlib", "lzma"])
def test_a_damaged_data_block_spoils_only_its_file(few: Path, pack: object) -> None:
    kind = msgspec.structs.replace(Kind(version=2, fragments=False), pack=pack)
    image = write(few, kind)
    whole = _open(image)
    victim = next(node for node in whole.nodes if node.path == b"etc/data")
    opened = _open(_patched(image, whole.position(victim), b"\xff" * 20))
    assert [node.path for node in opened.nodes] == [node.path for node in whole.nodes]
    with pytest.raises(Malformed, match=r"is damaged|holds"):
        opened.read(victim)
    others = [node for node in whole.nodes if node.kind == "file" and node != victim]
    assert [opened.read(node) for node in others] == [whole.read(node) for node in others]


def test_a_root_that_no_codec_undoes_is_malformed(few: Path) -> None:
    image = write(few)
    (inodes,) = struct.unpack_from("<Q", image, 87)
    with pytest.raises(Malformed, match="by any codec") as caught:
        _open(_patched(image, inodes + 2, b"\xff" * 300))
    assert caught.value.length == len(image)


def test_a_damaged_listing_spoils_only_its_directory(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(name.encode())
    image = write(tmp_path, Kind(raw_metadata=True))
    at = image.index(b"file")
    opened = _open(_patched(image, at - 2 - 1, b"\xff"))
    assert {node.path for node in opened.nodes} == {b"", b"a", b"b", b"b/file"}
    assert [path for path, _ in opened.problems] == [b"a"]


@pytest.mark.parametrize("name", [b"..", b"a/", b"a\0"])
def test_a_name_that_leads_out_of_the_tree_is_a_problem(tmp_path: Path, name: bytes) -> None:
    (tmp_path / "aa").write_bytes(b"1")
    (tmp_path / "bb").write_bytes(b"2")
    opened = _open(write(tmp_path, Kind(rename=(b"bb", name), version=2)))
    assert [node.path for node in opened.nodes] == [b"", b"aa"]
    assert "is left out" in str(opened.problems[0][1])


def test_two_entries_of_one_name_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "aa").write_bytes(b"1")
    (tmp_path / "bb").write_bytes(b"2")
    opened = _open(write(tmp_path, Kind(rename=(b"bb", b"aa"))))
    assert [opened.read(node) for node in opened.nodes if node.kind == "file"] == [b"1"]
    assert "a second entry" in str(opened.problems[0][1])


@pytest.mark.parametrize(("version", "order"), _BOTH)
def test_a_file_that_claims_to_be_huge_is_refused_before_anything_is_made(
    tmp_path: Path, version: int, order: str
) -> None:
    (tmp_path / "file").write_bytes(b"1")
    opened = _open(write(tmp_path, Kind(version=version, order=order, shown_size=0xFFFFFFF0)))
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[1])


@pytest.mark.parametrize(("version", "order"), _BOTH)
def test_a_claim_of_very_many_fragments_is_not_believed(few: Path, version: int, order: str) -> None:
    image = write(few, Kind(version=version, order=order))
    opened = _open(_patched(image, 55, b"\xff" * 4))
    assert any("the fragment table" in str(reason) for _, reason in opened.problems)


def test_owners_that_are_not_there_are_told(few: Path) -> None:
    image = write(few)
    opened = _open(_patched(image, 79, struct.pack("<Q", len(image) - 2))[:-2])
    assert any("the owner table" in str(reason) for _, reason in opened.problems)


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_squashfs_old(View(write(folder)), Budget(Limits(entries=100)))
    assert 1 < len(opened.nodes) <= 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


def test_a_stream_whose_last_bytes_are_nonsense_gives_what_came_before() -> None:
    content = random.Random(5).randbytes(3000).hex().encode()
    stream = pack_lzma("0")(content)
    ends = [random.Random(seed).randbytes(6) for seed in range(3000)]
    for end in ends:
        got = _USUAL.undo(memoryview(stream[:-6] + end), 8192)
        assert got[:5980] == content[:5980]


def test_a_stream_that_makes_no_sense_before_its_end_is_damaged() -> None:
    stream = pack_lzma("0")(random.Random(5).randbytes(3000).hex().encode())
    refused = 0
    for seed in range(50):
        try:
            _USUAL.undo(memoryview(stream[:1000] + random.Random(seed).randbytes(2000)), 8192)
        except Undecodable:
            refused += 1
    assert refused > 25


@pytest.mark.parametrize(
    ("layout", "block"),
    [
        (LzmaLayout(0, 93), b"\1" * 20),
        (LzmaLayout(0, 93), bytes(3)),
        (LzmaLayout(5), b"\xff" * 5 + bytes(20)),
        (LzmaLayout(13), b"\x5d" + bytes(30)),
        (LzmaLayout(1), b"\x5c" + bytes(30)),
        (LzmaLayout(1), b"\xe0" + bytes(30)),
    ],
)
def test_a_block_that_is_no_lzma_is_damaged(layout: LzmaLayout, block: bytes) -> None:
    try:
        content = layout(memoryview(block), 100)
    except Undecodable:
        return
    assert layout.header == 1
    assert 0 < len(content) <= 100


@given(fields=st.lists(st.tuples(st.integers(1, 32), st.integers(0, 2**32 - 1)), min_size=1, max_size=6))
def test_fields_of_bits_come_apart_in_both_orders(fields: list[tuple[int, int]]) -> None:
    fields = [(width, value % (1 << width)) for width, value in fields]
    fields.append((-sum(width for width, _ in fields) % 8 + 8, 0))
    text = "".join(f"{value:0{width}b}" for width, value in fields)
    packed = int(text, 2).to_bytes(len(text) // 8, "big")
    assert split_bits(packed, False, *(width for width, _ in fields)) == [value for _, value in fields]
    backwards = "".join(f"{value:0{width}b}" for width, value in reversed(fields))
    packed = int(backwards, 2).to_bytes(len(text) // 8, "little")
    assert split_bits(packed, True, *(width for width, _ in fields)) == [value for _, value in fields]


@pytest.mark.parametrize(("version", "order"), _BOTH)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(few: Path, version: int, order: str, data: st.DataObject) -> None:
    raw, pack = data.draw(st.booleans()), data.draw(st.sampled_from((Kind().pack, _LZMA["5"], _LZMA["0"])))
    whole = write(few, Kind(version=version, order=order, raw_metadata=raw, pack=pack, block_size=4096))
    image = bytearray(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))])
    start = data.draw(st.sampled_from((0, 119, len(whole) - 600)))
    for offset in data.draw(st.lists(st.integers(start, len(whole)), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(bytes(image))


@given(st.sampled_from((b"hsqs", b"sqsh", b"shsq", b"qshs")), st.binary(max_size=300))
def test_any_bytes_behind_a_sign_raise_only_declared_errors(sign: bytes, data: bytes) -> None:
    _exercise(sign + data)


def test_damage_to_tables_that_are_stored_as_they_are_raises_only_declared_errors(few: Path) -> None:
    random_numbers = random.Random(3)
    for version, order in _BOTH:
        image = write(few, Kind(version=version, order=order, raw_metadata=True))
        (at,) = (
            struct.unpack_from(order + "Q", image, 87) if version == 3 else struct.unpack_from(order + "I", image, 20)
        )
        for _ in range(100):
            offset = random_numbers.randrange(at, len(image))
            _exercise(_patched(image, offset, random_numbers.randbytes(random_numbers.choice((1, 2, 4)))))


@pytest.mark.corpus
@pytest.mark.skipif(not IMAGES, reason="no folder of real images: name one with PLIMSOLL_CORPUS")
@pytest.mark.parametrize("id", [id for id, entry in IMAGES.items() if _OLD.search(entry["format"])] or ["none"])
def test_a_real_image_is_read_in_full_and_holds_what_its_manifest_states(id: str) -> None:
    entry = IMAGES[id]
    opened = _open((CORPUS / entry["file"]).read_bytes())
    assert opened.problems == ()
    assert opened.label.startswith(f"version {_OLD.findall(entry['format'])[0]}")
    assert "LZMA" in opened.label
    contents = [opened.read(node) for node in opened.nodes if node.kind == "file"]
    stated = _STATED.findall(" ".join(known["claim"] for known in entry["known"] if known["capability"] == "software"))
    assert [number for number in stated if not any(number.encode() in content for content in contents)] == []
    assert len(contents) >= 3


def test_the_sign_is_that_of_the_format() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("squashfs-old", True)
    signs = {b"hsqs", b"sqsh", b"shsq", b"qshs", b"hsqt", b"tqsh", b"zlqs", b"sqlz"}
    assert {magic.literal for magic in FORMAT.magics} == signs


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    budget = Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20))
    try:
        opened = open_squashfs_old(View(image), budget)
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


def _open(image: bytes) -> Squashfs:
    return open_squashfs_old(View(image), Budget(Limits()))


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]

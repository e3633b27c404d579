"""Tests of update payloads of Android, made by a small generator here from the published description of the format."""

from __future__ import annotations

import bz2
import hashlib
import lzma
import random
import struct
import sys
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View, Volumes
from plimsoll.unpack.formats import gzip
from plimsoll.unpack.formats.ota_payload import FORMAT, Payload, open_ota_payload
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.containers import NOISE_BYTES, sown

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BLOCK = 4096
_ROOT = random.Random(1).randbytes(6 * _BLOCK)
_VENDOR = b"text " * 1638
_BOOT = random.Random(3).randbytes(2 * _BLOCK)


def test_partitions_are_made_from_every_plain_operation() -> None:
    image = _payload()
    opened = _open(image + b"something else")
    assert isinstance(opened, Volumes)
    assert {node.path: opened.read(node) for node in opened.nodes} == {
        b"system": _ROOT[: 2 * _BLOCK] + bytes(_BLOCK) + _ROOT[2 * _BLOCK : 5 * _BLOCK],
        b"vendor": _VENDOR + bytes(8192 - len(_VENDOR)),
        b"boot": _BOOT,
    }
    assert (opened.length, opened.label, opened.problems) == (len(image), "blocks of 4096 bytes", ())


@pytest.mark.parametrize("kind", [11, 14])
def test_zstd_is_undone_under_both_of_its_numbers(kind: int) -> None:
    image = _image([(b"a", 2 * _BLOCK, [(kind, zstd.compress(_BOOT), [(0, 2)])])])
    opened = _open(image)
    assert opened.read(opened.nodes[0]) == _BOOT


def test_blocks_are_written_where_the_extents_say() -> None:
    image = _image([(b"a", 3 * _BLOCK, [(0, _BOOT, [(2, 1), (0, 1)])])])
    opened = _open(image)
    assert opened.read(opened.nodes[0]) == _BOOT[_BLOCK:] + bytes(_BLOCK) + _BOOT[:_BLOCK]


def test_start_and_pieces_tell_what_a_partition_holds_and_where() -> None:
    image = _payload()
    opened = _open(image)
    nodes = {node.path: node for node in opened.nodes}
    assert opened.start(nodes[b"system"]) == _ROOT[: 2 * _BLOCK]
    for name, node in nodes.items():
        pieces = opened.pieces(node)
        assert len(pieces) == 1, name
        assert opened.position(node) == pieces[0].start


def test_a_partition_that_builds_on_an_old_one_is_recognised_only() -> None:
    partitions = [
        (b"delta", _BLOCK, [(4, b"", [(0, 1)])]),
        (b"other", _BLOCK, [(0, _BOOT[:_BLOCK], [(0, 1)])]),
    ]
    opened = _open(_image(partitions))
    delta, other = opened.nodes
    with pytest.raises(Unsupported, match="built on what a device holds"):
        opened.read(delta)
    assert opened.start(delta) == b""
    assert opened.read(other) == _BOOT[:_BLOCK]


def test_wrong_data_is_told_and_the_neighbours_are_read() -> None:
    image = bytearray(_payload())
    at = image.index(_BOOT)
    image[at + 9] ^= 1
    opened = _open(bytes(image))
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"boot", "the SHA-256 of operation 0 is wrong")
    ]
    contents = {node.path: opened.read(node) for node in opened.nodes}
    assert contents[b"boot"] != _BOOT
    assert contents[b"vendor"].startswith(_VENDOR)


def test_an_operation_that_cannot_be_undone_costs_its_partition_only() -> None:
    image = _image([(b"a", _BLOCK, [(8, b"not xz", [(0, 1)])]), (b"b", _BLOCK, [(1, b"no", [(0, 1)])])])
    opened = _open(image)
    for node in opened.nodes:
        with pytest.raises(Malformed, match="operation 0 cannot be undone"):
            opened.read(node)


def test_a_truncated_payload_keeps_what_is_there() -> None:
    image = _payload()
    opened = _open(image[:-5000])
    assert str(opened.problems[0][1]) == "cut short: 5000 bytes are missing"
    contents = {}
    for node in opened.nodes:
        try:
            contents[node.path] = opened.read(node)
        except Malformed as broken:
            assert "is cut short" in str(broken)
    assert set(contents) == {b"system", b"vendor"}
    with pytest.raises(Malformed, match="cut short"):
        _open(image[:60])


def test_names_that_cannot_stand_in_a_tree_are_left_out() -> None:
    names = [b"../etc", b"", b"..", b"a\0b", b"good", b"good"]
    opened = _open(_image([(name, _BLOCK, [(0, _BOOT[:9], [(0, 1)])]) for name in names]))
    assert [node.path for node in opened.nodes] == [b"good"]
    assert len(opened.problems) == 5


def test_operations_that_write_too_much_are_refused() -> None:
    for operations in (
        [(0, _BOOT, [(0, 1), (0, 1)])],
        [(6, b"", [(0, 1 << 60)])],
        [(6, b"", [(1, 1)])],
        [(6, b"", [(0, 1)])] * 1000,
    ):
        opened = _open(_image([(b"a", _BLOCK, operations)]))
        with pytest.raises(Malformed, match="more than the partition holds"):
            opened.read(opened.nodes[0])


def test_the_limits_hold_for_a_huge_partition() -> None:
    opened = _open(_image([(b"a", 1 << 40, [(6, b"", [(0, 1 << 28)])])]))
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])
    assert opened.start(opened.nodes[0]) == b""


def test_a_bomb_gives_no_more_than_its_blocks() -> None:
    bomb = lzma.compress(bytes(64 << 20))
    opened = _open(_image([(b"a", _BLOCK, [(8, bomb, [(0, 1)])])]))
    with pytest.raises(Malformed, match="cannot be undone"):
        opened.read(opened.nodes[0])


def test_bytes_without_a_sound_list_are_refused() -> None:
    image = _payload()
    assert _refuses(image[:20])
    assert _refuses(b"CrAU" + bytes(7) + b"\2" + bytes(100))
    assert _refuses(b"CrAU" + bytes(7) + b"\3" + image[12:])
    assert _refuses(image[:12] + struct.pack(">Q", 1 << 40) + image[20:])
    for manifest in (b"\x00\x01", b"\x6a\x7f", b"\x6b", b"\x18\x80\x20", b"\xff" * 20, b"\x18\x81\x20\x6a\0"):
        with pytest.raises(Malformed):
            _open(_headed(manifest))


@pytest.mark.parametrize("field", [b"\x6a\x00", b"\x6a\x02\x42\x00", b"\x28\x00"])
def test_very_many_fields_are_refused(field: bytes) -> None:
    with pytest.raises(Malformed, match=r"makes no sense|more than"):
        _open(_headed(field * 2_500_000))


def test_very_many_extents_are_refused() -> None:
    operation = _bytes(8, _bytes(6, b"") * 2_100_000)
    with pytest.raises(Malformed, match="more than"):
        _open(_headed(_bytes(13, operation)))


def test_nothing_is_found_in_noise() -> None:
    noise = sown(random.Random(4).randbytes(NOISE_BYTES), b"CrAU")
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None, workers=1).explore(noise, b"x")
    assert not explored.trees


def test_partitions_are_explored() -> None:
    text = b"text " * 9000
    packed = zlib.compress(text, wbits=31)
    blocks = -(-len(packed) // _BLOCK)
    image = _image([(b"a", blocks * _BLOCK, [(0, packed, [(0, blocks)])]), (b"b", _BLOCK, [(0, _BOOT[:9], [(0, 1)])])])
    seen: list[File] = []
    explored = Explorer((FORMAT, gzip.FORMAT), Budget(Limits()), seen.append).explore(image, b"x")
    assert text in [file.data for file in seen]
    assert [span.kind for span in explored.image.spans] == ["understood", "unknown"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6), st.integers(0, 60_000))
def test_damage_anywhere_raises_only_declared_errors(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_payload())
    for offset, value in changes:
        image[offset] = value
    for whole in (bytes(image), bytes(image[:size])):
        try:
            opened = open_ota_payload(View(whole), Budget(Limits(file_bytes=1 << 20)))
        except (NotThisFormat, Malformed, LimitReached):
            continue
        assert 0 < opened.length <= len(whole)
        for node in opened.nodes:
            opened.start(node)
            assert all(0 <= piece.start < piece.stop <= opened.length for piece in opened.pieces(node))
            try:
                assert len(opened.read(node)) == node.size
            except (Malformed, LimitReached):
                continue


_Operations = Sequence[tuple[int, bytes, Sequence[tuple[int, int]]]]
"""Kind, data, and the blocks that are written: first and count."""


def _payload() -> bytes:
    return _image(
        [
            (
                b"system",
                6 * _BLOCK,
                [
                    (0, _ROOT[: 2 * _BLOCK], [(0, 2)]),
                    (6, b"", [(2, 1)]),
                    (8, lzma.compress(_ROOT[2 * _BLOCK : 5 * _BLOCK], check=lzma.CHECK_CRC32), [(3, 3)]),
                ],
            ),
            (b"vendor", 2 * _BLOCK, [(1, bz2.compress(_VENDOR), [(0, 2)])]),
            (b"boot", 2 * _BLOCK, [(0, _BOOT, [(0, 2)])]),
        ],
        signature=b"signature",
    )


def _image(partitions: Sequence[tuple[bytes, int, _Operations]], signature: bytes = b"") -> bytes:
    blobs = b""
    manifest = _number(3, _BLOCK) + _number(12, 0)
    for name, size, operations in partitions:
        message = _bytes(1, name) + _bytes(7, _number(1, size) + _bytes(2, bytes(32)))
        for kind, data, extents in operations:
            operation = _number(1, kind)
            if data:
                operation += _number(2, len(blobs)) + _number(3, len(data))
                operation += _bytes(8, hashlib.sha256(data).digest())
            if kind == 4:
                operation += _bytes(4, _number(1, 0) + _number(2, 1))
            for first, count in extents:
                operation += _bytes(6, _number(1, first) + _number(2, count))
            message += _bytes(8, operation)
            blobs += data
        manifest += _bytes(13, message)
    if signature:
        manifest += _number(4, len(blobs)) + _number(5, len(signature))
    return _headed(manifest) + blobs + signature


def _headed(manifest: bytes) -> bytes:
    return struct.pack(">4sQQI", b"CrAU", 2, len(manifest), 5) + manifest + b"SIGN5"


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _refuses(image: bytes) -> bool:
    try:
        _open(image)
    except NotThisFormat:
        return True
    return False


def _open(image: bytes) -> Payload:
    return open_ota_payload(View(image), Budget(Limits()))

"""Tests of the reader of FIT images, against images that mkimage makes with the device tree compiler."""

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

from plimsoll.unpack.format import Container, Malformed, NotThisFormat, View
from plimsoll.unpack.formats.fit import FORMAT, open_fit
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.images import tool

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
_PRIVATE = _CORPUS / "images" / "fact-fit.itb"

_KERNEL = random.Random(1).randbytes(5003)
_ROOT = random.Random(2).randbytes(9001)

_SOURCE = """
/dts-v1/;
/ {
    description = "plimsoll test";
    #address-cells = <1>;
    images {
        kernel-1 {
            description = "kernel";
            data = /incbin/("kernel");
            type = "kernel"; arch = "arm"; os = "linux"; compression = "none"; load = <0>; entry = <0>;
            hash-1 { algo = "crc32"; };
            hash-2 { algo = "sha256"; };
        };
        root-1 {
            description = "root";
            data = /incbin/("root");
            type = "ramdisk"; arch = "arm"; os = "linux"; compression = "none";
            hash-1 { algo = "sha1"; };
            hash-2 { algo = "md5"; };
        };
    };
    configurations {
        default = "conf-1";
        conf-1 {
            kernel = "kernel-1"; ramdisk = "root-1";
            SIGNATURE
        };
    };
};
"""
_SIGNATURE = 'signature-1 { algo = "sha256,rsa2048"; key-name-hint = "dev"; sign-images = "kernel"; };'
_KINDS = {
    "inside": (),
    "outside": ("-E",),
    "outside-aligned": ("-E", "-B", "1000"),
    "outside-at-a-position": ("-E", "-p", "8000"),
}


@pytest.fixture(scope="module")
def small() -> bytes:
    """Give an image with its data in the tree."""
    return _make()


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_image_gives_the_images_it_was_made_from(kind: str) -> None:
    image = _make(*_KINDS[kind])
    opened = _open(image + b"\xff" * 3000)
    assert opened.problems == ()
    assert not any(image[opened.length :])
    assert {part.name: image[part.offset : part.offset + part.length] for part in opened.parts} == {
        "kernel-1": _KERNEL,
        "root-1": _ROOT,
    }


@pytest.mark.parametrize("kind", _KINDS)
def test_dumpimage_takes_out_the_same(kind: str, tmp_path: Path) -> None:
    image = _make(*_KINDS[kind])
    (tmp_path / "image").write_bytes(image)
    for number, part in enumerate(_open(image).parts):
        options = ["-T", "flat_dt", "-p", str(number), "-o", "part", "image"]
        subprocess.run([tool("dumpimage", "u-boot-tools"), *options], cwd=tmp_path, check=True, capture_output=True)
        assert (tmp_path / "part").read_bytes() == image[part.offset : part.offset + part.length]


def test_what_is_a_program_by_its_type_is_known_and_what_has_a_cipher_is_encrypted(small: bytes) -> None:
    assert [part.content for part in _open(small).parts] == ["known", "image"]
    cipher = 'hash-1 { algo = "sha1"; }; cipher-1 { algo = "aes256"; key-name-hint = "key"; };'
    image = _compile(
        """/dts-v1/; / { images {
        a { data = [01 02 03]; type = "ramdisk"; CIPHER };
        b { data = [01 02 03]; type = "ramdisk"; };
    }; };""".replace("CIPHER", cipher)
    )
    assert [part.content for part in _open(image).parts] == ["encrypted", "image"]


def test_the_label_says_description_configurations_and_signatures(small: bytes) -> None:
    assert _open(small).label == "plimsoll test; configurations conf-1"
    signed = _make(source=_SOURCE.replace("SIGNATURE", _SIGNATURE))
    assert _open(signed).label == "plimsoll test; configurations conf-1; signatures conf-1/signature-1"


@pytest.mark.skipif(not _PRIVATE.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_a_real_image_opens() -> None:
    data = _PRIVATE.read_bytes()
    opened = _open(data)
    assert (len(opened.parts), opened.length, opened.problems) == (3, len(data), ())


def test_a_device_tree_without_images_is_something_else() -> None:
    for source in ('/dts-v1/; / { model = "board"; };', "/dts-v1/; / { images { }; };", "/dts-v1/; / { };"):
        with pytest.raises(NotThisFormat):
            _open(_compile(source))


@pytest.mark.parametrize("data", [b"", b"\xd0\x0d\xfe\xed", b"\xd0\x0d\xfe\xed" + bytes(100), bytes(100)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_header_that_contradicts_itself_is_something_else(small: bytes) -> None:
    for offset, value in ((4, 60), (8, 57), (12, 1 << 30), (20, 16), (24, 18), (32, 1 << 30), (36, 4)):
        with pytest.raises(NotThisFormat):
            _open(_patched(small, offset, struct.pack(">I", value)))


def test_a_wrong_hash_is_told_by_its_image(small: bytes) -> None:
    opened = _open(_patched(small, small.index(_KERNEL) + 9, b"plimsoll"))
    assert [str(problem) for problem in opened.problems] == [
        "kernel-1: its crc32 is wrong",
        "kernel-1: its sha256 is wrong",
    ]
    opened = _open(_patched(small, small.index(_ROOT) + 9, b"plimsoll"))
    assert [str(problem) for problem in opened.problems] == ["root-1: its sha1 is wrong", "root-1: its md5 is wrong"]
    assert len(opened.parts) == 2


def test_a_truncated_image_with_data_outside_keeps_what_is_there() -> None:
    image = _make("-E")
    opened = _open(image[:-4000])
    assert opened.length == len(image) - 4000
    assert [part.name for part in opened.parts] == ["kernel-1", "root-1"]
    assert "root-1: cut short" in str(opened.problems[0])


def test_a_truncated_image_whose_names_are_gone_keeps_what_is_there(small: bytes) -> None:
    at = small.index(_ROOT)
    for size in (at + 5000, at + len(_ROOT) + 8):
        opened = _open(small[:size])
        root_bytes = min(len(_ROOT), size - at)
        assert [(part.name, part.length) for part in opened.parts] == [("kernel-1", 5003), ("root-1", root_bytes)]
        assert "cut short" in str(opened.problems[0])
        assert opened.length == size


def test_an_image_that_is_cut_short_before_any_data_is_malformed(small: bytes) -> None:
    size = small.index(b"kernel-1")
    with pytest.raises(Malformed, match="cut short") as raised:
        _open(small[:size])
    assert raised.value.length == size


def test_images_that_overlap_are_left_out() -> None:
    source = """/dts-v1/; / { images {
        a { data-position = <0x400>; data-size = <0x100>; };
        b { data-position = <0x480>; data-size = <0x100>; };
        c { data-position = <0x4ffffff0>; data-size = <0xffffffff>; };
        d { data-offset = <0xfffffff0>; data-size = <0x10>; };
        e { data-position = <0x600>; };
    }; };"""
    opened = _open(_compile(source) + bytes(3000))
    assert [(part.name, part.offset, part.length) for part in opened.parts] == [("a", 0x400, 0x100)]
    assert any("b: overlaps" in str(problem) for problem in opened.problems)
    assert sum("cut short" in str(problem) for problem in opened.problems) == 2


def test_damage_behind_an_image_keeps_the_image(small: bytes) -> None:
    end = small.index(_KERNEL) + (len(_KERNEL) + 3) // 4 * 4
    opened = _open(_patched(small, end, b"\0\0\0\x07"))
    assert [part.name for part in opened.parts] == ["kernel-1"]
    assert "damaged at" in str(opened.problems[0])


def test_very_many_tokens_and_very_deep_nodes_are_refused() -> None:
    for words in ((1, 0, 4) * 100_000, (1, 0) * 1000, (1, 0, *(4,) * 300_000)):
        with pytest.raises(NotThisFormat):
            _open(_tree(struct.pack(f">{len(words)}I", *words), b"\0"))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    tail = small.index(_ROOT) + len(_ROOT)
    image = bytearray(small[: data.draw(st.just(len(small)) | st.integers(0, len(small)))])
    places = st.integers(0, 400) | st.integers(tail, len(small))
    for offset in data.draw(st.lists(places, max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(bytes(image))


@settings(max_examples=100, deadline=None)
@given(structure=st.binary(max_size=200), strings=st.binary(max_size=50))
def test_any_bytes_behind_a_header_raise_only_declared_errors(structure: bytes, strings: bytes) -> None:
    start = struct.pack(">2I", 1, 0) + struct.pack(">I", 1) + b"images\0\0"
    _exercise(_tree(start + structure, strings))
    _exercise(_tree(structure, strings))
    _exercise(structure)


def test_the_sign_is_that_of_the_format() -> None:
    assert (FORMAT.name, FORMAT.magics[0].literal) == ("fit", b"\xd0\x0d\xfe\xed")


def _make(*options: str, source: str = "") -> bytes:
    program = tool("mkimage", "u-boot-tools")
    tool("dtc", "device-tree-compiler")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "kernel").write_bytes(_KERNEL)
        (folder / "root").write_bytes(_ROOT)
        (folder / "source").write_text(source or _SOURCE.replace("SIGNATURE", ""))
        command = [program, *options, "-f", "source", "image"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        return (folder / "image").read_bytes()


def _compile(source: str) -> bytes:
    program = tool("dtc", "device-tree-compiler")
    command = [program, "-q", "-I", "dts", "-O", "dtb"]
    return subprocess.run(command, input=source.encode(), check=True, capture_output=True).stdout


def _tree(structure: bytes, strings: bytes) -> bytes:
    size = 40 + len(structure) + len(strings)
    sizes = len(strings), len(structure)
    head = struct.pack(">10I", 0xD00DFEED, size, 40, 40 + len(structure), 40, 17, 16, 0, *sizes)
    return head + structure + strings


def _exercise(image: bytes) -> None:
    """Open whatever it is; parts lie in the image, in order and apart."""
    try:
        opened = open_fit(View(image), Budget(Limits()))
    except (NotThisFormat, Malformed, LimitReached):
        return
    end = 0
    for part in opened.parts:
        assert end <= part.offset
        end = part.offset + part.length
    assert end <= opened.length <= len(image)


def _open(image: bytes) -> Container:
    return open_fit(View(image), Budget(Limits()))


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]

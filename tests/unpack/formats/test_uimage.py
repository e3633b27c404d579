"""Tests of U-Boot images, made with the real mkimage."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, Decoded, Format, NotThisFormat, View
from plimsoll.unpack.formats import bzip2, lz4, zstd
from plimsoll.unpack.formats import gzip as gzip_format
from plimsoll.unpack.formats import lzma as lzma_format
from plimsoll.unpack.formats.uimage import FORMAT, open_uimage
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images

_CONTENT = b"a kernel of " + random.Random(3).randbytes(30_000).hex().encode()


def test_a_kernel_is_a_part_after_the_header_and_the_label_says_what_the_header_says() -> None:
    image = _mkimage(_CONTENT, arch="mips", system="linux", kind="kernel", name="Linux-4.4")
    opened = _open(image + b"another thing")
    assert _contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "kernel, Linux, MIPS, name Linux-4.4"


@pytest.mark.parametrize(
    ("kind", "system", "arch", "label"),
    [
        ("ramdisk", "linux", "arm", "initial file system, Linux, ARM"),
        ("filesystem", "linux", "arm64", "file system, Linux, ARM64"),
        ("firmware", "u-boot", "powerpc", "firmware, U-Boot, PowerPC"),
        ("standalone", "netbsd", "riscv", "standalone program, NetBSD, RISC-V"),
        ("kernel_noload", "vxworks", "xtensa", "kernel, VxWorks, Xtensa"),
    ],
)
def test_each_kind_is_named(kind: str, system: str, arch: str, label: str) -> None:
    image = _mkimage(_CONTENT, arch=arch, system=system, kind=kind, name="")
    opened = _open(image)
    assert (_contents(image, opened), opened.label, opened.problems) == ([_CONTENT], label, ())


@pytest.mark.parametrize("compression", ["gzip", "bzip2", "lzma", "lz4", "zstd"])
def test_a_compressed_payload_is_given_as_it_is_and_opens_again(compression: str) -> None:
    payload, inner_format = _compressed(compression)
    image = _mkimage(payload, compression=compression)
    opened = _open(image)
    assert _contents(image, opened) == [payload]
    assert compression in opened.label.lower()
    inner = inner_format.open(View(payload), _budget())
    assert isinstance(inner, Decoded)
    assert inner.data == _CONTENT


def test_a_payload_in_lzo_is_given_as_it_is() -> None:
    image = _mkimage(b"\x89LZO\0 and so on", compression="lzo")
    opened = _open(image)
    assert (_contents(image, opened), opened.label) == ([b"\x89LZO\0 and so on"], "kernel, Linux, MIPS, LZO, name test")


def test_an_image_without_data_has_no_part() -> None:
    opened = _open(_image(b""))
    assert (opened.length, opened.parts, opened.problems) == (64, (), ())


def test_an_unknown_compression_is_told_by_its_number() -> None:
    assert "compression 99" in _open(_image(b"x", compression=99)).label
    assert _open(_image(b"x", system=200, kind=77, processor=99)).label == "kind 77, system 200, processor 99"


def test_each_file_of_several_is_a_part() -> None:
    files = [b"first file.", b"second", b"the third one has a length of its own"]
    image = _mkimage(*files, kind="multi")
    opened = _open(image)
    assert _contents(image, opened) == files
    assert opened.problems == ()
    assert opened.label.startswith("several files")


def test_dumpimage_takes_out_the_same(tmp_path: Path) -> None:
    image = _mkimage(b"first file.", _CONTENT, b"x", kind="multi")
    (tmp_path / "image").write_bytes(image)
    for number, content in enumerate(_contents(image, _open(image))):
        options = ["-T", "multi", "-p", str(number), "-o", "part", "image"]
        command = [images.tool("dumpimage", "u-boot-tools"), *options]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        assert (tmp_path / "part").read_bytes() == content


def test_what_follows_the_last_file_is_a_part_too() -> None:
    image = _image(_multi(b"one1", b"two2") + b"and a file system", kind=4)
    assert _contents(image, _open(image)) == [b"one1", b"two2", b"and a file system"]


def test_a_script_is_a_list_of_one_file() -> None:
    image = _mkimage(b"echo hello\n", kind="script")
    opened = _open(image)
    assert _contents(image, opened) == [b"echo hello\n"]
    assert opened.label.startswith("script")


def test_a_name_is_made_printable() -> None:
    assert _open(_image(b"x", name=b"a\x1b[2J\xff")).label == "kernel, Linux, MIPS, name a%1B[2J%FF"


@pytest.mark.parametrize("offset", [1, 4, 13, 30, 63])
def test_a_header_with_a_wrong_checksum_is_something_else(offset: int) -> None:
    image = bytearray(_mkimage(_CONTENT))
    image[offset] ^= 0x20
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("data", [b"", b"\x27\x05\x19\x56", b"\x27\x05\x19\x56" + bytes(60), bytes(64)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_wrong_checksum_of_the_data_is_a_problem_and_the_data_is_given() -> None:
    image = bytearray(_mkimage(_CONTENT))
    image[-1] ^= 1
    opened = _open(bytes(image))
    assert _contents(bytes(image), opened) == [bytes(image[64:])]
    assert [str(problem) for problem in opened.problems] == ["the checksum of the data is wrong"]


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _mkimage(_CONTENT)[:-1000]
    opened = _open(image)
    assert _contents(image, opened) == [_CONTENT[:-1000]]
    assert [str(problem) for problem in opened.problems] == ["cut short: 1000 bytes are missing"]
    assert _open(image[:64]).parts == ()


def test_a_truncated_image_of_several_files_gives_the_files_that_are_there() -> None:
    image = _mkimage(b"first file.", b"second file", kind="multi")[:-4]
    opened = _open(image)
    assert _contents(image, opened) == [b"first file.", b"second "]
    assert len(opened.problems) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (struct.pack(">II", 0xFFFFFFFF, 0) + b"x" * 40, "longer"),
        (struct.pack(">III", 40, 0x80000000, 0) + b"x" * 40, "longer"),
        (b"\1" * 43, "no end"),
        (struct.pack(">I", 1) * 5000, "no end"),
        (b"\0\0", "no end"),
    ],
)
def test_a_list_that_claims_too_much_is_a_problem_and_the_data_one_part(data: bytes, words: str) -> None:
    opened = _open(_image(data, kind=4))
    assert [(part.offset, part.length) for part in opened.parts] == [(64, len(data))]
    assert words in str(opened.problems[0])


def test_a_huge_claim_makes_nothing_of_that_size() -> None:
    header = _image(b"", size=0xFFFFFFFF)
    opened = _open(header + b"abc")
    assert (opened.length, [part.length for part in opened.parts]) == (67, [3])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([2, 4, 6]), st.integers(0, 2**32 - 1))
def test_any_data_stays_within_its_bounds(data: bytes, kind: int, size: int) -> None:
    opened = _open(_image(data, kind=kind, size=size))
    assert opened.length <= 64 + len(data)
    end = 64
    for part in opened.parts:
        assert part.offset >= end
        end = part.offset + part.length
    assert end <= opened.length


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_are_refused_at_most(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(b"\x27\x05\x19\x56" + data)


def test_the_payload_is_explored_and_the_header_counted_as_understood() -> None:
    image = _mkimage(gzip.compress(b"Linux version 4 " + _CONTENT), compression="gzip")
    seen: list[File] = []
    explorer = Explorer((FORMAT, gzip_format.FORMAT), Budget(Limits()), seen.append)
    explored = explorer.explore(b"\x55" * 100 + image, b"x")
    assert [file.data[16:] for file in seen if file.data.startswith(b"Linux")] == [_CONTENT]
    assert [(span.offset, span.kind, span.format) for span in explored.image.spans] == [
        (0, "unknown", ""),
        (100, "understood", "uimage"),
        (164, "understood", "gzip"),
    ]


def _mkimage(
    *files: bytes,
    arch: str = "mips",
    system: str = "linux",
    kind: str = "kernel",
    compression: str = "none",
    name: str = "test",
) -> bytes:
    program = images.tool("mkimage", "u-boot-tools")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"file{number}" for number in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_bytes(content)
        target = Path(folder) / "image"
        command = [program, "-A", arch, "-O", system, "-T", kind, "-C", compression, "-n", name]
        subprocess.run([*command, "-d", ":".join(map(str, paths)), str(target)], check=True, capture_output=True)
        return target.read_bytes()


def _image(
    data: bytes,
    *,
    kind: int = 2,
    compression: int = 0,
    system: int = 5,
    processor: int = 5,
    name: bytes = b"",
    size: int | None = None,
) -> bytes:
    """Make an image that mkimage refuses to make."""
    size = len(data) if size is None else size
    numbers = (0, size, 0, 0, zlib.crc32(data), system, processor, kind, compression)
    rest = struct.pack(">5I4B32s", *numbers, name)
    checksum = zlib.crc32(b"\x27\x05\x19\x56" + bytes(4) + rest)
    return b"\x27\x05\x19\x56" + struct.pack(">I", checksum) + rest + data


def _multi(*files: bytes) -> bytes:
    padded = [file + bytes(-len(file) % 4) for file in files]
    return b"".join(struct.pack(">I", len(file)) for file in files) + bytes(4) + b"".join(padded)


def _compressed(compression: str) -> tuple[bytes, Format]:
    match compression:
        case "gzip":
            return gzip.compress(_CONTENT), gzip_format.FORMAT
        case "bzip2":
            return bz2.compress(_CONTENT), bzip2.FORMAT
        case "lzma":
            return lzma.compress(_CONTENT, lzma.FORMAT_ALONE), lzma_format.FORMAT
        case "lz4":
            return images.stream("lz4", "lz4", _CONTENT, "-l"), lz4.FORMAT
        case _:
            return images.stream("zstd", "zstd", _CONTENT), zstd.FORMAT


def _contents(image: bytes, opened: Container) -> list[bytes]:
    return [image[part.offset : part.offset + part.length] for part in opened.parts]


def _open(data: bytes) -> Container:
    return open_uimage(View(data), _budget())


def _budget() -> Budget:
    return Budget(Limits())

"""What build tools write into programs: Go's modules, cargo-auditable's crates; and the applets of a BusyBox."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware.components import Components
from plimsoll.model.facts import BuiltInApplets, Component
from tests import firmware
from tests.inspect.elves import BASE, elf

MAGIC = b"\xff Go buildinf:"
LINES = (
    b"path\texample.org/agent/cmd\nmod\texample.org/agent\t(devel)\t\n"
    b"dep\tgolang.org/x/crypto\tv0.17.0\th1:x=\ndep\texample.org/old\tv1.0.0\n=>\texample.org/new\tv1.1.0\th1:y=\n"
    b"build\t-compiler=gc\n"
)
MODULES = bytes(range(16)) + LINES + bytes(range(16))
EXPECTED = [
    ("example.org/agent", "", "pkg:golang/example.org/agent"),
    ("example.org/new", "1.1.0", "pkg:golang/example.org/new@1.1.0"),
    ("go", "1.19.8", "pkg:golang/stdlib@1.19.8"),
    ("golang.org/x/crypto", "0.17.0", "pkg:golang/golang.org/x/crypto@0.17.0"),
]


def told(data: bytes) -> list[tuple[str, str, str]]:
    found = [one.fact for one in firmware.observe(Components(), {"usr/bin/agent": data})]
    return sorted((one.name, one.version, one.purl) for one in found if isinstance(one, Component))


def varint(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(high) if high else bytes([low])


def go(info: bytes, **form: object) -> bytes:
    """Put build information at a multiple of 16."""
    plain = len(elf(type=2, **form))  # type: ignore[arg-type]
    return elf(type=2, tail=bytes(-plain % 16) + info, **form)  # type: ignore[arg-type]


def inline(release: bytes, modules: bytes) -> bytes:
    head = MAGIC + bytes((0, 2)) + bytes(16)
    return head + varint(len(release)) + release + varint(len(modules)) + modules


def pointers(release: bytes, modules: bytes, bits: int, order: str) -> bytes:
    at = len(elf(type=2, bits=bits, order=order))
    at += -at % 16
    word = "Q" if bits == 64 else "I"
    size = struct.calcsize(word)
    strings = BASE + at + 32 + 4 * size
    headers = struct.pack(f"{order}4{word}", strings, len(release), strings + len(release), len(modules))
    where = struct.pack(f"{order}2{word}", BASE + at + 32, BASE + at + 32 + 2 * size)
    head = (MAGIC + bytes((size, int(order == ">"))) + where).ljust(32, b"\0")
    return go(head + headers + release + modules, bits=bits, order=order)


def test_go_s_modules_are_read_where_they_stand_inline() -> None:
    assert told(go(inline(b"go1.19.8", MODULES))) == EXPECTED


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_go_s_modules_are_read_behind_pointers(bits: int, order: str) -> None:
    assert told(pointers(b"go1.19.8", MODULES, bits, order)) == EXPECTED


def test_a_module_has_the_place_of_its_line() -> None:
    data = go(inline(b"go1.19.8", MODULES))
    (one,) = [
        one for one in firmware.observe(Components(), {"a": data}) if getattr(one.fact, "name", "")[-6:] == "crypto"
    ]
    assert one.excerpt is not None and one.excerpt.text.startswith("dep\\tgolang.org/x/crypto\\tv0.17.0")


@pytest.mark.parametrize(
    "data",
    [
        go(b"\0" + inline(b"go1.19.8", MODULES)),  # A constant of a program that reads such information.
        go(inline(b"a word", MODULES)),
        go(MAGIC + b"\x08\x00" + b"\xff" * 16),
        go(MAGIC),
        inline(b"go1.19.8", MODULES),
    ],
)
def test_the_magic_alone_is_no_build_information(data: bytes) -> None:
    assert told(data) == []


def test_go_without_modules_tells_its_release() -> None:
    assert told(go(inline(b"go1.19.8", b""))) == [("go", "1.19.8", "pkg:golang/stdlib@1.19.8")]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_damage_in_build_information_is_no_error(data: bytes, at: int) -> None:
    whole = inline(b"go1.19.8", MODULES)
    assert isinstance(told(go(whole[:at] + data + whole[at + len(data) :])), list)


CRATES = {
    "packages": [
        {"name": "agent", "version": "0.1.0", "source": "local", "dependencies": [1], "root": True},
        {"name": "ring", "version": "0.16.20", "source": "crates.io"},
        {"name": "cc", "version": "1.0.0", "source": "crates.io", "kind": "build"},
        {"name": "odd name", "version": "1"},
    ]
}


def with_section(folder: Path, content: bytes) -> bytes:
    (folder / "content").write_bytes(content)
    command = ["objcopy", "--add-section", f".dep-v0={folder}/content", "/bin/true", folder / "out"]
    subprocess.run(command, check=True)
    return (folder / "out").read_bytes()


@pytest.mark.skipif(shutil.which("objcopy") is None, reason="needs binutils")
def test_crates_are_read_and_those_of_the_build_alone_are_not(tmp_path: Path) -> None:
    data = with_section(tmp_path, zlib.compress(json.dumps(CRATES).encode()))
    assert told(data) == [("agent", "0.1.0", "pkg:cargo/agent@0.1.0"), ("ring", "0.16.20", "pkg:cargo/ring@0.16.20")]


@pytest.mark.skipif(shutil.which("objcopy") is None, reason="needs binutils")
@pytest.mark.parametrize("content", [b"{}", zlib.compress(b"{}"), zlib.compress(b'{"packages":' + b" " * (9 << 20))])
def test_a_section_that_holds_no_list_states_nothing(tmp_path: Path, content: bytes) -> None:
    assert told(with_section(tmp_path, content)) == []


# ESP-IDF


def app(idf: bytes, magic: bytes = b"\x32\x54\xcd\xab") -> bytes:
    fields = b"1.0.3".ljust(32, b"\0") + b"lamp".ljust(32, b"\0") + b"12:00:00".ljust(16, b"\0")
    return b"\xe9\x05\x02\x20" + bytes(28) + magic + bytes(12) + fields + b"Jan  1 2021\0".ljust(16, b"\0") + idf


def test_an_application_of_esp_idf_names_the_release_and_itself() -> None:
    assert told(app(b"v4.4.1-dirty\0".ljust(32, b"\0"))) == [
        ("esp-idf", "4.4.1-dirty", "pkg:generic/esp-idf@4.4.1-dirty"),
        ("lamp", "1.0.3", "pkg:generic/lamp@1.0.3"),
    ]


@pytest.mark.parametrize(
    "data", [app(b""), app(b"4.4\0"), app(b"v4.4" + b"x" * 60), app(b"v4.4\0", b"\x32\x54\xcd\xaa")]
)
def test_four_bytes_by_chance_are_no_application(data: bytes) -> None:
    assert told(data) == []


# Applets

NAMES = [
    "[",
    "[[",
    "ash",
    "awk",
    "cat",
    "chmod",
    "cp",
    "date",
    "dd",
    "echo",
    "init",
    "kill",
    "ls",
    "mount",
    "mv",
    "ps",
    "rm",
    "sh",
    "vi",
    "wget",
    "zcat",
]


def applets(
    names: list[str], banner: bytes = b"BusyBox v1.25.1 (2018)", around: bytes = b"\1\2"
) -> list[tuple[str, ...]]:
    table = b"".join(name.encode() + b"\0" for name in names)
    data = elf(needed=(b"libc.so.0",), tail=b"\0" + banner + b"\0" + around + table + around)
    found = [one.fact for one in firmware.observe(Components(), {"bin/busybox": data})]
    return [one.names for one in found if isinstance(one, BuiltInApplets)]


def test_the_applets_of_a_busybox_are_those_of_its_table() -> None:
    assert applets(NAMES) == [tuple(NAMES)]


def test_other_words_before_and_behind_the_table_are_no_applets() -> None:
    assert applets(NAMES, around=b"\1zz\0%s\0") == [tuple(NAMES)]
    assert applets(NAMES, around=b"\0zeta\0alpha\0") == [tuple(NAMES)]


@pytest.mark.parametrize(
    ("names", "banner"),
    [
        (NAMES, b"BusyBox v1.12.1 (2018)"),  # Before there was a table, what looks like one is a part.
        (NAMES[:6], b"BusyBox v1.25.1"),
        ([f"word{letter}" for letter in "abcdefghijklmnop"], b"BusyBox v1.25.1"),
        (NAMES, b"toybox 0.8.3"),
        ([*NAMES, *NAMES], b"BusyBox v1.25.1"),
    ],
)
def test_what_is_not_surely_the_table_is_none(names: list[str], banner: bytes) -> None:
    assert applets(names, banner) == []


@pytest.mark.skipif(shutil.which("busybox") is None, reason="needs busybox")
def test_the_applets_of_a_real_busybox_are_those_that_it_lists() -> None:
    program = Path(shutil.which("busybox") or "").resolve()
    listed = subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout.split()
    found = [one.fact for one in firmware.observe(Components(), {"bin/busybox": program.read_bytes()})]
    assert [one.names for one in found if isinstance(one, BuiltInApplets)] == [tuple(listed)]

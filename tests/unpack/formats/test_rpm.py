"""Tests of RPM packages, built by rpmbuild."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.rpm import FORMAT, MAGIC, open_rpm
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images, look_alikes
from tests.unpack.formats.explored import Everything

_SPEC = """Name: plimsoll-test
Version: 1.2
Release: 3
Summary: a test
License: none
BuildArch: noarch
%description
a test
%install
mkdir -p %{buildroot}/etc
echo settings > %{buildroot}/etc/plimsoll.conf
ln -s plimsoll.conf %{buildroot}/etc/link
head -c 100000 /dev/zero > %{buildroot}/etc/zeros
%post
echo the script that runs after
%files
/etc/plimsoll.conf
/etc/link
/etc/zeros
"""
_IN_HEADER = b"echo the script that runs after"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a package compressed by gzip."""
    return _build(tmp_path_factory.mktemp("rpm"), "w9.gzdio")


@pytest.mark.parametrize(
    ("payload", "format", "label"),
    [
        ("w9.gzdio", "gzip", "gzip"),
        ("w9.bzdio", "bzip2", "bzip2"),
        ("w6.xzdio", "xz", "xz"),
        ("w6.lzdio", "lzma", "lzma"),
        ("w19.zstdio", "zstd", "zstd"),
        ("w.ufdio", "cpio", ""),
    ],
)
def test_a_package_of_every_compression_gives_its_files(tmp_path: Path, payload: str, format: str, label: str) -> None:
    package = _build(tmp_path, payload)
    opened = _open(package + b"another thing")
    assert (opened.length, opened.problems) == (len(package), ())
    assert opened.label == ", ".join(filter(None, ["plimsoll-test-1.2-3.noarch", label]))
    found = Everything(package)
    assert found.files == {b"etc/plimsoll.conf": b"settings\n", b"etc/zeros": bytes(100_000)}
    assert {"rpm", format, "cpio"} <= found.formats
    assert found.problems == []


def test_the_header_with_its_scripts_is_a_part_of_its_own(package: bytes) -> None:
    opened = _open(package)
    assert [(part.name, part.content) for part in opened.parts] == [("header", "known"), ("payload", "image")]
    header, payload = opened.parts
    assert _IN_HEADER in package[header.offset : header.offset + header.length]
    assert header.offset + header.length == payload.offset


def test_a_package_of_sources_says_so(tmp_path: Path) -> None:
    assert _open(_build(tmp_path, "w9.gzdio", "-bs", "SRPMS")).label.startswith("plimsoll-test-1.2-3.src")


def test_a_signed_package_says_so(package: bytes) -> None:
    # The digest SHA-1 becomes a signature made with RSA: nothing but its tag is looked at.
    changed = package.replace(struct.pack(">II", 269, 6), struct.pack(">II", 268, 6), 1)
    assert _open(changed).label.endswith(", signed")


def test_a_wrong_payload_is_a_problem_and_still_a_part(package: bytes) -> None:
    opened = _open(package[:-1] + bytes([package[-1] ^ 1]))
    assert [str(problem) for problem in opened.problems] == ["the sha256 of the payload is wrong"]
    assert len(opened.parts) == 2


def test_a_wrong_header_is_a_problem(package: bytes) -> None:
    opened = _open(package.replace(_IN_HEADER, _IN_HEADER.upper()))
    assert [str(problem) for problem in opened.problems] == [
        "the sha256 of the header is wrong",
        "the sha1 of the header is wrong",
    ]


def test_of_a_package_without_newer_digests_the_old_one_is_compared(package: bytes) -> None:
    opened = _open(package.replace(struct.pack(">II", 5093, 4), struct.pack(">II", 5999, 4), 1))
    assert "the md5 of header and payload is wrong" in [str(problem) for problem in opened.problems]


def test_what_there_is_of_a_truncated_package_is_given(package: bytes) -> None:
    opened = _open(package[:-20])
    assert opened.length == len(package) - 20
    assert str(opened.problems[0]) == "cut short: 20 bytes are missing"
    assert opened.parts[1].length > 0


def test_a_package_cut_within_its_header_is_refused(package: bytes) -> None:
    header = _open(package).parts[0]
    for end in (95, 100, 120, header.offset, header.offset + 20, header.offset + header.length - 1):
        with pytest.raises((NotThisFormat, EOFError)):
            _open(package[:end])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC + bytes(200),
        MAGIC + b"\3\0" + bytes(70) + b"\0\5" + bytes(200),
        MAGIC + b"\3\0" + bytes(70) + b"\0\5" + bytes(16) + b"\x8e\xad\xe8\1" + bytes(200),
        MAGIC + b"\3\0" + bytes(70) + b"\0\5" + bytes(16) + b"\x8e\xad\xe8\1" + b"\xff" * 200,
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        _open(data)


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_refused_or_stays_within_bounds(package: bytes, data: st.DataObject) -> None:
    image = bytearray(package[: data.draw(st.integers(0, len(package)) | st.just(len(package)))])
    for offset in data.draw(st.lists(st.integers(0, 700) | st.integers(0, len(package)), max_size=8)):
        if offset < len(image):
            image[offset] = data.draw(st.integers(0, 255))
    try:
        opened = _open(bytes(image))
    except (NotThisFormat, EOFError):
        return
    assert 0 < opened.length <= len(image)
    position = 0
    for part in opened.parts:
        assert position <= part.offset <= part.offset + part.length <= opened.length
        position = part.offset + part.length


def _build(folder: Path, payload: str, stage: str = "-bb", found_in: str = "RPMS") -> bytes:
    (folder / "a.spec").write_text(_SPEC)
    defined = {
        "_topdir": folder,
        "_tmppath": folder,
        "_binary_payload": payload,
        "_source_payload": payload,
    }
    options = [word for name, value in defined.items() for word in ("--define", f"{name} {value}")]
    command = [images.tool("rpmbuild", "rpm"), stage, "--quiet", *options, str(folder / "a.spec")]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "HOME": str(folder)})
    return next((folder / found_in).rglob("*.rpm")).read_bytes()


def _open(data: bytes) -> Container:
    return open_rpm(View(data), Budget(Limits()))

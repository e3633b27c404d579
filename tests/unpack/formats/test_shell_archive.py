"""Tests of self-extracting archives, made by makeself, and in the manner of ONIE by a script written here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.shell_archive import open_shell_archive
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images
from tests.unpack.formats.explored import Everything

_SCRIPT = b"""#!/bin/sh
# An installer.
payload_sha1=0
echo "exit_marker is the name"
sed -e '1,/^exit_marker$/d' "$0" | tar xf - || exit 1
exec installer/install.sh
exit 0
exit_marker
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder to pack."""
    made = tmp_path_factory.mktemp("run") / "source"
    made.mkdir()
    (made / "settings").write_bytes(b"settings = 1\n" * 300)
    (made / "run.sh").write_bytes(b"#!/bin/sh\necho installed\n")
    return made


@pytest.fixture(scope="module")
def onie(folder: Path) -> bytes:
    """Give an installer with a tar archive behind the marker."""
    command = [images.tool("tar", "tar"), "c", "settings", "run.sh"]
    return _SCRIPT + subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("option", "formats"),
    [
        ("--gzip", {"gzip", "tar"}),
        ("--xz", {"xz", "tar"}),
        ("--bzip2", {"bzip2", "tar"}),
        ("--nocomp", {"tar"}),
    ],
)
def test_an_archive_of_makeself_gives_its_files(folder: Path, option: str, formats: set[str]) -> None:
    archive = _makeself(folder, option)
    opened = _open(archive + b"more")
    assert (opened.length, opened.label, opened.problems) == (len(archive), "makeself, the label", ())
    assert [(part.name, part.content) for part in opened.parts] == [("script", "known"), ("payload", "image")]
    script, payload = opened.parts
    assert archive[: script.length].endswith(b"exit $res\n")
    assert script.length == payload.offset
    found = Everything(archive)
    assert found.files[b"settings"] == (folder / "settings").read_bytes()
    assert found.formats >= formats
    assert found.problems == []


def test_an_encrypted_archive_says_so(folder: Path) -> None:
    opened = _open(_makeself(folder, "--ssl-encrypt", "--ssl-passwd", "secret"))
    assert opened.parts[1].content == "encrypted"
    assert [str(problem) for problem in opened.problems] == ["the payload is encrypted"]


def test_a_wrong_payload_is_a_problem(folder: Path) -> None:
    archive = _makeself(folder, "--nocomp")
    opened = _open(archive[:-1] + b"x")
    assert [str(problem) for problem in opened.problems] == ["the md5 of the payload is wrong"]


def test_what_there_is_of_a_truncated_archive_is_given(folder: Path) -> None:
    archive = _makeself(folder, "--nocomp")
    opened = _open(archive[:-100])
    assert [str(problem) for problem in opened.problems] == ["cut short: 100 bytes are missing"]
    assert opened.length == len(archive) - 100


def test_an_installer_for_switches_gives_its_files(folder: Path, onie: bytes) -> None:
    opened = _open(onie)
    assert (opened.length, opened.label, opened.problems) == (len(onie), "marker exit_marker", ())
    assert opened.parts[0].length == len(_SCRIPT)
    found = Everything(onie)
    assert found.files[b"settings"] == (folder / "settings").read_bytes()
    assert _SCRIPT in found.raw


@pytest.mark.parametrize(
    "sought",
    [b"awk '/^__ARCHIVE_BELOW__/ {print NR + 1; exit 0; }' $0", b'grep -an "^PAYLOAD:$" $0', b"sed '1,/^#EOF#$/d' $0"],
)
def test_other_markers_are_found(sought: bytes) -> None:
    marker = sought.partition(b"^")[2].split(b"/")[0].split(b'"')[0].rstrip(b"$")
    script = b"#!/bin/bash\n" + sought + b"\nexit 0\n" + marker + b"\n"
    assert _open(script + b"\x1f\x8b\x08\0rest").parts[1].offset == len(script)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#!/bin/sh\n",
        b"#!/bin/sh\nexit 0\n" + bytes(100),
        _SCRIPT,
        _SCRIPT + b"more of the script, which is text\n" * 30,
        _SCRIPT.replace(b"\nexit_marker\n", b"\nexit_marker is no line\n") + bytes(100),
        b"#!/usr/bin/perl" + _SCRIPT[9:] + bytes(100),
        b'#!/bin/sh\nskip="9"\nfilesizes="20"\n' + bytes(100),
        b'#!/bin/sh\nskip="3"\nfilesizes="20"\n',
        b'#!/bin/sh\nskip="0"\nfilesizes="20"\n' + bytes(100),
        b"\0" + _SCRIPT + bytes(100),
        b"#!/bin/sh\n" + b"\n" * (1 << 20),
        b"#!/bin/sh\n" + b" " * (1 << 20),
        b"#!/bin/sh\n" + b"^" * (1 << 20),
        b"#!/bin/sh\n" + b"^_______" * (1 << 17),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_sizes_that_claim_too_much_give_what_is_there() -> None:
    opened = _open(b'#!/bin/sh\nskip="3"\nfilesizes="999999999999 5"\n' + b"\x1f\x8brest")
    assert [part.length for part in opened.parts] == [46, 6]
    assert len(opened.problems) == 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_refused_or_stays_within_bounds(onie: bytes, data: st.DataObject) -> None:
    image = bytearray(data.draw(st.sampled_from([onie, b'#!/bin/sh\nskip="3"\nfilesizes="4 5"\n' + bytes(9)])))
    for offset in data.draw(st.lists(st.integers(0, 50) | st.integers(0, len(image) - 1), max_size=6)):
        if offset < len(image):
            image[offset] = data.draw(st.integers(0, 255))
    try:
        opened = _open(bytes(image))
    except NotThisFormat:
        return
    assert 0 < opened.length <= len(image)
    assert sum(part.length for part in opened.parts) == opened.length


def _makeself(folder: Path, *options: str) -> bytes:
    target = folder.parent / "archive.run"
    program = images.tool("makeself", "makeself")
    command = [program, "--quiet", *options, str(folder), str(target), "the label", "./run.sh"]
    subprocess.run(command, check=True, capture_output=True)
    return target.read_bytes()


def _open(data: bytes) -> Container:
    return open_shell_archive(View(data), Budget(Limits()))

"""Tests of RAUC bundles, made by the real rauc with a key made here."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.rauc import FORMAT, open_rauc
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images, look_alikes
from tests.unpack.formats.explored import Everything

_IMAGE = random.Random(1).randbytes(1_200_000)
_SIGNED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a key and its certificate."""
    made = tmp_path_factory.mktemp("key")
    command = [images.tool("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "20000",
               "-subj", "/CN=Test", "-keyout", "key.pem", "-out", "cert.pem"]  # fmt: skip
    subprocess.run(command, cwd=made, check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def plain(key: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small bundle of the first format."""
    return _bundle(tmp_path_factory.mktemp("plain"), key, "plain", b"small")


@pytest.fixture(scope="module")
def verity(key: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a bundle with a tree of hashes of two levels."""
    return _bundle(tmp_path_factory.mktemp("verity"), key, "verity", _IMAGE)


def test_a_plain_bundle_gives_its_files_and_its_signature(plain: bytes) -> None:
    opened = _open(plain + b"another thing")
    assert (opened.length, opened.label, opened.problems) == (len(plain), "plain", ())
    assert [(part.name, part.content) for part in opened.parts] == [("bundle", "image"), ("signature", "known")]
    found = Everything(plain)
    assert found.files[b"rootfs.img"] == b"small"
    assert b"compatible=Test" in found.files[b"manifest.raucm"]
    assert found.formats == {"rauc", "squashfs"}


@pytest.mark.parametrize("size", [5_000, 100_000, 600_000, 1_200_000])
def test_a_bundle_with_a_tree_of_hashes_gives_its_files_and_its_tree_is_sound(
    key: Path, tmp_path: Path, size: int
) -> None:
    bundle = _bundle(tmp_path, key, "verity", _IMAGE[:size])
    opened = _open(bundle + bytes(5_000))
    assert (opened.length, opened.label, opened.problems) == (len(bundle), "verity, Test, 1.0", ())
    content, signature = opened.parts
    tree = signature.offset - content.length
    assert tree > 0
    assert tree % 4096 == 0
    assert Everything(bundle).files[b"rootfs.img"] == _IMAGE[:size]


def test_only_the_signature_of_a_bundle_is_not_a_format_of_its_own(verity: bytes) -> None:
    opened = _open(verity)
    found = Everything(verity)
    unknown = [(span.offset, span.length) for span in found.image.spans if span.kind == "unknown"]
    signature = opened.parts[1]
    assert set(unknown) <= {(signature.offset, signature.length)}


def test_a_bundle_inside_an_image_is_found(verity: bytes) -> None:
    found = Everything(bytes(5_000) + verity + b"\xff" * 5_000)
    assert found.files[b"rootfs.img"] == _IMAGE
    assert "rauc" in found.formats


def test_a_wrong_byte_is_told_by_the_root_hash(verity: bytes) -> None:
    damaged = verity[:50_000] + bytes([verity[50_000] ^ 1]) + verity[50_001:]
    assert [str(problem) for problem in _open(damaged).problems] == ["the root hash is not that of the content"]


def test_an_encrypted_bundle_is_told_by_its_signature(key: Path, tmp_path: Path) -> None:
    bundle = _bundle(tmp_path, key, "crypt", _IMAGE)
    found = Everything(bundle)
    assert found.files == {}
    assert found.problems == ["the content of the bundle is encrypted; its manifest has the key"]
    assert found.image.spans[-1].label == "crypt, Test, 1.0"
    assert [span.kind for span in found.image.spans] == ["encrypted", "understood"]
    found = Everything(b"a text before it\n" * 4000 + _IMAGE[:400_000] + bytes(8192) + bundle)
    assert [span.kind for span in found.image.spans][-2:] == ["encrypted", "understood"]


def test_a_bundle_encrypted_for_others_is_told_by_its_signature(key: Path, tmp_path: Path) -> None:
    _bundle(tmp_path, key, "crypt", _IMAGE)
    certificate = str(key / "cert.pem")
    command = [images.tool("rauc", "rauc"), "encrypt", f"--to={certificate}", f"--keyring={certificate}",
               "bundle.raucb", "encrypted.raucb"]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    found = Everything((tmp_path / "encrypted.raucb").read_bytes())
    assert found.files == {}
    assert found.problems == ["the content of the bundle is encrypted, and its manifest too"]
    assert found.image.spans[-1].label == "crypt"
    assert [span.kind for span in found.image.spans] == ["encrypted", "understood"]


def test_a_squashfs_image_without_a_signature_is_none(plain: bytes) -> None:
    image = plain[: _open(plain).parts[0].length]
    for data in (image, image + bytes(100), plain[:-1], image + plain[len(image) : -8] + bytes(8)):
        with pytest.raises(NotThisFormat):
            _open(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hsqs",
        b"hsqs" + bytes(100),
        b"hsqs" + b"\xff" * 100,
        b"\x30\x82\x01\0" + _SIGNED + bytes(300),
        b"\x30\x84\xff\xff\xff\xff" + _SIGNED + bytes(300),
        b"\x30\x80" + _SIGNED + bytes(300),
        b"\x30\x20" + _SIGNED + bytes(300),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_message_that_makes_no_sense_has_no_manifest() -> None:
    message = b"\x30\x82\x00\x64" + _SIGNED + b"\xa0\x82\xff\xff" + b"\x30" * 85
    assert len(message) == 104
    opened = _open(message + (104).to_bytes(8, "big"))
    assert (opened.length, opened.label) == (112, "plain")


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_refused_or_stays_within_bounds(plain: bytes, data: st.DataObject) -> None:
    image = bytearray(plain)
    near = st.integers(0, 96) | st.integers(len(plain) - 1600, len(plain) - 1)
    for offset in data.draw(st.lists(near, min_size=1, max_size=8)):
        image[offset] = data.draw(st.integers(0, 255))
    start = data.draw(st.just(0) | st.just(_open(plain).parts[1].offset))
    try:
        opened = _open(bytes(image[start:]))
    except NotThisFormat:
        return
    assert 0 < opened.length <= len(image) - start
    position = 0
    for part in opened.parts:
        assert position <= part.offset <= part.offset + part.length <= opened.length
        position = part.offset + part.length


def _bundle(folder: Path, key: Path, format: str, image: bytes) -> bytes:
    content = folder / "content"
    content.mkdir()
    (content / "rootfs.img").write_bytes(image)
    (content / "manifest.raucm").write_text(
        f"[update]\ncompatible=Test\nversion=1.0\n\n[bundle]\nformat={format}\n\n[image.rootfs]\nfilename=rootfs.img\n"
    )
    images.tool("mksquashfs", "squashfs-tools")
    command = [images.tool("rauc", "rauc"), "bundle", f"--cert={key / 'cert.pem'}", f"--key={key / 'key.pem'}",
               "content", "bundle.raucb"]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "bundle.raucb").read_bytes()


def _open(data: bytes) -> Container:
    return open_rauc(View(data), Budget(Limits()))

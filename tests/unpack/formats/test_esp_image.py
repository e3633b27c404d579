"""Tests of the reader of Espressif's images, against a generator written from their description."""

from __future__ import annotations

import os
import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats._esp_layout import CHIPS, xor_of
from plimsoll.unpack.formats.esp_image import APPLICATION, IMAGE, open_esp_image
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.esp_images import (
    CODE,
    RODATA,
    application,
    description,
    esp8266,
    esp8266_second_kind,
    signed_2,
)
from tests.unpack.formats.noise import Changes, assert_bounded, assert_finds_nothing, changed, changes

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus")) / "images"
_PRIVATE = _CORPUS / "esp32-awtrix3-ulanzi.bin"
_PRIVATE_8266 = _CORPUS / "esp8266-tasmota-tuyaconvert.bin"


def test_each_segment_is_a_part_that_is_known() -> None:
    image = application()
    opened = _open(image + b"another thing" * 400)
    assert _contents(image, opened) == [description() + RODATA, CODE, bytes(64)]
    assert [part.name for part in opened.parts] == [
        "segment 0 at 0x3f400020",
        "segment 1 at 0x40080000",
        "segment 2 at 0x0",
    ]
    assert {part.content for part in opened.parts} == {"known"}
    assert (opened.length, opened.problems) == (len(image), ())


def test_an_application_tells_its_name_and_versions() -> None:
    assert _open(application()).label == "ESP32; application 'demo' '1.2.3'; ESP-IDF v5.1.2"
    odd = application(((0x3F400020, description(b"a\x1b[0m", b"\xff", b"v4") + RODATA),))
    assert _open(odd).label == "ESP32; application 'a?[0m' '?'; ESP-IDF v4"


def test_a_boot_loader_tells_its_version() -> None:
    start = b"\x50\xff\xff\0" + bytes(4) + b"v5.4".ljust(32, b"\0") + bytes(40)
    image = application(((0x3FFF0018, start), (0x40078000, CODE)), digest=False)
    assert _open(image).label == "ESP32; boot loader; ESP-IDF v5.4; no SHA-256"


@pytest.mark.parametrize("chip", sorted(CHIPS))
def test_every_chip_is_named(chip: int) -> None:
    assert _open(application(chip=chip, described=False)).label == CHIPS[chip]


def test_an_image_of_the_esp8266_is_opened() -> None:
    image = esp8266()
    opened = _open(image + bytes(5000))
    assert _contents(image, opened) == [CODE, RODATA]
    assert (opened.length, opened.label, opened.problems) == (len(image), "ESP8266", ())


def test_the_second_kind_of_the_esp8266_is_opened_with_its_crc() -> None:
    for seed in range(4):
        flash = random.Random(seed).randbytes(800)
        image = esp8266_second_kind(flash)
        opened = _open(image + bytes(5000))
        assert _contents(image, opened) == [flash, CODE, RODATA]
        assert (opened.length, opened.label) == (len(image), "ESP8266, second kind")


def test_a_boot_loader_and_the_application_after_it_are_one_image() -> None:
    image = esp8266(((0x4010F000, RODATA),)).ljust(4096, b"\xaa") + esp8266()
    opened = _open(image + bytes(100))
    assert _contents(image, opened) == [RODATA, CODE, RODATA]
    assert (opened.length, opened.label) == (len(image), "ESP8266; boot loader and application")


def test_signatures_are_told() -> None:
    image = application()
    first = image + bytes(4) + random.Random(3).randbytes(64)
    opened = _open(first)
    assert opened.length == len(first)
    assert opened.label.endswith("; signature of secure boot 1")
    second = signed_2(image, (2, 3))
    opened = _open(second + bytes(10))
    assert opened.length == len(second)
    assert opened.label.endswith("; signature of secure boot 2 (RSA, ECDSA)")


def test_a_signature_block_with_a_wrong_crc_is_none() -> None:
    image = bytearray(signed_2(application(), (2,)))
    image[4100] ^= 1
    assert "signature" not in _open(bytes(image)).label


def test_wrong_checksums_of_an_application_are_problems() -> None:
    image = bytearray(application())
    image[700] ^= 1
    assert [str(one) for one in _open(bytes(image)).problems] == [
        "the checksum of the image is wrong",
        "its SHA-256 is wrong",
    ]


def test_a_wrong_checksum_without_a_description_is_another_thing() -> None:
    image = bytearray(application(described=False))
    image[700] ^= 1
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_what_there_is_of_a_truncated_application_is_given() -> None:
    image = application()
    opened = _open(image[:1500])
    assert [str(one) for one in opened.problems] == ["cut short: 612 bytes are missing"]
    assert [part.length for part in opened.parts] == [856, 1500 - 896]
    assert opened.length == 1500
    assert [str(one) for one in _open(image[:-10]).problems] == ["cut short: 10 bytes are missing"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xe9",
        b"\xe9\x01\x02\x20" + bytes(200),
        b"\xe9\x01\x02\x20" + b"\xff" * 200,
        b"\xe9\x11" + application()[2:],
        b"\xe9\x00" + application()[2:],
        application(chip=0x0D)[:12] + b"\x99" + application(chip=0x0D)[13:],
        b"\xea\x04\x02\x20" + bytes(200),
        b"\xea\x03" + esp8266_second_kind()[2:],
        application(((0x10000000, description() + RODATA),)),
        esp8266(((0x20000000, CODE),)),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(APPLICATION)
    assert_finds_nothing(IMAGE, [struct.pack("<BBBBI", 0xE9, 3, 2, 0x20, 0x40100004)])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([application(), esp8266(), esp8266_second_kind()]), st.data())
def test_any_change_is_refused_or_stays_within_bounds(image: bytes, data: st.DataObject) -> None:
    these: Changes = data.draw(changes(64))
    assert_bounded(open_esp_image, changed(image, these, data.draw(st.integers(0, len(image)))))


@given(st.binary(max_size=70))
def test_the_xor_of_halves_is_the_xor_of_bytes(data: bytes) -> None:
    expected = 0
    for byte in data:
        expected ^= byte
    assert xor_of(memoryview(data)) == expected


def test_an_application_is_found_inside_and_its_segments_are_seen() -> None:
    seen: list[File] = []
    image = b"before" * 50 + zlib.compress(CODE) + application() + b"after"
    explored = Explorer((APPLICATION, IMAGE), Budget(Limits()), seen.append).explore(image, b"x")
    assert {span.format for span in explored.image.spans} == {"", "esp-application"}
    assert CODE in [file.data for file in seen]


@pytest.mark.skipif(not _PRIVATE.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_a_real_image_opens() -> None:
    opened = _open(_PRIVATE.read_bytes())
    assert (opened.length, opened.problems) == (_PRIVATE.stat().st_size, ())
    assert opened.label.startswith("ESP32; application ")
    assert opened.label.endswith("; ESP-IDF v4.4.4")


@pytest.mark.skipif(not _PRIVATE_8266.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_a_real_image_of_the_esp8266_opens() -> None:
    opened = _open(_PRIVATE_8266.read_bytes())
    assert (opened.length, opened.problems) == (_PRIVATE_8266.stat().st_size, ())
    assert opened.label == "ESP8266; boot loader and application"


def _contents(image: bytes, opened: Container) -> list[bytes]:
    return [image[part.offset : part.offset + part.length] for part in opened.parts]


def _open(data: bytes) -> Container:
    return open_esp_image(View(data), Budget(Limits()))

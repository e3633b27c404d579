"""How microcontrollers are updated: from images made as their tools do, through the labels of the formats."""

from __future__ import annotations

import hashlib
import struct

import pytest

from plimsoll.match.chip_updates import ChipUpdates
from plimsoll.match.published_keys import PublishedKeys
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Fact, PublishedKey, UpdateClient, UpdateGuard, UpdateKey, UpdateTrust
from plimsoll.model.image import ImageMap, Span
from tests.inspect.firmware.test_update_keys import RSA, vbmeta
from tests.unpack.formats import esp_images as esp
from tests.unpack.formats.explored import Everything

DEVELOPMENT_KEY = bytes.fromhex("e30466f6b8470c1f29070b17f1e2d3e94d445e3f608087fdc711e4382bb538b6")
"""Digest of MCUboot's root-ec-p256."""


def mcuboot(*entries: tuple[int, bytes], counter: int = 0) -> bytes:
    content = bytes(range(256)) * 20
    guarded = area(0x6908, (0x50, struct.pack("<I", counter))) if counter else b""
    header = struct.pack("<IIHHIIBBHII", 0x96F3B83D, 0, 32, len(guarded), len(content), 0, 1, 2, 3, 4, 0)
    whole = header + content + guarded
    return whole + area(0x6907, (0x10, hashlib.sha256(whole).digest()), *entries)


def area(magic: int, *entries: tuple[int, bytes]) -> bytes:
    rows = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in entries)
    return struct.pack("<HH", magic, 4 + len(rows)) + rows


def derived(image: bytes) -> list[Observation]:
    evidence = Evidence(images=(Everything(image).image,))
    return [one for one in ChipUpdates().match(evidence) if isinstance(one, Observation)]


def facts(image: bytes) -> list[Fact]:
    return [one.fact for one in derived(image)]


def flash(application: bytes, places: int = 2) -> bytes:
    entries = [esp.entry(1, 2, 0x9000, 0x4000, b"nvs"), esp.entry(1, 0, 0xD000, 0x2000, b"otadata")]
    entries += [
        esp.entry(0, 0x10 + number, 0x10000 * (number + 1), 0x10000, b"ota_%d" % number) for number in range(places)
    ]
    return esp.flash({0x8000: esp.table(entries), 0x10000: application}, 0x30000)


def test_a_signed_image_is_checked_by_the_key_that_it_names() -> None:
    found = facts(mcuboot((1, bytes(range(32))), (0x22, bytes(70)), counter=5))
    assert found == [
        UpdateClient("mcuboot", "always"),
        UpdateTrust("mcuboot", "signature", "on", "sha256-ecdsa"),
        UpdateKey("mcuboot", "present", other_digest=bytes(range(8)).hex()),
        UpdateGuard("mcuboot", "rollback", "on", "security counter 5"),
    ]


def test_an_image_without_a_signature_asks_for_none() -> None:
    assert facts(mcuboot()) == [
        UpdateClient("mcuboot", "always"),
        UpdateTrust("mcuboot", "signature", "off"),
    ]


def test_the_development_key_of_the_boot_loader_is_known() -> None:
    evidence = Evidence(tuple(derived(mcuboot((1, DEVELOPMENT_KEY), (0x22, bytes(70))))))
    found = [one.fact for one in PublishedKeys().match(evidence) if isinstance(one, Observation)]
    assert [one.name for one in found if isinstance(one, PublishedKey)] == ["development key root-ec-p256 of MCUboot"]


def test_two_places_and_a_signature_are_told_of_a_flash() -> None:
    found = facts(flash(esp.signed_2(esp.application(), [2])))
    assert UpdateClient("esp-idf", "conditional") in found
    assert UpdateGuard("esp-idf", "slots", "on", "2 partitions for updates") in found
    assert UpdateTrust("esp-idf", "signature", "on", "sha256-rsa3072") in found


def test_an_application_without_a_signature_has_a_digest_at_most() -> None:
    assert UpdateTrust("esp-idf", "checksum", "on", "sha256") in facts(flash(esp.application()))


def test_one_place_is_no_way_to_update() -> None:
    assert not any(isinstance(one, UpdateClient) for one in facts(flash(esp.application(), places=1)))


def test_verified_boot_is_told_with_its_key_and_rollback_index() -> None:
    found = facts(bytes(4096) + vbmeta(RSA, rollback=3).ljust(8192, b"\0"))
    assert found[0] == UpdateGuard("avb", "boot", "on", "sha256-rsa2048")
    assert [(one.client, one.bits, len(one.other_digest)) for one in found if isinstance(one, UpdateKey)] == [
        ("avb", 2048, 40)
    ]
    assert found[2] == UpdateGuard("avb", "rollback", "on", "rollback index 3")


@pytest.mark.parametrize(("flags", "detail"), [(1, "hash trees are off"), (2, "verification is off")])
def test_verified_boot_that_is_off_is_told(flags: int, detail: str) -> None:
    found = facts(bytes(4096) + vbmeta(RSA, flags).ljust(8192, b"\0"))
    assert found[0] == UpdateGuard("avb", "boot", "off", detail)


def test_a_label_counts_once_however_many_stretches_have_it() -> None:
    label = "version 1.0.0+0; no signature"
    spans = tuple(Span(number * 16, 16, "understood", "mcuboot", label) for number in range(1000))
    found = list(ChipUpdates().match(Evidence(images=(ImageMap("x.bin", 16_000, spans),))))
    assert len(found) == 2


@pytest.mark.parametrize("label", ["", "version 1.0.0", "signature", "key zz; signature of nothing else"])
def test_a_label_that_says_something_else_is_no_trouble(label: str) -> None:
    spans = tuple(Span(0, 16, "understood", one, label) for one in ("mcuboot", "esp-application", "esp-flash"))
    list(ChipUpdates().match(Evidence(images=(ImageMap("x.bin", 16, spans),))))

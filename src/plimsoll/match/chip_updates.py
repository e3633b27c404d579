"""How products on chips with a boot loader of their own are updated, by what the formats of images say of themselves.

Sources: the documentation of MCUboot, whose boot loader starts no image that its own key does not fit when it was built
with one; that of ESP-IDF, by which signed applications carry a block of signatures, and two partitions for applications
are needed to update over the air; and the README of Android Verified Boot 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.match.matcher import Matcher
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Fact, UpdateClient, UpdateGuard, UpdateKey, UpdateTrust
from plimsoll.model.image import ImageMap, Span
from plimsoll.model.locator import Place

MOST = 100
"""Spans of one image that are looked at, each label once."""

_MCUBOOT_SIGNATURE = re.compile(r"(?:\A|; )signature ([A-Za-z0-9-]+(?: P-\d+)?)(?:, [^;]*)?")
_MCUBOOT_KEY = re.compile(r"(?:\A|; )key ([0-9a-f]{16,64})")
_MCUBOOT_COUNTER = re.compile(r"(?:\A|; )security counter (\d+)")
_MCUBOOT_ALGORITHMS = {
    "RSA-2048": "sha256-rsa2048", "RSA-3072": "sha256-rsa3072", "ECDSA": "sha256-ecdsa", "ECDSA P-224": "sha256-ecdsa",
    "Ed25519": "ed25519",
}  # fmt: skip
_AVB = re.compile(r"(SHA(?:256|512))_(RSA(2048|4096|8192))(?:,|\Z)")
_AVB_KEY = re.compile(r", public key ([0-9a-f]{40})")
_AVB_ROLLBACK = re.compile(r", rollback index ([1-9]\d*)")
_AVB_OFF = re.compile(r", (?:hash trees are off|verification is off)")
_ESP_SIGNATURE = re.compile(r"signature of secure boot ([12])(?: \(([A-Z, ]+)\))?")
_ESP_PLACES = re.compile(r"(?:\A|; )(\d+) places for updates")


class ChipUpdates(Matcher):
    """Gives clients, trust, keys and guards of images for MCUboot, for Espressif's chips and for verified boot."""

    id = "chip-updates"
    title = "How are products on microcontrollers updated, and what does Android check at its start?"
    what = "The labels of images for MCUboot, of Espressif's applications and partition tables, and of vbmeta."
    limits = (
        "Which key the boot loader holds, and what is burnt into fuses, is not seen; only outermost images are looked "
        "at, not those within files."
    )

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Give what each label says, at its first place."""
        for image in evidence.images:
            for span in _first_of_each(image):
                for fact in _facts(span):
                    where = Place(f"{image.image}!{span.format}@{span.offset:#x}")
                    yield Observation(fact, where, self.id, None, "derived")


def _first_of_each(image: ImageMap) -> Iterator[Span]:
    seen: set[tuple[str, str]] = set()
    for span in image.spans:
        key = span.format, span.label
        if span.format in ("mcuboot", "esp-application", "esp-flash", "avb") and key not in seen:
            seen.add(key)
            yield span
        if len(seen) == MOST:
            return


def _facts(span: Span) -> Iterator[Fact]:
    if span.format == "mcuboot":
        yield from _mcuboot(span.label)
    elif span.format == "avb":
        yield from _verified_boot(span.label)
    elif span.format == "esp-application" and "application" in span.label:
        yield from _esp_application(span.label)
    elif (places := _ESP_PLACES.search(span.label)) is not None and int(places[1]) > 1:
        yield UpdateClient("esp-idf", "conditional")
        yield UpdateGuard("esp-idf", "slots", "on", f"{places[1]} partitions for updates")


def _mcuboot(label: str) -> Iterator[Fact]:
    signature = _MCUBOOT_SIGNATURE.search(label)
    if signature is None and "no signature" not in label:
        return
    yield UpdateClient("mcuboot", "always")
    if signature is None:
        yield UpdateTrust("mcuboot", "signature", "off")
    else:
        yield UpdateTrust("mcuboot", "signature", "on", _MCUBOOT_ALGORITHMS.get(signature[1], ""))
    if (key := _MCUBOOT_KEY.search(label)) is not None and signature is not None:
        yield UpdateKey("mcuboot", "present", other_digest=key[1])
    if (counter := _MCUBOOT_COUNTER.search(label)) is not None:
        yield UpdateGuard("mcuboot", "rollback", "on", f"security counter {counter[1]}")


def _verified_boot(label: str) -> Iterator[Fact]:
    """Give what the signed ones say; one without a signature stands in a partition that a signed one names."""
    algorithm = _AVB.match(label)
    if algorithm is None:
        return
    off = _AVB_OFF.search(label)
    if off is not None:
        yield UpdateGuard("avb", "boot", "off", off[0].removeprefix(", "))
    else:
        yield UpdateGuard("avb", "boot", "on", f"{algorithm[1]}-{algorithm[2]}".lower())
    if (key := _AVB_KEY.search(label)) is not None:
        yield UpdateKey("avb", "present", "", "rsa", int(algorithm[3]), "", key[1])
    if (rollback := _AVB_ROLLBACK.search(label)) is not None:
        yield UpdateGuard("avb", "rollback", "on", f"rollback index {rollback[1]}")


def _esp_application(label: str) -> Iterator[Fact]:
    signature = _ESP_SIGNATURE.search(label)
    if signature is None:
        yield UpdateTrust("esp-idf", "checksum", "on", "sha256")
        return
    schemes = signature[2] or "ECDSA"
    algorithm = "sha256-rsa3072" if "RSA" in schemes else "sha256-ecdsa"
    yield UpdateTrust("esp-idf", "signature", "on", algorithm)

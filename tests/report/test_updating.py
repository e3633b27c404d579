"""One paragraph for each way of updating: what is said, what is said to lack, and that hostile names stay harmless."""

from __future__ import annotations

import msgspec
import pytest

from plimsoll.model.evidence import Observation
from plimsoll.model.facts import PublishedKey, UpdateGuard, UpdateKey, UpdateWay
from plimsoll.model.locator import Place
from plimsoll.report.facts import tell
from plimsoll.report.terminal import render
from plimsoll.report.updating import WayTold, told_ways
from plimsoll.report.visible import say
from tests.report import sample

PLACE = Place("x.bin!squashfs@0x0/etc/swupdate.cfg")
KEY = UpdateKey("swupdate", "present", "etc/k", "ed25519", 256, "ab" * 32)
GUARDS = (UpdateGuard("swupdate", "slots", "on", "two"), UpdateGuard("swupdate", "rollback"))
WAY = UpdateWay(
    "swupdate", "swupdate", "started", True, True, 3600, ("https://u.test",), "checked", "signature", ("ed25519",),
    (KEY,), (), GUARDS,
)  # fmt: skip


def told(*ways: UpdateWay) -> tuple[WayTold, ...]:
    seen = tuple(Observation(one, PLACE, "update-ways", None, "derived", because=(PLACE,)) for one in ways)
    return told_ways(msgspec.structs.replace(sample.good(), observations=seen))


def words(way: UpdateWay) -> str:
    (one,) = told(way)
    return " ".join(map(say, one.sentences))


def lacks(way: UpdateWay) -> list[str]:
    (one,) = told(way)
    return [say(missing) for missing in one.missing]


def test_a_good_way_is_told_in_full_and_lacks_nothing() -> None:
    assert words(WAY) == (
        "It is started by itself. It is run on a schedule. It is set to look every hour. "
        "It fetches from https://u.test, encrypted. It asks for a signature (ed25519). "
        "Its key: ed25519 256, digest abababababababab, in etc/k. "
        "Seen as well: the new system is written beside the one that runs (two). "
        "Seen as well: older versions are refused (by its settings)."
    )
    assert lacks(WAY) == []


def test_a_bad_way_is_told_with_all_that_it_lacks() -> None:
    bad = UpdateWay("vendor-script", "fota", "never", False, None, None, ("http://u.test",), "open", "nothing", ())
    assert "in clear or without checking the server's certificate" in words(bad)
    assert "It asks for no signature." in words(bad)
    assert lacks(bad) == [
        "a signature",
        "a guard against older versions",
        "a way back when the new system does not start",
        "something that starts it",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"check": "checksum", "algorithms": ("md5",)}, "no more than a checksum (md5)"),
        ({"check": "mixed"}, "by one setting and for none by another"),
        ({"check": "unknown"}, "What it checks before it installs was not seen."),
        ({"channel": "local", "sources": ()}, "it was not seen to fetch anything"),
        ({"channel": "unknown", "sources": ()}, "From where it fetches was not seen."),
        ({"channel": "open", "sources": ()}, "It does not check the server's certificate."),
        ({"channel": "partly"}, "not all of them encrypted and checked"),
        ({"standing": "perhaps"}, "under a condition that could not be decided"),
        ({"automatic": False}, "It is set not to look for updates by itself."),
        ({"interval_s": 1800}, "It is set to look every 30 minutes."),
        ({"interval_s": 86400}, "It is set to look every day."),
        ({"interval_s": 90}, "It is set to look every 90 seconds."),
        ({"interval_s": None}, "It is set to look for updates by itself."),
        ({"keys": (UpdateKey("swupdate", "missing", "etc/k"),)}, "It names the key etc/k, which is not in the image."),
        ({"published": ("test key",)}, "The private half of its key is published: test key."),
        ({"guards": (UpdateGuard("avb", "boot", "off", "flags 2"),)}, "Switched off: a signature is checked"),
    ],
)
def test_each_state_has_its_words(changes: dict[str, object], expected: str) -> None:
    assert expected in words(msgspec.structs.replace(WAY, **changes))


def test_ways_that_are_started_come_first() -> None:
    never = msgspec.structs.replace(WAY, label="apk", client="apk", standing="never")
    assert [say(one.name) for one in told(never, WAY)] == ["swupdate", "apk"]


def test_a_boot_loader_is_not_said_to_be_started_or_to_fetch() -> None:
    loader = UpdateWay("u-boot", "u-boot", "started", False, None, None, (), "local", "signature", ("sha256,rsa2048",))
    assert words(loader) == "It asks for a signature (sha256,rsa2048)."
    assert lacks(loader) == ["the key by which it is checked"]


def test_names_from_an_image_stay_harmless() -> None:
    hostile = msgspec.structs.replace(WAY, client="vendor-script", label=sample.HOSTILE, sources=(sample.HOSTILE,))
    seen = (Observation(hostile, PLACE, "update-ways", None, "derived", because=(PLACE,)),)
    shown = render(msgspec.structs.replace(sample.good(), observations=seen))
    assert "\x1b" not in shown
    assert "How the product is updated" in shown


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (UpdateKey("rauc", "present", "etc/ca.pem", "rsa", 4096, "ab" * 32),
         "key of rauc, in the image, etc/ca.pem, rsa 4096, digest abababababababab"),
        (UpdateKey("rauc", "missing", "etc/ca.pem"), "key of rauc, named, and not in the image, etc/ca.pem"),
        (UpdateGuard("rauc", "slots", "on", "2 slots"),
         "rauc, the new system is written beside the one that runs (2 slots)"),
        (UpdateGuard("avb", "boot", "off", "flags 2"),
         "avb, a signature is checked of what is started (flags 2), switched off"),
        (PublishedKey("test key", "ab" * 32),
         "key whose private half is published: test key, digest abababababababab"),
        (WAY, "way of updating: swupdate, with a signature"),
    ],
)  # fmt: skip
def test_facts_are_told_in_a_line(fact: UpdateKey | UpdateGuard | PublishedKey | UpdateWay, expected: str) -> None:
    assert tell(fact) == expected

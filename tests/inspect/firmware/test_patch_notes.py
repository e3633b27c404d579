"""CVE ids in change logs."""

from __future__ import annotations

import gzip

from plimsoll.inspect.firmware import patch_notes
from plimsoll.inspect.firmware.patch_notes import PatchNotes
from plimsoll.model.facts import PatchNote
from tests.firmware import observe

LOG = b"openssl (1.1.1n-0+deb11u5)\n  * Fix CVE-2023-0464 and CVE-2023-0465 (CVE-2023-0464).\n"


def notes(path: str, data: bytes) -> list[object]:
    return [one.fact for one in observe(PatchNotes(), {path: data})]


def test_ids_are_given_once_with_the_package() -> None:
    expected = [PatchNote("openssl", "CVE-2023-0464"), PatchNote("openssl", "CVE-2023-0465")]
    assert notes("usr/share/doc/openssl/changelog.Debian", LOG) == expected
    assert notes("usr/share/doc/openssl/changelog.Debian.gz", gzip.compress(LOG, mtime=0)) == expected


def test_a_page_that_only_speaks_of_holes_is_no_change_log() -> None:
    assert notes("usr/share/doc/openssl/README", LOG) == []
    assert notes("www/changelog", LOG) == []
    assert notes("usr/share/doc/openssl/changelog", b"CVE-2023-046 XCVE-2023-0464 CVE-1823-0464") == []


def test_a_broken_archive_tells_nothing() -> None:
    assert notes("usr/share/doc/openssl/changelog.gz", b"\x1f\x8b\x08" + b"\xff" * 40) == []


def test_a_flood_of_ids_is_cut() -> None:
    flood = b" ".join(b"CVE-2020-%d" % number for number in range(10_000, 10_001 + patch_notes.MOST_IDS))
    seen = observe(PatchNotes(), {"usr/share/doc/x/NEWS": flood}, status="partial")
    assert len(seen) == patch_notes.MOST_IDS

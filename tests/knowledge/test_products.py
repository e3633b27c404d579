"""Names of products."""

from __future__ import annotations

import pytest

from plimsoll.knowledge.importers._versions import closed, complement
from plimsoll.knowledge.products import parse_cpe, purl_key, split_purl
from plimsoll.knowledge.vulnerability import VersionRange


def test_both_forms_of_cpe_are_read() -> None:
    for text in ("cpe:2.3:a:OpenBSD:openssh:7.2:p2:*:*:*:*:*:*", "cpe:/a:openbsd:openssh:7.2:p2"):
        cpe = parse_cpe(text)
        assert cpe
        assert (cpe.key, cpe.release) == ("cpe:openbsd:openssh", "7.2p2")


@pytest.mark.parametrize("text", ["", "cpe:", "cpe:2.3:a", "cpe:2.3:a:*:*:1", "cpe:2.3:x:a:b:1", "pkg:a/b"])
def test_what_names_no_product_is_none(text: str) -> None:
    assert parse_cpe(text) is None


@pytest.mark.parametrize(
    ("purl", "key", "version"),
    [
        (
            "pkg:deb/debian/openssl@3.0-1?arch=arm64&distro=debian-12",
            "purl:pkg:deb/debian/openssl?distro=debian-12",
            "3.0-1",
        ),
        ("pkg:npm/%40tide/watch@1.0", "purl:pkg:npm/@tide/watch", "1.0"),
        ("pkg:npm/@tide/watch", "purl:pkg:npm/@tide/watch", ""),
        ("pkg:generic/watchd@1%3A2#sub", "purl:pkg:generic/watchd", "1:2"),
    ],
)
def test_package_urls_are_split(purl: str, key: str, version: str) -> None:
    assert split_purl(purl) == (key, version)


def test_what_is_no_package_url_is_none() -> None:
    assert [split_purl(one) for one in ("", "pkg:", "pkg:generic", "pkg:generic/", "generic/a")] == [None] * 5


def test_package_urls_are_named_in_lower_case() -> None:
    assert purl_key("golang", "github.com/Tide/Watch") == "purl:pkg:golang/github.com/tide/watch"


def test_the_complement_of_streams() -> None:
    streams = [VersionRange("5.10.2", end=closed("5.10.*")), VersionRange(end="4.5"), VersionRange("6.8")]
    assert complement(streams) == (VersionRange("4.5", end="5.10.2"), VersionRange("5.11", end="6.8"))
    assert complement([]) == (VersionRange(),)
    assert complement([VersionRange()]) == ()
    assert complement([VersionRange("1.0.1g")]) is None
    assert complement([VersionRange("1.0", end="1.2", end_included=True)]) == (
        VersionRange(end="1.0"),
        VersionRange("1.2", start_included=False),
    )

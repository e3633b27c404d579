"""Assessments with software and known vulnerabilities, built by hand for tests of the documents for programs."""

from __future__ import annotations

import json
from typing import Any, cast

import msgspec

from plimsoll.model import facts
from plimsoll.model.assessment import Assessment
from plimsoll.model.evidence import Excerpt, Observation
from plimsoll.model.facts import Fact, VexStatement
from plimsoll.model.locator import Clause, place
from plimsoll.model.message import Message, message
from plimsoll.model.product import VexFile
from tests.report.sample import HOSTILE, LONG, at, bad, hostile

DIGEST = "c0" * 32


class Known(msgspec.Struct, frozen=True, tag="known-vulnerability"):
    """A fact with the fields that reports ask of a known vulnerability."""

    component: str
    version: str
    id: str
    status: str
    why: Message
    authority: str = "nvd"
    exploited: bool = False
    epss: float | None = None
    cvss: float | None = None


def seen(fact: object, path: bytes, offset: int | None = None, length: int | None = None) -> Observation:
    """Observe a fact in a file of the sample; the digest of the whole file where there are no bytes."""
    excerpt = Excerpt("sha256:" + DIGEST, 9) if offset is None else None
    return Observation(cast(Fact, fact), at(path, offset, length), "components", excerpt)


IN_RANGE = message("{version} is in the range of {source}", version="1.19.4", source="NVD")
SOFTWARE = (
    seen(facts.Component("busybox", "1.19.4", "banner", linkage="own"), b"bin/busybox", 16, 9),
    seen(facts.Executable("arm", 32, "little", "program", (), ""), b"bin/busybox"),
    seen(facts.Component("openssl", "1.0.1e", "banner", linkage="own"), b"lib/libssl.so", 16, 9),
    seen(facts.Component("openssl", "1.0.1e", "banner", linkage="dynamic"), b"usr/sbin/httpd", 99, 9),
    seen(facts.Component("lighttpd", "1.4.30", "banner", linkage="own"), b"usr/sbin/httpd", 16, 9),
    seen(facts.Component("zlib", "1.2.8", "banner", linkage="static"), b"usr/sbin/httpd", 500, 9),
    seen(
        facts.Component(
            "base-files", "1:2.0-r3", "package-database", "pkg:deb/tide/base-files@1%3A2.0-r3?arch=arm", source="tide"
        ),
        b"var/lib/dpkg/status",
        0,
        90,
    ),
    seen(facts.Component("linux", "3.10.14", "kernel"), b"boot/vmlinux", 7, 70),
    seen(facts.OperatingSystem("tidelinux", "3", "Tide Linux"), b"etc/os-release"),
)
HOLES = (
    seen(
        Known("busybox", "1.19.4", "CVE-2016-2148", "affected", IN_RANGE, exploited=True, epss=0.02, cvss=9.8),
        b"bin/busybox",
    ),
    seen(Known("busybox", "1.19.4", "CVE-2016-2147", "not-built-in", message("no applet udhcpc")), b"bin/busybox"),
    seen(Known("openssl", "1.0.1e", "CVE-2014-0160", "fix-may-be-backported", IN_RANGE, cvss=7.5), b"lib/libssl.so"),
    seen(Known("openssl", "1.0.1e", "TIDE-1", "not-affected", message("by the maker of it")), b"lib/libssl.so"),
    seen(Known("zlib", "1.2.8", "CVE-2018-25032", "under-investigation", message("no version")), b"usr/sbin/httpd"),
    seen(Known("lighttpd", "1.4.30", "CVE-2014-0160", "affected", IN_RANGE), b"usr/sbin/httpd"),
)
MAKER = tuple(
    Observation(
        fact,
        place(Clause(b"maker.vex.json", b"statements/%d" % number)),
        "vex",
        basis="declared",
        window="declaration",
    )
    for number, fact in enumerate(
        (
            VexStatement("CVE-2016-2148", "not-affected", ("tidewatch2",), (("busybox", ""),), "code_not_reachable"),
            VexStatement("CVE-2014-0160", "fixed", ("tidewatch2",), (("openssl", "1.0.1g"),)),
        )
    )
)


def with_software() -> Assessment:
    """Make the bad twin with software and nothing known of it."""
    return msgspec.structs.replace(bad(), findings=(), observations=SOFTWARE)


def with_holes() -> Assessment:
    """Make the bad twin with software, known vulnerabilities and a maker's word on two of them."""
    base = bad()
    return msgspec.structs.replace(
        base,
        findings=(),
        observations=(*SOFTWARE, *HOLES, *MAKER),
        sources=(*base.sources, VexFile("maker.vex.json", "ee" * 32, "openvex")),
    )


def with_merged() -> Assessment:
    """Make one whose components are merged already."""
    merged = Observation(
        facts.InstalledComponent(
            "busybox",
            "1.19.4",
            "package-database",
            ("package-database", "banner"),
            identified=True,
            stated=("1:1.19.4-2",),
            sources=("busybox",),
            purls=("pkg:deb/tide/busybox@1%3A1.19.4-2",),
        ),
        at(b"bin/busybox"),
        "components",
        basis="derived",
        because=(at(b"bin/busybox", 16, 9), at(b"var/lib/dpkg/status", 0, 90)),
    )
    return msgspec.structs.replace(bad(), findings=(), observations=(*SOFTWARE, merged, HOLES[0]))


def with_hostile_holes() -> Assessment:
    """Make one whose every name comes from somebody who wants to be believed."""
    base = hostile()
    why = message("{a} </text> [x](http://a) {{b}}", a=HOSTILE)
    known = tuple(
        seen(Known(HOSTILE, LONG, f"{HOSTILE}{status}", status, why), b"x")
        for status in ("affected", "under-investigation", "fix-may-be-backported", "not-built-in", "not-affected")
    )
    said = seen(VexStatement(f"{HOSTILE}affected", "affected", (HOSTILE,), (), HOSTILE, HOSTILE), b"v")
    bare = seen(facts.Component("\U000fffff\ufffe\x85", "\x7f]]>", "banner", "pkg:\x00", source="</text>"), b"z", 1, 2)
    return msgspec.structs.replace(base, observations=(*base.observations, *known, said, bare))


ALL = {
    "bad": bad,
    "hostile": hostile,
    "software": with_software,
    "holes": with_holes,
    "merged": with_merged,
    "hostile holes": with_hostile_holes,
}


def read(text: str) -> Any:
    """Read JSON, refusing keys that are given twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)

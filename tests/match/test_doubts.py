"""What keeps a version that is affected from being proof: repairs without a new number, parts that are not built."""

from __future__ import annotations

import pytest

from plimsoll.knowledge.vulnerability import Vulnerability
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import BuildDate, BuiltInApplets, KernelConfiguration, KernelModules, PatchNote
from tests.match.knowing import ID, LINUX, between, component, known, one, package, seen, stated

BUSYBOX = component("busybox", "1.31.1")
BOX = "cpe:busybox:busybox"
AWK = stated("CVE-2021-42378", BOX, between("1.16", "1.34"))
TABLE = ("ash", "cat", "ls", "sh")


def test_an_applet_that_is_not_built_in_has_no_hole() -> None:
    without = seen(BuiltInApplets("busybox", "1.31.1", TABLE), "bin/busybox", offset=64)
    fact = one(BUSYBOX, without, affected=(AWK,))
    assert (fact.status, fact.why[0].kind, fact.why[0].detail) == ("not-built-in", "applets-absent", "awk")
    assert known(
        BUSYBOX, seen(BuiltInApplets("busybox", "1.31.1", (*TABLE, "awk")), "bin/busybox", offset=64), affected=(AWK,)
    ) == ["CVE-2021-42378 affected in-range"]


def test_a_table_of_another_binary_says_nothing_of_this_one() -> None:
    elsewhere = seen(BuiltInApplets("busybox", "1.31.1", TABLE), "sbin/busybox-rescue")
    assert known(BUSYBOX, elsewhere, affected=(AWK,)) == ["CVE-2021-42378 affected in-range"]


def test_of_two_binaries_both_must_lack_the_applet() -> None:
    second = component("busybox", "1.31.1", path="sbin/busybox-full")
    tables = (
        seen(BuiltInApplets("busybox", "1.31.1", TABLE), "bin/busybox", offset=64),
        seen(BuiltInApplets("busybox", "1.31.1", (*TABLE, "awk")), "sbin/busybox-full", offset=64),
    )
    assert known(BUSYBOX, second, *tables, affected=(AWK,)) == ["CVE-2021-42378 affected in-range"]


KERNEL = component("linux", "5.10.20", "kernel", "kernel.bin")
DCCP = stated("CVE-2017-6074", LINUX, between("", "5.11"))


def configured(
    built_in: tuple[str, ...] = (), modules: tuple[str, ...] = (), version: str = "5.10.20"
) -> KernelConfiguration:
    return KernelConfiguration(version, "ikconfig", built_in, modules)


def modules(*names: str) -> KernelModules:
    return KernelModules("5.10.20", names)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((configured(),), "not-built-in options-off"),
        ((configured(("IP_DCCP",)),), "affected in-range"),
        ((configured(version="4.4.60"),), "affected in-range"),
        ((configured((), ("IP_DCCP",), ""), modules("ext4")), "not-built-in modules-absent"),
        ((configured((), ("IP_DCCP",)), modules("dccp", "ext4")), "affected in-range"),
        ((configured((), ("IP_DCCP",)),), "affected in-range"),
        ((modules("ext4"),), "affected in-range"),
    ],
)
def test_an_option_that_is_off_has_no_hole(
    facts: tuple[KernelConfiguration | KernelModules, ...], expected: str
) -> None:
    found = known(KERNEL, *(seen(fact, "boot/config") for fact in facts), affected=(DCCP,))
    assert found == [f"CVE-2017-6074 {expected}"]


def test_a_part_that_is_built_in_is_said_to_be() -> None:
    fact = one(KERNEL, seen(configured(("IP_DCCP",)), "boot/config"), affected=(DCCP,))
    assert [why.kind for why in fact.why] == ["in-range", "part-built-in"]
    fact = one(BUSYBOX, seen(BuiltInApplets("busybox", "1.31.1", ("awk", "ls")), "bin/busybox"), affected=(AWK,))
    assert [why.kind for why in fact.why] == ["in-range", "part-built-in"]


def dated(date: str, subject: str = "busybox", path: str = "bin/busybox") -> Observation:
    return seen(BuildDate(subject, date), path, offset=32)  # type: ignore[arg-type]


HOLE = stated(ID, BOX, between("", "1.34"))
PUBLISHED = (Vulnerability(ID, "2020-06-01"),)


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (dated("2021-01-01"), "fix-may-be-backported built-after-publication"),
        (dated("2020-03-01"), "affected in-range"),
        (dated("2018-03-01"), "affected in-range"),
        (dated("2021-01-01", "kernel", "kernel.bin"), "fix-may-be-backported built-after-publication"),
    ],
)
def test_what_was_built_after_publication_may_have_been_repaired(built: Observation, expected: str) -> None:
    assert known(BUSYBOX, built, affected=(HOLE,), about=PUBLISHED) == [f"0001 {expected}"]


def test_a_build_long_before_publication_leaves_no_doubt() -> None:
    kinds = [why.kind for why in one(BUSYBOX, dated("2018-03-01"), affected=(HOLE,), about=PUBLISHED).why]
    assert kinds == ["in-range", "built-before-publication"]
    kinds = [why.kind for why in one(BUSYBOX, dated("2020-03-01"), affected=(HOLE,), about=PUBLISHED).why]
    assert kinds == ["in-range"]


def test_not_even_a_packager_repairs_what_nobody_knew_of() -> None:
    packaged = package("busybox", "1.31.1-4", "opkg/openwrt", path="usr/lib/opkg/status")
    fact = one(packaged, BUSYBOX, dated("2018-03-01"), affected=(HOLE,), about=PUBLISHED)
    assert (fact.status, fact.why[-1].kind) == ("affected", "built-before-publication")


def test_a_change_log_that_names_it_leaves_a_doubt() -> None:
    note = seen(PatchNote("busybox", ID), "usr/share/doc/busybox/changelog")
    assert known(BUSYBOX, note, affected=(HOLE,)) == ["0001 fix-may-be-backported patch-noted"]
    other = seen(PatchNote("zlib", ID), "usr/share/doc/zlib/changelog")
    assert known(BUSYBOX, other, affected=(HOLE,)) == ["0001 affected in-range"]

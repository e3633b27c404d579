"""Rules on known vulnerabilities: only what leaves no doubt decides, and nothing in an image confirms."""

from __future__ import annotations

import msgspec
import pytest

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules.vulnerabilities import EXPLOITED, TIMELY
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    BuildDate,
    Component,
    Executable,
    KnownVulnerability,
    NoneKnown,
    NotCompared,
    SupportEnd,
)
from plimsoll.model.facts.vulnerability import Reason, SourceStatement
from plimsoll.model.verdict import Verdict
from tests.judge.building import at, seen, start
from tests.judge.given import effects, found, verdict

PROGRAM = "usr/sbin/smbd"
CERTAIN = KnownVulnerability(
    "samba", "3.5.0", "CVE-2017-7494", "affected",
    (Reason("in-range", ">=3.5.0, <4.4.14"), Reason("built-before-publication", "2015-01-01")), "maker",
    (SourceStatement("maker", "makers", "affected"), SourceStatement("nvd", "nvd", "unclear")),
    "2023-03-30", 0.9, 9.8, "2017-05-30", rank=1,
)  # fmt: skip
STARTED = start("smbd", path=PROGRAM)
BUILT = seen(BuildDate("kernel", "2024-01-01"), "kernel.bin", 3)


def changed(**fields: object) -> KnownVulnerability:
    return msgspec.structs.replace(CERTAIN, **fields)


def hole(fact: KnownVulnerability = CERTAIN, path: str = PROGRAM) -> Observation:
    where = at(path, 9)
    return seen(fact, where, because=(where,))


def test_a_certain_exploited_hole_in_what_is_started_decides() -> None:
    assert verdict(EXPLOITED, hole(), STARTED) is Verdict.FAIL
    (bearing,) = found(EXPLOITED, hole(), STARTED).bearings
    assert str(bearing.why) == "samba 3.5.0, which is in use, has CVE-2017-7494, which is known to be exploited"
    assert len(bearing.observations) == 2


def test_a_distribution_that_says_so_of_its_package_leaves_no_doubt() -> None:
    fact = changed(authority="distribution", why=(Reason("in-range"),), basis="package-database")
    assert verdict(EXPLOITED, hole(fact), STARTED) is Verdict.FAIL


@pytest.mark.parametrize(
    "fact",
    [
        changed(why=(Reason("in-range"),)),
        changed(status="fix-may-be-backported"),
        changed(status="under-investigation"),
        changed(basis="file-name"),
        changed(basis="module"),
        changed(statements=(*CERTAIN.statements, SourceStatement("other", "csaf", "not-affected"))),
        changed(statements=(*CERTAIN.statements, SourceStatement("nvd", "nvd", "outside"))),
        changed(statements=(*CERTAIN.statements, SourceStatement("nvd", "nvd", "fixed"))),
        changed(component="busybox"),
        changed(component="linux", basis="kernel"),
    ],
)
def test_whatever_leaves_a_doubt_is_a_suspicion(fact: KnownVulnerability) -> None:
    assert effects(EXPLOITED, hole(fact), STARTED) == ("suspects",)
    assert verdict(EXPLOITED, hole(fact), STARTED) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "starts",
    [(), (start("smbd", path=PROGRAM, state="disabled"),), (start("smbd", path=PROGRAM, state="conditional"),),
     (start("other", path="usr/sbin/other"),), (start("smbd", path=PROGRAM, tree=0x900000),)],
)  # fmt: skip
def test_a_program_that_nothing_starts_is_a_suspicion(starts: tuple[Observation, ...]) -> None:
    assert effects(EXPLOITED, hole(), *starts) == ("suspects",)


@pytest.mark.parametrize(
    "fact",
    [changed(status="not-affected"), changed(status="not-built-in"), changed(exploited_since=""),
     changed(exploited_since="", cvss=10.0, epss=0.99)],
)  # fmt: skip
@pytest.mark.parametrize("rule", [EXPLOITED, TIMELY])
def test_what_is_not_there_or_not_exploited_does_not_count(rule: Rule, fact: KnownVulnerability) -> None:
    assert effects(rule, hole(fact), STARTED, BUILT) == ()
    assert verdict(rule, hole(fact), STARTED, BUILT) is Verdict.INCONCLUSIVE


def test_a_kernel_runs_and_its_part_must_be_built_in() -> None:
    kernel = seen(Component("linux", "5.10.20", "kernel"), at("kernel.bin", 9))
    built_in = (*CERTAIN.why, Reason("part-built-in", "CONFIG_IP_DCCP"))
    fact = changed(component="linux", version="5.10.20", basis="kernel", why=built_in)
    assert verdict(EXPLOITED, hole(fact, "kernel.bin"), kernel) is Verdict.FAIL
    assert effects(EXPLOITED, hole(changed(component="linux", basis="kernel"), "kernel.bin"), kernel) == ("suspects",)


LIBRARY = "usr/lib/libsmbclient.so.0"


@pytest.mark.parametrize(("needed", "expected"), [("libsmbclient.so.0", "refutes"), ("libother.so.1", "suspects")])
def test_a_library_is_in_use_when_a_started_program_loads_it(needed: str, expected: str) -> None:
    library = seen(Executable("arm", 32, "little", "library", soname="libsmbclient.so.0"), LIBRARY)
    program = seen(Executable("arm", 32, "little", "program", (needed,)), PROGRAM)
    assert effects(EXPLOITED, hole(path=LIBRARY), library, program, STARTED) == (expected,)


def test_a_library_that_only_an_unstarted_program_loads_is_a_suspicion() -> None:
    program = seen(Executable("arm", 32, "little", "program", ("libsmbclient.so.0",)), PROGRAM)
    assert effects(EXPLOITED, hole(path=LIBRARY), program) == ("suspects",)


@pytest.mark.parametrize("rule", [EXPLOITED, TIMELY])
def test_what_could_not_be_looked_up_keeps_it_open(rule: Rule) -> None:
    assert effects(rule, BUILT) == ("blocks",)
    unknown = seen(NotCompared("openssl", "", 300, 2, "2026-06-01"), PROGRAM)
    unheard = seen(NoneKnown("oddity", "1.0", "2026-06-01", ("nvd",)), PROGRAM)
    held = seen(NoneKnown("boa", "1.0", "2026-06-01", ("nvd",), ("nvd",)), PROGRAM)
    assert effects(rule, unknown, unheard, BUILT) == ("blocks", "blocks")
    assert effects(rule, held, BUILT) == ()
    assert verdict(rule, held, BUILT) is Verdict.INCONCLUSIVE


BY_DISTRIBUTION = changed(authority="distribution", why=(Reason("in-range"),))


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2024-01-01", ("refutes",)), ("2023-06-29", ("refutes",)), ("2023-06-27", ()), ("2020-01-01", ())],
)
def test_only_what_was_exploited_long_before_the_build_is_late(date: str, expected: tuple[str, ...]) -> None:
    assert effects(TIMELY, hole(BY_DISTRIBUTION), STARTED, seen(BuildDate("kernel", date), "kernel.bin", 3)) == expected


def test_what_is_late_and_not_certain_is_a_suspicion() -> None:
    assert effects(TIMELY, hole(changed(status="fix-may-be-backported")), STARTED, BUILT) == ("suspects",)
    assert effects(TIMELY, hole(BY_DISTRIBUTION), BUILT) == ("suspects",)


def test_without_a_day_of_building_nothing_is_late() -> None:
    assert effects(TIMELY, hole(BY_DISTRIBUTION), STARTED) == ("blocks",)


@pytest.mark.parametrize(
    ("ended", "is_over", "expected"),
    [("2022-02-03", True, ("suspects",)), ("2025-01-01", True, ()), ("2030-01-01", False, ()), ("", None, ())],
)
def test_a_line_that_was_over_before_the_build_is_a_suspicion(
    ended: str, is_over: bool | None, expected: tuple[str, ...]
) -> None:
    end = seen(SupportEnd("linux", "kernel", "4.4.60", "4.4", ended, is_over, "2026-06-01"), "kernel.bin", 1)
    held = seen(NoneKnown("linux", "4.4.60", "2026-06-01", ("nvd",), ("nvd",)), "kernel.bin", 1)
    assert effects(TIMELY, end, held, BUILT) == expected

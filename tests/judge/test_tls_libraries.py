"""Libraries of TLS that nobody looks after any more."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.tls_libraries import MAINTAINED
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import BuildDate, Component, Executable, StartedProgram, SupportEnd
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import at, seen
from tests.judge.given import effects, found, verdict

AGENT = "usr/bin/agent"
BUILT = seen(BuildDate("kernel", "2024-06-01"), "boot/kernel")
LINKED = seen(Component("polarssl", "1.2.8", "banner", "", "static"), AGENT, 4)


def end(subject: str = "polarssl", ends_on: str = "2016-01-07", is_over: bool = True, path: str = AGENT) -> Observation:
    fact = SupportEnd(subject, "component", "1.2.8", "1", ends_on, is_over, "2026-11-25")
    return seen(fact, path, 4, because=(at(path, 4),))


def start(state: StartState = "always", path: str = AGENT) -> Observation:
    return seen(StartedProgram("agent", "agent", "sysv", state, path), "etc/init.d/S50agent", 2)


def test_an_ended_library_in_a_started_program_is_doubted_and_the_program_named() -> None:
    answer = found(MAINTAINED, BUILT, LINKED, end(), start())
    assert answer.verdict is Verdict.INCONCLUSIVE
    (bearing,) = answer.bearings
    assert (bearing.effect, bearing.sureness, bearing.reach) == ("suspects", "likely", "network")
    assert str(bearing.why) == (
        "agent speaks TLS by polarssl 1.2.8, which its makers look after no more since 2016-01-07; agent, which uses "
        "it, is started"
    )


def test_an_ended_library_that_a_started_program_loads_is_doubted() -> None:
    library = "usr/lib/libpolarssl.so.5"
    own = seen(Executable("arm", 32, "little", "library", (), "libpolarssl.so.5"), library)
    loads = seen(Executable("arm", 32, "little", "program", ("libpolarssl.so.5",)), AGENT)
    (bearing,) = found(MAINTAINED, own, loads, end(path=library), start()).bearings
    assert bearing.sureness == "likely"


@pytest.mark.parametrize("given", [(), (start("not-started"),), (start(path="usr/bin/other"),)])
def test_without_a_start_it_is_said_that_none_was_seen(given: tuple[Observation, ...]) -> None:
    syslog = seen(StartedProgram("syslogd", "syslogd", "sysv", "always", "sbin/syslogd"), "etc/init.d/S01", 1)
    (bearing,) = found(MAINTAINED, LINKED, end(), syslog, *given).bearings
    assert bearing.sureness in (None, "suspected")
    assert bearing.why.template.endswith("was not seen")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(end(is_over=False), id="still looked after"),
        pytest.param(end(ends_on="2025-03-31"), id="looked after when it was built"),
        pytest.param(end("zlib"), id="no library of TLS"),
    ],
)
def test_what_is_looked_after_is_not_weighed(given: Observation) -> None:
    assert effects(MAINTAINED, BUILT, LINKED, given, start()) == ()


def test_without_the_day_of_the_build_today_counts() -> None:
    assert effects(MAINTAINED, LINKED, end(ends_on="2025-03-31"), start()) == ("suspects",)


def test_silence_is_never_a_pass() -> None:
    assert verdict(MAINTAINED, start()) is Verdict.INCONCLUSIVE

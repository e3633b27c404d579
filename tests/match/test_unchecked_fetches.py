from __future__ import annotations

import pytest

from plimsoll.match.unchecked_fetches import UncheckedFetches
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Executable, Fact, StartedProgram, TlsProgram, TlsSetting
from plimsoll.model.facts.service import StartState
from tests.judge.building import OTHER, evidence, seen

ADDRESS = "https://api.halyard.test/list"
BUSYBOX = seen(TlsProgram("busybox", "client", "default-off"), "bin/busybox")
HANDS_OVER = seen(TlsProgram("busybox", "client", "default-off", own_checks=("openssl s_client",)), "bin/busybox")


def fetch(
    *words: str, state: StartState = "always", path: str = "bin/busybox", program: str = "wget", tree: int = 0x1000
) -> Observation:
    fact = StartedProgram(program, "wget", "sysv", state, path, arguments=words or ("-q", ADDRESS))
    return seen(fact, "usr/bin/report", 3, tree=tree)


def helper(path: str, tree: int = 0x1000) -> Observation:
    return seen(Executable("arm", 32, "little", "program"), path, tree=tree)


def found(*given: Observation) -> list[Fact]:
    seen_here = [one for one in UncheckedFetches().match(evidence(*given)) if isinstance(one, Observation)]
    assert all(one.basis == "derived" and one.where in one.because for one in seen_here)
    return [one.fact for one in seen_here]


def test_a_started_fetch_that_nothing_checks_is_told() -> None:
    assert found(BUSYBOX, fetch()) == [TlsSetting("wget", "verify-peer", "never", ADDRESS)]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((fetch(),), id="a BusyBox without a TLS of its own"),
        pytest.param((BUSYBOX, fetch(path="usr/bin/wget")), id="another wget"),
        pytest.param((BUSYBOX, fetch(program="curl")), id="another program"),
        pytest.param((BUSYBOX, fetch("http://api.halyard.test/")), id="in clear"),
        pytest.param((BUSYBOX, fetch("$URL")), id="not known"),
        pytest.param((BUSYBOX, fetch("--no-check-certificate", ADDRESS)), id="told by another"),
        pytest.param((BUSYBOX, fetch(state="not-started")), id="not started"),
        pytest.param((BUSYBOX, fetch(tree=OTHER)), id="of another tree"),
        pytest.param((BUSYBOX, helper("usr/bin/ssl_client"), fetch()), id="a helper of the maker's"),
        pytest.param((HANDS_OVER, helper("usr/bin/openssl"), fetch()), id="openssl checks"),
    ],
)
def test_what_is_checked_or_not_started_is_not_told(given: tuple[Observation, ...]) -> None:
    assert found(*given) == []


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((HANDS_OVER, fetch()), id="no openssl to hand it to"),
        pytest.param((HANDS_OVER, helper("usr/bin/openssl", OTHER), fetch()), id="openssl in another tree"),
        pytest.param((BUSYBOX, helper("usr/bin/openssl"), fetch()), id="openssl is not asked to check"),
    ],
)
def test_a_helper_that_is_away_or_does_not_check_changes_nothing(given: tuple[Observation, ...]) -> None:
    assert len(found(*given)) == 1

"""Suites and libraries that are too old: what is offered by something that is started decides."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules.tls_servers import LIBRARIES, SUITES, unsound_suites
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    Endpoint,
    InstalledComponent,
    Service,
    ServiceSetting,
    StartedProgram,
    TlsProgram,
    TlsSetting,
)
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge import given as judging
from tests.judge.building import OTHER, at, seen
from tests.judge.given import found, verdict

START = "etc/init.d/S60web"
SYSLOG = seen(StartedProgram("syslogd", "syslogd", "sysv", "always", "sbin/syslogd"), "etc/init.d/S01syslog", 1)


def effects(rule: Rule, *given: Observation) -> tuple[str, ...]:
    """Give the effects in a system that starts something."""
    return judging.effects(rule, SYSLOG, *given)


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("RC4-SHA:HIGH", ("RC4-SHA",)),
        ("ECDHE-RSA-RC4-SHA", ("ECDHE-RSA-RC4-SHA",)),
        ("NULL-MD5", ("NULL-MD5",)),
        ("EXP-DES-CBC-SHA", ("EXP-DES-CBC-SHA",)),
        ("ADH-AES128-SHA", ("ADH-AES128-SHA",)),
        ("DES-CBC3-SHA", ("DES-CBC3-SHA",)),
        ("DES-CBC-SHA", ("DES-CBC-SHA",)),
        ("AES128-SHA:3DES", ("3DES",)),
        ("BF-CBC", ("BF-CBC",)),
        ("HIGH:!aNULL:!MD5", ()),
        ("ALL:!aNULL:!ADH:!eNULL:!LOW:!EXP:RC4+RSA:+HIGH:!RC4", ()),
        ("ECDHE-RSA-AES128-GCM-SHA256:!DES:!3DES", ()),
        ("DEFAULT@SECLEVEL=2", ()),
        ("ECDHE+AESGCM:DHE+AESGCM", ()),
        ("AES-256-CBC", ()),
        ("", ()),
    ],
)
def test_unsound_suites_are_those_that_a_list_adds(text: str, bad: tuple[str, ...]) -> None:
    assert unsound_suites(text) == bad


def web(state: StartState = "always") -> tuple[Observation, ...]:
    fact = Service("nginx", "http", state, "unknown", None)
    return (
        seen(StartedProgram("nginx", "nginx", "sysv", state, "usr/sbin/nginx"), START, 3),
        seen(fact, START, 3, because=(at(START, 3),)),
        seen(ServiceSetting("nginx", "listen", "443 ssl"), "etc/nginx/nginx.conf", 4),
    )


def suites(value: str = "RC4-SHA", active: bool = True, tree: int | None = None) -> Observation:
    more = {} if tree is None else {"tree": tree}
    return seen(TlsSetting("nginx", "ciphers", value, "", active), "etc/nginx/nginx.conf", 7, **more)


def openssl(version: str) -> Observation:
    return seen(InstalledComponent("openssl", version, "banner"), "usr/lib/libssl.so")


def test_broken_suites_of_a_started_server_fail() -> None:
    answer = found(SUITES, suites(), openssl("1.0.2f"), *web())
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == "nginx is started and offers the suites RC4-SHA"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((suites(), openssl("1.1.1w"), *web()), id="a library that has none"),
        pytest.param((suites(), *web()), id="no library seen"),
        pytest.param((suites(), openssl("1.0.2f"), openssl("3.0.1"), *web()), id="two libraries"),
        pytest.param((suites(), openssl("1.0.2f"), *web("conditional")), id="perhaps"),
        pytest.param((suites(), openssl("1.0.2f"), *web()[:2]), id="no TLS offered"),
        pytest.param((suites(tree=OTHER), openssl("1.0.2f"), *web()), id="another tree"),
        pytest.param((suites("DES-CBC3-SHA"), openssl("1.0.2f"), *web()), id="3DES"),
    ],
)
def test_suites_that_are_not_seen_to_be_offered_stay_open(given: tuple[Observation, ...]) -> None:
    assert effects(SUITES, *given)[0] == "suspects"
    assert verdict(SUITES, SYSLOG, *given) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("good", [suites("HIGH:!aNULL:!RC4"), suites(active=False)])
def test_sound_suites_and_examples_are_not_reported(good: Observation) -> None:
    assert effects(SUITES, good, openssl("1.0.2f"), *web()) == ()


AGENT = "usr/bin/agent"
RUNS = seen(StartedProgram("agent", "agent", "sysv", "always", AGENT), "etc/init.d/S50agent", 3)
PEER = seen(Endpoint("https", "a.halyard.test"), AGENT, 9)


def speaks(**more: Any) -> Observation:
    return seen(TlsProgram(**({"library": "openssl", "role": "client", "check": "on"} | more)), AGENT, 4)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((speaks(), openssl("0.9.8k"), RUNS, PEER), ("refutes",)),
        ((speaks(methods=("TLSv1_client_method",)), RUNS, PEER), ("refutes",)),
        ((speaks(), openssl("1.0.0t"), RUNS), ("suspects",)),
        ((speaks(), openssl("1.0.0t"), PEER), ("suspects",)),
        ((speaks(role="server"), openssl("0.9.8k"), RUNS, PEER), ("suspects",)),
        ((speaks(), openssl("1.0.1"), RUNS, PEER), ()),
        ((speaks(), openssl("0.9.8k"), openssl("1.0.2u"), RUNS, PEER), ()),
        ((speaks(library="wolfssl"), openssl("0.9.8k"), RUNS, PEER), ()),
        ((speaks(), RUNS, PEER), ()),
    ],
)
def test_programs_that_know_no_current_version(given: tuple[Observation, ...], expected: tuple[str, ...]) -> None:
    assert effects(LIBRARIES, *given) == expected


@pytest.mark.parametrize("rule", [SUITES, LIBRARIES])
def test_silence_is_never_a_pass(rule: Any) -> None:
    assert verdict(rule, *web()) is Verdict.INCONCLUSIVE

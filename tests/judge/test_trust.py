"""What clients check: a compiled client or a settings file decides when all is seen, and is a suspicion otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.judge.rules import certificate_checks, trust
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Endpoint, Executable, StartedProgram, TlsProgram, TlsSetting
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import OTHER, at, seen
from tests.judge.given import effects, found, verdict

AGENT = "usr/bin/agent"


def runs(path: str = AGENT, state: StartState = "always", tree: int | None = None) -> Observation:
    name = path.rpartition("/")[2]
    more = {} if tree is None else {"tree": tree}
    return seen(StartedProgram(name, path, "sysv", state, path), "etc/init.d/S50agent", 3, **more)


def client(**more: Any) -> Observation:
    fields = {"library": "libcurl", "role": "client", "check": "off", "always": True} | more
    return seen(TlsProgram(**fields), AGENT, 4)


def loads(*needed: str) -> Observation:
    return seen(Executable("mips", 32, "big", "program", needed=needed), at(AGENT))


PEER = seen(Endpoint("https", "a.halyard.test"), AGENT, 9)


def test_a_started_client_that_never_checks_fails() -> None:
    answer = found(trust.PROGRAMS, client(), runs(), PEER)
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == "agent, which is started, has libcurl check no certificate of the servers it calls"


@pytest.mark.parametrize("needed", [("libssl.so.1.0.0", "libcrypto.so.1.0.0", "libc.so.6"), ("libc.so.0",)])
def test_a_started_client_of_openssl_that_asks_for_no_check_fails(needed: tuple[str, ...]) -> None:
    given = client(library="openssl", check="default-off", always=False), loads(*needed), runs(), PEER
    assert verdict(trust.PROGRAMS, *given) is Verdict.FAIL


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        pytest.param((client(), PEER), "that it is started was not seen", id="not started"),
        pytest.param((client(), PEER, runs(state="conditional")), "that it is started was not seen", id="perhaps"),
        pytest.param((client(), PEER, runs(tree=OTHER)), "that it is started was not seen", id="another tree"),
        pytest.param((client(), runs()), "which servers these are was not seen", id="no address"),
        pytest.param(
            (client(), runs(), seen(Endpoint("https", "127.0.0.1"), AGENT, 9)),
            "which servers these are was not seen",
            id="its own host",
        ),
        pytest.param(
            (client(always=False), runs(), PEER),
            "whether that holds for each connection was not followed",
            id="under a condition",
        ),
        pytest.param(
            (client(library="openssl", role="both"), runs(), PEER),
            "whether it calls servers or is called was not told",
            id="both sides",
        ),
        pytest.param(
            (client(library="openssl", check="default-off"), loads("libhalyardnet.so"), runs(), PEER),
            "a library that it loads may have them checked",
            id="a library of its own",
        ),
    ],
)
def test_what_was_not_seen_keeps_it_open_and_is_named(given: tuple[Observation, ...], missing: str) -> None:
    answer = found(trust.PROGRAMS, *given)
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert str(answer.why).endswith(missing)


@pytest.mark.parametrize(
    "good",
    [
        client(check="on"),
        client(check="default-on"),
        client(check="unread"),
        client(check="mixed"),
        client(own_checks=("SSL_get_verify_result",)),
        client(own_checks=("CURLOPT_PINNEDPUBLICKEY",)),
        client(library="openssl", role="server", check="default-off"),
    ],
)
def test_a_client_that_checks_or_may_and_a_server_are_not_reported(good: Observation) -> None:
    assert effects(trust.PROGRAMS, good, runs(), PEER) == ()


def off(program: str, path: str, endpoint: str = "") -> Observation:
    return seen(TlsSetting(program, "verify-peer", "off", endpoint), path, 2)


def command(program: str, *arguments: str, state: StartState = "always", path: str = "") -> Observation:
    fact = StartedProgram(program, program, "sysv", state, path or f"usr/bin/{program}", arguments=arguments)
    return seen(fact, "etc/init.d/S50agent", 3)


@pytest.mark.parametrize(
    ("switch", "start"),
    [
        (off("curl", "root/.curlrc"), command("curl", "-s", "https://a.halyard.test/x")),
        (off("wget", "etc/wgetrc"), command("wget", "-q", "https://a.halyard.test/x")),
        (off("stunnel", "etc/stunnel/stunnel.conf", "a.halyard.test:443"), command("stunnel")),
        (
            off("stunnel", "etc/cloud/stunnel.conf", "a.halyard.test:443"),
            command("stunnel4", "/etc/cloud/stunnel.conf"),
        ),
    ],
)
def test_settings_that_a_started_client_reads_decide(switch: Observation, start: Observation) -> None:
    answer = found(trust.CLIENT_SETTINGS, switch, start)
    assert answer.verdict is Verdict.FAIL
    assert "not to check certificates, and" in str(answer.why)
    assert effects(certificate_checks.CERTIFICATES, switch, start) == ()


@pytest.mark.parametrize(
    ("switch", "start"),
    [
        pytest.param(off("curl", "root/.curlrc"), command("curl", "http://a.halyard.test/x"), id="not encrypted"),
        pytest.param(off("curl", "root/.curlrc"), command("curl", "https://localhost/x"), id="the product itself"),
        pytest.param(off("curl", "root/.curlrc"), command("curl", "-q", "https://a.halyard.test/x"), id="not read"),
        pytest.param(off("curl", "home/dev/.curlrc"), command("curl", "https://a.halyard.test/x"), id="another home"),
        pytest.param(
            off("curl", "root/.curlrc"), command("curl", "https://a.halyard.test/", state="conditional"), id="perhaps"
        ),
        pytest.param(
            off("wget", "etc/wgetrc"), command("wget", "https://a.halyard.test/", path="bin/busybox"), id="busybox"
        ),
        pytest.param(off("stunnel", "etc/stunnel/stunnel.conf", "x:1"), command("stunnel", "/etc/o.conf"), id="other"),
        pytest.param(off("stunnel", "etc/stunnel/stunnel.conf", "x:1"), command("sleep"), id="not started"),
    ],
)
def test_settings_that_are_not_seen_to_be_read_stay_open(switch: Observation, start: Observation) -> None:
    assert effects(trust.CLIENT_SETTINGS, switch, start) == ("suspects",)


def test_a_tunnel_to_the_product_itself_is_not_reported() -> None:
    switch = off("stunnel", "etc/stunnel/stunnel.conf", "127.0.0.1:8443")
    assert effects(trust.CLIENT_SETTINGS, switch, command("stunnel")) == ()


@pytest.mark.parametrize("rule", [trust.PROGRAMS, trust.CLIENT_SETTINGS])
def test_silence_is_never_a_pass(rule: Any) -> None:
    assert verdict(rule, runs()) is Verdict.INCONCLUSIVE


def test_a_library_that_is_linked_in_is_doubted_and_never_decides() -> None:
    linked = seen(TlsProgram("openssl", "client", "off", always=True, is_linked_in=True), "usr/bin/agent")
    start = seen(StartedProgram("agent", "agent", "sysv", "always", "usr/bin/agent"), "etc/init.d/S50agent", 2)
    peer = seen(Endpoint("https", "api.halyard.test", 443, "/", "cloud"), "usr/bin/agent", 3)
    (bearing,) = found(trust.PROGRAMS, linked, start, peer).bearings
    assert (bearing.effect, bearing.sureness) == ("suspects", "likely")
    assert "linked in" in str(bearing.why)

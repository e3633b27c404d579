"""Orders in clear, and services that are let in from the side of the internet."""

from __future__ import annotations

import msgspec
import pytest

from plimsoll.judge.rules.control import CONTROL, INTERNET_SIDE
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import ControlLink, FirewallRule, Service
from plimsoll.model.facts.exposure import LinkRole
from tests.judge.building import effects, evidence, found, judged, seen, setting, start

OPEN = seen(
    FirewallRule("iptables", "append", "accept", "internet", "tcp", ((22, 23),)),
    "etc/init.d/S10fw",
    inspector="startup",
)


def link(
    role: LinkRole = "manager",
    host: str = "acs.maker.net",
    *,
    program: str = "easycwmpd",
    scheme: str = "http",
    encrypted: bool = False,
    active: bool = True,
) -> Observation:
    fact = ControlLink(role, program, scheme, host, encrypted, active)
    return seen(fact, "etc/init.d/S50services" if role == "commands" else "etc/config/easycwmp", 0)


def test_a_manager_in_clear_that_a_started_client_speaks_to_decides() -> None:
    assert effects(CONTROL, link(), start("easycwmpd")) == ("refutes",)


@pytest.mark.parametrize(
    ("given", "client"),
    [
        pytest.param(link(), start("sh"), id="no client is started"),
        pytest.param(link(), start("easycwmpd", state="conditional"), id="perhaps"),
        pytest.param(link(program=""), start("easycwmpd"), id="whose setting it is is not known"),
        pytest.param(link(host="192.168.1.10"), start("easycwmpd"), id="an address of a laboratory"),
    ],
)
def test_a_manager_in_clear_that_is_not_seen_to_be_used_is_doubted(given: Observation, client: Observation) -> None:
    assert effects(CONTROL, given, client) == ("suspects",)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(link(scheme="https", encrypted=True), id="encrypted"),
        pytest.param(link(active=False), id="switched off"),
        pytest.param(link(host="127.0.0.1"), id="the product itself"),
        pytest.param(link(host="acs.example.com"), id="an example"),
        pytest.param(link(host="$acs_host"), id="a variable"),
    ],
)
def test_what_is_no_manager_in_clear(given: Observation) -> None:
    assert effects(CONTROL, given, start("easycwmpd")) == ()


def test_a_fetched_command_that_is_run_decides() -> None:
    running = start("wget", "-O", "-", "http://cmd.maker.net/x")
    assert effects(CONTROL, link("commands", "cmd.maker.net", program=""), running) == ("refutes",)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("test.maker.net", ("refutes",)),
        ("api.halyard.test", ("refutes",)),
        ("192.168.1.10", ("suspects",)),
        ("cmd.example.com", ("suspects",)),
        ("cmd.invalid", ("suspects",)),
        ("$server", ("suspects",)),
        ("yourserver.net", ("suspects",)),
        ("127.0.0.1", ()),
        ("localhost", ()),
    ],
)
def test_who_is_asked_for_commands_is_heeded(host: str, expected: tuple[str, ...]) -> None:
    assert effects(CONTROL, link("commands", host, program=""), start("curl", f"http://{host}/x")) == expected


def test_a_fetched_command_of_a_script_that_nothing_starts_is_doubted() -> None:
    other = start("sh", where="etc/init.d/S60other")
    assert effects(CONTROL, link("commands", "cmd.maker.net", program=""), other) == ("suspects",)


@pytest.mark.parametrize("role", ["broker", "log-server"])
def test_brokers_and_logs_in_clear_are_doubted(role: LinkRole) -> None:
    assert effects(CONTROL, link(role, program="mosquitto"), start("sh"), start("mosquitto", line=1)) == ("suspects",)


def test_the_command_line_of_a_client_is_enough() -> None:
    assert effects(CONTROL, start("tr69c", "-u", "http://acs.maker.net:7547/")) == ("refutes",)
    assert effects(CONTROL, start("tr69c", "-u", "https://acs.maker.net/")) == ()
    assert effects(CONTROL, start("tr69c", "-u", "http://acs.maker.net/", state="not-started")) == ("blocks",)


def test_logs_that_busybox_sends_are_doubted() -> None:
    assert effects(CONTROL, start("syslogd", "-R", "logs.maker.net:514")) == ("suspects",)
    assert effects(CONTROL, start("syslogd", "-R", "$server")) == ()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("rwcommunity", "***", ("refutes",)),
        ("rwcommunity", "*** 192.168.0.0/16", ("refutes",)),
        ("rwcommunity", "*** 127.0.0.1", ()),
        ("rocommunity", "***", ("suspects",)),
        ("rwuser", "admin priv", ()),
    ],
)
def test_communities_of_snmp(key: str, value: str, expected: tuple[str, ...]) -> None:
    assert effects(CONTROL, start("snmpd"), setting("snmpd", key, value)) == expected


def test_communities_of_a_server_that_is_not_started_or_an_example_do_not_count() -> None:
    assert (
        effects(
            CONTROL, start("snmpd", state="not-started"), start("sh", line=1), setting("snmpd", "rwcommunity", "***")
        )
        == ()
    )
    assert effects(CONTROL, start("snmpd"), setting("snmpd", "rwcommunity", "***", active=False)) == ()


def test_a_broker_without_tls_is_doubted() -> None:
    assert effects(CONTROL, start("mosquitto"), setting("mosquitto", "listener", "1883")) == ("suspects",)


@pytest.mark.parametrize(
    "settings",
    [
        (("listener", "1883 127.0.0.1"),),
        (("listener", "8883"), ("certfile", "/etc/cert.pem")),
        (),
    ],
)
def test_a_broker_that_is_not_open_in_clear(settings: tuple[tuple[str, str], ...]) -> None:
    given = [setting("mosquitto", key, value, line=number) for number, (key, value) in enumerate(settings)]
    assert effects(CONTROL, start("mosquitto"), *given) == ()


def test_a_login_that_the_internet_is_let_in_to_is_doubted() -> None:
    assert effects(INTERNET_SIDE, start("dropbear"), OPEN) == ("suspects",)


def test_a_login_that_the_filter_does_not_open_is_not() -> None:
    assert effects(INTERNET_SIDE, start("dropbear")) == ()
    closed = msgspec.structs.replace(OPEN, fact=FirewallRule("iptables", "append", "refuse", "internet"))
    assert effects(INTERNET_SIDE, start("dropbear"), closed) == ()
    assert effects(INTERNET_SIDE, start("dropbear", "-p", "127.0.0.1:22"), OPEN) == ()


def test_what_is_there_for_the_provider_does_not_count() -> None:
    cwmp = seen(
        Service("cwmpd", "cwmp", "always", "own", None, 7547, "internet"), "etc/init.d/S50", inspector="services"
    )
    assert judged(INTERNET_SIDE, evidence(start("sh"), cwmp)).findings[0].bearings == ()


def test_orders_from_a_broker_in_clear_are_doubted() -> None:
    assert effects(CONTROL, start("mosquitto_sub", "-h", "broker.maker.net", "-t", "orders")) == ("suspects",)
    assert effects(CONTROL, start("mosquitto_sub", "-h", "127.0.0.1", "-t", "orders")) == ()
    assert (
        effects(CONTROL, start("mosquitto_sub", "--cafile", "/etc/ca.pem", "-h", "broker.maker.net", "-t", "x")) == ()
    )


def test_who_stands_between_is_told_by_where_the_peer_is() -> None:
    far, near = (
        found(CONTROL, link(), start("easycwmpd")),
        found(CONTROL, link(host="192.168.1.10"), start("easycwmpd")),
    )
    assert [(one.reach, one.sureness) for one in far.bearings] == [("internet", "firm")]
    assert [(one.reach, one.sureness) for one in near.bearings] == [("network", "likely")]


def test_a_service_that_the_filter_opens_is_reached_from_the_internet() -> None:
    assert [one.reach for one in found(INTERNET_SIDE, start("dropbear"), OPEN).bearings] == ["internet"]

from __future__ import annotations

from typing import Literal

import pytest

from plimsoll.judge.rules.service_secrets import SERVICE_SECRETS
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Credential, SecretProvisioning, StoreReader
from plimsoll.model.verdict import Verdict
from tests.judge.building import effects, found, script, secret, seen, start, verdict

REPORT = "usr/bin/report"
ELSEWHERE = script("etc/rc.local")


def shown(
    subject: str = "http",
    where: str = REPORT,
    *,
    role: Literal["accepts", "presents", "unknown"] = "presents",
    placeholder: bool = False,
    active: bool = True,
) -> Observation:
    return seen(Credential(subject, "password", secret("word"), "unit", role, placeholder, active), where, 2)


CURL = start("curl", "-u", "unit:***", "https://cloud.maker.test/", where=REPORT, line=2)
RUNNING = script(REPORT)


def test_a_secret_in_a_started_command_is_not_met() -> None:
    finding = found(SERVICE_SECRETS, shown(), CURL, RUNNING)
    assert finding.verdict is Verdict.FAIL
    assert str(finding.why) == "report, which is started, shows a password to others that is the same in every unit"


def test_a_script_that_is_not_seen_to_run_is_a_suspicion() -> None:
    assert effects(SERVICE_SECRETS, shown(), CURL, ELSEWHERE) == ("suspects",)
    conditional = start("curl", "https://cloud.maker.test/", where=REPORT, line=2, state="conditional")
    assert effects(SERVICE_SECRETS, shown(), conditional, RUNNING) == ("suspects",)


def test_a_call_to_the_product_itself_does_not_count() -> None:
    own = start("curl", "-u", "unit:***", "http://127.0.0.1/", where=REPORT, line=2)
    assert effects(SERVICE_SECRETS, shown(), own, RUNNING) == ()


def test_a_secret_in_configuration_is_a_suspicion() -> None:
    given = shown("mqtt", "etc/bridge.conf")
    assert effects(SERVICE_SECRETS, given, ELSEWHERE) == ("suspects",)
    named = found(SERVICE_SECRETS, given, start("mosquitto", "-c", "/etc/bridge.conf"), ELSEWHERE)
    assert "names the file" in str(named.bearings[0].why)
    reader = seen(StoreReader("agent", "etc/bridge.conf"), "usr/bin/agent", 3)
    read = found(SERVICE_SECRETS, given, reader, start("agent", path="usr/bin/agent"), ELSEWHERE)
    assert "names the file" in str(read.bearings[0].why)


def test_a_secret_that_a_script_replaces_keeps_it_open() -> None:
    given = shown("mqtt", "etc/bridge.conf")
    change = seen(SecretProvisioning("mqtt", "per-device", "uci", "mqtt.password"), "etc/init.d/S10ids", 1)
    assert effects(SERVICE_SECRETS, given, change, script("etc/init.d/S10ids")) == ("blocks",)
    assert effects(SERVICE_SECRETS, given, change, ELSEWHERE) == ("suspects",)


@pytest.mark.parametrize(
    "given",
    [
        shown("ppp", "etc/ppp/peers/isp"),
        shown("dyndns", "etc/config/ddns"),
        shown("wpa", "etc/wpa_supplicant.conf"),
        shown("", "etc/a.conf"),
        shown("mqtt", "etc/a.conf", role="accepts"),
        shown("mqtt", "etc/a.conf", role="unknown"),
        shown("mqtt", "etc/a.conf", placeholder=True),
        shown("mqtt", "etc/a.conf", active=False),
    ],
)
def test_what_people_enter_and_what_is_no_secret_does_not_count(given: Observation) -> None:
    assert effects(SERVICE_SECRETS, given, ELSEWHERE) == ()


def test_a_tree_of_which_no_start_is_known_keeps_it_open() -> None:
    assert effects(SERVICE_SECRETS, shown("ppp", "etc/ppp/peers/isp")) == ("blocks",)


def test_nothing_seen_is_not_shown() -> None:
    assert verdict(SERVICE_SECRETS, ELSEWHERE) is Verdict.INCONCLUSIVE

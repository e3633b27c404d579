"""Claims that something is absent: taken only where it was looked for and not seen."""

from __future__ import annotations

import msgspec
import pytest

from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Credential, Endpoint, UpdateTrust
from tests.judge.building import image_map, passwd, secret, seen, shadow, start
from tests.judge.claiming import CAMERA, ROOT, SENT, TELNET, outcome, own_update, result, weighed
from tests.judge.publishing import (
    claim,
    policy,
    searches,
    together,
)


def test_no_passwords_is_contradicted_by_an_account_with_a_live_login() -> None:
    answer = result(claim("no-passwords"), TELNET, *ROOT)
    assert answer.outcome == "contradicted"
    assert str(answer.why) == "telnetd is started and asks root for a password"
    assert {2, 3, 4} <= set(answer.observations)


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((TELNET, passwd("root", "shadowed"), shadow("root", "locked")), id="a service, and no password"),
        pytest.param((start("telnetd", state="conditional"), *ROOT), id="perhaps started"),
        pytest.param((start("dropbear", state="not-started"), *ROOT), id="a password, and nothing asks for it"),
        pytest.param((start("lighttpd"),), id="a web server that may ask"),
        pytest.param((), id="nothing is known of what starts"),
    ],
)
def test_no_passwords_stays_untested_where_a_password_may_be_asked_for(evidence: tuple[Observation, ...]) -> None:
    assert outcome(claim("no-passwords"), *evidence) == "untested"


def test_no_passwords_is_borne_out_only_when_they_were_looked_for() -> None:
    good = (start("ntpd"), passwd("root", "shadowed"), shadow("root", "locked"))
    assert outcome(claim("no-passwords"), *good) == "borne-out"
    assert outcome(claim("no-passwords"), *good, share=0.7) == "untested"
    assert outcome(claim("no-passwords"), *good, without=["accounts"]) == "untested"
    assert outcome(claim("no-passwords"), *good, status={"startup": "partial"}) == "untested"


def test_a_row_that_does_not_apply_is_taken_only_when_the_feature_was_looked_for() -> None:
    claimed = claim("not-applicable", provision="5.8-3")
    assert outcome(claimed, start("ntpd")) == "borne-out"
    assert outcome(claimed, start("ntpd"), CAMERA) == "contradicted"
    assert outcome(claimed, start("ntpd"), share=0.5) == "untested"
    assert outcome(claimed, start("ntpd"), without=["sensors"]) == "untested"
    assert outcome(claimed) == "untested"
    assert weighed(Evidence((claimed,)))[0].outcome == "untested"


@pytest.mark.parametrize(
    ("provision", "evidence", "expected"),
    [
        ("5.1-1", (TELNET, *ROOT), "contradicted"),
        ("5.1-1", (start("ntpd"),), "borne-out"),
        ("5.1-4", (start("ntpd"),), "untested"),
        ("5.3-3", (start("ntpd"),), "borne-out"),
        ("5.3-3", (), "untested"),
        ("5.3-3", own_update(), "contradicted"),
        ("5.5-5", (start("ntpd"),), "borne-out"),
        ("5.5-5", (start("lighttpd"),), "contradicted"),
        ("5.10-1", (start("ntpd"), SENT), "contradicted"),
        ("5.10-1", (start("ntpd"),), "borne-out"),
        ("6-1", (start("ntpd"),), "untested"),
        ("5.2-1", (), "untested"),
        ("", (), "untested"),
        ("9.9-9", (), "untested"),
    ],
)
def test_each_condition_is_looked_for_by_what_shows_it(
    provision: str, evidence: tuple[Observation, ...], expected: str
) -> None:
    assert outcome(claim("not-applicable", provision=provision), *evidence) == expected


def test_an_image_without_any_files_bears_nothing_out() -> None:
    given = together(claim("no-feature", "no microphone"), start("ntpd"))
    for images, expected in ((given.images, "borne-out"), ((image_map(),), "untested")):
        (answer, *_) = weighed(msgspec.structs.replace(given, images=images))
        assert answer.outcome == expected


def test_a_row_that_does_not_apply_is_contradicted_where_its_provision_is_not_met() -> None:
    lacking = (*policy(lacking=("contact",)), *searches())
    assert outcome(claim("not-applicable", provision="5.2-1"), *lacking) == "contradicted"


@pytest.mark.parametrize(
    ("value", "evidence", "expected"),
    [
        ("no microphone", (start("ntpd"), CAMERA), "borne-out"),
        ("camera", (CAMERA,), "contradicted"),
        ("v", (CAMERA,), "contradicted"),
        ("telemetry", (start("ntpd"), SENT), "contradicted"),
        ("automatic updates", (start("ntpd"),), "borne-out"),
        ("automatic updates", own_update(), "untested"),
        ("debug interfaces", (start("ntpd"),), "untested"),
        ("passwords", (TELNET, *ROOT), "contradicted"),
        ("a flux capacitor", (), "untested"),
    ],
)
def test_a_feature_that_is_claimed_to_be_absent(value: str, evidence: tuple[Observation, ...], expected: str) -> None:
    assert outcome(claim("no-feature", value), *evidence) == expected


def test_no_passwords_is_contradicted_by_a_password_that_a_started_service_accepts() -> None:
    credential = seen(Credential("http", "password", secret("word"), "admin", "accepts"), "etc/httpd.conf", 1)
    assert outcome(claim("no-passwords"), start("httpd"), credential) == "contradicted"


def test_an_account_that_asks_for_nothing_uses_no_password() -> None:
    empty = passwd("root", "shadowed"), shadow("root", "empty")
    assert outcome(claim("no-passwords"), TELNET, *empty) == "untested"


def test_a_console_that_is_started_is_an_interface_for_debugging() -> None:
    console = start("getty", "115200", "ttyS0", mechanism="inittab", where="etc/inittab")
    assert outcome(claim("no-feature", "debug interfaces"), console) == "contradicted"


def test_what_looks_for_updates_by_itself_contradicts_that_there_are_no_automatic_ones() -> None:
    looking = start("opkg", "update", "upgrade", mechanism="cron")
    trust = seen(UpdateTrust("opkg", "signature", "on"), "etc/opkg.conf", 1)
    assert outcome(claim("no-feature", "automatic updates"), looking, trust) == "contradicted"


def test_an_address_for_telemetry_in_a_program_leaves_its_absence_untested() -> None:
    inactive = seen(Endpoint("https", "t.halyard.example", None, "", "telemetry"), "usr/bin/agent", 1)
    assert outcome(claim("no-feature", "telemetry"), start("ntpd"), inactive) == "untested"


def test_a_service_that_may_be_reached_leaves_the_absence_of_settings_untested() -> None:
    perhaps = start("lighttpd", state="conditional")
    assert outcome(claim("not-applicable", provision="5.5-5"), start("ntpd"), perhaps) == "untested"

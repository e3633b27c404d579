"""Claims of a declaration set against the evidence: borne out, contradicted, or untested."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.judge.claims import undeclared, weigh_claims
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    Claim,
    PrivateKey,
    SecurityTxt,
    Service,
    UpdateClient,
    UpdateTrust,
)
from plimsoll.model.facts.claim import Statement
from plimsoll.model.facts.service import StartState
from tests.judge.building import passwd, provisioning, script, seen, shadow, start
from tests.judge.claiming import BROKER, CAMERA, ROOT, RUN_UPDATE, SENT, TELNET, outcome, own_update, result, weighed
from tests.judge.publishing import (
    MODEL,
    URL,
    claim,
    judged_by_all,
    model_page,
    on_page,
    period,
    policy,
    search,
    searches,
    together,
)


@pytest.mark.parametrize("statement", ["password-per-device", "password-user-set"])
def test_a_password_of_its_own_is_contradicted_by_a_fixed_hash_that_a_service_accepts(statement: Statement) -> None:
    answer = result(claim(statement), TELNET, *ROOT)
    assert answer.outcome == "contradicted"
    assert str(answer.why) == "telnetd is started and lets in root with a password that is the same in every unit"


@pytest.mark.parametrize(
    ("value", "evidence"),
    [
        pytest.param("", (start("telnetd", state="not-started"), *ROOT), id="nothing accepts it"),
        pytest.param("", (TELNET, passwd("root", "shadowed"), shadow("root", "locked")), id="locked"),
        pytest.param("web interface", (TELNET, *ROOT), id="another login is meant"),
        pytest.param(
            "", (TELNET, *ROOT, *(script("etc/init.d/S10passwd"), provisioning("per-device"))), id="set per unit"
        ),
        pytest.param("", (), id="nothing seen"),
    ],
)
def test_a_password_of_its_own_is_untested_otherwise(value: str, evidence: tuple[Observation, ...]) -> None:
    assert outcome(claim("password-per-device", value), *evidence) == "untested"


def test_a_claim_for_every_login_means_each() -> None:
    assert outcome(claim("password-per-device", "all logins, web and ssh"), TELNET, *ROOT) == "contradicted"
    assert outcome(claim("password-per-device", "telnet"), TELNET, *ROOT) == "contradicted"


def test_signed_updates_are_contradicted_by_a_script_that_fetches_over_http_and_checks_nothing() -> None:
    answer = result(claim("updates-signed"), *RUN_UPDATE, *own_update())
    assert answer.outcome == "contradicted"
    assert "update.sh, which is started, fetches from whoever answers" in str(answer.why)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        pytest.param((*RUN_UPDATE, *own_update("checksum", "on")), "contradicted", id="a checksum"),
        pytest.param((*RUN_UPDATE, *own_update("signature", "on")), "borne-out", id="signed"),
        pytest.param(own_update(), "untested", id="never started"),
        pytest.param((*RUN_UPDATE, *own_update("none", "unknown")), "untested", id="not known what is checked"),
        pytest.param((*RUN_UPDATE, *own_update(url="https://u.halyard.example")), "untested", id="https"),
        pytest.param(
            (*own_update("signature", "on"), seen(UpdateTrust("opkg", "signature", "off"), "etc/opkg.conf", 1)),
            "untested",
            id="another way without",
        ),
        pytest.param((), "untested", id="nothing seen"),
    ],
)
def test_signed_updates_are_set_against_every_way_that_was_seen(
    evidence: tuple[Observation, ...], expected: str
) -> None:
    assert outcome(claim("updates-signed"), *evidence) == expected


def test_signed_updates_with_a_signature_that_can_be_forged_are_not_borne_out() -> None:
    weak = seen(UpdateTrust("opkg", "signature", "on", "md5-rsa"), "etc/opkg.conf", 1)
    assert outcome(claim("updates-signed"), weak) == "untested"


def test_automatic_updates_are_set_against_what_looks_for_them() -> None:
    opkg = start("opkg", "update", "upgrade", mechanism="cron")
    trust = seen(UpdateTrust("opkg", "signature", "on"), "etc/opkg.conf", 1)
    assert outcome(claim("updates-automatic"), opkg, trust) == "borne-out"
    off = seen(UpdateClient("opkg", "conditional", False), "etc/opkg.conf", 2)
    assert outcome(claim("updates-automatic"), opkg, trust, off) == "contradicted"
    assert outcome(claim("updates-automatic"), trust) == "untested"


def test_a_declared_sensor_that_is_seen_is_borne_out() -> None:
    assert result(claim("sensor", "2 MP camera"), CAMERA).observations == (1,)
    assert outcome(claim("sensor", "2 MP camera"), CAMERA) == "borne-out"
    assert outcome(claim("sensor", "microphone"), CAMERA) == "untested"
    assert outcome(claim("sensor", "no camera"), CAMERA) == "contradicted"
    assert outcome(claim("sensor", "none"), start("ntpd")) == "borne-out"


def test_telemetry_that_is_declared_and_seen_is_borne_out() -> None:
    assert outcome(claim("telemetry", "usage counts"), SENT) == "borne-out"
    assert outcome(claim("telemetry", "usage counts")) == "untested"
    assert outcome(claim("telemetry", "none"), SENT) == "contradicted"


def test_a_support_period_is_contradicted_by_the_declaration_itself() -> None:
    own = claim("no-support-period", row="UserInfo")
    for yes in (claim("support-period"), claim("supported", provision="5.3-13")):
        answer = result(yes, own)
        assert answer.outcome == "contradicted"
        assert answer.observations == (1,)
    assert outcome(claim("supported", provision="5.2-1"), own) == "untested"


ASKED_FOR = search("support-period", model=MODEL)
ABSENT = search("support-period", "absent", model=MODEL)


@pytest.mark.parametrize(
    ("value", "evidence", "expected"),
    [
        pytest.param("", (ASKED_FOR, period(lifetime=True)), "contradicted", id="a lifetime"),
        pytest.param("", (ABSENT, model_page()), "contradicted", id="nothing on the pages"),
        pytest.param("", (ABSENT,), "untested", id="no page of the model"),
        pytest.param("", (search("support-period", "unreachable", model=MODEL),), "untested", id="unreachable"),
        pytest.param("", (ASKED_FOR, period(ends_on="2031-06")), "borne-out", id="a date"),
        pytest.param("until 2031-06-30", (ASKED_FOR, period(ends_on="2031-06")), "borne-out", id="the same month"),
        pytest.param("2033-12-31", (ASKED_FOR, period(ends_on="2031-06")), "contradicted", id="another date"),
        pytest.param("until 30 June 2031", (ASKED_FOR, period(ends_on="2031-06-30")), "borne-out", id="in words"),
        pytest.param("until 30 June 2033", (ASKED_FOR, period(ends_on="2031-06-30")), "untested", id="other words"),
        pytest.param("5 years from 2024", (ASKED_FOR, period(ends_on="2029-06")), "untested", id="a number of years"),
        pytest.param("2031-06", (ASKED_FOR, period("", "2031-06")), "untested", id="a date of the brand"),
        pytest.param("", (), "untested", id="nothing looked at"),
    ],
)
def test_a_support_period_is_set_against_the_pages(
    value: str, evidence: tuple[Observation, ...], expected: str
) -> None:
    assert outcome(claim("support-period", value), *evidence) == expected


def test_a_declared_lack_of_a_support_period_is_set_against_the_pages_too() -> None:
    assert outcome(claim("no-support-period"), ASKED_FOR, period(ends_on="2031-06")) == "contradicted"
    assert outcome(claim("no-support-period"), ASKED_FOR, period(lifetime=True)) == "borne-out"
    assert outcome(claim("no-support-period")) == "untested"


def test_a_disclosure_policy_is_set_against_the_pages() -> None:
    assert outcome(claim("disclosure-policy", URL + "/"), *policy(), *searches()) == "borne-out"
    assert outcome(claim("disclosure-policy"), *policy(), *searches()) == "borne-out"
    assert outcome(claim("disclosure-policy", "see www.halyard.example/security/policy."), *policy()) == "borne-out"
    assert outcome(claim("disclosure-policy", "halyard.example/security/other"), *policy()) == "untested"
    elsewhere = "https://other.example/policy"
    assert outcome(claim("disclosure-policy", elsewhere), *policy(), *searches()) == "untested"
    assert outcome(claim("disclosure-policy", URL), *searches("absent", "absent")) == "contradicted"
    assert outcome(claim("disclosure-policy", URL), on_page(SecurityTxt(URL))) == "untested"


def test_a_row_of_the_ics_follows_the_verdict_on_its_provision() -> None:
    good, bad = (*policy(), *searches()), (*policy(lacking=("contact",)), *searches())
    for statement, met, failed in (
        ("supported", "borne-out", "contradicted"),
        ("not-supported", "contradicted", "borne-out"),
    ):
        claimed = claim(statement, provision="5.2-1")  # type: ignore[arg-type]
        assert outcome(claimed, *good) == met
        assert outcome(claimed, *bad) == failed
        assert outcome(claimed) == "untested"
    for provision in ("", "9.9-9", "5.0-1"):
        assert outcome(claim("supported", provision=provision), *good) == "untested"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("tcp/23", "borne-out"),
        ("Telnet", "borne-out"),
        ("Telnet on port 23", "borne-out"),
        ("telnet, disabled", "contradicted"),
        ("telnet on tcp/2323", "untested"),
        ("ssh", "untested"),
        ("", "untested"),
    ],
)
def test_a_declared_interface_is_set_against_what_is_started(value: str, expected: str) -> None:
    assert outcome(claim("interface", value), TELNET) == expected


def test_a_declared_interface_that_nothing_starts_is_untested() -> None:
    assert outcome(claim("interface", "telnet"), start("telnetd", state="disabled")) == "untested"


def test_every_claim_gets_one_answer_in_the_order_of_the_observations() -> None:
    claims = (claim("no-passwords"), CAMERA, claim("sensor", "camera"), claim("no-passwords", row="2"))
    assert [one.claim for one in weighed(together(*claims))] == [0, 2, 3]
    assert weigh_claims(together(CAMERA)) == ()


def test_a_claim_that_breaks_is_untested_and_the_others_go_on() -> None:
    where = claim("sensor").where
    unknown = Observation(Claim("no-such-statement"), where, "test", window="declaration")  # type: ignore[arg-type]
    answers = weighed(together(unknown, claim("sensor", "camera"), CAMERA))
    assert [one.outcome for one in answers] == ["untested", "borne-out"]
    assert str(answers[0].why) == "the claim could not be set against the evidence: KeyError"


def test_claims_change_no_verdict() -> None:
    without = judged_by_all(together(TELNET, *ROOT, *policy(), *searches()))
    claims = (claim("no-passwords"), claim("supported", provision="5.1-1"), claim("no-support-period"))
    beside = judged_by_all(together(TELNET, *ROOT, *policy(), *searches(), *claims))
    assert [one.verdict for one in beside.findings] == [one.verdict for one in without.findings]


STATES: tuple[StartState, ...] = ("always", "conditional", "not-started")
STATEMENTS = (
    "supported", "not-supported", "not-applicable", "no-passwords", "password-per-device", "password-user-set",
    "updates-signed", "updates-automatic", "encrypted-communication", "tls-minimum", "sensor", "telemetry",
    "support-period", "no-support-period", "disclosure-policy", "interface", "no-feature",
)  # fmt: skip
SEEN = (
    *ROOT, CAMERA, SENT, *own_update(), *RUN_UPDATE, *BROKER, *policy(), *searches(), ASKED_FOR,
    period(lifetime=True), period(ends_on="2031-06"), model_page("no camera"),
    *(start("telnetd", state=state, where=f"etc/init.d/telnetd-{state}") for state in STATES),
    *(start("lighttpd", state=state, where=f"etc/init.d/lighttpd-{state}") for state in STATES),
    seen(Service("telnetd", "telnet", "always", "system", False), "not a place"),
    seen(PrivateKey("rsa", 2048, "pem", purpose="tls-server"), "etc/key.pem"),
    *(
        claim(statement, value, provision)  # type: ignore[arg-type]
        for statement in STATEMENTS
        for value, provision in (("", "5.1-1"), ("tcp/23 v camera 1.2", "5.8-3"), ("none", "5.3-13"), ("\0{x}", "{"))
    ),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(SEEN), max_size=16, unique=True))
def test_no_claim_breaks_on_any_evidence_and_every_answer_rests_on_places(drawn: list[Observation]) -> None:
    given = together(*drawn)
    answers = weighed(given)
    assert len(answers) == sum(1 for _ in given.of(Claim))
    for one in answers:
        assert str(one.why)
        assert all(0 <= number < len(given.observations) for number in one.observations)
        assert one.observations == tuple(sorted(set(one.observations)))
        assert one.outcome != "contradicted" or one.observations
    assert all(one.observations for one in undeclared(given))

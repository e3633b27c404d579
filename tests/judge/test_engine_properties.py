"""What holds for every judgement, whatever the evidence and the rules."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.catalogue import load
from plimsoll.inspect.maker import MAKER_INSPECTORS
from plimsoll.judge.engine import OPENING
from plimsoll.judge.rule import Rule
from plimsoll.judge.rules import RULES, password_care, passwords
from plimsoll.model.assessment import Finding
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    Account,
    AuthorizedKey,
    Component,
    Credential,
    Fact,
    GuessedPassword,
    PasswordHash,
    PasswordProvisioning,
    Service,
    ServiceSetting,
    StartedProgram,
)
from plimsoll.model.verdict import Verdict
from tests.judge.building import digest, evidence, judged, secret, seen
from tests.judge.weighing import BOTH, EFFECTS, REFUTE, rule

PASSWORD_RULES = tuple(
    value for module in (passwords, password_care) for value in vars(module).values() if isinstance(value, Rule)
)

FACTS: tuple[Fact, ...] = (
    *(Component(effect, "1", "banner") for effect in EFFECTS),
    Account("root", "passwd", "empty", 0, 0, "/root", "/bin/sh"),
    Account("root", "shadow", "hashed"),
    Account("admin", "htpasswd", "locked"),
    PasswordHash("root", "des", secret("a hash"), "shadow"),
    Credential("http", "password", secret("a word"), "admin", "accepts"),
    StartedProgram("telnetd", "telnetd", "sysv", "always", "usr/sbin/telnetd"),
    Service("telnetd", "telnet", "always", "system", False, 23),
    Service("sshd", "ssh", "conditional", "system", True, 22),
    Account("root", "passwd", "shadowed", 0, 0, "/root", "/bin/sh"),
    Account("root", "passwd", "hashed", 0, 0, "/root", "/bin/sh", active=False),
    Account("admin", "passwd", "locked", 0, 0, "/", "/bin/sh"),
    PasswordHash("root", "sha512crypt", secret("another hash"), "passwd"),
    GuessedPassword("root", "des", "letmein", secret("a hash"), 3),
    PasswordProvisioning("root", "constant", command="sed", secret=secret("")),
    PasswordProvisioning("root", "constant", command="usermod", secret=secret("!")),
    PasswordProvisioning("", "random", command="chpasswd"),
    StartedProgram("passwd", "etc/shadow", "script", "conditional", "etc/shadow"),
    StartedProgram("sshd", "sshd -o x", "sysv", "always", "usr/sbin/sshd", arguments=("-o", "x")),
    ServiceSetting("sshd", "permitrootlogin", "yes"),
    ServiceSetting("sshd", "permitrootlogin", "no"),
    AuthorizedKey("root", "ssh-rsa", digest("a key")),
)

observed = st.lists(
    st.builds(
        seen, st.sampled_from(FACTS), st.sampled_from(["etc/passwd", "etc/shadow", "usr/bin/x"]), st.integers(0, 9)
    ),
    max_size=16,
    unique=True,
)
many_rules = st.lists(
    st.sampled_from(
        [*RULES, *(rule(one.id, needs=()) for one in load().criteria), rule(BOTH), rule(REFUTE, window="device")]
    ),
    max_size=12,
)
gaps = st.lists(st.sampled_from([OPENING, "startup", "services", "accounts", "updates"]), max_size=2)


@given(observed.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))), many_rules)
def test_the_order_of_observations_changes_no_verdict(
    orders: tuple[list[Observation], list[Observation]], rules: list[Rule]
) -> None:
    one, other = (judged(rules, evidence(*order)) for order in orders)
    assert [finding.verdict for finding in one.findings] == [finding.verdict for finding in other.findings]
    assert [result.verdict for result in one.provisions] == [result.verdict for result in other.provisions]
    assert [result.verdict for result in one.capabilities] == [result.verdict for result in other.capabilities]


@given(observed.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))))
def test_the_order_of_observations_changes_nothing_that_is_said_of_passwords(
    orders: tuple[list[Observation], list[Observation]],
) -> None:
    one, other = (judged(PASSWORD_RULES, evidence(*order)) for order in orders)
    assert list(map(said, one.findings)) == list(map(said, other.findings))


def said(finding: Finding) -> list[tuple[str, str]]:
    return sorted((bearing.effect, str(bearing.why)) for bearing in finding.bearings)


@given(many_rules.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))), observed)
def test_the_order_of_rules_changes_no_verdict(orders: tuple[list[Rule], list[Rule]], given: list[Observation]) -> None:
    one, other = (judged(order, evidence(*given)) for order in orders)
    assert [result.verdict for result in one.provisions] == [result.verdict for result in other.provisions]
    assert [result.verdict for result in one.capabilities] == [result.verdict for result in other.capabilities]


@given(observed, many_rules, gaps)
def test_the_same_evidence_gives_the_same_bytes(
    given: list[Observation], rules: list[Rule], without: list[str]
) -> None:
    one, other = (judged(rules, evidence(*given, without=without)) for _ in range(2))
    assert msgspec.json.encode(one) == msgspec.json.encode(other)


@given(observed, many_rules, gaps, st.floats(0, 1))
def test_no_window_says_more_than_it_can(
    given: list[Observation], rules: list[Rule], without: list[str], share: float
) -> None:
    catalogue = load()
    judgement = judged(rules, evidence(*given, without=without, share=share))
    for one in judgement.findings:
        power = catalogue.criterion(one.criterion).power.get(one.window, "none")
        assert power in ("both", "confirm") or one.verdict is not Verdict.PASS
        assert power in ("both", "refute") or one.verdict is not Verdict.FAIL
        assert one.verdict is not Verdict.PASS or (OPENING not in without and share >= 0.89)


@given(observed, many_rules, gaps)
def test_everything_open_names_what_would_settle_it(
    given: list[Observation], rules: list[Rule], without: list[str]
) -> None:
    judgement = judged(rules, evidence(*given, without=without))
    for result in (*judgement.findings, *judgement.capabilities):
        is_open = result.verdict is Verdict.INCONCLUSIVE
        assert bool(result.settle) is is_open
        assert str(result.why)
    assert all(str(one.why) for one in judgement.provisions)


@given(observed, many_rules, gaps)
def test_a_capability_is_met_only_when_each_provision_of_its_gate_is(
    given: list[Observation], rules: list[Rule], without: list[str]
) -> None:
    judgement = judged(rules, evidence(*given, without=without))
    for capability in load().capabilities:
        gate = {one.verdict for one in judgement.provisions if one.id in capability.gate}
        verdict = judgement.capabilities[capability.number - 1].verdict
        assert (verdict is Verdict.FAIL) is (Verdict.FAIL in gate)
        assert verdict is not Verdict.PASS or gate == {Verdict.PASS}


def test_silence_of_all_rules_over_a_whole_image_is_met_nowhere() -> None:
    start = seen(StartedProgram("init", "init", "inittab", "always", "bin/busybox"), "etc/inittab", 1)
    for whole in (evidence(), evidence(start)):
        judgement = judged(RULES, whole)
        results = (*judgement.findings, *judgement.provisions, *judgement.capabilities)
        assert {one.verdict for one in results} == {Verdict.INCONCLUSIVE}


def test_no_rule_breaks_over_an_empty_image() -> None:
    whys = [str(bearing.why) for one in judged(RULES, evidence()).findings for bearing in one.bearings]
    assert not [why for why in whys if why.startswith("the rule ")]


def test_every_need_of_a_rule_is_an_inspection_that_is_made() -> None:
    made = {one.inspector for one in evidence().inspections} | {one.id for one in MAKER_INSPECTORS}
    assert {need for one in RULES for need in one.needs} <= made

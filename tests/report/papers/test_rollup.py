from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.catalogue.test_cases import load_cases
from plimsoll.model.assessment import Assessment
from plimsoll.model.declaration import DeclarationForm, IcsRow
from plimsoll.model.facts import Claim
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers._rollup import CARRIED_OUT, Group, rolled_up, rolled_up_group, windows_of
from plimsoll.report.papers.paper import NOTHING
from plimsoll.report.papers.test_plan import overall
from tests.report.papers.samples import CATALOGUE, declared, judged

PASS, FAIL, OPEN, NONE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE
POLICY = "disclosure-policy-is-published"
CLAIM = (Claim("supported", "5.2-1"), "borne-out")


def group(assessment: Assessment, provision: str) -> Group:
    """Roll up one group."""
    return rolled_up_group(assessment, next(one for one in load_cases() if one.provision == provision))


@given(st.lists(st.sampled_from([PASS, FAIL, OPEN])))
def test_worst_goes_first_and_all_means_all(verdicts: list[Verdict]) -> None:
    got = rolled_up(verdicts)
    assert (got is FAIL) == (FAIL in verdicts)
    assert (got is PASS) == (bool(verdicts) and set(verdicts) == {PASS})


def test_over_nothing_nothing_passes() -> None:
    assert rolled_up([]) is OPEN


def test_what_does_not_apply_never_passes_a_test() -> None:
    assert rolled_up([NONE]) is OPEN and rolled_up([PASS, NONE]) is OPEN


def test_units_that_are_carried_out_exist_and_their_criteria_stand_for_their_provision() -> None:
    units = {unit.id: one.provision for one in load_cases() for case in one.cases for unit in case.units}
    for unit, criterion in CARRIED_OUT.items():
        assert criterion in {one.id for one in CATALOGUE.criteria_of(units[unit])}


def test_a_group_passes_only_when_every_unit_was_carried_out_and_passed() -> None:
    rolled = group(declared(judged({POLICY: PASS}), CLAIM), "5.2-1")
    assert [one.verdict for one in rolled.cases] == [PASS, PASS] and rolled.verdict is PASS


def test_a_confirmed_provision_without_a_declaration_is_not_tested() -> None:
    assert group(judged({POLICY: PASS}), "5.2-1").verdict is OPEN


def test_a_provision_that_is_not_met_as_a_whole_passes_no_unit() -> None:
    met = declared(judged({POLICY: PASS}), CLAIM)
    changed = tuple(msgspec.structs.replace(one, verdict=OPEN) for one in met.provisions)
    assert group(msgspec.structs.replace(met, provisions=changed), "5.2-1").verdict is OPEN


def test_a_contradicted_claim_keeps_a_unit_from_passing() -> None:
    assessment = declared(judged({POLICY: PASS}), (Claim("supported", "5.2-1"), "contradicted"))
    assert group(assessment, "5.2-1").verdict is OPEN


def test_a_criterion_confirmed_through_another_window_carries_out_nothing() -> None:
    assessment = declared(judged({POLICY: PASS}, {POLICY: "declaration"}), CLAIM)
    assert group(assessment, "5.2-1").verdict is OPEN


def test_one_unit_that_was_not_carried_out_keeps_its_case_and_group_open() -> None:
    rolled = group(declared(judged({"support-period-is-published": PASS})), "5.3-13")
    assert [unit.verdict for case in rolled.cases for unit in case.units].count(PASS) == 2
    assert [case.verdict for case in rolled.cases] == [OPEN, OPEN] and rolled.verdict is OPEN


def test_a_met_provision_whose_cases_need_a_laboratory_stays_open() -> None:
    met = judged({"update-mechanism-is-secure": PASS}, {"update-mechanism-is-secure": "firmware"})
    assert group(declared(met), "5.3-2").verdict is OPEN


@pytest.mark.parametrize(
    ("criterion", "provision", "broken"),
    [
        ("no-fixed-account-is-accepted", "5.1-1", ["5.1-1-2"]),
        ("no-clear-text-login-service", "5.5-1", ["5.5-1-2"]),
        ("private-keys-are-not-shared", "5.5-8", []),
    ],
    ids=["through the window of the case", "through another window", "without a functional case"],
)
def test_what_refutes_a_provision_fails_a_functional_case_and_the_group(
    criterion: str, provision: str, broken: list[str]
) -> None:
    rolled = group(judged({criterion: FAIL}, {criterion: "firmware"}), provision)
    assert [one.case.id for one in rolled.cases if one.verdict is FAIL] == broken
    assert rolled.verdict is FAIL


def test_which_of_several_units_is_broken_stays_open() -> None:
    rolled = group(judged({"no-fixed-account-is-accepted": FAIL}), "5.1-1")
    (unit,) = rolled.cases[1].units
    assert unit.id == "5.1-1-2/a to c, at least one" and len(unit.pass_when) == 3


def test_a_group_never_passes_when_its_provision_is_not_met() -> None:
    for one in load_cases():
        for criterion in CATALOGUE.criteria_of(one.provision):
            assert rolled_up_group(judged({criterion.id: FAIL}), one).verdict is FAIL


def test_the_inputs_of_a_case_name_its_windows() -> None:
    cases = {case.id: case for one in load_cases() for case in one.cases}
    assert windows_of(cases["5.1-1-2"]) == ("device", "firmware")
    assert windows_of(cases["5.2-1-1"]) == ("declaration", "maker")


def test_the_product_passes_only_when_every_provision_is_accounted_for() -> None:
    assessment = declared(judged({POLICY: PASS}), CLAIM)
    groups = [rolled_up_group(assessment, one) for one in load_cases()]
    only = msgspec.structs.replace(CATALOGUE, provisions=(CATALOGUE.provision("5.2-1"),))
    assert overall(assessment, only, NOTHING, groups) is PASS
    assert overall(assessment, CATALOGUE, NOTHING, groups) is OPEN


def test_a_mandatory_provision_that_is_not_claimed_fails_the_product() -> None:
    form = DeclarationForm(ics={"5.2-1": IcsRow("N", "no time")})
    assert overall(judged({}), CATALOGUE, form, []) is FAIL


def test_a_claim_that_something_does_not_apply_is_not_believed_alone() -> None:
    form = DeclarationForm(ics={"5.1-2": IcsRow("N/A", "no passwords")})
    only = msgspec.structs.replace(CATALOGUE, provisions=tuple(map(CATALOGUE.provision, ("5.1-2", "5.2-1"))))
    assessment = declared(judged({POLICY: PASS}), CLAIM)
    groups = [rolled_up_group(assessment, one) for one in load_cases()]
    assert overall(assessment, only, form, groups) is OPEN
    absent = declared(judged({POLICY: PASS, "initial-passwords-not-derivable": NONE}), CLAIM)
    assert overall(absent, only, form, groups) is PASS

"""Rules on what a maker publishes: the disclosure policy and the support period, through the engine and catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules.publication import PERIOD, POLICY
from plimsoll.model.assessment import Finding
from plimsoll.model.evidence import Observation, Status
from plimsoll.model.facts import DisclosurePolicy, Fact, PolicyTerm, Search, SecurityTxt, SupportPeriod
from plimsoll.model.facts.maker import Outcome, PolicyTermKind
from plimsoll.model.verdict import Verdict
from tests.judge.building import judged
from tests.judge.publishing import (
    ASKED,
    MODEL,
    SITE,
    URL,
    judged_by_all,
    model_page,
    on_page,
    period,
    policy,
    published,
    search,
    searches,
)

OTHER = SITE + "/legal/reports"
FILE = SITE + "/.well-known/security.txt"


def found(rule: Rule, *observations: Observation, status: dict[str, Status] | None = None) -> Finding:
    return judged(rule, published(*observations, status=status or {})).findings[0]


def effects(rule: Rule, *observations: Observation) -> set[str]:
    return {one.effect for one in found(rule, *observations).bearings}


def security_txt(**more: Any) -> Observation:
    fact = SecurityTxt(FILE, **{"contacts": ("mailto:psirt@halyard.example",), **more})
    return on_page(fact, url=FILE)


def test_a_policy_for_products_with_contact_and_both_times_meets_capability_2() -> None:
    judgement = judged_by_all(published(*policy(), *searches()))
    assert judgement.capabilities[1].verdict is Verdict.PASS
    provision = next(one for one in judgement.provisions if one.id == "5.2-1")
    assert provision.verdict is Verdict.PASS


def test_a_met_policy_rests_on_the_quoted_words_of_each_thing_that_is_asked() -> None:
    given = published(*policy(), *searches())
    bearing = judged(POLICY, given).findings[0].bearings[0]
    terms = [given.observations[number].fact for number in bearing.observations]
    assert {one.term for one in terms if isinstance(one, PolicyTerm)} == set(ASKED)


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("contact", "whom to tell"),
        ("acknowledgement", "when receipt is acknowledged"),
        ("status-updates", "that news follows until the matter is resolved"),
    ],
)
def test_a_policy_that_lacks_one_of_the_three_is_not_met_and_says_which(lacking: PolicyTermKind, words: str) -> None:
    answer = found(POLICY, *policy(lacking=(lacking,)), *searches())
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == f"the policy at {URL} does not say {words}"


def test_a_policy_without_both_times_makes_capability_2_not_met() -> None:
    observations = (*policy(lacking=("acknowledgement", "status-updates")), *searches())
    judgement = judged_by_all(published(*observations))
    assert judgement.capabilities[1].verdict is Verdict.FAIL
    assert judgement.capabilities[1].fix == ("disclosure-policy-is-published",)


def test_a_lacking_policy_stays_open_where_not_all_places_were_looked_at() -> None:
    lacking = policy(lacking=("acknowledgement",))
    assert (
        found(POLICY, *lacking, *searches(), status={"maker-disclosure-policy": "partial"}).verdict
        is Verdict.INCONCLUSIVE
    )
    unreached = search("disclosure-policy", "unreachable")
    assert found(POLICY, *lacking, *searches(), unreached).verdict is Verdict.INCONCLUSIVE


def test_a_whole_policy_beside_a_lacking_one_is_enough() -> None:
    answer = found(POLICY, *policy(), *policy(url=OTHER, lacking=("status-updates",)), *searches())
    assert answer.verdict is Verdict.PASS


def test_what_is_asked_spread_over_two_pages_stays_open() -> None:
    spread = (*policy(lacking=("acknowledgement",)), *policy(url=OTHER, lacking=("status-updates",)))
    assert found(POLICY, *spread, *searches()).verdict is Verdict.INCONCLUSIVE


def test_a_lacking_policy_beside_one_in_another_language_stays_open() -> None:
    other = policy(url=OTHER, fact={"language": "de"})
    answer = found(POLICY, *policy(lacking=("contact",)), *other, *searches())
    assert answer.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("language", ["de", "zh", ""])
def test_a_policy_in_another_language_is_told_as_not_read(language: str) -> None:
    answer = found(POLICY, *policy(fact={"language": language}), *searches())
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert "was not read" in str(answer.why)


def test_british_english_is_english() -> None:
    assert found(POLICY, *policy(fact={"language": "en-GB"}), *searches()).verdict is Verdict.PASS


def test_a_policy_for_the_website_only_is_a_suspicion_and_never_met() -> None:
    website = policy("website-only", lacking=("products",), fact={"covers": "website"})
    answer = found(POLICY, *website, *searches())
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert str(answer.why) == f"the policy at {URL} is for the website; none for products was found beside it"
    assert effects(POLICY, *website, *searches()) == {"suspects"}


def test_a_policy_for_the_website_does_not_soften_a_lacking_one_for_products() -> None:
    website = policy("website-only", url=OTHER, lacking=("products",), fact={"covers": "website"})
    assert found(POLICY, *policy(lacking=("status-updates",)), *website, *searches()).verdict is Verdict.FAIL


@pytest.mark.parametrize("fact", [{"acknowledgement_time": False}, {"status_updates": False}])
def test_a_time_that_is_only_aimed_at_is_a_suspicion(fact: dict[str, bool]) -> None:
    answer = found(POLICY, *policy(fact=fact), *searches())
    assert [one.effect for one in answer.bearings] == ["suspects"]
    assert str(answer.why).endswith("without a plain promise")


@pytest.mark.parametrize(
    "observations",
    [
        pytest.param(policy(lacking=("products",)), id="nothing says that it is for products"),
        pytest.param(policy("website-only"), id="it says that it is for products and that it is not"),
        pytest.param(policy(fact={"covers": "unknown"}), id="a word on products, and what it covers is unknown"),
        pytest.param(policy()[:-1], id="the words on news were not kept"),
        pytest.param(policy()[:1], id="no words were kept"),
        pytest.param(policy(fact={"contact": ""}), id="words on a contact, and no contact"),
        pytest.param(policy(fact={"acknowledgement_time": False}), id="words on receipt, and no time read"),
        pytest.param(policy()[1:], id="words of a policy that was not recorded"),
        pytest.param(
            (*policy(lacking=ASKED[:1]), on_page(PolicyTerm(OTHER, "contact"))), id="the contact of another policy"
        ),
    ],
)
def test_a_policy_that_is_not_surely_whole_is_never_met(observations: tuple[Observation, ...]) -> None:
    assert found(POLICY, *observations, search("disclosure-policy")).verdict is not Verdict.PASS


def test_an_unknown_scope_is_a_gap_and_no_suspicion() -> None:
    assert effects(POLICY, *policy(lacking=("products",)), *searches()) == {"blocks"}


def test_a_platform_that_asks_for_an_account_keeps_it_open_unless_an_address_is_named() -> None:
    for form in (
        policy("account-needed", fact={"contact": "https://bounty.example/halyard"}),
        policy("account-needed", lacking=("contact",)),
    ):
        answer = found(POLICY, *form, *searches())
        assert answer.verdict is Verdict.INCONCLUSIVE
        assert "needs an account" in str(answer.why)
    unpromising = policy("account-needed", lacking=("contact", "acknowledgement"))
    assert found(POLICY, *unpromising, *searches()).verdict is Verdict.FAIL
    assert found(POLICY, *policy("account-needed"), *searches()).verdict is Verdict.PASS


def test_a_demand_for_personal_data_keeps_it_open() -> None:
    assert effects(POLICY, *policy("personal-data-demanded"), *searches()) == {"suspects"}


def test_a_contact_that_stands_in_security_txt_alone_keeps_a_policy_open() -> None:
    answer = found(POLICY, *policy(lacking=("contact",)), security_txt(), *searches(security_txt="found"))
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert str(answer.why).endswith("; a security.txt does")


def test_nothing_at_any_place_is_not_met() -> None:
    answer = found(POLICY, *searches("absent", "absent"))
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == "neither a disclosure policy nor a security.txt is at any of 7 places"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("unreachable", "did not answer"),
        ("refused", "keeps visitors of this kind out"),
        ("not-looked-at", "no place was known"),
    ],
)
def test_a_search_that_shows_nothing_stays_open_in_its_own_words(outcome: Outcome, words: str) -> None:
    for ended in (searches(outcome, "absent"), searches("absent", outcome)):
        answer = found(POLICY, *ended)
        assert answer.verdict is Verdict.INCONCLUSIVE
        assert words in str(answer.why)


@pytest.mark.parametrize(
    "observations",
    [
        pytest.param((), id="no search recorded"),
        pytest.param((search("disclosure-policy", "absent"),), id="security.txt not searched for"),
        pytest.param((search("disclosure-policy", "absent", 0), search("security-txt", "absent", 0)), id="no place"),
        pytest.param((*searches("absent"), search("disclosure-policy", "unreachable")), id="a second site"),
        pytest.param((*searches("absent", "found"), security_txt()), id="a good security.txt"),
        pytest.param((*searches("absent", "found"), security_txt(expired=True)), id="an expired security.txt"),
        pytest.param((*searches("absent", "found"), security_txt(policies=(URL,))), id="it names a policy"),
        pytest.param((*searches("found", "absent"),), id="found and not recorded"),
    ],
)
def test_without_a_policy_and_with_a_doubt_it_stays_open(observations: tuple[Observation, ...]) -> None:
    assert found(POLICY, *observations).verdict is Verdict.INCONCLUSIVE


def test_absence_does_not_decide_where_the_inspection_was_not_completed() -> None:
    answer = found(POLICY, *searches("absent", "absent"), status={"maker-disclosure-policy": "partial"})
    assert answer.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("bad", [{"expired": True}, {"faults": ("no-contact",), "contacts": ()}])
def test_a_bad_security_txt_does_not_spoil_a_whole_policy_and_decides_nothing_alone(bad: dict[str, Any]) -> None:
    file = security_txt(**bad)
    assert found(POLICY, *policy(), file, *searches(security_txt="found")).verdict is Verdict.PASS
    alone = found(POLICY, file, *searches("not-looked-at", "found"))
    assert alone.verdict is Verdict.INCONCLUSIVE
    assert alone.bearings[0].effect == "suspects"


def test_a_good_security_txt_alone_only_supports() -> None:
    assert effects(POLICY, security_txt()) == {"supports"}
    assert found(POLICY, security_txt()).verdict is Verdict.INCONCLUSIVE


def test_a_security_txt_that_could_not_be_reached_does_not_spoil_a_whole_policy() -> None:
    answer = found(POLICY, *policy(), *searches(security_txt="unreachable"), status={"maker-security-txt": "partial"})
    assert answer.verdict is Verdict.PASS


ASKED_FOR = search("support-period", model=MODEL)
NONE_FOUND = search("support-period", "absent", model=MODEL)


@pytest.mark.parametrize("end", ["2031-06-30", "2031-06"])
def test_a_date_for_the_model_is_met(end: str) -> None:
    judgement = judged_by_all(published(ASKED_FOR, period(ends_on=end)))
    provision = next(one for one in judgement.provisions if one.id == "5.3-13")
    assert provision.verdict is Verdict.PASS
    assert provision.why is not None
    assert str(provision.why) == f"security updates for HC-200 are promised until {end}"


@pytest.mark.parametrize(
    "more",
    [
        pytest.param((period(years=5, counted_from="launch"),), id="years beside the date"),
        pytest.param((period(lifetime=True),), id="a lifetime beside the date"),
        pytest.param((period("", years=3),), id="a promise of the brand"),
        pytest.param((period("HC-300", "2028-01"),), id="another model"),
        pytest.param((period(ends_on="2031-06-30"),), id="the day of the same month"),
        pytest.param((period("hc 200", "2031-06"),), id="another spelling"),
    ],
)
def test_a_date_is_enough_whatever_stands_beside_it(more: tuple[Observation, ...]) -> None:
    assert found(PERIOD, ASKED_FOR, period(ends_on="2031-06"), *more).verdict is Verdict.PASS


def test_two_dates_that_differ_stay_open() -> None:
    answer = found(PERIOD, ASKED_FOR, period(ends_on="2031-06"), period(ends_on="2029-12-31"))
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert answer.bearings[0].effect == "suspects"


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (period(lifetime=True), "for HC-200 a lifetime is promised, which is no period"),
        (period(years=5, counted_from="unknown"), "for HC-200 5 years are promised, and not from when"),
        (period(years=5), "for HC-200 5 years are promised, and not from when"),
    ],
)
def test_a_promise_without_an_end_is_not_met(promise: Observation, words: str) -> None:
    answer = found(PERIOD, ASKED_FOR, promise)
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == words


@pytest.mark.parametrize("counted_from", ["launch", "sale", "last-sale"])
def test_years_from_a_named_start_without_a_date_are_a_suspicion(counted_from: str) -> None:
    assert effects(PERIOD, ASKED_FOR, period(years=5, counted_from=counted_from)) == {"suspects"}


@pytest.mark.parametrize(
    "observations",
    [
        pytest.param((ASKED_FOR, period("", "2031-06")), id="a date for the brand"),
        pytest.param((ASKED_FOR, period("", lifetime=True)), id="a lifetime for the brand"),
        pytest.param((ASKED_FOR, period("HC-300", "2031-06")), id="a date for another model"),
        pytest.param((ASKED_FOR, period("HC-2000", "2031-06")), id="a model that begins with the same letters"),
        pytest.param((search("support-period"), period(ends_on="2031-06")), id="no model was asked for"),
        pytest.param((period(ends_on="2031-06"),), id="no search"),
        pytest.param((ASKED_FOR, period(ends_on="2031-13")), id="no such month"),
        pytest.param((ASKED_FOR, period(ends_on="soon")), id="no date"),
        pytest.param((ASKED_FOR, period()), id="nothing promised"),
        pytest.param((ASKED_FOR, period(lifetime=True), period("", "2031-06")), id="a lifetime beside a brand's date"),
        pytest.param((ASKED_FOR, period(lifetime=True), period(years=4, counted_from="sale")), id="two promises"),
        pytest.param((NONE_FOUND,), id="absent, and no page of the model seen"),
        pytest.param((NONE_FOUND, model_page(names_model=False)), id="absent, and a page that names no model"),
        pytest.param((search("support-period", "absent"), model_page()), id="absent, and no model asked for"),
        pytest.param((search("support-period", "absent", 0, MODEL), model_page()), id="absent at no place"),
        pytest.param((search("support-period", "unreachable", 3, MODEL), model_page()), id="unreachable"),
        pytest.param((search("support-period", "refused", 3, MODEL), model_page()), id="refused"),
        pytest.param((search("support-period", "not-looked-at", 0, MODEL), model_page()), id="not looked at"),
        pytest.param((NONE_FOUND, model_page(), period("", years=5)), id="absent, and a promise of the brand"),
    ],
)
def test_what_says_nothing_sure_of_the_model_stays_open(observations: tuple[Observation, ...]) -> None:
    assert found(PERIOD, *observations).verdict is Verdict.INCONCLUSIVE


def test_nothing_on_pages_that_name_the_model_is_not_met() -> None:
    answer = found(PERIOD, NONE_FOUND, model_page())
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == "none of 7 pages says until when HC-200 gets security updates"


@pytest.mark.parametrize("observations", [(NONE_FOUND, model_page()), (ASKED_FOR, period(lifetime=True))])
def test_a_visit_that_was_not_completed_decides_nothing_against_the_model(
    observations: tuple[Observation, ...],
) -> None:
    answer = found(PERIOD, *observations, status={"maker-support-period": "partial"})
    assert answer.verdict is Verdict.INCONCLUSIVE


FACTS: list[Fact] = [
    *(
        DisclosurePolicy(url, contact, time, updates, covers, language)  # type: ignore[arg-type]
        for url in (URL, OTHER)
        for contact, time, updates in (("", False, True), ("a@b.example", True, True), ("//x.example", True, False))
        for covers in ("products", "website", "unknown")
        for language in ("en", "fr")
    ),
    *(PolicyTerm(url, term) for url in (URL, OTHER) for term in (*ASKED, "account-needed", "website-only")),  # type: ignore[arg-type]
    *(
        Search(subject, outcome, places, model)  # type: ignore[arg-type]
        for subject in ("security-txt", "disclosure-policy", "support-period")
        for outcome in ("found", "absent", "unreachable", "refused", "not-looked-at")
        for places, model in ((0, ""), (3, MODEL))
    ),
    SecurityTxt(FILE),
    SecurityTxt(FILE, ("mailto:a@b.example",), expired=True),
    *(
        SupportPeriod(model, end, "", years, start, lifetime)  # type: ignore[arg-type]
        for model in ("", MODEL, "HC-300")
        for end, years, start, lifetime in (
            ("2031", 0, "", True), ("2031-06", 0, "", False), ("", 5, "sale", False), ("", 5, "", False)
        )
    ),
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FACTS), max_size=12).flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))))
def test_no_rule_breaks_and_none_depends_on_the_order(drawn: tuple[list[Fact], list[Fact]]) -> None:
    first, second = (published(*(on_page(fact, 3) for fact in facts)) for facts in drawn)
    for rule in (POLICY, PERIOD):
        one, other = judged(rule, first).findings[0], judged(rule, second).findings[0]
        assert one.verdict is other.verdict
        assert "failed" not in str(one.why)
        if one.verdict is Verdict.PASS:
            assert all(bearing.effect in ("confirms", "supports") for bearing in one.bearings)

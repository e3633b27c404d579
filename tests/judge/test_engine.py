"""What the engine makes of the weights that rules give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import pytest

from plimsoll.catalogue import load
from plimsoll.judge.engine import MOST_BEARINGS, OPENING, UNDERSTOOD_SHARE_TO_CONFIRM, criterion_verdict, judge
from plimsoll.judge.rule import Rule, Weight
from plimsoll.model.assessment import Bearing, Finding
from plimsoll.model.criterion import Catalogue
from plimsoll.model.evidence import Evidence, Inspection, Status
from plimsoll.model.image import ImageMap, Span
from plimsoll.model.message import message
from plimsoll.model.product import Window
from plimsoll.model.verdict import Effect, Verdict
from tests.judge.building import IMAGE, at, evidence, image_map, judged
from tests.judge.weighing import BOTH, NONE, REFUTE, SUPPORT, components, rule


def verdict_of(criterion: str, *effects: str) -> Verdict:
    return judged(rule(criterion), evidence(*components(*effects))).findings[0].verdict


@pytest.mark.parametrize(
    ("criterion", "effects", "expected"),
    [
        (BOTH, (), Verdict.INCONCLUSIVE),
        (BOTH, ("supports",), Verdict.INCONCLUSIVE),
        (BOTH, ("confirms",), Verdict.PASS),
        (BOTH, ("confirms", "supports"), Verdict.PASS),
        (BOTH, ("confirms", "suspects"), Verdict.INCONCLUSIVE),
        (BOTH, ("confirms", "blocks"), Verdict.INCONCLUSIVE),
        (BOTH, ("confirms", "refutes"), Verdict.FAIL),
        (BOTH, ("blocks", "refutes"), Verdict.FAIL),
        (REFUTE, ("confirms",), Verdict.INCONCLUSIVE),
        (REFUTE, ("refutes",), Verdict.FAIL),
        (SUPPORT, ("confirms",), Verdict.INCONCLUSIVE),
        (SUPPORT, ("refutes",), Verdict.INCONCLUSIVE),
        (NONE, ("confirms",), Verdict.INCONCLUSIVE),
        (NONE, ("refutes",), Verdict.INCONCLUSIVE),
    ],
)
def test_effects_come_to_a_verdict_within_the_power_of_the_window(
    criterion: str, effects: Sequence[str], expected: Verdict
) -> None:
    assert verdict_of(criterion, *effects) is expected


def test_a_window_that_can_only_confirm_never_refutes() -> None:
    only_confirms = with_power(BOTH, "confirm")
    assert judge(evidence(*components("refutes")), only_confirms, [rule()]).findings[0].verdict is Verdict.INCONCLUSIVE
    assert judge(evidence(*components("confirms")), only_confirms, [rule()]).findings[0].verdict is Verdict.PASS


@pytest.mark.parametrize("status", ["partial", "skipped", "unsupported", "failed"])
@pytest.mark.parametrize("need", ["updates", OPENING])
def test_what_was_not_looked_through_confirms_nothing(need: str, status: Status) -> None:
    finding = judged(rule(), evidence(*components("confirms"), status={need: status})).findings[0]
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert need in str(finding.why)


@pytest.mark.parametrize("need", ["updates", OPENING])
def test_an_inspection_that_was_not_made_keeps_it_open(need: str) -> None:
    finding = judged(rule(), evidence(*components("confirms"), without=[need])).findings[0]
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert str(finding.why) == f"the inspection {need} was not made"


def test_a_gap_does_not_hold_back_what_refutes() -> None:
    given = evidence(*components("refutes"), without=["updates"], status={OPENING: "failed"}, share=0.1)
    assert judged(rule(), given).findings[0].verdict is Verdict.FAIL


def test_an_inspection_that_the_rule_does_not_need_is_no_gap() -> None:
    assert judged(rule(), evidence(*components("confirms"), without=["sensors"])).findings[0].verdict is Verdict.PASS


def test_one_inspection_of_two_that_failed_is_a_gap() -> None:
    given = evidence(*components("confirms"))
    more = (*given.inspections, Inspection("updates", "failed"))
    assert judged(rule(), msgspec.structs.replace(given, inspections=more)).findings[0].verdict is Verdict.INCONCLUSIVE


def test_an_image_that_was_understood_in_part_confirms_nothing() -> None:
    below, enough = UNDERSTOOD_SHARE_TO_CONFIRM - 0.01, UNDERSTOOD_SHARE_TO_CONFIRM
    assert judged(rule(), evidence(*components("confirms"), share=below)).findings[0].verdict is Verdict.INCONCLUSIVE
    assert judged(rule(), evidence(*components("confirms"), share=enough)).findings[0].verdict is Verdict.PASS


def test_encryption_is_named_as_the_reason_and_what_would_settle_it_is_told() -> None:
    closed = ImageMap(IMAGE, 1000, (Span(0, 600, "understood", "uimage"), Span(600, 400, "encrypted")))
    for image, is_told in ((closed, True), (image_map(0.6), False), (image_map(1.0), False)):
        given = msgspec.structs.replace(evidence(*components("confirms")), images=(image,))
        finding = judged(rule(), given).findings[0]
        assert ("looks encrypted" in " ".join(str(one.why) for one in finding.bearings)) == is_told
        assert ("before it was encrypted" in " ".join(map(str, finding.settle))) == is_told


def test_of_two_images_both_must_be_understood() -> None:
    given = msgspec.structs.replace(evidence(*components("confirms")), images=(image_map(), image_map(0.2)))
    assert judged(rule(), given).findings[0].verdict is Verdict.INCONCLUSIVE


def test_without_a_map_of_the_image_nothing_is_confirmed() -> None:
    given = msgspec.structs.replace(evidence(*components("confirms")), images=())
    assert judged(rule(), given).findings[0].verdict is Verdict.INCONCLUSIVE


def test_a_window_that_was_not_given_is_named() -> None:
    maker = rule("disclosure-policy-is-published", needs=("maker",), window="maker")
    finding = judged(maker, evidence()).findings[0]
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert str(finding.why) == "the maker's public pages were not given to look at"


def test_a_rule_that_breaks_is_a_gap_and_what_it_gave_counts() -> None:
    def breaking(given: Evidence) -> Iterator[Weight]:
        yield Weight("confirms", message("good"), given.observations[:1])
        raise ZeroDivisionError

    broken = msgspec.structs.replace(rule(), weigh=breaking)
    finding = judged(broken, evidence(*components("confirms"))).findings[0]
    assert [one.effect for one in finding.bearings] == ["blocks", "confirms"]
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "ZeroDivisionError in test_engine" in str(finding.why)


def test_a_rule_that_breaks_after_it_refuted_still_refutes() -> None:
    def breaking(given: Evidence) -> Iterator[Weight]:
        yield Weight("refutes", message("bad"), given.observations[:1])
        raise RecursionError

    broken = msgspec.structs.replace(rule(), weigh=breaking)
    assert judged(broken, evidence(*components("refutes"))).findings[0].verdict is Verdict.FAIL


@pytest.mark.parametrize("effect", ["confirms", "refutes", "supports", "suspects"])
def test_a_weight_that_rests_on_nothing_is_a_fault_of_the_rule(effect: Effect) -> None:
    baseless = msgspec.structs.replace(rule(), weigh=lambda given: [Weight(effect, message("so"))])
    finding = judged(baseless, evidence()).findings[0]
    assert [one.effect for one in finding.bearings] == ["blocks"]
    assert "ValueError" in str(finding.why)


def test_a_weight_that_rests_on_what_is_not_in_the_evidence_is_a_fault_of_the_rule() -> None:
    invented = msgspec.structs.replace(
        rule(), weigh=lambda given: [Weight("confirms", message("so"), components("confirms"))]
    )
    assert judged(invented, evidence()).findings[0].verdict is Verdict.INCONCLUSIVE


def test_a_rule_for_a_criterion_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        judged(rule("no-such-criterion"), evidence())


def test_bearings_stand_strongest_first_and_name_their_observations() -> None:
    finding = judged(rule(), evidence(*components("supports", "suspects", "refutes", "suspects"))).findings[0]
    assert [(one.effect, one.observations) for one in finding.bearings] == [
        ("refutes", (2,)),
        ("suspects", (1,)),
        ("suspects", (3,)),
        ("supports", (0,)),
    ]
    assert str(finding.why) == f"refutes at {at('usr/bin/x', 2)}"


def test_silence_is_told_apart_from_what_only_supports() -> None:
    assert "nothing was seen that speaks against it" in str(judged(rule(REFUTE), evidence()).findings[0].why)
    assert "what was seen speaks for it" in str(judged(rule(REFUTE), evidence(*components("supports"))).findings[0].why)
    assert str(judged(rule(), evidence()).findings[0].why) == "nothing that was looked at decides this"
    silent = judged(rule(NONE), evidence()).findings[0]
    assert (silent.bearings, str(silent.why)) == ((), "the firmware can tell nothing of this")


def finding(verdict: Verdict, *effects: Effect, window: Window = "firmware", criterion: str = BOTH) -> Finding:
    bearings = tuple(Bearing(one, message("so"), (0,)) for one in effects)
    return Finding("rule", criterion, window, verdict, message("so"), bearings)


def test_among_windows_one_that_fails_decides() -> None:
    assert criterion_verdict([finding(Verdict.PASS, "confirms"), finding(Verdict.FAIL, "refutes")]) is Verdict.FAIL


def test_among_windows_a_suspicion_keeps_open_what_another_confirms() -> None:
    confirmed = finding(Verdict.PASS, "confirms", window="device")
    for effect in ("suspects", "blocks"):
        assert criterion_verdict([confirmed, finding(Verdict.INCONCLUSIVE, effect)]) is Verdict.INCONCLUSIVE


def test_among_windows_silence_does_not_hold_back_one_that_confirms() -> None:
    confirmed = finding(Verdict.PASS, "confirms", window="device")
    assert criterion_verdict([finding(Verdict.INCONCLUSIVE), confirmed]) is Verdict.PASS
    assert criterion_verdict([finding(Verdict.INCONCLUSIVE, "supports"), confirmed]) is Verdict.PASS


def test_a_window_that_was_not_given_does_not_hold_back_one_that_confirms() -> None:
    policy = "disclosure-policy-is-published"
    rules = [
        rule(policy, needs=("maker",), window="maker"),
        rule(policy, needs=("declaration",), window="declaration"),
    ]
    judgement = judged(rules, evidence(*components("confirms"), windows=["maker"]))
    assert [one.verdict for one in judgement.findings] == [Verdict.PASS, Verdict.INCONCLUSIVE]
    assert judgement.capabilities[1].verdict is Verdict.PASS


def test_a_criterion_that_no_rule_answers_stays_open() -> None:
    judgement = judged([], evidence())
    assert {one.verdict for one in judgement.provisions} == {Verdict.INCONCLUSIVE}
    whys = {one.id: str(one.why) for one in judgement.provisions}
    assert whys["5.3-13"] == "Plimsoll does not look yet at: support-period-is-published"
    assert whys["5.4-2"] == "Plimsoll has no criterion for this yet"
    assert {one.verdict for one in judgement.capabilities} == {Verdict.INCONCLUSIVE}


def test_a_provision_without_a_criterion_keeps_its_capability_open() -> None:
    catalogue = load()
    capability = msgspec.structs.replace(catalogue.capabilities[1], gate=("5.2-1", "5.2-3"))
    assert not catalogue.criteria_of("5.2-3")
    gated = msgspec.structs.replace(catalogue, capabilities=(capability,))
    rules = [rule("disclosure-policy-is-published", needs=("maker",), window="maker")]
    result = judge(evidence(*components("confirms"), windows=["maker"]), gated, rules).capabilities[0]
    assert (result.verdict, str(result.why)) == (Verdict.INCONCLUSIVE, "Plimsoll has no criterion for this yet")
    assert result.settle


def test_a_capability_names_its_strongest_reason() -> None:
    silent = rule("no-shared-key-grants-login", needs=("sensors",))
    suspecting = rule("initial-passwords-not-derivable")
    given = evidence(*components("suspects"), without=["sensors"])
    none = msgspec.structs.replace(silent, weigh=lambda given: ())
    assert str(judged([none, suspecting], given).capabilities[0].why).startswith("suspects at")
    refuting = judged([none, suspecting, rule(REFUTE)], evidence(*components("suspects", "refutes")))
    assert str(refuting.capabilities[0].why).startswith("refutes at")


def test_findings_of_a_capability_stand_worst_first() -> None:
    def only(effect: str, criterion: str) -> Rule:
        whole = rule(criterion)
        return msgspec.structs.replace(
            whole, weigh=lambda given: [one for one in whole.weigh(given) if one.effect == effect]
        )

    rules = [
        only("supports", "no-fixed-account-is-accepted"),
        only("suspects", "no-shared-key-grants-login"),
        only("refutes", "initial-passwords-not-derivable"),
        only("refutes", "password-hashing-is-sound"),
    ]
    judgement = judged(rules, evidence(*components("supports", "suspects", "refutes")))
    assert judgement.capabilities[0].findings == (2, 1, 0, 3)
    assert judgement.capabilities[0].fix == ("initial-passwords-not-derivable",)


def test_what_is_not_met_names_its_fix_and_nothing_to_settle() -> None:
    result = judged(rule(REFUTE), evidence(*components("refutes"))).capabilities[0]
    assert (result.verdict, result.fix, result.settle) == (Verdict.FAIL, (REFUTE,), ())


def test_advice_with_braces_is_told_as_it_stands() -> None:
    settle: dict[Window, str] = {"device": "set {name} and {} on {a unit"}
    judgement = judge(evidence(), changed(REFUTE, settle=settle), [rule(REFUTE)])
    assert [str(one) for one in judgement.findings[0].settle] == ["set {name} and {} on {a unit"]
    assert "set {name} and {} on {a unit" in [str(one) for one in judgement.capabilities[0].settle]


def test_an_image_that_was_looked_through_in_full_is_not_asked_for_again() -> None:
    advice = [str(one) for one in judged(rule(), evidence()).findings[0].settle]
    assert len(advice) == 1
    assert advice[0].startswith("offer an altered update to a live unit")


@pytest.mark.parametrize("gap", [{"status": {OPENING: "partial"}}, {"share": 0.5}, {"without": ["updates"]}])
def test_an_image_that_was_looked_through_in_part_is_asked_for(gap: dict[str, object]) -> None:
    advice = [str(one) for one in judged(rule(), evidence(**gap)).findings[0].settle]  # type: ignore[arg-type]
    assert any(one.startswith("give the image as it is flashed") for one in advice)


def test_where_every_window_was_given_what_is_listed_is_left() -> None:
    rules = [rule("private-keys-are-not-shared", needs=("private-keys",))]
    judgement = judged(rules, evidence(*components("suspects"), windows=["firmware", "maker"]))
    assert [str(one) for one in judgement.findings[0].settle] == [
        "look into what is listed: nothing else that can be given to Plimsoll would settle it"
    ]


def with_power(criterion: str, power: str) -> Catalogue:
    return changed(criterion, power={"firmware": power})


def changed(criterion: str, **fields: object) -> Catalogue:
    catalogue = load()
    criteria = tuple(
        msgspec.structs.replace(one, **fields) if one.id == criterion else one for one in catalogue.criteria
    )
    return msgspec.structs.replace(catalogue, criteria=criteria)


def test_only_the_strongest_of_very_many_bearings_are_kept() -> None:
    many = components(*["supports"] * MOST_BEARINGS, "confirms", "suspects")
    finding = judged(rule(), evidence(*many)).findings[0]
    assert [one.effect for one in finding.bearings[:3]] == ["suspects", "confirms", "supports"]
    assert len(finding.bearings) == MOST_BEARINGS + 1
    assert str(finding.bearings[-1].why) == "2 more of this or a lesser weight are not listed"
    assert finding.verdict is Verdict.INCONCLUSIVE


def test_a_rule_that_gives_without_end_is_a_gap() -> None:
    def endless(given: Evidence) -> Iterator[Weight]:
        while True:
            yield Weight("confirms", message("so"), given.observations)

    finding = judged(msgspec.structs.replace(rule(), weigh=endless), evidence(*components("confirms"))).findings[0]
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "gave more than can be weighed" in str(finding.why)

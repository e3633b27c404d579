from __future__ import annotations

import msgspec

from plimsoll.model.message import message
from plimsoll.model.product import MakerDomain
from plimsoll.report._outline import by_window, fixes, outline, settlements, windows_not_given
from tests.report.sample import CRITERIA, bad, hostile


def test_what_rests_on_nothing_seen_is_a_gap_and_the_rest_are_points() -> None:
    sections = outline(bad())
    assert [len(section.points) for section in sections] == [1, 0, 0, 2, 1]
    assert [gap.criteria for gap in sections[2].gaps] == [("update-mechanism-is-secure",)]


def test_gaps_of_one_reason_are_told_together() -> None:
    assessment = bad()
    same = msgspec.structs.replace(assessment.findings[3], criterion="sensors-are-documented")
    capability = msgspec.structs.replace(assessment.capabilities[2], findings=(3, 5))
    changed = msgspec.structs.replace(assessment, findings=(*assessment.findings, same), capabilities=(capability,))
    (section,) = outline(changed)
    assert [gap.criteria for gap in section.gaps] == [("update-mechanism-is-secure", "sensors-are-documented")]


def test_each_kind_of_fact_comes_before_the_second_of_a_kind() -> None:
    reason = outline(bad())[3].points[0].reasons[0]
    assert [type(one.fact).__name__ for one in reason.observations[:3]] == [
        "Service",
        "ServiceSetting",
        "ServiceSetting",
    ]
    assert len(reason.observations) == 7


def test_numbers_that_name_nothing_are_passed_over() -> None:
    sections = outline(hostile())
    assert len(sections[0].points[0].reasons[0].observations) == 5
    assert sections[1].points == sections[1].gaps == ()


def test_a_failing_finding_gets_its_advice_even_when_it_decides_no_capability() -> None:
    assessment = bad()
    capabilities = tuple(msgspec.structs.replace(one, fix=()) for one in assessment.capabilities)
    sections = outline(msgspec.structs.replace(assessment, capabilities=capabilities))
    assert [one.text.template for one in fixes(sections)] == [CRITERIA[0].fix, CRITERIA[3].fix]


def test_an_advice_for_several_capabilities_is_given_once() -> None:
    assessment = bad()
    capabilities = tuple(msgspec.structs.replace(one, settle=(message("look"),)) for one in assessment.capabilities)
    (advice,) = settlements(outline(msgspec.structs.replace(assessment, capabilities=capabilities)))
    assert advice.capabilities == (1, 2, 3, 4, 5)


def test_windows_without_a_source_are_named() -> None:
    assert windows_not_given(bad()) == ("device", "maker", "declaration")


def test_each_window_says_what_it_told_of_a_provision() -> None:
    assessment = bad()
    told = {
        provision.id: {window: str(words) for window, words in by_window(provision, assessment)}
        for provision in assessment.provisions
    }
    assert told["5.1-1"]["firmware"] == "not met"
    assert told["5.1-1"]["device"] == "not looked at"
    assert "maker" not in told["5.1-1"]
    assert told["5.2-1"]["maker"] == "not looked at"
    given = msgspec.structs.replace(assessment, sources=(*assessment.sources, MakerDomain("maker.example")))
    provision = next(one for one in assessment.provisions if one.id == "5.2-1")
    assert dict(by_window(provision, given))["maker"] == message("no rule yet")

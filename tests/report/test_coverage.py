"""The page that says what can be decided today."""

from __future__ import annotations

from collections import Counter

import pytest

from plimsoll.catalogue import load
from plimsoll.model.criterion import RuleText
from plimsoll.model.product import WINDOWS, Window
from plimsoll.report.coverage import STATES, coverage, coverage_page


def rule(criterion: str, window: Window = "firmware") -> RuleText:
    return RuleText(criterion, criterion, "Weighs it.", "Cannot tell all.", window=window)


def every_rule() -> list[RuleText]:
    return [rule(criterion.id, window) for criterion in load().criteria for window in WINDOWS]


@pytest.mark.parametrize("rules", [[], [rule("update-mechanism-is-secure")], every_rule()])
def test_each_provision_has_one_state_in_each_window(rules: list[RuleText]) -> None:
    states = coverage(load(), rules)
    assert len(states) == 78 * 4
    assert set(states.values()) <= set(STATES)


def test_totals_on_the_page_add_up() -> None:
    states = coverage(load(), every_rule())
    totals = [row for row in coverage_page(load(), every_rule()).splitlines() if row.startswith("| all |")]
    counts = [int(cell) for cell in totals[0].strip("| ").split(" | ")[1:]]
    assert counts[:-1] == [Counter(states.values())[state] for state in STATES]
    assert sum(counts[:-1]) == counts[-1] == 312


def test_the_page_has_a_row_for_every_provision() -> None:
    page = coverage_page(load(), [])
    for provision in load().provisions:
        assert page.count(f"| {provision.title} | {provision.level} |") >= 1, provision.id
    assert sum(row.endswith(("| gap |", "| – |")) for row in page.splitlines()) == 78


def test_gates_are_marked() -> None:
    page = coverage_page(load(), [])
    assert "| **5.3-10** |" in page
    assert "| 5.3-9 |" in page


def test_without_rules_nothing_is_covered() -> None:
    assert set(coverage(load(), []).values()) == {"gap", "not observable"}


def test_a_rule_in_a_window_that_may_confirm_covers() -> None:
    states = coverage(load(), [rule("update-mechanism-is-secure")])
    assert states["5.3-2", "firmware"] == "covered"
    assert states["5.3-2", "device"] == "gap"


def test_a_rule_in_a_window_that_may_only_refute_is_partial() -> None:
    assert coverage(load(), [rule("initial-passwords-not-derivable")])["5.1-2", "firmware"] == "partial"


def test_a_provision_with_one_of_its_criteria_ruled_is_partial() -> None:
    one = coverage(load(), [rule("certificates-are-checked", "device")])
    assert one["5.5-1", "device"] == "partial"
    assert coverage(load(), every_rule())["5.5-1", "device"] == "covered"


def test_a_window_without_power_stays_not_observable_whatever_the_rules() -> None:
    assert coverage(load(), every_rule())["5.2-1", "firmware"] == "not observable"


def test_the_page_depends_on_nothing_but_its_input() -> None:
    assert coverage_page(load(), every_rule()) == coverage_page(load(), every_rule())

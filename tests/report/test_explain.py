"""What is said of each name of the yardstick."""

from __future__ import annotations

import pytest

from plimsoll.catalogue import load
from plimsoll.errors import UnknownName
from plimsoll.model.criterion import RuleText
from plimsoll.report.explain import explain

RULES = (
    RuleText(
        "no-fixed-account-is-accepted",
        "no-fixed-account-is-accepted",
        "Sets accounts against the services\nthat are started.",
        "A label printed in the factory is not seen.",
        ("accounts", "startup"),
    ),
    RuleText(
        "fixed-account-is-tried",
        "no-fixed-account-is-accepted",
        "Tries what the image holds.",
        "Only within the scope.",
        window="device",
    ),
)


def told(name: str, width: int = 80) -> str:
    return explain(name, load(), RULES, width=width)


def test_a_provision_is_told_from_its_title_to_its_schemes() -> None:
    text = told("5.1-2")
    assert text.startswith(
        "5.1-2  Pre-installed unique passwords are not predictable\n"
        "Provision of EN 303 645 V3.1.3, mandatory. Decides capability 1, No universal\n"
        "default passwords.\n\n"
    )
    assert (
        "\n"
        "Applies   when unique per-device passwords are pre-installed\n"
        "Status    M F (b)\n"
        "          (b) pre-installed unique passwords authenticate users or machines\n"
        "V2.1.1    5.1-2, M C (2)\n"
        "\n"
        "What each window can show\n"
        "  firmware     can show that it is not met, never that it is met; no rule looks\n"
        "               yet\n"
    ) in text
    assert "  maker        cannot see it\n" in text
    assert "\n  initial-passwords-not-derivable\n    A first password that is set per unit" in text
    assert "  uk-psti           Schedule 1 para 1: " in text


def test_the_rules_of_a_provision_are_named_with_their_window() -> None:
    text = told("5.1-1")
    assert "Rules: no-fixed-account-is-accepted (firmware), fixed-account-is-tried\n           (device)\n" in text
    assert "rules look at\n               it in part" in text
    assert "  no-shared-key-grants-login\n" in text
    assert "    Rules: none yet\n" in text


def test_a_provision_without_criteria_says_so() -> None:
    assert "Plimsoll asks nothing in its place yet.\n" in told("5.9-1")


def test_a_provision_that_always_applies_says_so() -> None:
    assert "Applies   always\nStatus    M\nV2.1.1    5.2-1, M\n" in told("5.2-1")


def test_a_provision_that_is_new_says_so() -> None:
    assert "V2.1.1    not in it\n" in told("6-8")


def test_a_sense_known_at_second_hand_says_so() -> None:
    assert "the sense is likely" in told("5.1-2A")
    assert "the sense is likely" not in told("5.1-1")


def test_upper_and_lower_case_are_the_same() -> None:
    assert told("5.3-4a") == told("5.3-4A")
    assert told(" CRA ") == told("cra")


def test_an_old_number_leads_to_all_that_it_became() -> None:
    text = told("5.3-6")
    assert text.startswith("5.3-6 is a number of V2.1.1; in V3.1.3 it has become 5.3-4B, 5.3-6A, 5.3-6B.\n\n5.3-4B  ")
    assert "\n5.3-6A  User can enable" in text
    assert "\n5.3-6B  User can control" in text


@pytest.mark.parametrize(("old", "new"), [("4-1", "5.0-1"), ("6.1", "6-1"), ("5.3-4", "5.3-4A")])
def test_a_renumbered_provision_is_found(old: str, new: str) -> None:
    assert told(old).startswith(f"{old} is a number of V2.1.1; in V3.1.3 it has become {new}.\n\n{new}  ")


def test_a_capability_is_told_by_number_and_by_key() -> None:
    text = told("3")
    assert text == told("software-kept-updated")
    assert text.startswith("3  Software that is kept updated\nCapability, software-kept-updated\n\n")
    assert "\nDecided by these provisions of EN 303 645 V3.1.3\n  5.3-2   Secure update mechanism exists\n" in text
    assert "  5.3-9    Device verifies authenticity and integrity of updates\n" in text
    assert "\nSchemes that ask for it\n" in text


def test_a_capability_names_no_scheme_that_is_silent_on_it() -> None:
    assert "uk-psti" in told("3")
    assert "uk-psti" not in told("4")


def test_a_criterion_is_told_with_all_its_rules() -> None:
    text = told("no-fixed-account-is-accepted")
    assert text.startswith("no-fixed-account-is-accepted\nCriterion of ours for capability 1, No universal default")
    assert "\nWhy it matters\n  An image is what all units have in common." in text
    assert "\nHow to put it right\n" in text
    assert "\nWhat would settle it\n  device       try on a live unit" in text
    assert (
        "\nHow it is weighed\n"
        "  no-fixed-account-is-accepted (firmware)\n"
        "    Sets accounts against the services that are started.\n"
        "    Limits: A label printed in the factory is not seen.\n"
        "    Rests on: accounts, startup\n"
        "  fixed-account-is-tried (device)\n"
    ) in text
    assert "\n  5.1-1  No universal default passwords\n" in text


def test_a_rule_of_its_own_name_is_told_alone_with_its_criterion() -> None:
    text = told("fixed-account-is-tried")
    assert "Tries what the image holds." in text
    assert "Sets accounts against" not in text
    assert text.startswith("no-fixed-account-is-accepted\n")


def test_a_criterion_without_rules_says_so() -> None:
    assert "\nNo rule weighs it yet.\n" in told("user-data-can-be-erased")


def test_a_scheme_is_told_by_id_and_by_short_name() -> None:
    text = told("psti")
    assert text == told("uk-psti-2023")
    assert text.startswith("uk-psti  PSTI Act 2022 Part 1")
    assert "Law, UK; in force; as known on 2026-11-23. Edition: uk-psti-2023\n" in text
    assert "Dates: in force 2024-04-29, labels accepted since 2025-12-04\n" in text
    assert "Nothing on\ncapability 4: not among the three requirements." in text
    assert "\n2  A vulnerability disclosure policy\n  Schedule 1 para 2: contact point" in text
    assert "    EN 303 645: 5.2-1\n    Criteria: disclosure-policy-is-published\n" in text
    assert text.endswith("not that\nmeeting one meets the other.\n")


def test_the_cra_is_told_with_all_five_capabilities() -> None:
    text = told("cra")
    assert text.startswith("eu-cra  Regulation (EU) 2024/2847, Cyber Resilience Act\n")
    for capability in load().capabilities:
        assert f"\n{capability.number}  {capability.title}\n" in text


def test_the_standard_itself_is_told_with_its_criteria() -> None:
    text = told("en-303-645")
    assert "  5.3-10: network updates are checked against a trust anchor\n" in text
    assert "    Criteria: network-updates-are-authenticated\n" in text


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("5.3-100", "5.3-10"),
        ("no-fixed-acount-is-accepted", "no-fixed-account-is-accepted"),
        ("fixed-account-is-tryed", "fixed-account-is-tried"),
        ("no-universal-default-password", "no-universal-default-passwords"),
        ("pstii", "psti"),
    ],
)
def test_an_unknown_name_is_met_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(UnknownName, match=f"'{name}'") as caught:
        told(name)
    assert near in caught.value.hint


@pytest.mark.parametrize("name", ["", "nothing at all like it", "\x1b[31m\n"])
def test_a_name_like_no_other_is_met_with_examples(name: str) -> None:
    with pytest.raises(UnknownName) as caught:
        told(name)
    assert "5.3-10" in caught.value.hint
    assert caught.value.what.isprintable()


@pytest.mark.parametrize("width", [60, 80, 100])
def test_everything_keeps_within_the_width(width: int) -> None:
    names = [one.id for one in (*load().provisions, *load().criteria)] + [one.id for one in load().schemes]
    for name in [*names, "1", "2", "3", "4", "5"]:
        for line in told(name, width).splitlines():
            assert len(line) <= width or " " not in line.strip(), (name, line)
            assert line == line.rstrip()

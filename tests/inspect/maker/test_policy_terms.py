"""Terms of a policy: what is promised, what is an aim, what is denied, and whom it tells to write to."""

from __future__ import annotations

import pytest

from tests.inspect.maker import policies
from tests.inspect.maker.policies import read


def test_an_aim_is_told_and_is_no_promise() -> None:
    policy, terms = read(policies.AIMED)
    assert not policy.acknowledgement_time
    assert not policy.status_updates
    assert terms["acknowledgement"] == "5 working days (not promised)"
    assert terms["status-updates"] == "(not promised)"


def test_what_is_demanded_of_the_reporter_is_told() -> None:
    _, terms = read(policies.STERN)
    assert terms["non-disclosure-demanded"] == "consent" or terms["non-disclosure-demanded"] == "agreement"
    assert "personal-data-demanded" in terms
    assert "safe-harbour" not in terms


@pytest.mark.parametrize(
    ("sentence", "term"),
    [
        ("We will acknowledge receipt of your report within 48 hours.", "48 hours"),
        ("Within 5 business days we will confirm receipt of your report.", "5 working days"),
        ("You will receive a first response within one business day.", "1 working day"),
        ("Expect a reply in no later than 7 calendar days.", "7 calendar days"),
        ("We respond to reports within 3 to 5 days.", "5 days"),
        ("Our team will respond by the next working day.", "1 working day"),
        ("<table><tr><td>Acknowledgement of receipt</td><td>2 working days</td></tr></table>", "2 working days"),
        ("<h3>Acknowledgement</h3><p>Within 72 hours</p>", "72 hours"),
        ("We will acknowledge your report within 5 days, and fix the vulnerability within 90 days.", "5 days"),
        ("We will respond within 5 days and may ask you for more.", "5 days"),
        ("We will respond to your report within 5 days and aim to fix it within 90 days.", "5 days"),
        ("Maker will acknowledge all reports within 5 working days.", "5 working days"),
        ("If you leave an address, we will acknowledge receipt within 3 business days.", "3 working days"),
        ("We will respond to you within a maximum of 48 hours upon receiving the report.", "48 hours"),
        ("You will receive an automatic confirmation by mail.", "at once"),
        ("Within 2 days we triage reports, and within 4 days we acknowledge them.", "4 days"),
    ],
)
def test_forms_of_an_acknowledgement_time_are_read(sentence: str, term: str) -> None:
    policy, terms = read(policies.AIMED.replace("We aim to acknowledge your report within 5 working days.", sentence))
    assert policy.acknowledgement_time
    assert terms["acknowledgement"] == term


@pytest.mark.parametrize(
    "sentence",
    [
        "We do not promise to acknowledge reports within 5 days.",
        "We may respond within 5 days.",
        "Our Product Security Incident Response Team is there for you 5 days a week.",
        "Our team responds to reports 5 days a week.",
        "We will acknowledge you on our website within 30 days of the fix.",
        "By writing to us you acknowledge that details stay with us for 90 days.",
        "We ask you to respond to our questions within 5 days.",
        "Please acknowledge our answer within 5 days.",
        "We answered reports of the past 30 days.",
        "We will respond with a fix within 90 days.",
        "We will respond within 5 days, which is not guaranteed.",
        "Manufacturers must acknowledge reports within 5 days.",
        "If we do not respond within 5 days, you may write again.",
        "You must respond to our questions within 5 days.",
        "We will fix the vulnerability within 90 days.",
        "Our products have been on the market for 10 years and respond to your voice.",
        "Our hotline responds 24 hours a day.",
        "We reply to warranty questions within 2 days.",
        "We will respond promptly.",
        "We will acknowledge your report. Fixes are shipped within 30 days.",
        "For example, a vendor could acknowledge reports within 5 days.",
    ],
)
def test_what_is_denied_usual_or_of_something_else_is_no_time(sentence: str) -> None:
    policy, terms = read(policies.AIMED.replace("We aim to acknowledge your report within 5 working days.", sentence))
    assert not policy.acknowledgement_time
    assert "acknowledgement" not in terms


@pytest.mark.parametrize(
    ("sentence", "promised"),
    [
        ("We will keep you informed until the vulnerability is fixed.", True),
        ("We provide status updates at least every 14 days.", True),
        ("We keep the reporter updated throughout the process.", True),
        ("Status updates will be sent until the issue is resolved.", True),
        ("You will be kept informed throughout the process.", True),
        ("We share weekly progress updates with you.", True),
        ("We may ask for your help, and we will be updating you about the progress every 2 weeks.", True),
        ("We usually keep you informed until the vulnerability is fixed.", False),
        ("We will keep you informed.", False),
        ("We cannot keep you informed until the vulnerability is fixed.", False),
        ("Security updates are provided every month until the end of life.", False),
        ("We will provide security updates within 90 days.", False),
        ("We will provide security updates every 90 days.", False),
        ("We will send you a status update within 10 days.", False),
        ("We provide updates to our customers until every vulnerability is fixed.", False),
        ("We may provide you with status updates until it is resolved.", False),
        ("You must keep us informed until the matter is resolved.", False),
    ],
)
def test_status_updates_are_promised_only_until_an_end_or_at_an_interval(sentence: str, promised: bool) -> None:
    text = policies.AIMED.replace("We will also aim to keep you informed of our progress.", sentence)
    assert read(text)[0].status_updates is promised


def test_out_of_scope_lists_do_not_turn_products_away() -> None:
    attacks = "<li>Attacks on a device that need physical access</li><li>Third-party products</li>"
    listed = f"<h2>Out of scope</h2><ul>{attacks}</ul>"
    assert read(policies.GOOD.replace("<h2>What", listed + "<h2>What"))[0].covers == "products"


def test_products_named_out_of_scope_are_not_covered() -> None:
    listed = "<h2>Out of scope</h2><ul><li>Hardware products</li></ul>"
    assert read(policies.GOOD.replace("<h2>What", listed + "<h2>What"))[0].covers == "unknown"


def test_a_veiled_address_is_read() -> None:
    key = 0x42
    code = bytes([key, *(byte ^ key for byte in b"psirt@maker.example")]).hex()
    link = f'<a href="/cdn-cgi/l/email-protection#{code}"><span data-cfemail="{code}">[email&#160;protected]</span></a>'
    text = policies.AIMED.replace("security@maker.example", link)
    assert read(text)[0].contact == "psirt@maker.example"


def test_a_written_out_address_is_read() -> None:
    assert read(policies.AIMED.replace("security@maker", "security [at] maker"))[0].contact == "security@maker.example"


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("We will not pursue legal action against you.", "partial"),
        ("If you keep to these rules, we won't take legal action against you.", "partial"),
        ("Researchers who act in good faith will not face civil or criminal action initiated by us.", "partial"),
        ("We consider your research authorised and will not initiate legal action against you.", "full"),
        ("We may take legal action against you.", None),
        ("We reserve the right to take legal action, but will not pursue legal action as a rule.", None),
        ("This policy does not offer safe harbour to anybody.", None),
    ],
)
def test_safe_harbour_is_told_by_its_words(sentence: str, value: str | None) -> None:
    text = policies.AIMED.replace("We aim to acknowledge your report within 5 working days.", sentence)
    assert read(text)[1].get("safe-harbour") == value


@pytest.mark.parametrize(
    "sentence", ["We typically acknowledge reports within 5 days.", "We respond within 5 days in most cases."]
)
def test_a_habit_is_told_and_is_no_promise(sentence: str) -> None:
    policy, terms = read(policies.AIMED.replace("We aim to acknowledge your report within 5 working days.", sentence))
    assert not policy.acknowledgement_time
    assert terms["acknowledgement"] == "5 days (not promised)"


def test_an_address_of_a_general_desk_is_a_contact_where_the_policy_sends_reports_there() -> None:
    assert read(policies.AIMED.replace("security@maker", "info@maker"))[0].contact == "info@maker.example"
    assert read(policies.AIMED.replace("security@maker", "us") + "<p>Shop: sales@maker.example</p>")[0].contact == ""

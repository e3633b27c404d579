"""Policies found and read: what they say, and pages that only look like one."""

from __future__ import annotations

import pytest

from plimsoll.inspect.maker.disclosure_policy import DisclosurePolicies
from plimsoll.model.facts import DisclosurePolicy, PolicyTerm
from plimsoll.model.locator import Page, parse_place
from tests.inspect.maker import policies
from tests.inspect.maker.policies import AT, read
from tests.inspect.maker.sites import (
    HOME,
    SHELL,
    WELCOME,
    Answer,
    closed,
    facts,
    html,
    look,
    outcomes,
    page,
    plain,
    site,
)


def is_none(text: str, at: str = AT) -> bool:
    seen, _ = look(DisclosurePolicies(), site({at: text, "/": WELCOME}), pages=[HOME + at])
    return not facts(seen, DisclosurePolicy)


def test_a_good_policy_is_read_term_by_term() -> None:
    policy, terms = read(policies.GOOD)
    assert policy == DisclosurePolicy(HOME + AT, "psirt@maker.example", True, True, "products", "en")
    assert terms == {
        "contact": "psirt@maker.example",
        "products": "",
        "languages": "en, de",
        "encryption": "",
        "acknowledgement": "3 working days",
        "status-updates": "until resolved",
        "disclosure-time": "90 days",
        "safe-harbour": "full",
        "advisories": f"{HOME}/advisories",
        "credit": "",
        "coordinator": "CERT/CC",
        "dated": "2026-03-03",
    }


def test_each_quote_stands_at_its_place_in_the_bytes() -> None:
    made = site({AT: policies.GOOD, "/": WELCOME})
    seen, _ = look(DisclosurePolicies(), made, pages=[HOME + AT])
    body = policies.GOOD.encode()
    for one in seen:
        if isinstance(one.fact, PolicyTerm) and one.fact.term == "acknowledgement":
            where = parse_place(one.where)
            assert isinstance(where, Page)
            assert where.offset is not None
            assert where.length is not None
            quote = body[where.offset : where.offset + where.length]
            assert quote == b"We will acknowledge your report within three (3) working days."
            assert one.excerpt is not None
            assert one.excerpt.text == quote.decode()
            return
    pytest.fail("no acknowledgement was seen")


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "shift_jis"])
def test_offsets_are_those_of_the_bytes_in_any_charset(charset: str) -> None:
    text = policies.GOOD.replace(
        "This policy", {"shift_jis": "脆弱性 &amp; This policy"}.get(charset, "Größe&nbsp;é This policy")
    )
    text = text.replace('<meta charset="utf-8">', "")
    body = text.encode(charset)
    answer = page(body, f"text/html; charset={charset}")
    seen, _ = look(DisclosurePolicies(), site({AT: answer, "/": WELCOME}), pages=[HOME + AT])
    (one,) = [one for one in seen if isinstance(one.fact, PolicyTerm) and one.fact.term == "acknowledgement"]
    where = parse_place(one.where)
    assert isinstance(where, Page)
    assert where.offset == body.index(b"We will acknowledge your")


def test_bytes_that_are_not_in_the_charset_move_no_offset() -> None:
    body = policies.GOOD.encode().replace(b"This policy", b"\xff\xfe\x80 \x01\x02 This policy")
    answer = page(body)
    seen, _ = look(DisclosurePolicies(), site({AT: answer, "/": WELCOME}), pages=[HOME + AT])
    (one,) = [one for one in seen if isinstance(one.fact, PolicyTerm) and one.fact.term == "acknowledgement"]
    assert f"+{body.index(b'We will acknowledge your'):#x}:" in one.where


def test_a_policy_without_times_promises_none() -> None:
    policy, terms = read(policies.WITHOUT_TIMES)
    assert policy == DisclosurePolicy(HOME + AT, "security@maker.example", False, False, "products")
    assert terms["acknowledgement"] == "2 working days (not promised)"
    assert terms["status-updates"] == "(not promised)"
    assert set(terms) == {"contact", "products", "acknowledgement", "status-updates"}


def test_a_policy_for_the_website_only_is_told() -> None:
    policy, terms = read(policies.WEBSITE_ONLY)
    assert policy.covers == "website"
    assert "website-only" in terms
    assert "products" not in terms


def test_a_platform_that_asks_for_an_account_is_no_contact() -> None:
    policy, terms = read(policies.PLATFORM)
    assert policy.contact == ""
    assert terms["account-needed"] == "hackerone.com"
    assert policy.acknowledgement_time


def test_a_platform_beside_an_address_is_no_obstacle() -> None:
    policy, terms = read(policies.PLATFORM.replace("programme.", "programme or to psirt@maker.example."))
    assert policy.contact == "psirt@maker.example"
    assert "account-needed" not in terms


def test_a_form_is_a_contact() -> None:
    policy, terms = read(policies.FORM_ONLY)
    assert policy.contact == HOME + AT
    assert terms["acknowledgement"] == "1 working day"


def test_a_form_behind_a_login_is_none() -> None:
    policy, terms = read(policies.LOGIN_FORM)
    assert policy.contact == ""
    assert terms["account-needed"] == "account"


@pytest.mark.parametrize(("text", "language"), [(policies.GERMAN, "de"), (policies.JAPANESE, "ja")])
def test_a_policy_in_another_language_is_told_and_not_read(text: str, language: str) -> None:
    policy, terms = read(text)
    assert policy.language == language
    assert policy.contact == ""
    assert terms == {}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (policies.NEWS, "/news/2026/hole-closed"),
        (policies.CVE_LIST, "/advisories"),
        (policies.JOB, "/careers/42"),
        (policies.PRIVACY, "/privacy"),
        (WELCOME, "/security"),
        (SHELL, "/security"),
        (html("<h1>Security</h1><p>We take security seriously. Vulnerabilities are fixed quickly.</p>"), "/security"),
        (html("<h1>Lamp</h1><p>A lamp.</p><footer><a href='/x'>Report a vulnerability</a></footer>"), "/lamp"),
    ],
)
def test_a_page_that_only_speaks_of_weaknesses_is_no_policy(text: str, at: str) -> None:
    assert is_none(text, at)


def test_hidden_words_scripts_and_orders_to_readers_count_for_nothing() -> None:
    policy, terms = read(policies.PROMPT)
    assert not policy.acknowledgement_time
    assert set(terms) == {"contact", "products"}


def test_a_policy_is_found_by_the_field_of_security_txt() -> None:
    text = f"Contact: mailto:a@maker.example\nExpires: 2027-01-01T00:00:00Z\nPolicy: {HOME}/x/y\n"
    made = site({"/.well-known/security.txt": plain(text), "/x/y": policies.GOOD, "/": WELCOME})
    seen, inspection = look(DisclosurePolicies(), made)
    assert outcomes(seen) == {"disclosure-policy": "found"}
    assert inspection.status == "completed"


def test_a_policy_is_found_behind_two_links() -> None:
    home = html("<p>Lamps.</p>" * 40 + '<footer><a href="/trust-center">Security</a></footer>')
    trust = html("<h1>Trust</h1>" + "<p>We care.</p>" * 40 + '<a href="/go?x=1">Report a vulnerability</a>')
    seen, _ = look(DisclosurePolicies(), site({"/": home, "/trust-center": trust, "/go?x=1": policies.GOOD}))
    assert [one.url for one in facts(seen, DisclosurePolicy)] == [f"{HOME}/go?x=1"]


def test_a_policy_is_found_at_a_usual_place() -> None:
    seen, _ = look(DisclosurePolicies(), site({"/": WELCOME, "/psirt": policies.GOOD}))
    assert [one.url for one in facts(seen, DisclosurePolicy)] == [f"{HOME}/psirt"]


def test_absent_is_said_when_all_places_were_answered() -> None:
    made = site({"/": WELCOME})
    seen, inspection = look(DisclosurePolicies(), made)
    assert outcomes(seen) == {"disclosure-policy": "absent"}
    assert inspection.status == "completed"
    assert len(made.responses) <= 12


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"/": WELCOME, "/psirt": closed("unreachable")}, "unreachable"),
        ({"/": WELCOME, "/psirt": 500}, "unreachable"),
        ({"/": WELCOME, "/security": 403}, "refused"),
        ({"/": WELCOME, "/security": closed("refused")}, "refused"),
        ({"/": WELCOME, "/security": closed("not-looked-at")}, "not-looked-at"),
        ({"/": SHELL}, "not-looked-at"),
        ({"/": WELCOME, "/security": page(b"%PDF-1.7", "application/pdf")}, "not-looked-at"),
        (
            {"/": html("<p>Lamps.</p>" * 60 + '<a href="https://hackerone.com/m">Report a vulnerability</a>')},
            "not-looked-at",
        ),
        ({"/": html("<p>Lamps.</p>" * 60 + '<a href="/vdp.pdf">Vulnerability disclosure policy</a>')}, "not-looked-at"),
    ],
)
def test_a_place_that_was_not_read_forbids_absent(answers: dict[str, Answer], outcome: str) -> None:
    seen, inspection = look(DisclosurePolicies(), site(answers))
    assert outcomes(seen) == {"disclosure-policy": outcome}
    assert inspection.status == "partial"


def test_a_visit_that_is_over_is_not_absent() -> None:
    seen, _ = look(DisclosurePolicies(), site({"/": WELCOME}, most=5))
    assert outcomes(seen) == {"disclosure-policy": "not-looked-at"}


def test_a_policy_of_a_table_and_a_title_is_one() -> None:
    text = html(
        "<h1>Coordinated vulnerability disclosure</h1><table><tr><td>Address</td><td>psirt@maker.example</td></tr>"
        "<tr><td>Acknowledgement</td><td>5 business days</td></tr></table>",
        "Coordinated vulnerability disclosure",
    )
    policy, terms = read(text)
    assert policy.contact == "psirt@maker.example"
    assert terms["acknowledgement"] == "5 working days"


def test_a_policy_under_a_folder_of_the_press_is_one() -> None:
    text = html(
        """<h1>Security advisory</h1>
        <p>We welcome and encourage all reports on the security of our products.</p>
        <h2>Report vulnerabilities to Maker</h2>
        <p>We ask anyone to write to security@maker.example to report a security issue.</p><p>Maker will acknowledge
        each report within 5 working days and will provide updates until the issue is resolved.</p>"""
    )
    seen, _ = look(DisclosurePolicies(), site({"/press/a/": text, "/": WELCOME}), pages=[f"{HOME}/press/a/"])
    (policy,) = facts(seen, DisclosurePolicy)
    assert (policy.contact, policy.acknowledgement_time, policy.status_updates) == (
        "security@maker.example",
        True,
        True,
    )


@pytest.mark.parametrize(
    "words",
    [
        "<p>If you believe you have found a vulnerability, please contact our team.</p>",
        "<h1>Vulnerability disclosure</h1><p>More to come.</p>",
    ],
)
def test_a_page_that_is_nearly_a_policy_forbids_absent(words: str) -> None:
    made = site({"/": WELCOME, "/security": html(words + "<p>We make lamps.</p>" * 60)})
    seen, _ = look(DisclosurePolicies(), made)
    assert not facts(seen, DisclosurePolicy) or facts(seen, DisclosurePolicy)[0].contact == ""
    assert outcomes(seen)["disclosure-policy"] != "absent"


def test_where_a_policy_lacks_something_the_search_goes_on() -> None:
    made = site({"/": WELCOME, AT: policies.WITHOUT_TIMES, "/psirt": policies.GOOD})
    seen, inspection = look(DisclosurePolicies(), made, pages=[HOME + AT])
    assert [one.url for one in facts(seen, DisclosurePolicy)] == [HOME + AT, f"{HOME}/psirt"]
    assert inspection.status == "completed"


def test_a_policy_that_lacks_something_beside_a_place_without_an_answer_is_partial() -> None:
    made = site({"/": WELCOME, AT: policies.WITHOUT_TIMES, "/psirt": closed("unreachable")})
    seen, inspection = look(DisclosurePolicies(), made, pages=[HOME + AT])
    assert outcomes(seen) == {"disclosure-policy": "found"}
    assert inspection.status == "partial"


def test_a_whole_policy_needs_no_other_place() -> None:
    made = site({"/": WELCOME, AT: policies.GOOD}, closed("unreachable"))
    _, inspection = look(DisclosurePolicies(), made, pages=[HOME + AT])
    assert inspection.status == "completed"


def test_links_that_were_not_followed_forbid_absent() -> None:
    links = "".join(f'<a href="/v{number}">Report a vulnerability</a> ' for number in range(9))
    seen, _ = look(DisclosurePolicies(), site({"/": html("<p>Lamps.</p>" * 60 + links)}))
    assert outcomes(seen) == {"disclosure-policy": "not-looked-at"}

"""security.txt: what is one, what it says, and what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.maker._security_txt_file import parse_security_txt
from plimsoll.inspect.maker.security_txt import SecurityTxts
from plimsoll.model.facts import SecurityTxt
from plimsoll.model.locator import Page, parse_place
from plimsoll.sources.site import Hop
from tests.inspect.maker.sites import HOME, SHELL, WELCOME, Answer, closed, facts, look, outcomes, page, plain, site

PLACE = "/.well-known/security.txt"
GOOD = (
    "# our file\n"
    "Contact: mailto:security@maker.example\n"
    "Contact: https://maker.example/report\n"
    "Expires: 2027-01-01T00:00:00Z\n"
    "Preferred-Languages: en, de\n"
    f"Canonical: {HOME}{PLACE}\n"
    "Policy: https://maker.example/policy\n"
    "CSAF: https://maker.example/.well-known/csaf/provider-metadata.json\n"
)


def one_of(answers: dict[str, Answer]) -> SecurityTxt:
    seen, inspection = look(SecurityTxts(), site(answers))
    assert inspection.status == "completed"
    assert outcomes(seen) == {"security-txt": "found"}
    (fact,) = facts(seen, SecurityTxt)
    return fact


def faults(text: str | bytes) -> tuple[str, ...]:
    return one_of({PLACE: plain(text)}).faults


def test_a_good_file_has_no_fault() -> None:
    assert one_of({PLACE: plain(GOOD), "/report": "<p>a form</p>"}) == SecurityTxt(
        f"{HOME}{PLACE}",
        ("mailto:security@maker.example", "https://maker.example/report"),
        ("https://maker.example/policy",),
        "2027-01-01T00:00:00Z",
        False,
        ("en", "de"),
        ("https://maker.example/.well-known/csaf/provider-metadata.json",),
    )


def test_the_quote_is_the_line_of_the_first_contact() -> None:
    seen, _ = look(SecurityTxts(), site({PLACE: plain(GOOD)}))
    where = parse_place(seen[0].where)
    assert isinstance(where, Page)
    assert where.offset == GOOD.index("Contact")
    assert seen[0].excerpt is not None
    assert seen[0].excerpt.text == "Contact: mailto:security@maker.example"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("2027-01-01T00:00:00Z", "2025-01-01T00:00:00Z"), "expired"),
        (("2027-01-01T00:00:00Z", "01.01.2027"), "unreadable-expires"),
        (("2027-01-01T00:00:00Z", "2027-13-01T00:00:00Z"), "unreadable-expires"),
        (("Expires:", "Expired:"), "no-expires"),
        (("Preferred-Languages: en, de", "Expires: 2027-02-01T00:00:00Z"), "several-expires"),
        (("mailto:security", "security"), "contact-is-no-uri"),
        (("https://maker.example/report", "http://maker.example/report"), "contact-over-http"),
        (("https://maker.example/report", "ftp://maker.example/report"), "contact-scheme-not-known"),
        (("https://maker.example/policy", "/policy"), "policy-is-no-uri"),
        (("# our file", "our file"), "line-is-no-field"),
        (("Policy: ", "Policy:"), "no-space-after-colon"),
        (("Policy: ", "Policy : "), "space-before-colon"),
        (("en, de", "en; de!"), "unreadable-preferred-languages"),
        (("# our file", "Preferred-Languages: en"), "several-preferred-languages"),
        ((f"{HOME}{PLACE}", "https://other.example/security.txt"), "canonical-names-another-address"),
        (("provider-metadata.json", "feed.json"), "csaf-is-no-provider-metadata"),
        (("# our file", "# our file \ufeff"), None),
    ],
)
def test_each_fault_is_named(change: tuple[str, str], fault: str | None) -> None:
    assert faults(GOOD.replace(*change)) == ((fault,) if fault else ())


def test_a_file_with_faults_still_names_its_contacts() -> None:
    fact = one_of({PLACE: page("contact:security@maker.example", "text/html")})
    assert fact.contacts == ("security@maker.example",)
    assert {"wrong-content-type", "no-expires", "no-line-end", "contact-is-no-uri"} <= set(fact.faults)


def test_a_file_of_another_charset_is_told() -> None:
    fact = one_of({PLACE: page(GOOD.replace("our", "unsere für").encode("latin-1"), "text/plain; charset=iso-8859-1")})
    assert fact.faults == ("not-utf-8", "wrong-charset")


def test_a_byte_order_mark_is_a_fault_and_hides_no_field() -> None:
    fact = one_of({PLACE: plain(b"\xef\xbb\xbf" + GOOD.removeprefix("# our file\n").encode())})
    assert fact.faults == ("byte-order-mark",)
    assert len(fact.contacts) == 2


def test_a_clear_signed_file_is_told() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
        + GOOD
        + "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
    )
    fact = one_of({PLACE: plain(text)})
    assert fact.signed
    assert fact.faults == ()


def test_a_signature_that_does_not_end_is_a_fault() -> None:
    fact = one_of({PLACE: plain("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + GOOD)})
    assert not fact.signed
    assert fact.faults == ("broken-signature-form",)
    assert len(fact.contacts) == 2


def test_a_commented_out_contact_is_none() -> None:
    assert "no-contact" in faults("# Contact: mailto:a@maker.example\nExpires: 2027-01-01T00:00:00Z\n")


def test_a_file_only_at_the_top_is_told() -> None:
    assert one_of({"/security.txt": plain(GOOD.replace(PLACE, "/security.txt"))}).faults == ("only-at-top-level",)


def test_the_well_known_place_goes_first() -> None:
    made = site({PLACE: plain(GOOD), "/security.txt": plain(GOOD.replace("security@", "old@"))})
    seen, _ = look(SecurityTxts(), made)
    assert facts(seen, SecurityTxt)[0].contacts[0] == "mailto:security@maker.example"
    assert [one.url for one in made.responses] == [HOME + PLACE, f"{HOME}/report"]


def test_a_redirect_is_followed_by_canonical() -> None:
    hops = (Hop(f"{HOME}{PLACE}", 301, "https://www.maker.example/.well-known/security.txt"),)
    answer = page(GOOD, "text/plain", hops=hops, to="https://www.maker.example/.well-known/security.txt")
    fact = one_of({PLACE: answer})
    assert fact.url == "https://www.maker.example/.well-known/security.txt"
    assert fact.faults == ()


@pytest.mark.parametrize("rest", [404, 410, SHELL, WELCOME, page(b"{}", "application/json"), page(b"", "text/plain")])
def test_an_answer_that_is_no_file_is_absent(rest: Answer) -> None:
    seen, inspection = look(SecurityTxts(), site({}, rest))
    assert outcomes(seen) == {"security-txt": "absent"}
    assert inspection.status == "completed"


@pytest.mark.parametrize(
    ("rest", "outcome"),
    [
        (closed("unreachable"), "unreachable"),
        (closed("refused"), "refused"),
        (closed("not-looked-at"), "not-looked-at"),
        (403, "refused"),
        (429, "refused"),
        (503, "unreachable"),
    ],
)
def test_no_answer_is_never_absent(rest: Answer, outcome: str) -> None:
    seen, inspection = look(SecurityTxts(), site({}, rest))
    assert outcomes(seen) == {"security-txt": outcome}
    assert inspection.status == "partial"


def test_one_place_that_does_not_answer_is_not_absent() -> None:
    seen, _ = look(SecurityTxts(), site({PLACE: closed("unreachable")}))
    assert outcomes(seen) == {"security-txt": "unreachable"}


def test_the_last_day_is_not_yet_expired() -> None:
    assert not one_of({PLACE: plain(GOOD.replace("2027-01-01T00", "2026-11-25T01"))}).expired


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    parse_security_txt(data)
    parse_security_txt(b"-----BEGIN PGP SIGNED MESSAGE-----\n\nContact:" + data + b"-----BEGIN PGP SIGNATURE-----")


def test_a_huge_file_is_bounded() -> None:
    assert "too-long" in faults(GOOD + "Contact: mailto:a@maker.example\n" * 10_000)


_ORACLE_AGREES = {
    "no-contact": "no_contact",
    "no-expires": "no_expire",
    "several-expires": "multi_expire",
    "expired": "expired",
    "several-preferred-languages": "multi_lang",
    "contact-over-http": "no_https",
    "contact-is-no-uri": "no_uri",
    "no-space-after-colon": "no_space",
    "space-before-colon": "prec_ws",
    "line-is-no-field": "invalid_line",
    "unreadable-expires": "invalid_expiry",
}


@pytest.mark.parametrize(
    "change",
    [
        ("", ""),
        ("Expires:", "Expired:"),
        ("mailto:security", "security"),
        ("Policy: ", "Policy:"),
        ("Policy: ", "Policy : "),
        ("https://maker.example/report", "http://maker.example/report"),
        ("2027-01-01T00:00:00Z", "01.01.2027"),
        ("# our file", "Preferred-Languages: en"),
        ("# our file", "our file"),
        ("2027-01-01", "2020-01-01"),
        ("Preferred-Languages: en, de", "Expires: 2027-02-01T00:00:00Z"),
    ],
)
def test_an_independent_reader_names_the_same_faults(change: tuple[str, str]) -> None:
    sectxt = pytest.importorskip("sectxt", reason="sectxt is not installed")
    text = GOOD.replace(*change) if change[0] else GOOD
    theirs = {error["code"] for error in sectxt.Parser(text.encode())._errors}
    ours = {_ORACLE_AGREES[fault] for fault in faults(text) if fault in _ORACLE_AGREES}
    assert ours == theirs & set(_ORACLE_AGREES.values())


@pytest.mark.parametrize(("answer", "dead"), [(200, False), (405, False), (404, True), (410, True)])
def test_a_contact_on_the_web_is_tried_once_and_told_when_it_leads_nowhere(answer: int, dead: bool) -> None:
    body = f"Contact: {HOME}/report\nContact: mailto:a@maker.example\nExpires: 2027-01-01T00:00:00Z\n"
    pages = {"/.well-known/security.txt": plain(body), "/report": answer if answer != 200 else "<p>a form</p>"}
    seen, _ = look(SecurityTxts(), site(pages))
    (fact,) = facts(seen, SecurityTxt)
    assert fact.dead == ((f"{HOME}/report",) if dead else ())
    assert fact.contacts == (f"{HOME}/report", "mailto:a@maker.example")

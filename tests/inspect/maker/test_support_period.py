"""Periods of support: dates, years, lifetimes, tables, and periods of other models."""

from __future__ import annotations

import pytest

from plimsoll.inspect.maker._dates import find_dates
from plimsoll.inspect.maker._models import names_another_model, names_model
from plimsoll.inspect.maker.support_period import SupportPeriods
from plimsoll.model.facts import SupportPeriod
from tests.inspect.maker.sites import HOME, SHELL, WELCOME, Answer, closed, facts, html, look, outcomes, site

AT = "/cam-200"
URL = HOME + AT


def periods(words: str, model: str = "Cam 200", title: str = "Cam 200") -> list[SupportPeriod]:
    seen, _ = look(SupportPeriods(), site({AT: html(words, title), "/": WELCOME}), model=model, pages=[URL])
    return facts(seen, SupportPeriod)


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("Security updates are provided until 31 December 2030.", "2030-12-31"),
        ("Security updates are guaranteed until at least December 31st, 2030.", "2030-12-31"),
        ("The Cam 200 will receive security updates until 2030-12-31.", "2030-12-31"),
        ("Minimum security update period: until 31.12.2030", "2030-12-31"),
        ("Defined support period: 31/12/2030", "2030-12-31"),
        ("Software support ends in December 2030.", "2030-12"),
        ("Security support for the Cam 200 ends on 2030-12.", "2030-12"),
        ("Security updates until the end of 2030.", "2030-12"),
        ("Support period: from 1 January 2024 to 31 December 2030", "2030-12-31"),
        ("<table><tr><td>Security updates until</td><td>31 Dec 2030</td></tr></table>", "2030-12-31"),
        ("<h2>End of security support</h2><p>31 December 2030</p>", "2030-12-31"),
    ],
)
def test_dates_in_many_forms_are_read(words: str, iso: str) -> None:
    assert periods(f"<h1>Cam 200</h1><div>{words}</div>") == [SupportPeriod("Cam 200", iso, URL)]


@pytest.mark.parametrize(
    ("words", "years", "since"),
    [
        ("We provide security updates for at least five years from launch.", 5, "launch"),
        ("Security updates: at least 5 years after the product was first placed on the market.", 5, "launch"),
        ("Software updates are provided for a minimum of 3 (three) years from the date of purchase.", 3, "sale"),
        ("Security updates are provided for 4 years after the last sale of the product.", 4, "last-sale"),
        ("Firmware support continues for 2 years after the product is discontinued.", 2, "last-sale"),
        ("Security updates are available for at least 24 months after launch.", 2, "launch"),
        ("This camera receives 6 years of security updates.", 6, "unknown"),
    ],
)
def test_years_and_what_they_count_from_are_read(words: str, years: int, since: str) -> None:
    (one,) = periods(f"<p>{words}</p>")
    assert (one.model, one.years, one.counted_from, one.ends_on, one.lifetime) == ("Cam 200", years, since, "", False)


@pytest.mark.parametrize(
    "words",
    [
        "Security updates are provided for the lifetime of the product.",
        "We provide lifetime software updates.",
        "We deliver security updates as long as technically possible.",
    ],
)
def test_a_lifetime_is_told_as_one_and_has_no_date(words: str) -> None:
    (one,) = periods(f"<p>{words}</p>")
    assert (one.lifetime, one.ends_on, one.years) == (True, "", 0)


@pytest.mark.parametrize(
    "words",
    [
        "The warranty and free software updates last until 31 December 2030.",
        "Latest firmware update: 2024-05-01.",
        "Last updated: 31 December 2025. Software updates are important.",
        "Security updates are typically provided for 5 years.",
        "We do not guarantee security updates until 31 December 2030.",
        "Up to 5 years of security updates.",
        "We expect to provide security updates until 31 December 2030.",
        "Security updates until 31 December 2030, subject to change.",
        "Security updates for Windows end on 14 October 2030.",
        "The Doorbell Pro will receive security updates until 31 December 2030.",
        "Updates to this page until December 2030.",
        "We have provided security updates for 10 years.",
        "End of sale: 31 December 2030.",
        "Customer support is there until 31 December 2030.",
        "The Cam 300 receives security updates until 31 December 2030.",
        "The Cam 200 Pro receives security updates until 31 December 2030.",
        "Security updates until 03/04/2030.",
        "The support lifetime of our products differs.",
        "End of life is sad.",
        "Security updates until 31 February 2030.",
    ],
)
def test_what_is_no_period_of_this_model_is_not_taken(words: str) -> None:
    assert periods(f"<h1>Cam 200</h1><p>{words}</p>") == []


TABLE = """
<h1>End of support</h1>
<table><thead><tr><th>Model</th><th>Launch</th><th>End of sale</th><th>Security updates until</th></tr></thead>
<tr><td>Cam 100</td><td>2019-01-01</td><td>2021-01-01</td><td>31 Dec 2025</td></tr>
<tr><td>Cam 200</td><td>2023-02-01</td><td>2027-01-01</td><td>31 Dec 2030</td></tr>
<tr><td>Cam 200 Pro</td><td>2023-02-01</td><td>2027-01-01</td><td>31 Dec 2033</td></tr>
<tr><td>Cam 2000</td><td>2023-02-01</td><td></td><td>lifetime</td></tr>
<tr><td>Cam 300</td><td>2023-02-01</td><td></td><td>5 years after launch</td></tr></table>
"""


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Cam 100", ("2025-12-31", 0, "", False)),
        ("cam200", ("2030-12-31", 0, "", False)),
        ("CAM-200 PRO", ("2033-12-31", 0, "", False)),
        ("Cam 2000", ("", 0, "", True)),
        ("Cam 300", ("", 5, "launch", False)),
    ],
)
def test_the_row_of_the_model_is_read(model: str, expected: tuple[str, int, str, bool]) -> None:
    (one,) = periods(TABLE, model, "End of support")
    assert (one.model, one.ends_on, one.years, one.counted_from, one.lifetime) == (model, *expected)


@pytest.mark.parametrize("model", ["Cam 20", "Cam 250", "", "200 Pro Max"])
def test_a_table_without_the_model_gives_nothing(model: str) -> None:
    assert periods(TABLE, model, "End of support") == []


def test_the_quote_of_a_row_is_the_row() -> None:
    seen, _ = look(SupportPeriods(), site({AT: html(TABLE), "/": WELCOME}), model="Cam 200", pages=[URL])
    assert seen[0].excerpt is not None
    assert seen[0].excerpt.text == "Cam 200 2023-02-01 2027-01-01 31 Dec 2030"


def test_a_promise_for_all_products_is_of_the_brand() -> None:
    words = (
        "<h1>Update policy</h1><p>All our connected products get security updates for at least 5 years from launch.</p>"
    )
    assert periods(words, title="Updates") == [SupportPeriod("", "", URL, 5, "launch")]


def test_sections_of_other_models_are_left_alone() -> None:
    words = (
        "<h2>Cam 300</h2><p>Security updates until 31 December 2031.</p>"
        "<h2>Cam 200</h2><p>Security updates until 31 December 2030.</p>"
    )
    assert [one.ends_on for one in periods(words, title="Cameras")] == ["2030-12-31"]


def test_a_page_on_another_model_gives_nothing() -> None:
    assert periods("<h1>Cam 300</h1><p>Security updates until 31 December 2031.</p>", title="Cam 300") == []


def test_hidden_and_commented_periods_do_not_count() -> None:
    words = (
        "<h1>Cam 200</h1><!-- Security updates until 31 December 2030. --><p hidden>Security updates until 31 May 2030."
    )
    assert periods(words) == []


def test_a_linked_page_is_looked_at() -> None:
    home = html("<p>Lamps.</p>" * 60 + '<a href="/eol">End of life dates</a>')
    seen, inspection = look(SupportPeriods(), site({"/": home, "/eol": html(TABLE)}), model="Cam 200")
    assert [one.ends_on for one in facts(seen, SupportPeriod)] == ["2030-12-31"]
    assert inspection.status == "completed"


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"/": WELCOME, AT: html("<h1>Cam 200</h1>" + "<p>It sees.</p>" * 50)}, "absent"),
        ({"/": WELCOME, AT: SHELL}, "not-looked-at"),
        ({"/": WELCOME, AT: closed("unreachable")}, "unreachable"),
        ({"/": WELCOME, AT: 401}, "refused"),
    ],
)
def test_absent_is_said_of_pages_that_were_read(answers: dict[str, Answer], outcome: str) -> None:
    seen, _ = look(SupportPeriods(), site(answers), model="Cam 200", pages=[URL])
    assert outcomes(seen) == {"support-period": outcome}


def test_without_a_page_of_the_product_it_was_not_looked_for() -> None:
    seen, inspection = look(SupportPeriods(), site({"/": WELCOME}), model="Cam 200")
    assert outcomes(seen) == {"support-period": "not-looked-at"}
    assert inspection.status == "partial"


@pytest.mark.parametrize(
    ("text", "model", "named"),
    [
        ("Archer AX55 router", "AX55", True),
        ("the AX 55", "AX55", True),
        ("ax-55.", "AX55", True),
        ("AX550", "AX55", False),
        ("RT-AX55", "AX55", False),
        ("AX55-EU", "AX55", False),
        ("AX55 Pro", "AX55", False),
        ("AX55 v2", "AX55", False),
        ("AX55 Pro", "AX55 Pro", True),
        ("AX55", "AX55 Pro", False),
        ("anything", "", False),
        ("AX55/AX73", "AX73", True),
    ],
)
def test_a_model_is_not_its_neighbour(text: str, model: str, named: bool) -> None:
    assert names_model(text, model) is named


def test_dates_are_no_models() -> None:
    assert not names_another_model("Security updates until December 2030 for TS 103 701 and EN 303 645", "Cam 200")
    assert names_another_model("Security updates for the Cam 300 until December 2030", "Cam 200")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2030/12/31", ["2030-12-31"]),
        ("Sept. 5, 2030", ["2030-09-05"]),
        ("5th of May 2030", ["2030-05-05"]),
        ("2030年12月31日", ["2030-12-31"]),
        ("Q2 2030", ["2030-06"]),
        ("02/2030", ["2030-02"]),
        ("13/12/2030", ["2030-12-13"]),
        ("12/13/2030", ["2030-12-13"]),
        ("11/12/2030", []),
        ("version 1.2.2030.4", []),
        ("2030", []),
        ("30 Feb 2030", []),
        ("2030-12-31T10:00:00Z", ["2030-12-31"]),
    ],
)
def test_forms_of_dates(text: str, expected: list[str]) -> None:
    assert [one.iso for one in find_dates(text)] == expected


STATEMENT = """<h1>Statement of compliance</h1><p>Product: Smart camera</p><p>Type: Cam 200, Cam 210</p>
<p>The defined support period is until 30 June 2029.</p><p>Place and date: Utrecht, 3 April 2024</p>"""


def test_a_statement_of_compliance_is_of_the_product_that_it_names() -> None:
    assert periods(STATEMENT, title="Compliance") == [SupportPeriod("Cam 200", "2029-06-30", URL)]
    assert periods(STATEMENT, "Cam 300", "Compliance") == []


def test_the_maker_by_its_name_speaks_for_its_products_and_no_other_company_does() -> None:
    words = "<p>{} provides software security updates for a minimum of four years after the device is last sold.</p>"
    assert periods(words.format("Maker"), title="Updates") == [SupportPeriod("", "", URL, 4, "last-sale")]
    assert periods(words.format("Chipco"), title="Updates") == []


@pytest.mark.parametrize(
    "words",
    [
        "Security updates until at least 2030.",
        "We plan to provide security updates until 31 May 2030.",
        "The software support period is 5 years.",
    ],
)
def test_a_time_that_is_no_period_forbids_absent(words: str) -> None:
    text = html("<h1>Cameras</h1>" + "<p>It sees.</p>" * 50 + f"<p>{words}</p>")
    seen, _ = look(SupportPeriods(), site({AT: text, "/": WELCOME}), model="Cam 200", pages=[URL])
    assert outcomes(seen) == {"support-period": "not-looked-at"}


def test_a_column_of_releases_is_no_end() -> None:
    head = "<tr><th>Firmware</th><th>Security update</th></tr>"
    assert periods(f"<table>{head}<tr><td>Cam 200 1.2</td><td>2026-05-05</td></tr></table>") == []


def test_years_beside_a_page_without_an_answer_are_partial() -> None:
    text = html("<h1>Cam 200</h1><p>We provide security updates for at least 5 years from launch.</p>")
    made = site({AT: text, "/": WELCOME, "/gone": closed("unreachable")})
    seen, inspection = look(SupportPeriods(), made, model="Cam 200", pages=[URL, f"{HOME}/gone"])
    assert outcomes(seen) == {"support-period": "found"}
    assert inspection.status == "partial"

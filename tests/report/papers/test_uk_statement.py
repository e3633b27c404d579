from __future__ import annotations

import msgspec
import pytest

from plimsoll.model import facts
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers import render
from plimsoll.report.papers.uk_statement import statement_of_compliance
from tests.report.papers.samples import CATALOGUE, judged, published
from tests.report.sample import ALL, bad

PASS, FAIL, OPEN, NONE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE
NEEDED = (
    "no-fixed-account-is-accepted",
    "no-shared-key-grants-login",
    "initial-passwords-not-derivable",
    "disclosure-policy-is-published",
    "support-period-is-published",
)
DECLARES = "The evidence below shows each requirement that applies"
REFUSES = "No declaration can be drawn up"


def text(verdicts: dict[str, Verdict]) -> str:
    """Write the statement over some verdicts."""
    return render("uk-statement", judged(verdicts), CATALOGUE)


@pytest.mark.parametrize("sample", ALL)
def test_it_declares_nothing_that_is_not_shown(sample: str) -> None:
    written = render("uk-statement", ALL[sample](), CATALOGUE)
    assert REFUSES in written and DECLARES not in written
    assert "compliant" not in written.lower() and "complies" not in written.lower()


def test_with_every_requirement_shown_the_declaration_is_left_to_the_manufacturer() -> None:
    written = text(dict.fromkeys(NEEDED, PASS))
    assert DECLARES in written and REFUSES not in written
    assert "[to be filled: that in its opinion each applicable requirement" in written


@pytest.mark.parametrize("missing", NEEDED)
@pytest.mark.parametrize("verdict", [FAIL, OPEN])
def test_one_requirement_that_is_not_shown_is_enough_to_refuse(missing: str, verdict: Verdict) -> None:
    assert REFUSES in text(dict.fromkeys(NEEDED, PASS) | {missing: verdict})


def test_only_the_requirement_on_passwords_may_not_apply() -> None:
    passwords = dict.fromkeys(NEEDED[:3], NONE)
    assert DECLARES in text(dict.fromkeys(NEEDED, PASS) | passwords)
    assert REFUSES in text(dict.fromkeys(NEEDED, PASS) | {NEEDED[3]: NONE})


def test_the_minimum_contents_are_there_as_values_or_blanks() -> None:
    unnamed = msgspec.structs.replace(bad(), product=Product())
    blanks = [one.what for one in statement_of_compliance(unnamed, CATALOGUE).blanks]
    for what in (
        "product type",
        "batch",
        "name of each manufacturer",
        "address of each",
        "which of the two",
        "end of the defined support period",
        "signature",
        "function of",
        "place of issue",
        "date of issue",
    ):
        assert any(what in one for one in blanks), what
    assert "Type: Tidewatch 2" in text({})


@pytest.mark.parametrize(
    "period",
    [
        facts.SupportPeriod("Tidewatch 2", "", "https://halyard.example/s", lifetime=True),
        facts.SupportPeriod("Tidewatch 3", "2031-05", "https://halyard.example/s"),
        facts.SupportPeriod("", "2031-05", "https://halyard.example/s"),
    ],
    ids=["a lifetime", "another model", "the brand"],
)
def test_a_support_period_without_a_date_for_this_model_stays_blank(period: facts.SupportPeriod) -> None:
    written = render("uk-statement", published(period), CATALOGUE)
    assert "end of the defined support period, as a date" in written


def test_a_support_period_of_this_model_is_named_with_its_place() -> None:
    written = render(
        "uk-statement", published(facts.SupportPeriod("Tidewatch 2", "2031-05", "https://halyard.example/s")), CATALOGUE
    )
    assert "until 2031-05" in written and "page:https%3A" in written

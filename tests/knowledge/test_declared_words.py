"""What says nothing, and what only looks as if it did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.knowledge.declared_words import is_vague, refers_only, says_none, says_not_yet, unfinished


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "—", "...", "N/A", "n.a.", "TBD", "t.b.d.", "TBC", "To be defined.", "TODO: ask Anna", "???", "xxx",
     "see manual", "See the user manual.", "Please refer to our website", "best practice", "Industry standard", "yes",
     "OK", "<fill in>", "[password]", "{{ value }}", "state of the art", "as above", "confidential", "is secure"],
)  # fmt: skip
def test_empty_words_are_vague(text: str) -> None:
    assert is_vague(text)


@pytest.mark.parametrize(
    "text",
    ["none", "no", "Ed25519 signature over the image", "see AuthMech-1", "Password", "disabled", "5 years", "https",
     "see manual, page 12", "TLS 1.3", "Best practice catalogue SOGIS 1.2", "http://example.com/x"],
)  # fmt: skip
def test_words_that_say_something_are_not_vague(text: str) -> None:
    assert not is_vague(text)


@pytest.mark.parametrize(
    "text",
    ["none", "No.", "Not published", "not yet published", "No support period is published for this model",
     "There are no sensors", "The device has no sensors.", "No telemetry is collected", "not applicable"],
)  # fmt: skip
def test_denials_are_read(text: str) -> None:
    assert says_none(text)


@pytest.mark.parametrize(
    "text",
    ["No less than five years", "Not before 2030-01-01", "not until 2031", "No later than 90 days", "", "5 years",
     "None of the passwords is known: each is random.", "No default passwords. Users set one.", "nonetheless",
     "No sensors but a microphone", "no other than a camera", "Notified by mail", "Nominal"],
)  # fmt: skip
def test_what_only_begins_like_a_denial_is_none(text: str) -> None:
    assert not says_none(text)


def test_nothing_has_happened_yet_is_told() -> None:
    assert says_not_yet("No vulnerabilities have been reported so far.")
    assert says_not_yet("N/A, has not happened yet")
    assert not says_not_yet("The device has no update mechanism")


def test_a_text_that_only_refers_gives_what_it_refers_to() -> None:
    assert refers_only("See AuthMech-1.") == "authmech-1"
    assert refers_only("Random per unit, see AuthMech-1") == ""


@pytest.mark.parametrize(
    "text",
    ["The model is not currently covered by that page.", "5 years, to be published", "must be defined and\npublished",
     "Not yet documented", "https://a.example (TODO)", "Documentation gap: the page is missing"],
)  # fmt: skip
def test_what_is_still_to_be_done_is_told(text: str) -> None:
    assert unfinished(text)


@pytest.mark.parametrize(
    "text",
    ["Published at https://a.example", "A password to be chosen by the user", "not documented", "defined in the policy",
     "must be changed by the user", "The update has to be installed"],
)  # fmt: skip
def test_what_is_done_or_denied_is_not_unfinished(text: str) -> None:
    assert not unfinished(text)


@given(st.text(max_size=600))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance((is_vague(text), says_none(text), says_not_yet(text), refers_only(text)), tuple)

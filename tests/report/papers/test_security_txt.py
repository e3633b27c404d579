from __future__ import annotations

import datetime
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model import facts
from plimsoll.report.papers import render
from plimsoll.report.papers.paper import Blank
from plimsoll.report.papers.security_txt import expires, security_txt_file
from tests.report.papers.samples import CATALOGUE, published
from tests.report.sample import HOSTILE, bad, hostile

FIELD = re.compile(r"[A-Za-z-]+: \S.*|#.*")
SITE = "https://halyard.example"


def fields(text: str) -> dict[str, list[str]]:
    """Read a security.txt by RFC 9116: names are read without regard to case."""
    read: dict[str, list[str]] = {}
    for line in text.splitlines():
        assert FIELD.fullmatch(line)
        if not line.startswith("#"):
            name, _, value = line.partition(": ")
            read.setdefault(name.lower(), []).append(value)
    return read


def test_without_anything_seen_it_has_every_field_with_its_blank() -> None:
    read = fields(security_txt_file(bad()))
    assert set(read) == {"contact", "expires", "policy", "preferred-languages", "canonical"}
    assert all("[to be filled: " in value for name, (value,) in read.items() if name != "expires")


@given(st.dates(max_value=datetime.date(9998, 12, 1)))
def test_it_expires_in_less_than_a_year(day: datetime.date) -> None:
    got = expires(day.isoformat())
    assert isinstance(got, str)
    end = datetime.datetime.fromisoformat(got.replace("Z", "+00:00"))
    assert 300 < (end.date() - day).days < 365


@pytest.mark.parametrize("day", ["", "soon", "2026-13-01", "9999-12-31"])
def test_a_day_that_cannot_be_read_leaves_a_blank(day: str) -> None:
    assert isinstance(expires(day), Blank)


def test_what_the_maker_publishes_is_kept() -> None:
    seen = published(
        facts.SecurityTxt(f"{SITE}/security.txt", ("mailto:psirt@halyard.example",)),
        facts.DisclosurePolicy(f"{SITE}/policy"),
        facts.AdvisorySource(f"{SITE}/csaf/provider-metadata.json", "csaf", "csaf_provider"),
        facts.AdvisorySource(f"{SITE}/news.xml", "feed"),
    )
    read = fields(security_txt_file(seen))
    assert read["contact"] == ["mailto:psirt@halyard.example"]
    assert read["policy"] == [f"{SITE}/policy"]
    assert read["canonical"] == [f"{SITE}/.well-known/security.txt"]
    assert read["csaf"] == [f"{SITE}/csaf/provider-metadata.json"]
    assert "There is one already" in render("security-txt", seen, CATALOGUE)


def test_a_mail_address_of_the_policy_becomes_a_contact() -> None:
    seen = published(facts.DisclosurePolicy(f"{SITE}/policy", "psirt@halyard.example"))
    assert fields(security_txt_file(seen))["contact"] == ["mailto:psirt@halyard.example"]
    assert "`mailto:psirt@halyard.example`" in render("disclosure-policy", seen, CATALOGUE)


@pytest.mark.parametrize(
    "contact", [HOSTILE, "javascript:alert(1)", "mailto:a@b\nContact: mailto:evil@c", "http://a.example", "call us"]
)
def test_a_contact_that_is_no_address_is_left_out(contact: str) -> None:
    seen = published(facts.SecurityTxt(contact, (contact,)), facts.DisclosurePolicy(contact, contact))
    read = fields(security_txt_file(seen))
    assert len(read["contact"]) == 1 and read["contact"][0].startswith("[to be filled: ")
    assert read["policy"][0].startswith("[to be filled: ")


def test_hostile_words_add_no_line() -> None:
    assessment = msgspec.structs.replace(hostile(), assessed_on=HOSTILE, plimsoll_version="1\nContact: mailto:evil@c")
    assert len(fields(security_txt_file(assessment))["contact"]) == 1


def test_the_policy_holds_what_a_policy_must() -> None:
    text = render("disclosure-policy", bad(), CATALOGUE)
    for part in (
        "Write to",
        "What this covers",
        "your report has arrived within",
        "until the matter is resolved",
        "We publish what was wrong",
        "No legal action",
        "promise of silence",
        "coordinator",
    ):
        assert part in text
    assert "such as 3 working days]" in text

"""Membership of the CVE Program, from the domain that was visited."""

from __future__ import annotations

import hashlib

import pytest

from plimsoll.knowledge import cve_authorities
from plimsoll.match.cve_authorities import CveAuthorities
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import CveAuthority, Fact, Search, SecurityTxt
from plimsoll.model.locator import Page, place


def visited(url: str, fact: Fact = Search("security-txt", "absent", 2)) -> Evidence:  # noqa: B008
    where = place(Page(url.encode(), hashlib.sha256(b"").hexdigest()))
    return Evidence((Observation(fact, where, "maker-security-txt", window="maker"),))


def matched(evidence: Evidence) -> list[Fact]:
    return [one.fact for one in CveAuthorities().match(evidence) if isinstance(one, Observation)]


@pytest.mark.parametrize(
    "url", ["https://axis.com/security.txt", "https://www.axis.com/.well-known/security.txt", "https://AXIS.com:8443/x"]
)
def test_a_maker_on_the_list_is_an_authority(url: str) -> None:
    assert matched(visited(url)) == [CveAuthority("Axis", "axis.com")]


@pytest.mark.parametrize(
    "url",
    ["https://notaxis.com/", "https://axis.com.example/", "https://example/axis.com", "https://com/", "https://x/"],
)
def test_a_name_that_only_looks_like_one_is_not(url: str) -> None:
    assert matched(visited(url)) == []


def test_only_the_domain_that_was_visited_counts() -> None:
    assert matched(visited("https://axis.com/policy", SecurityTxt("https://axis.com/policy"))) == []
    assert matched(Evidence()) == []


def test_the_list_is_dated_and_of_domains() -> None:
    (known,) = CveAuthorities().knowledge()
    assert known.date == cve_authorities.load().date
    assert all("." in domain and domain == domain.lower() for domain in cve_authorities.load().makers)

"""Sources of advisories: CSAF providers, feeds and pages, and their newest date."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.maker import _csaf
from plimsoll.inspect.maker.advisories import METADATA, Advisories
from plimsoll.model.facts import AdvisorySource
from plimsoll.sources.site import Hop
from tests.inspect.maker import policies
from tests.inspect.maker.sites import (
    HOME,
    TODAY,
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

FEED = f"{HOME}/csaf/feed.json"
FOLDER = f"{HOME}/csaf/white/"


def metadata(**changes: object) -> Answer:
    document: dict[str, object] = {
        "canonical_url": HOME + METADATA,
        "last_updated": "2026-10-01T00:00:00Z",
        "metadata_version": "2.0",
        "publisher": {"category": "vendor", "name": "Maker", "namespace": HOME},
        "role": "csaf_provider",
        "distributions": [{"rolie": {"feeds": [{"url": FEED, "tlp_label": "WHITE", "summary": "all"}]}}],
    }
    return page(json.dumps(document | changes), "application/json")


def feed(*days: str, links: tuple[str, ...] = ("self", "hash", "signature")) -> Answer:
    entries = [
        {"id": day, "updated": f"{day}T00:00:00Z", "link": [{"rel": rel, "href": "x"} for rel in links]} for day in days
    ]
    return page(
        json.dumps({"feed": {"id": "x", "updated": "2026-11-01T00:00:00Z", "entry": entries}}), "application/json"
    )


def sources(answers: dict[str, Answer]) -> list[AdvisorySource]:
    seen, _ = look(Advisories(), site({"/": WELCOME} | answers))
    return facts(seen, AdvisorySource)


def test_a_provider_with_a_feed_is_read() -> None:
    answers = {METADATA: metadata(), FEED.removeprefix(HOME): feed("2026-09-01", "2026-11-02", "2026-01-01")}
    assert sources(answers) == [AdvisorySource(HOME + METADATA, "csaf", "csaf_provider", "2026-11-02")]


def test_a_provider_with_a_folder_is_read() -> None:
    changes = plain('"2026/a.json","2026-10-05T10:00:00Z"\n"2025/b.json","2025-10-05T10:00:00Z"\n"x"\n')
    answers = {METADATA: metadata(distributions=[{"directory_url": FOLDER}]), "/csaf/white/changes.csv": changes}
    assert sources(answers) == [AdvisorySource(HOME + METADATA, "csaf", "csaf_provider", "2026-10-05")]


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({METADATA: metadata(distributions=[{"directory_url": FOLDER}])}, ("13",)),
        ({METADATA: metadata()}, ("15",)),
        ({METADATA: metadata(distributions=[])}, ("15",)),
        ({METADATA: metadata(publisher={"name": "Maker"}), FEED.removeprefix(HOME): feed()}, ("7",)),
        ({METADATA: metadata(role="csaf_trusted_provider"), FEED.removeprefix(HOME): feed("2026-01-01")}, ("20",)),
        (
            {
                METADATA: metadata(role="csaf_trusted_provider", public_openpgp_keys=[{"url": "x"}]),
                FEED.removeprefix(HOME): feed("2026-01-01", links=("self",)),
            },
            ("18", "19"),
        ),
    ],
)
def test_requirements_that_do_not_hold_are_named(answers: dict[str, Answer], missing: tuple[str, ...]) -> None:
    (one,) = sources(answers)
    assert one.missing == missing


def test_a_redirected_metadata_file_does_not_hold_requirement_six() -> None:
    answer = metadata()
    assert not isinstance(answer, (int, str, bytes))
    moved = page(answer.body, "application/json", hops=(Hop(HOME + METADATA, 302, "/x.json"),), to=f"{HOME}/x.json")
    (one,) = sources({METADATA: moved, FEED.removeprefix(HOME): feed("2026-01-01")})
    assert (one.url, one.missing) == (f"{HOME}/x.json", ("6",))


def test_metadata_is_found_by_the_field_of_security_txt() -> None:
    text = f"Contact: mailto:a@maker.example\nExpires: 2027-01-01T00:00:00Z\nCSAF: {HOME}/m/provider-metadata.json\n"
    answers = {
        "/.well-known/security.txt": plain(text),
        "/m/provider-metadata.json": metadata(),
        FEED.removeprefix(HOME): feed("2026-01-01"),
    }
    assert [one.url for one in sources(answers)] == [f"{HOME}/m/provider-metadata.json"]


def test_days_to_come_are_not_the_newest() -> None:
    answers = {METADATA: metadata(), FEED.removeprefix(HOME): feed("2026-11-24", "2027-05-01", "2026-13-01")}
    assert sources(answers)[0].last_on == "2026-11-24"


@pytest.mark.parametrize(
    "body", ["{}", "[]", "[" * 100_000, "{", '{"canonical_url": 1, "publisher": 2, "distributions": {}}', "\0"]
)
def test_odd_metadata_is_no_provider_and_breaks_nothing(body: str) -> None:
    assert all(one.missing for one in sources({METADATA: page(body, "application/json")}))


NAMES = (
    "feed", "entry", "link", "distributions", "rolie", "feeds", "url", "publisher", "canonical_url", "directory_url",
    "updated", "role",
)  # fmt: skip


def objects(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), objects))
def test_any_object_is_read_without_an_error(value: object) -> None:
    response = page(json.dumps(value), "application/json")
    document = _csaf.read_json(response)
    if document is not None:
        list(_csaf.rolie_feeds(document))
        list(_csaf.directories(document))
        list(_csaf.missing_of_metadata(document, response))
        list(_csaf.missing_of_feed(document, "csaf_trusted_provider"))
        _csaf.last_of_feed(document, TODAY)


RSS = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><rss version="2.0">
<channel><title>Security advisories</title>
<item><title>&a;</title><pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate></item><item><pubDate>nonsense</pubDate></item>
<item><pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


def test_a_feed_on_security_is_read() -> None:
    home = html("<p>Lamps.</p>" * 60 + '<a href="/advisories.xml">Security advisories (RSS)</a>')
    answers: dict[str, Answer] = {"/": home, "/advisories.xml": page(RSS, "application/rss+xml")}
    assert sources(answers) == [AdvisorySource(f"{HOME}/advisories.xml", "feed", last_on="2026-11-03")]


def test_a_feed_of_news_is_none() -> None:
    home = html("<p>Lamps.</p>" * 60 + '<a href="/news.xml">News (RSS)</a>')
    assert sources({"/": home, "/news.xml": page(RSS, "application/rss+xml")}) == []


def test_a_page_of_advisories_is_read() -> None:
    home = html("<p>Lamps.</p>" * 60 + '<a href="/adv">Security advisories</a>')
    assert sources({"/": home, "/adv": policies.CVE_LIST}) == [
        AdvisorySource(f"{HOME}/adv", "page", last_on="2026-08-11")
    ]


@pytest.mark.parametrize("text", [policies.NEWS, policies.GOOD, WELCOME])
def test_a_page_that_names_one_weakness_or_none_is_no_list(text: str) -> None:
    home = html("<p>Lamps.</p>" * 60 + '<a href="/adv">Security advisories</a>')
    assert sources({"/": home, "/adv": text}) == []


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"/": WELCOME}, "absent"),
        ({"/": WELCOME, METADATA: closed("unreachable")}, "unreachable"),
        ({"/": 403}, "refused"),
    ],
)
def test_no_answer_is_never_absent(answers: dict[str, Answer], outcome: str) -> None:
    seen, _ = look(Advisories(), site(answers))
    assert outcomes(seen) == {"advisories": outcome}

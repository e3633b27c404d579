"""Feeds are fetched from a real server on loopback: only what changed, from where it broke off, with plain words."""

from __future__ import annotations

import datetime
import gzip
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plimsoll.errors import UnknownName
from plimsoll.knowledge.feeds import Feed, choose, load
from plimsoll.knowledge.importers import IMPORTERS
from plimsoll.knowledge.store import Store
from plimsoll.knowledge.update import FeedResult, update
from tests.knowledge.files import encoded, epss, kev, match, nvd_cve, nvd_feed
from tests.knowledge.server import Feeds

KEV, SCORES, YEAR = "/kev/known.json", "/epss/scores.csv.gz", "/nvd/nvdcve-2.0-2030.json.gz"
FEEDS = (
    Feed("kev", ("https://a.example/known.json",), usual=True),
    Feed("epss", ("https://b.example/scores.csv.gz",), usual=True),
    Feed("nvd", ("https://c.example/nvdcve-2.0-{year}.json.gz",), usual=True, since=2030),
)
TODAY = datetime.date(2031, 6, 7)


def nvd(*ids: str) -> bytes:
    return gzip.compress(encoded(nvd_feed(*(nvd_cve(id, match("a:tide:watchd", "1.0")) for id in ids))), mtime=0)


@pytest.fixture
def feeds() -> Iterator[Feeds]:
    files = {KEV: encoded(kev("CVE-2031-1000")), SCORES: gzip.compress(epss("CVE-2031-1000,0.2,0"), mtime=0),
             YEAR: nvd("CVE-2030-1000"), YEAR.replace("30", "31"): nvd("CVE-2031-1000", "CVE-2031-2000")}  # fmt: skip
    with Feeds(files) as server:
        yield server


Run = Callable[..., tuple[FeedResult, ...]]


@pytest.fixture
def run(tmp_path: Path, feeds: Feeds) -> Run:
    def go(
        chosen: tuple[Feed, ...] = FEEDS, base: str = "", slept: list[float] | None = None
    ) -> tuple[FeedResult, ...]:
        sleep = (slept if slept is not None else []).append
        return update(tmp_path / "k", chosen, today=TODAY, base=base or feeds.url, sleep=sleep)

    return go


def test_what_is_published_is_taken_in(run: Run, tmp_path: Path, feeds: Feeds) -> None:
    results = run()
    assert [(one.source, one.imported and one.imported.records) for one in results] == [
        ("kev", 1), ("epss", 1), ("nvd", 1), ("nvd", 2),
    ]  # fmt: skip
    with Store(tmp_path / "k") as store:
        one = store.vulnerabilities(["CVE-2031-1000"])["CVE-2031-1000"]
        assert (one.epss, one.exploited_since) == (0.2, "2031-01-10")
        assert len(list(store.affected(["cpe:tide:watchd"]))) == 3
    assert feeds.asked[0][1]["user-agent"].startswith("Plimsoll/")
    assert not (tmp_path / "feeds").exists()


def test_what_has_not_changed_is_not_sent_again(run: Run, tmp_path: Path, feeds: Feeds) -> None:
    run()
    before = (tmp_path / "k").read_bytes()
    assert all(one.imported is None and one.failed is None for one in run())
    assert [headers["if-none-match"] for _, headers in feeds.asked[4:]] == [
        feeds.etag(path) for path, _ in feeds.asked[:4]
    ]
    assert (tmp_path / "k").read_bytes() == before
    feeds.files[KEV] = encoded(kev("CVE-2031-1000", "CVE-2031-2000"))
    assert [one.source for one in run() if one.imported] == ["kev"]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_fetch_that_broke_off_goes_on_where_it_was(run: Run, feeds: Feeds, ranges: bool) -> None:
    feeds.ranges = ranges
    feeds.cut[KEV] = 100
    slept: list[float] = []
    (result,) = run(FEEDS[:1], slept=slept)
    assert result.imported
    assert slept == [1.0]
    second = feeds.asked[1][1]
    assert (second["range"], second["if-range"]) == ("bytes=100-", feeds.etag(KEV))


def test_an_update_that_was_stopped_goes_on_with_the_next(run: Run, tmp_path: Path, feeds: Feeds) -> None:
    class Stopped(Exception):
        pass

    def stop(_name: str, _done: int, _total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        update(tmp_path / "k", FEEDS[:1], today=TODAY, base=feeds.url, on_bytes=stop)
    assert run(FEEDS[:1])[0].imported
    assert "range" in feeds.asked[1][1]


def test_a_file_that_changed_meanwhile_is_fetched_anew(run: Run, tmp_path: Path, feeds: Feeds) -> None:
    feeds.cut[KEV] = 100
    changed = encoded(kev("CVE-2031-2000"))

    def sleep(_seconds: float) -> None:
        feeds.files[KEV] = changed

    (result,) = update(tmp_path / "k", FEEDS[:1], today=TODAY, base=feeds.url, sleep=sleep)
    assert result.imported
    with Store(tmp_path / "k") as store:
        assert store.vulnerabilities(["CVE-2031-2000"])["CVE-2031-2000"].exploited_since


def test_a_server_that_asks_to_wait_is_waited_for_and_not_for_ever(run: Run, feeds: Feeds) -> None:
    feeds.status[KEV] = (429, {"Retry-After": "7"})
    slept: list[float] = []
    (result,) = run(FEEDS[:1], slept=slept)
    assert slept == [7.0, 7.0, 7.0]
    assert "come back later" in str(result.failed)
    feeds.status[KEV] = (503, {"Retry-After": "3600"})
    slept.clear()
    (result,) = run(FEEDS[:1], slept=slept)
    assert (slept, bool(result.failed)) == ([], True)


@pytest.mark.parametrize(("status", "words"), [(403, "refuses"), (404, "does not have"), (500, "does not have")])
def test_a_refusal_is_told_and_the_others_are_taken_in(run: Run, feeds: Feeds, status: int, words: str) -> None:
    feeds.status[KEV] = (status, {})
    results = run()
    assert [words in str(one.failed) for one in results if one.failed] == [True]
    assert sum(one.imported is not None for one in results) == 3


def test_redirects_are_followed_and_not_for_ever(run: Run, feeds: Feeds) -> None:
    feeds.files["/elsewhere"] = feeds.files[KEV]
    feeds.status[KEV] = (302, {"Location": "/elsewhere"})
    assert run(FEEDS[:1])[0].imported
    feeds.status[KEV] = (302, {"Location": KEV})
    assert "redirects" in str(run(FEEDS[:1])[0].failed)


def test_no_connection_is_told_once_and_the_host_is_not_asked_again(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    results = run(base=f"http://127.0.0.1:{port}")
    assert len(results) == 4
    assert all("offline?" in str(one.failed) for one in results)
    assert not (tmp_path / "k").exists()


def test_a_feed_that_is_broken_is_told_and_what_was_known_stays(run: Run, tmp_path: Path, feeds: Feeds) -> None:
    run()
    feeds.files[YEAR] = feeds.files[YEAR][:-12]
    feeds.files[KEV] = encoded(kev("CVE-2031-2000"))
    results = run()
    assert [(one.source, bool(one.failed)) for one in results if one.failed or one.imported] == [
        ("kev", False), ("nvd", True),
    ]  # fmt: skip
    with Store(tmp_path / "k") as store:
        assert len(list(store.affected(["cpe:tide:watchd"]))) == 3
    feeds.files[YEAR] = nvd("CVE-2030-1000")
    assert not any(one.failed for one in run()), "it is asked for again"


def test_a_pause_is_made_between_files_of_the_official_feeds() -> None:
    assert all(feed.interval_s for feed in load() if len(feed.files(2031)) > 1)


def test_the_official_feeds_are_of_sources_that_are_read() -> None:
    assert {feed.source for feed in load()} <= {one.source for one in IMPORTERS}
    for feed in load():
        for name, address in feed.files(2031):
            assert address.startswith("https://")
            assert name.startswith(feed.source)
            assert "/" not in name
    years = choose(("nvd",))[0].files(2004)
    assert [one.rpartition("-")[2] for _, one in years] == [
        "2002.json.gz", "2003.json.gz", "2004.json.gz", "modified.json.gz",
    ]  # fmt: skip
    assert years[0][0] == "nvd-feeds-json-cve-2.0-nvdcve-2.0-2002.json.gz"


def test_sources_are_chosen_by_name() -> None:
    assert [one.source for one in choose(())] == ["nvd", "kev", "epss", "endoflife"]
    assert [one.source for one in choose(("osv", "kev"))] == ["kev", "osv"]
    assert len(choose((), all=True)) == len(load())
    with pytest.raises(UnknownName):
        choose(("nobody",))

"""`plimsoll knowledge` as a person or a build runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.run import plimsoll
from tests.knowledge.files import encoded, kev, match, nvd_cve, nvd_feed
from tests.knowledge.server import Feeds

CATALOGUE = "/kev/sites/default/files/feeds/known_exploited_vulnerabilities.json"


def test_status_of_the_starter_tells_dates_licences_and_holes(tmp_path: Path) -> None:
    run = plimsoll("knowledge", "status", XDG_DATA_HOME=str(tmp_path))
    assert run.returncode == 0
    for words in ("The starter", "linux-kernel-cves", "2024-04-09", "CC0-1.0", "no word on whether it is safe"):
        assert words in run.stdout


def test_status_for_machines(tmp_path: Path) -> None:
    run = plimsoll("knowledge", "status", "--json", XDG_DATA_HOME=str(tmp_path))
    told = json.loads(run.stdout)
    assert told["is_starter"] is True
    assert {"name", "date", "records", "licence", "holes"} <= set(told["sources"][0])


def test_an_import_tells_what_was_read_and_what_was_not(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_bytes(encoded(nvd_feed(nvd_cve("CVE-2031-1000", match("a:tide:watchd", "1.0")), nvd_cve("CVE-\x1b"))))
    run = plimsoll("knowledge", "import", given, XDG_DATA_HOME=str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert "given (nvd-2.0): 1 records" in run.stdout
    assert "1 not used: the id is none of a CVE (CVE-?)" in run.stdout
    assert (tmp_path / "plimsoll" / "knowledge.sqlite").exists()
    assert "2031-04-05" in plimsoll("knowledge", "status", XDG_DATA_HOME=str(tmp_path)).stdout


def test_a_broken_file_is_told_with_a_word_on_what_to_try(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_bytes(encoded(kev("CVE-2031-1000"))[:-10])
    run = plimsoll("knowledge", "import", given, "--knowledge", tmp_path / "k")
    assert run.returncode == 2
    assert "the knowledge is as it was" in run.stderr
    assert "Try: fetch the file again" in run.stderr
    assert not (tmp_path / "k").exists()


def test_an_update_from_a_copy_of_the_feeds(tmp_path: Path) -> None:
    with Feeds({CATALOGUE: encoded(kev("CVE-2031-1000"))}) as feeds:
        words = ("knowledge", "update", "--only", "kev", "--knowledge", tmp_path / "k")
        run = plimsoll(*words, "--from", feeds.url)
        assert (run.returncode, run.stderr) == (0, "")
        assert "(kev): 1 records" in run.stdout
        assert "1 files have not changed" in plimsoll(*words, PLIMSOLL_KNOWLEDGE_FROM=feeds.url).stdout


def test_an_update_without_a_connection_says_so(tmp_path: Path) -> None:
    with Feeds({}) as feeds:
        gone = feeds.url
    run = plimsoll("knowledge", "update", "--from", gone, "--knowledge", tmp_path / "k")
    assert run.returncode == 2
    assert "is this machine offline?" in run.stderr
    assert "plimsoll knowledge import FILE..." in run.stderr


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(b"x" * 5000)
    run = plimsoll("knowledge", "status", PLIMSOLL_KNOWLEDGE=str(tmp_path / "k"))
    assert run.returncode == 2
    assert "no file of Plimsoll's knowledge" in run.stderr

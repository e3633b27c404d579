"""CISA's catalogue, in its official shape."""

from __future__ import annotations

from plimsoll.knowledge.importers.importer import Edition
from plimsoll.knowledge.importers.kev import Kev
from tests.knowledge.files import kev, read, record, unusable


def test_an_entry_gives_the_day_on_which_it_was_listed() -> None:
    (vulnerability,) = record(Kev, kev("CVE-2031-1000")).vulnerabilities
    assert (vulnerability.id, vulnerability.exploited_since) == ("CVE-2031-1000", "2031-01-10")


def test_the_edition_is_whole_and_comes_before_the_entries() -> None:
    first = next(one for one in read(Kev, kev("CVE-2031-1000")))
    assert first == Edition("kev", "2031-05-06", is_whole=True)


def test_entries_before_the_date_are_not_forgotten_by_it() -> None:
    catalogue = kev("CVE-2031-1000")
    catalogue["dateReleased"] = catalogue.pop("dateReleased")
    catalogue = {"catalogVersion": "x", "vulnerabilities": catalogue["vulnerabilities"], "dateReleased": "2031-05-06"}
    found = read(Kev, catalogue)
    assert [one.is_whole for one in found if isinstance(one, Edition)] == [True, False]
    assert isinstance(found[0], Edition)


def test_entries_that_do_not_fit_are_told() -> None:
    catalogue = kev("CVE-2031-1000", "none")
    catalogue["vulnerabilities"].append({"cveID": "CVE-2031-2000", "dateAdded": "soon"})
    assert unusable(Kev, catalogue) == ["none", "CVE-2031-2000"]

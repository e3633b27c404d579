"""CISA's catalogue of known exploited vulnerabilities.

Source: CISA's schema known_exploited_vulnerabilities_schema.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.knowledge.importers.importer import (
    Edition,
    Importer,
    Part,
    Read,
    Record,
    Unusable,
    day,
    is_cve,
    shown,
    typed,
)
from plimsoll.knowledge.vulnerability import Vulnerability
from plimsoll.model.message import message


class _Entry(msgspec.Struct):
    cveID: str
    dateAdded: str


class Kev(Importer):
    """Reads the catalogue as JSON."""

    id = "kev"
    title = "Is this CISA's catalogue of known exploited vulnerabilities?"
    what = "Id and the day on which it was listed. A newer catalogue takes the place of the older."
    limits = "Due dates, ransomware and texts are left."
    source = "kev"
    licence = "CC0-1.0"
    holes = "Lists what CISA saw evidence of and that has a remedy; a hole that is not listed may well be exploited."

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by its version or its entries."""
        first = seen.get("vulnerabilities")
        return "catalogVersion" in seen or bool(first and isinstance(first[0], dict) and "cveID" in first[0])

    def read(self, parts: Iterator[Part]) -> Iterator[Read]:
        """Give each entry as it comes.

        NOTE: the date comes before the entries in every catalogue so far; what went before is forgotten either way.
        """
        begun = False
        for part in parts:
            if part.key == "dateReleased" and isinstance(part.value, str):
                yield Edition(self.source, day(part.value), is_whole=not begun)
                begun = True
            elif part.key == "vulnerabilities" and part.is_element:
                if not begun:
                    yield Edition(self.source, "", is_whole=True)
                    begun = True
                yield self._record(part.value)

    def _record(self, value: object) -> Record | Unusable:
        name = value.get("cveID", "") if isinstance(value, dict) else ""
        entry = typed(value, _Entry, name)
        if isinstance(entry, Unusable):
            return entry
        if not is_cve(entry.cveID) or not day(entry.dateAdded):
            return Unusable(shown(name), message("the id or the date is none"))
        return Record(self.source, entry.cveID, "", (Vulnerability(entry.cveID, exploited_since=day(entry.dateAdded)),))

"""EPSS: the probability that a vulnerability is exploited within 30 days.

Source: FIRST's description of the daily CSV file: a line `#model_version:...,score_date:...`, a head, a line each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from plimsoll.knowledge.importers._parts import Broken
from plimsoll.knowledge.importers.importer import Edition, Importer, Part, Read, Record, Unusable, day, is_cve, shown
from plimsoll.knowledge.vulnerability import Vulnerability
from plimsoll.model.message import message

_HEAD = "cve,epss"


class Epss(Importer):
    """Reads the CSV file of a day."""

    id = "epss"
    title = "Is this a file of EPSS scores?"
    what = "Id and probability. A newer file takes the place of the older."
    limits = "Percentiles are left."
    source = "epss"
    licence = "free to use with attribution to FIRST's EPSS (first.org/epss)"
    holes = "Scores are estimates of one day."

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by its first line."""
        first = (seen.get("line") or [""])[0]
        return str(first).startswith(("#model_version:", _HEAD))

    def read(self, parts: Iterator[Part]) -> Iterator[Read]:
        """Give each line as it comes; a file without its head is broken."""
        headed = dated = False
        for part in parts:
            line = part.value if part.is_element else ""
            if line.startswith("#"):
                found = re.search(r"score_date:([0-9-]+)", line)
                yield Edition(self.source, day(found[1] if found else ""), is_whole=not dated)
                dated = True
            elif line.startswith(_HEAD):
                headed = True
                if not dated:
                    yield Edition(self.source, "", is_whole=True)
            elif line and not headed:
                raise Broken("the head of the table is missing")
            elif line:
                yield self._record(line)

    def _record(self, line: str) -> Record | Unusable:
        id, _, rest = line.partition(",")
        try:
            value = float(rest.partition(",")[0])
        except ValueError:
            value = -1.0
        if not is_cve(id) or not 0 <= value <= 1:
            return Unusable(shown(id), message("the line holds no id with a probability"))
        return Record(self.source, id, "", (Vulnerability(id, epss=value),))

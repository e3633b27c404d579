"""What does the maker claim? Answers of the ICS and rows of the IXIT, in terms that can be set against evidence.

After ETSI TS 103 701 V2.1.1: ICS and IXIT are claims, which say what to test and decide nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar

from plimsoll.inspect.declaration import _answers, _authentication, _communication, _information, _updates
from plimsoll.inspect.declaration._reading import LONGEST_VALUE, Found
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.evidence import Excerpt, Inspection, Observation
from plimsoll.model.locator import Place
from plimsoll.model.message import message
from plimsoll.sources.document import Document

_READERS = (_answers, _authentication, _information, _updates, _communication)


class DeclaredClaims:
    """Reads the claims of a declaration. Holds no state."""

    id: ClassVar[str] = "declared-claims"
    title: ClassVar[str] = "What does the maker claim?"
    what: ClassVar[str] = (
        "Reads every answer of the ICS, and from the IXIT what is claimed of passwords, updates, communication, "
        "interfaces, sensors, telemetry, the support period and the disclosure policy."
    )
    limits: ClassVar[str] = (
        "Reads English. A text that denies, hedges or speaks of the future makes no claim beyond the answer of its "
        "row, nor does one that a template was filled with and that nobody has confirmed. Rows under numbers of other "
        "editions are passed over."
    )

    def look(self, document: Document) -> tuple[tuple[Observation, ...], Inspection]:
        """Give the claims, each once, and how far the declaration could be read."""
        seen = tuple(dict.fromkeys(self._observation(document, found) for found in _found(document.form)))
        unread = _answers.unread(document.form)
        reason = message("not provisions of EN 303 645 V3.1.3: {numbers}", numbers=", ".join(unread[:10]))
        status = Inspection(
            self.id,
            "partial" if unread else "completed",
            "declaration",
            reason if unread else None,
            files=1,
            bytes=document.size_bytes,
        )
        return seen, status

    def _observation(self, document: Document, found: Found) -> Observation:
        where, text = _place(document, found)
        raw = text.encode()
        shown = "".join(one if one.isprintable() else " " for one in text)[:LONGEST_VALUE]
        excerpt = Excerpt(f"sha256:{hashlib.sha256(raw).hexdigest()}", len(raw), shown) if text else None
        return Observation(found.claim, where, self.id, excerpt, "declared", "declaration")


def _found(form: DeclarationForm) -> Iterator[Found]:
    for reader in _READERS:
        yield from reader.claims(form)


def _place(document: Document, found: Found) -> tuple[Place, str]:
    """Give where a claim stands, and the text that stands there."""
    if not found.table:
        return document.at_ics(found.claim.provision), document.form.ics[found.claim.provision].detail
    row = document.form.rows(found.table)[found.row]
    text = row.get(found.field, "") if found.field else row.get("Description", "")
    return document.at_row(found.table, found.row, found.field), text

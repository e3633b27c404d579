"""What there is to say of a declaration before it is set against anything."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.message import Message

Kind = Literal[
    "missing", "vague", "unconfirmed", "unfinished", "unknown", "duplicate", "reference", "circular", "not-claimed",
    "not-applicable", "no-reason", "numbering", "contradiction",
]  # fmt: skip
"""missing: not answered or not filled in; vague: says nothing; unconfirmed: as a template was filled; unfinished:
says itself that something is still to be done; unknown: no such provision, table or field; duplicate: given twice;
reference: names a row that does not exist; circular: refers back to itself, or reasons from what has not happened
yet; not-claimed: a mandatory provision answered N; not-applicable: N/A where the status does not allow it, or without
the absent condition; no-reason: a recommendation not followed and no reason given; numbering: a number of EN 303 645
V2.1.1; contradiction: two entries that cannot both be true."""

Severity = Literal["error", "warning", "note"]
"""error: it cannot be assessed so; warning: a laboratory would ask; note: to be known."""


class Remark(msgspec.Struct, frozen=True):
    """One thing to put right, or to know, of a declaration."""

    kind: Kind
    place: str
    """Pointer to the entry, such as `ics/5.1-1`; `Document.at` makes a place of it."""
    message: Message
    severity: Severity

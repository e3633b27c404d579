"""What a maker claims, read from the declaration in terms that can be set against evidence."""

from __future__ import annotations

from plimsoll.inspect.declaration.claims import DeclaredClaims
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.sources.document import Document

INSPECTOR = DeclaredClaims()


def look_at_declaration(document: Document) -> tuple[tuple[Observation, ...], Inspection]:
    """Give every claim of a declaration, the ICS first, and how far it could be read."""
    return INSPECTOR.look(document)

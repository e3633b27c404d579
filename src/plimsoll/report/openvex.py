"""The known vulnerabilities with their status as OpenVEX 0.2.0 (openvex/spec).

A statement that something is not affected gives a justification or a reason and never both; one that something is
affected says what to do. The schema asks for at least one statement: where no vulnerability is known there is none, for
a statement about nothing would be a false one.
"""

from __future__ import annotations

import plimsoll
from plimsoll.model.assessment import Assessment
from plimsoll.report._document import TOOL, Plain, clean, identity, moment, product_purl, to_json, without_empty
from plimsoll.report._holes import Hole, finder, holes, maker_word
from plimsoll.report._inventory import Item, inventory

_STATUSES = {
    "affected": "affected",
    "under-investigation": "under_investigation",
    "fix-may-be-backported": "under_investigation",
    "not-built-in": "not_affected",
    "not-affected": "not_affected",
}


def render(assessment: Assessment) -> str:
    """Write the document in JSON."""
    product = product_purl(assessment)
    parts_of = finder(inventory(assessment))
    return to_json(
        {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": f"urn:uuid:{identity(assessment, 'openvex')}",
            "author": TOOL,
            "role": "Tool",
            "timestamp": moment(assessment),
            "version": 1,
            "tooling": f"{TOOL} {plimsoll.__version__}",
            "statements": [_statement(hole, parts_of(hole), product) for hole in holes(assessment)],
        }
    )


def action(hole: Hole) -> str:
    """Say what is to be done about a hole, as far as the data tells."""
    if hole.fixed:
        return clean(f"Ship {hole.component} {' or '.join(hole.fixed)}, or a later release with the repair.")
    return clean(f"No release of {hole.component} with the repair is known in the data used; ask its maker.")


def _statement(hole: Hole, items: tuple[Item, ...], product: str) -> Plain:
    parts = dict.fromkeys(clean(item.purl) for item in items)
    maker = maker_word(hole)
    notes = [hole.why if hole.status != "not-affected" else "", f"The maker says: {maker}" if maker else ""]
    return without_empty(
        {
            "vulnerability": {"name": clean(hole.id)},
            "products": [
                without_empty(
                    {
                        "@id": clean(product),
                        "subcomponents": [{"@id": part, "identifiers": {"purl": part}} for part in parts],
                    }
                )
            ],
            "status": _STATUSES[hole.status],
            "status_notes": clean(" ".join(note for note in notes if note)),
            "justification": "vulnerable_code_not_present" if hole.status == "not-built-in" else "",
            "impact_statement": (clean(hole.why) or "not affected") if hole.status == "not-affected" else "",
            "action_statement": action(hole) if hole.status == "affected" else "",
        }
    )

"""A comparison for programs: canonical JSON on one line."""

from __future__ import annotations

import msgspec

from plimsoll.report.changes.change import Changes

FORMAT = "plimsoll.changes/1"


def render(changes: Changes) -> str:
    """Write it with a newline at its end; equal changes give equal text."""
    document = {
        "format": FORMAT,
        "is_worse": changes.is_worse,
        "is_same": changes.is_same,
        **msgspec.to_builtins(changes),
    }
    return msgspec.json.encode(document, order="deterministic").decode() + "\n"

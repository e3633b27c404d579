"""What changed between two assessments: pure functions (Assessment, Assessment) -> Changes -> text.

Something is worse when a verdict turned for the worse, a hole opened, or a component went back to an older version.
Things that appeared or are gone are told and not judged: that is what the verdicts do.
"""

from __future__ import annotations

from plimsoll.model.assessment import Assessment
from plimsoll.report.changes._ground import remarks
from plimsoll.report.changes._software import component_changes, hole_changes
from plimsoll.report.changes._things import thing_changes
from plimsoll.report.changes._verdicts import turned
from plimsoll.report.changes.change import Changes, side

__all__ = ["Changes", "changes"]


def changes(old: Assessment, new: Assessment) -> Changes:
    """Set two assessments against each other; equal ones give equal changes, and one against itself gives none."""
    return Changes(
        side(old),
        side(new),
        remarks(old, new),
        turned(old, new),
        hole_changes(old, new),
        component_changes(old, new),
        thing_changes(old, new),
    )

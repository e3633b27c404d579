"""The assessment for programs: canonical JSON, described by docs/assessment.schema.json."""

from __future__ import annotations

from plimsoll.model import codec
from plimsoll.model.assessment import Assessment


def render(assessment: Assessment) -> str:
    """Write the assessment as one line of JSON with a newline at its end; equal assessments give equal text."""
    return codec.encode(assessment).decode("utf-8") + "\n"

"""Secrets in clear, for the eyes of who holds the product: never part of a report that is written to a file."""

from __future__ import annotations

from collections.abc import Mapping

from plimsoll.model.assessment import Assessment
from plimsoll.model.secret import Concealed
from plimsoll.report.facts import tell
from plimsoll.report.visible import clip, visible


def render(assessment: Assessment, secrets: Mapping[str, bytes]) -> str:
    """Give each secret with what it is and where it stands; control characters are written as escapes."""
    lines: dict[str, None] = {}
    for one in assessment.observations:
        secret = getattr(one.fact, "secret", None)
        if isinstance(secret, Concealed) and secret.digest in secrets:
            text = clip(visible(secrets[secret.digest].decode("utf-8", "backslashreplace")))
            lines[f"- {tell(one.fact)}\n    {text}\n    {one.where}\n"] = None
    title = "Secrets in clear" if lines else "No secrets were seen."
    return f"\n{title}\n{'-' * len(title)}\n{''.join(lines)}" if lines else f"\n{title}\n"

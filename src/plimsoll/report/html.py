"""The assessment as one page to read and print: no script, nothing fetched, everything from the image escaped.

The template asks for text only through `say`, `tell` and plain fields; every value that it writes is made visible and
then escaped by the environment, so that no name in an image can become markup or hide its direction.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from plimsoll.model.assessment import Assessment, ProvisionResult
from plimsoll.report import words
from plimsoll.report._byte_map import bar
from plimsoll.report._html import content_security_policy, environment
from plimsoll.report._outline import by_window, claims, inspections_not_completed, outline, windows_not_given
from plimsoll.report._tables import operating_systems, tables
from plimsoll.report.facts import tell
from plimsoll.report.privacy import told_erasures
from plimsoll.report.updating import told_ways
from plimsoll.report.visible import clip, prose, say, sentence, visible

if TYPE_CHECKING:  # the import is dear, and the command line lists the reports without rendering one
    from jinja2 import Template
    from markupsafe import Markup

PLACES = 25
"""Places that are shown of one reason."""

REASONS = 25
"""Reasons that are shown of one finding."""

CLAIMS = 200
"""Claims that are shown."""

WAYS, WAY_PLACES = 50, 8
"""Ways of updating that are shown, and places of each."""

LINES = 50
"""Unreadable things, and file trees, that are shown of one image."""


def render(assessment: Assessment) -> str:
    """Write the page; equal assessments give equal text."""
    style = _style()
    answered, unanswered = _provisions(assessment)
    return _template().render(
        assessment=assessment,
        name=words.product_name(assessment.product, assessment.sources),
        style=style,
        policy=content_security_policy(style),
        sections=outline(assessment),
        summary=words.summary(tuple(one.verdict for one in assessment.capabilities)),
        criteria={one.id: one for one in assessment.criteria},
        answered=answered,
        by_window={one.id: by_window(one, assessment) for one in answered},
        unanswered=unanswered,
        tables=tables(assessment),
        systems=operating_systems(assessment),
        updating=told_ways(assessment),
        erasing=told_erasures(assessment),
        claims=claims(assessment),
        windows=[words.WINDOWS[window] for window in windows_not_given(assessment)],
        unfinished=inspections_not_completed(assessment),
        bars=[bar(image) for image in assessment.images],
    )


def _provisions(assessment: Assessment) -> tuple[list[ProvisionResult], list[ProvisionResult]]:
    """Part the provisions that have criteria from those that nothing answers yet."""
    answered = [one for one in assessment.provisions if one.criteria]
    return answered, [one for one in assessment.provisions if not one.criteria]


@cache
def _style() -> str:
    return resources.files(__package__).joinpath("templates/report.css").read_text("utf-8")


@cache
def _template() -> Template:
    made = environment("plimsoll.report")
    made.filters |= {"say": say, "sentence": sentence, "tell": tell, "size": words.size}
    made.filters |= {"clip": clip, "prose": prose, "with_code": _with_code}
    made.globals |= {"words": words, "PLACES": PLACES, "REASONS": REASONS, "LINES": LINES, "CLAIMS": CLAIMS}
    made.globals |= {"WAYS": WAYS, "WAY_PLACES": WAY_PLACES}
    return made.get_template("report.html.j2")


def _with_code(text: str) -> Markup:
    """Set what stands between back quotes as code, as texts of the catalogue name options; escape everything."""
    from markupsafe import Markup

    pieces = visible(text).split("`")
    if len(pieces) % 2 == 0:
        return Markup("{}").format(visible(text))
    forms = (Markup("<code>{}</code>") if number % 2 else Markup("{}") for number in range(len(pieces)))
    return Markup("").join(form.format(piece) for form, piece in zip(forms, pieces, strict=True))

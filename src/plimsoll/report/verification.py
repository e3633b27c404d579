"""What became of the places of an assessment in an image, for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Mapping

from plimsoll.model.message import Message, message
from plimsoll.model.verification import BROKEN, STANDINGS, Standing, Verification
from plimsoll.report import words
from plimsoll.report._document import Plain, to_json
from plimsoll.report._page import Page, Style
from plimsoll.report.visible import say, visible

MOST = 50
"""Places of one standing that are listed."""

WORDS: Mapping[Standing, tuple[str, str]] = {
    "changed": ("{count} place holds other bytes", "{count} places hold other bytes"),
    "gone": ("{count} place is not there", "{count} places are not there"),
    "unreached": ("{count} place could not be reached", "{count} places could not be reached"),
    "holds": ("{count} place holds the same bytes", "{count} places hold the same bytes"),
    "there": (
        "{count} place is there; no digest was kept of it",
        "{count} places are there; no digest was kept of them",
    ),
    "elsewhere": (
        "{count} place is not in the image and was not looked up",
        "{count} places are not in the image and were not looked up",
    ),
}
_STYLES: Mapping[Standing, Style] = {"changed": "bad", "gone": "bad", "unreached": "open", "holds": "good"}


def render(verification: Verification, *, width: int = 80, colour: bool = False) -> str:
    """Tell it in lines."""
    page = Page(width, colour)
    page.write(say(_image(verification)), style="bold")
    if verification.stopped:
        page.write(say(message("opening ended early: {reason}", reason=verification.stopped)), style="open")
    for standing in STANDINGS:
        ones = [one for one in verification.checked if one.standing == standing]
        if not ones:
            continue
        page.write(say(words.counted(len(ones), *WORDS[standing])), style=_STYLES.get(standing, ""))
        if standing in BROKEN:
            for one in ones[:MOST]:
                page.write(one.where, indent=2, style="dim")
            if len(ones) > MOST:
                page.write(say(message("and {count} more", count=len(ones) - MOST)), indent=2)
    page.write(say(_conclusion(verification)), style="good" if verification.is_borne_out else "bad")
    return page.text()


def render_json(verification: Verification) -> str:
    """Write it in JSON: the counts, and each place that can be looked up in the image."""
    places: list[Plain] = [
        {"where": visible(one.where), "standing": one.standing, "observations": list(one.observations)}
        for one in verification.checked
    ]
    counts = {standing: sum(one.standing == standing for one in verification.checked) for standing in STANDINGS}
    return to_json(
        {
            "format": "plimsoll.verification/1",
            "borne_out": verification.is_borne_out,
            "same_image": verification.same_image,
            "stopped": visible(verification.stopped),
            "counts": counts,
            "places": places,
        }
    )


def _image(verification: Verification) -> Message:
    match verification.same_image:
        case True:
            return message("the image is the one that was assessed")
        case False:
            return message("the image is another one than was assessed: its digest differs")
        case None:
            return message("whether the input is the one that was assessed is told by its places alone")


def _conclusion(verification: Verification) -> Message:
    if not any(one.standing in ("holds", *BROKEN) for one in verification.checked):
        return message("the assessment holds no place in the image that could be compared")
    if verification.is_borne_out:
        return message("every place that the assessment points at still holds")
    return message("the image does not bear out every place that the assessment points at")

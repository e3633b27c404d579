"""Pages on sensors, telemetry, deletion and the like, told by their sentences."""

from __future__ import annotations

import pytest

from plimsoll.inspect.maker.product_pages import ProductPages
from plimsoll.model.facts import MakerPage
from tests.inspect.maker.sites import HOME, SHELL, WELCOME, Answer, closed, facts, html, look, outcomes, site

AT = "/cam-200"


def subjects(words: str, title: str = "Cam 200") -> dict[str, bool]:
    seen, _ = look(ProductPages(), site({AT: html(words, title), "/": WELCOME}), model="Cam 200", pages=[HOME + AT])
    return {fact.subject: fact.names_model for fact in facts(seen, MakerPage)}


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("The Cam 200 is equipped with a camera, a microphone and a motion sensor.", "sensors"),
        ("A microphone and an image sensor are built into the housing.", "sensors"),
        ("<table><tr><td>Sensors of the product</td><td>Microphone, PIR sensor</td></tr></table>", "sensors"),
        ("The device sends telemetry: usage data is transmitted once a day and can be switched off.", "telemetry"),
        ("The camera processes personal data such as your name and pictures.", "privacy"),
        ("Press the button for ten seconds to delete all your data from the product.", "deletion"),
        ("Security updates are installed automatically at night.", "updates"),
        ("The software bill of materials is there for download in CycloneDX form.", "sbom"),
        ("Each unit has a unique password on its label.", "password"),
    ],
)
def test_each_subject_is_told_by_a_sentence(words: str, subject: str) -> None:
    assert subjects(f"<h1>Cam 200</h1><p>{words}</p>")[subject] is True


@pytest.mark.parametrize(
    "words",
    [
        "Cameras Microphones Sensors",
        "Shop our cameras and microphones: buy one and save.",
        "We do not publish an SBOM.",
        "Some products may have a microphone built in.",
        "<!-- The camera is equipped with a microphone. -->",
    ],
)
def test_menus_offers_denials_and_comments_tell_nothing(words: str) -> None:
    found = subjects(f"<h1>Cam 200</h1><p>{words}</p>")
    assert not {"sensors", "sbom"} & set(found)


def test_a_page_without_the_model_says_so() -> None:
    assert subjects("<p>The product is equipped with a microphone.</p>", "Products") == {"sensors": False}


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"/": WELCOME, AT: html("<h1>Cam 200</h1>" + "<p>It is round.</p>" * 50)}, "absent"),
        ({"/": WELCOME, AT: SHELL}, "not-looked-at"),
        ({"/": WELCOME, AT: closed("unreachable")}, "unreachable"),
        ({"/": WELCOME, AT: 401}, "refused"),
    ],
)
def test_absent_is_said_of_pages_that_were_read(answers: dict[str, Answer], outcome: str) -> None:
    seen, _ = look(ProductPages(), site(answers), model="Cam 200", pages=[HOME + AT])
    assert outcomes(seen) == {"sbom": outcome, "sensors": outcome, "telemetry": outcome}


def test_without_a_page_of_the_product_it_was_not_looked_for() -> None:
    seen, inspection = look(ProductPages(), site({"/": WELCOME}), model="Cam 200")
    assert set(outcomes(seen).values()) == {"not-looked-at"}
    assert inspection.status == "partial"


def test_each_sentence_on_sensors_is_kept_and_so_is_a_denial() -> None:
    words = (
        "<p>It has a camera and Bluetooth. It is equipped with a motion sensor.</p><p>The device has no microphone.</p>"
    )
    seen, _ = look(ProductPages(), site({AT: html(words), "/": WELCOME}), model="Cam 200", pages=[HOME + AT])
    quotes = [one.excerpt.text for one in seen if isinstance(one.fact, MakerPage) and one.excerpt is not None]
    assert quotes == [
        "It has a camera and Bluetooth.",
        "It is equipped with a motion sensor.",
        "The device has no microphone.",
    ]

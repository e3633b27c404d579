"""The rule that sets a maker's pages against the sensors that the firmware serves, and how their words are read."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules._sensor_words import SENSES, sensor_words
from plimsoll.judge.rules.sensor_pages import PAGES, sensor_pages
from plimsoll.model.assessment import Finding
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Sensor
from plimsoll.model.verdict import Verdict
from tests.judge.building import judged, seen
from tests.judge.publishing import model_page, published, search, together

CAMERA = seen(Sensor("camera", "uvcvideo"), "etc/modules", 1)
MICROPHONE = seen(Sensor("microphone", "arecord"), "usr/sbin/listen", 4)
BOTH = model_page("The HC-200 has a 2 MP camera and a microphone.")


def found(given: Evidence) -> Finding:
    return judged(PAGES, given).findings[0]


def test_pages_that_name_every_sensor_that_was_seen_show_that_it_holds() -> None:
    answer = found(together(CAMERA, MICROPHONE, BOTH, search("sensors")))
    assert answer.verdict is Verdict.PASS
    assert answer.bearings[0].observations == (0, 1, 2)


def test_the_names_may_stand_on_several_pages() -> None:
    pages = model_page("Camera: 2 MP"), model_page("Two microphones", number=1)
    assert found(together(CAMERA, MICROPHONE, *pages)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(together(CAMERA, MICROPHONE, model_page("A 2 MP camera.")), id="one is not named"),
        pytest.param(together(CAMERA, model_page("A 2 MP camera.", names_model=False)), id="a page without the model"),
        pytest.param(together(CAMERA, model_page()), id="no words were kept"),
        pytest.param(together(CAMERA), id="no page"),
        pytest.param(together(BOTH), id="no sensor was seen"),
        pytest.param(together(CAMERA, BOTH, share=0.6), id="the firmware was understood in part"),
        pytest.param(together(CAMERA, BOTH, without=["sensors"]), id="sensors were not looked for"),
        pytest.param(together(CAMERA, BOTH, status={"sensors": "partial"}), id="sensors were looked for in part"),
        pytest.param(
            together(CAMERA, BOTH, status={"maker-product-pages": "partial"}), id="pages were looked at in part"
        ),
        pytest.param(together(CAMERA, BOTH, search("sensors", "unreachable")), id="a page did not answer"),
        pytest.param(published(BOTH), id="no firmware was given"),
    ],
)
def test_anything_less_stays_open(given: Evidence) -> None:
    assert found(given).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "words",
    [
        "The HC-200 has no camera.",
        "Camera: none",
        "It works without any microphone or camera",
        "Camera | not included",
        "This product doesn't have a built-in camera",
    ],
)
def test_a_page_that_denies_a_sensor_which_was_seen_is_a_suspicion(words: str) -> None:
    answer = found(together(CAMERA, model_page(words)))
    assert [one.effect for one in answer.bearings] == ["suspects"]
    assert str(answer.why) == "the software serves a camera, and a page on the model denies it"


def test_a_page_that_denies_outweighs_one_that_names() -> None:
    assert found(together(CAMERA, BOTH, model_page("no camera", number=1))).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("text", "named", "denied"),
    [
        ("2 MP camera and microphone", {"camera", "microphone"}, set()),
        ("GPS receiver; no microphone. Camera inside", {"location", "camera"}, {"microphone"}),
        ("PIR motion detector, mmWave radar, fingerprint reader", {"motion", "radar", "biometric"}, set()),
        ("Bluetooth 5.2", {"bluetooth"}, set()),
        ("microphone-free", set(), {"microphone"}),
        ("Chicago campaign, cameraman, dynamic surface", set(), set()),
        ("", set(), set()),
    ],
)
def test_words_name_or_deny_kinds_of_sensor(text: str, named: set[str], denied: set[str]) -> None:
    words = sensor_words(text)
    assert (words.named, words.denied) == (named, denied)


def test_every_kind_of_sensor_has_a_name_and_words() -> None:
    kinds = {"camera", "microphone", "location", "motion", "biometric", "radar", "bluetooth"}
    assert set(SENSES) == kinds
    text = "camera microphone gps accelerometer fingerprint radar bluetooth"
    assert sensor_words(text).named == kinds


def test_pages_are_read_by_what_they_name_and_deny() -> None:
    pages: tuple[Observation, ...] = (BOTH, model_page("no camera", number=1))
    read = sensor_pages(published(*pages))
    assert read.naming == {"camera": pages[:1], "microphone": pages[:1]}
    assert read.denying == {"camera": pages[1:]}

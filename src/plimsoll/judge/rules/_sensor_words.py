"""Reads which sensors a maker's words name, and which they deny; the words are those of product pages in English."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

_KINDS: Mapping[str, re.Pattern[str]] = {
    "camera": re.compile(r"\b(?:(?:web)?cameras?|image sensors?|video sensors?)\b", re.IGNORECASE),
    "microphone": re.compile(r"\b(?:microphones?|mics?|audio sensors?)\b", re.IGNORECASE),
    "location": re.compile(
        r"\b(?:gps|gnss|galileo|glonass|(?:position|location) (?:receivers?|sensors?))\b", re.IGNORECASE
    ),
    "motion": re.compile(
        r"\b(?:motion (?:sensors?|detectors?)|accelerometers?|gyroscopes?|gyro sensors?|inertial sensors?)\b",
        re.IGNORECASE,
    ),
    "biometric": re.compile(r"\b(?:finger-?print|face|facial|iris|biometric)\b", re.IGNORECASE),
    "radar": re.compile(r"\b(?:radars?|mm-?wave)\b", re.IGNORECASE),
    "bluetooth": re.compile(r"\bbluetooth\b", re.IGNORECASE),
}
"""Words for each kind of Sensor."""

SENSES: Mapping[str, str] = {
    "camera": "a camera",
    "microphone": "a microphone",
    "location": "a receiver of its position",
    "motion": "a motion sensor",
    "biometric": "a fingerprint or face sensor",
    "radar": "a radar",
    "bluetooth": "Bluetooth, which senses devices nearby",
}
"""What each kind of Sensor is called."""

_DENIED_BEFORE = re.compile(
    r"\b(?:no|not|without|never|neither|nor|lacks?|free of|doesn['’]t|isn['’]t|cannot)\b[^.;:!?\n]{0,60}\Z",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"[\s:|(–-]{0,6}(?:no\b|none\b|n/a|-free\b|(?:is |are )?(?:not\b|absent\b|sold separately))", re.IGNORECASE
)
_BEFORE = 80
"""Characters before a word in which a denial of it is looked for."""


class SensorWords(msgspec.Struct, frozen=True):
    """Kinds of Sensor that a text speaks of."""

    named: frozenset[str]
    denied: frozenset[str]
    """Those of which it says that there is none; a kind may be in both."""


def sensor_words(text: str) -> SensorWords:
    """Read a short text, such as a quoted passage or a row of a declaration."""
    named: set[str] = set()
    denied: set[str] = set()
    for kind, pattern in _KINDS.items():
        for match in pattern.finditer(text):
            before = text[max(match.start() - _BEFORE, 0) : match.start()]
            is_denied = _DENIED_BEFORE.search(before) or _DENIED_AFTER.match(text, match.end())
            (denied if is_denied else named).add(kind)
    return SensorWords(frozenset(named), frozenset(denied))

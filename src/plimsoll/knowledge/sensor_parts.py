"""Parts and features by which boards and systems declare their sensors."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

SenseKind = Literal["camera", "microphone", "location", "motion", "biometric", "radar", "bluetooth"]


class SensorParts(msgspec.Struct, frozen=True):
    """The list."""

    date: str
    """ISO 8601."""
    note: str
    compatible: dict[SenseKind, tuple[str, ...]]
    """Values of the property `compatible`, by kind; `*` stands for any further characters."""
    features: dict[SenseKind, tuple[str, ...]]
    """Names of features of Android, by kind."""

    def feature_kinds(self) -> dict[str, SenseKind]:
        """Give the kind of each feature."""
        return {name: kind for kind, names in self.features.items() for name in names}

    def compatible_forms(self) -> tuple[tuple[SenseKind, re.Pattern[str]], ...]:
        """Give an expression for each kind that the whole value must match."""
        return tuple((kind, re.compile("|".join(map(_form, values)))) for kind, values in self.compatible.items())


def _form(value: str) -> str:
    return re.escape(value).replace(r"\*", r"[a-z0-9._-]{0,40}")


@cache
def load() -> SensorParts:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("sensor_parts.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), SensorParts)

"""What a status names."""

from __future__ import annotations

from plimsoll.catalogue.status import conditions_in


def test_conditions_and_features_are_read_from_a_status() -> None:
    assert conditions_in("M C (14) F (e)") == ["14", "e"]
    assert conditions_in("R C (9, 12)") == ["9", "12"]
    assert conditions_in("M") == []

"""Messages are templates with parameters that always fit."""

from __future__ import annotations

import pytest

from plimsoll.model.message import message


def test_a_message_reads_as_its_template_filled_in() -> None:
    assert str(message("{count} files in {place}", count=3, place="etc")) == "3 files in etc"


def test_a_missing_parameter_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        message("{count} files")


def test_braces_in_a_parameter_are_text() -> None:
    assert str(message("name {name}", name="{count}")) == "name {count}"

"""The schema fits what is written and refuses what cannot be read."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given, settings

from plimsoll.declare.schema import declaration_schema
from plimsoll.declare.write import to_json
from plimsoll.model.declaration import DeclarationForm
from tests.declare.forms import forms, good_form

VALIDATOR = jsonschema.Draft202012Validator(declaration_schema())


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(declaration_schema())
    assert VALIDATOR.is_valid(json.loads(to_json(good_form())))


@given(forms)
@settings(deadline=None)
def test_what_is_written_fits_the_schema(form: DeclarationForm) -> None:
    VALIDATOR.validate(json.loads(to_json(form)))


@pytest.mark.parametrize(
    "document",
    [[], {"format": "other"}, {"ics": {"5.1-1": {"support": "maybe"}}}, {"ixit": {"../x": []}}, {"colour": "red"},
     {"ixit": {"1-AuthMech": [{"ID": 1}]}}],
)  # fmt: skip
def test_what_cannot_be_read_does_not_fit(document: object) -> None:
    assert not VALIDATOR.is_valid(document)

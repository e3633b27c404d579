"""Whatever a declaration holds comes back the same from each of the forms in which people keep it."""

from __future__ import annotations

from hypothesis import given, settings

from plimsoll.declare.cyclonedx import from_cyclonedx, to_cyclonedx
from plimsoll.declare.tables import from_csv, to_csv
from plimsoll.declare.write import to_json, to_toml
from plimsoll.model.declaration import DeclarationForm
from plimsoll.sources.document import read_document
from tests.declare.forms import forms


@given(forms)
@settings(deadline=None)
def test_toml_gives_the_form_back(form: DeclarationForm) -> None:
    assert read_document("d.toml", to_toml(form)).form == form


@given(forms)
@settings(deadline=None)
def test_json_gives_the_form_back(form: DeclarationForm) -> None:
    assert read_document("d.json", to_json(form)).form == form


@given(forms)
@settings(deadline=None)
def test_tables_give_the_form_back(form: DeclarationForm) -> None:
    assert from_csv(to_csv(form)) == form


@given(forms)
@settings(deadline=None)
def test_cyclonedx_gives_the_form_back(form: DeclarationForm) -> None:
    assert from_cyclonedx(to_cyclonedx(form)) == form

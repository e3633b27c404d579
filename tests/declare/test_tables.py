"""Tables as a spreadsheet writes them are read, and no cell of ours is a formula."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.declare.tables import from_csv, to_csv
from plimsoll.errors import InputError
from plimsoll.model.declaration import DeclarationForm, IcsRow
from tests.declare.forms import forms, good_form


@given(forms)
@settings(deadline=None)
def test_no_cell_begins_like_a_formula(form: DeclarationForm) -> None:
    for data in to_csv(form).values():
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in row)


def test_every_table_and_provision_has_its_line_to_fill_in() -> None:
    files = to_csv(DeclarationForm())
    assert len(files) == 31
    assert files["ics.csv"].count(b"\r\n") == 79
    assert b"Publication of Support Period" in files["2-UserInfo.csv"]


@pytest.mark.parametrize("mark", [";", "\t", ","])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_what_a_spreadsheet_saves_is_read(mark: str, bom: bytes) -> None:
    ics = f"Provision{mark}Support{mark}Detail\r\n5.1-1{mark}Y{mark}ü\r\n{mark}{mark}\r\n".encode()
    assert from_csv({"ics.csv": bom + ics}) == DeclarationForm(ics={"5.1-1": IcsRow("Y", "ü")})


def test_tables_of_the_older_edition_are_taken() -> None:
    form = from_csv({"11-ComMech.csv": b"ID,Description\nComMech-1,TLS\n"})
    assert form.rows("11-SecComMech") == ({"ID": "ComMech-1", "Description": "TLS"},)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ics.csv", b"\xff"),
        ("ics.csv", b'"open'),
        ("ics.csv", b"Provision,Support\n5.1-1,perhaps"),
        ("ics.csv", b"Provision,Support\n5.1-1,Y\n5.1-1,N"),
        ("ics.csv", b"Provision,Provision\n5.1-1,Y"),
        ("1-AuthMech.csv", b"ID,Description\n1,two,three"),
        ("1-AuthMech.csv", b"ID," + b"," * 3_000),
        ("1-AuthMech.csv", b"ID\n1" + b"," * 3_000),
        ("1-AuthMech.csv", b"ID\n" + b"x" * 200_000),
        ("../etc.csv", b"ID\n1"),
        ("notes.txt", b""),
        ("product.csv", b"Field,Text\n__class__,x"),
        ("product.csv", b"Field,Text\n__struct_fields__,x"),
    ],
)
def test_what_is_no_table_is_an_input_error(name: str, data: bytes) -> None:
    with pytest.raises(InputError):
        from_csv({name: data})


@given(st.dictionaries(st.sampled_from(["product.csv", "ics.csv", "1-AuthMech.csv", "2-UserInfo.csv"]), st.binary()))
def test_any_bytes_give_a_declaration_or_an_input_error(files: dict[str, bytes]) -> None:
    with suppress(InputError):
        from_csv(files)


@given(st.text(st.sampled_from("a,;\t\"'\r\n=")))
def test_any_marks_give_a_declaration_or_an_input_error(text: str) -> None:
    with suppress(InputError):
        from_csv({"ics.csv": text.encode(), "2-UserInfo.csv": text.encode()})


def test_too_many_files_are_refused() -> None:
    with pytest.raises(InputError):
        from_csv({f"{number}.csv": b"" for number in range(200)})


def test_a_full_declaration_comes_back() -> None:
    assert from_csv(to_csv(good_form())) == good_form()

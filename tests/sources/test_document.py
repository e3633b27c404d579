"""A declaration is read from TOML and JSON, faults are told with their place, and nothing hostile gets further."""

from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.catalogue.ixit import load_tables
from plimsoll.errors import InputError
from plimsoll.model.declaration import OLD_FIELDS, OLD_TABLES, DeclarationForm, IcsRow, Identity
from plimsoll.model.locator import Clause, parse_place
from plimsoll.model.product import Declaration
from plimsoll.sources.document import LARGEST_BYTES, LONGEST_TEXT, read_document

GOOD = b"""\
format = "plimsoll.declaration/1"
[product]
model = "Lamp 1"
interfaces = ["Wi-Fi"]
[ics."5.1-1"]
support = "N/A"
detail = "no passwords"
[ixit.2-UserInfo]
"Support Period" = "until 2031"
[[ixit.12-NetSecImpl]]
ID = "NetSecImpl-1"
"Review/Evaluation Method" = "audit"
[[ixit.12-NetSecImpl]]
ID = "a"
[[ixit.12-NetSecImpl]]
ID = "a"
Description = ""
"""


def test_a_declaration_in_toml_is_read() -> None:
    document = read_document("lamp.toml", GOOD)
    assert document.source == Declaration("lamp.toml", hashlib.sha256(GOOD).hexdigest())
    assert document.form == DeclarationForm(
        Identity(model="Lamp 1", interfaces=("Wi-Fi",)),
        {"5.1-1": IcsRow("N/A", "no passwords")},
        {
            "2-UserInfo": ({"Support Period": "until 2031"},),
            "12-NetSecImpl": (
                {"ID": "NetSecImpl-1", "Review/Evaluation Method": "audit"},
                {"ID": "a"},
                {"ID": "a"},
            ),
        },
    )


def test_a_declaration_in_json_is_read_with_its_schema_named() -> None:
    data = b'\xef\xbb\xbf{"$schema": "https://x.example", "ixit": {"2-UserInfo": {"Support Period": "2031"}}}'
    assert read_document("LAMP.JSON", data).form.ixit == {"2-UserInfo": ({"Support Period": "2031"},)}


def test_places_parse_back_and_name_the_entry() -> None:
    document = read_document("my lamp.toml", GOOD)
    assert document.at_ics("5.1-1") == "clause:my%20lamp.toml#/ics/5.1-1"
    assert document.at_row("2-UserInfo", 0, "Support Period").endswith("#/ixit/2-UserInfo/Support%20Period")
    field = document.at_row("12-NetSecImpl", 0, "Review/Evaluation Method")
    assert field.endswith("#/ixit/12-NetSecImpl/NetSecImpl-1/Review~1Evaluation%20Method")
    assert document.at_row("12-NetSecImpl", 2).endswith("/12-NetSecImpl/[3]")
    assert isinstance(parse_place(field), Clause)


def test_names_of_the_older_edition_are_taken_for_those_of_the_newer() -> None:
    data = b"""
[[ixit.15-Intf]]
ID = "Intf-1"
Type = "physical"
[[ixit.15-Intf]]
ID = "Intf-2"
Type = "Logical interface"
[[ixit.11-ComMech]]
ID = "ComMech-1"
[[ixit.10-SecParam]]
ID = "SecParam-1"
"Communication Mechanisms" = "ComMech-1"
"""
    document = read_document("old.toml", data)
    assert list(document.form.ixit) == ["15-PhyIntf", "28-LogIntf", "11-SecComMech", "10-SecParam"]
    assert document.form.rows("10-SecParam")[0]["Secure Communication Mechanisms"] == "ComMech-1"
    assert [one.old for one in document.renamed] == ["15-Intf", "11-ComMech", "Communication Mechanisms"]


def test_the_older_names_are_those_of_the_catalogue() -> None:
    assert {table.v1_name: table.id for table in load_tables() if table.v1_name != table.id} == OLD_TABLES
    replaced = {old: new for table in load_tables() for old, new in table.v1_fields.items() if new}
    assert replaced == OLD_FIELDS


FAULTS = [
    ("a.yaml", b"", "neither .toml nor .json"),
    ("toml", b"x", "neither .toml nor .json"),
    ("a.toml", b"x =\n", "line 1"),
    ("a.toml", b"\n\nx = 'open", "line 3"),
    ("a.json", b"{\n,", "line 2"),
    ("a.json", b'{"a": 1, "a": 2}', "'a' is given twice"),
    ("a.toml", b"[ics.'5.1-1']\nsupport = 'Y'\n[ics.'5.1-1']", "line 3"),
    ("a.toml", b"\xff", "byte 0"),
    ("a.toml", b"colour = 'red'", "colour"),
    ("a.toml", b"format = 'plimsoll.declaration/2'", "declaration/2"),
    ("a.toml", b"[ics.'5.1-1']\nsupport = 'y'", "'5.1-1'"),
    ("a.toml", b"[ics.'5.1-1']\nsupport = 'Y'\nreason = 'x'", "reason"),
    ("a.toml", b"[ics.'5.1-1 <b>']\nsupport = 'Y'", "is not the number"),
    ("a.toml", b"[[ixit.1-AuthMech]]\nID = 1", "row 1 of '1-AuthMech'"),
    ("a.toml", b"[[ixit.1-AuthMech]]\n'' = 'x'", "without a name"),
    ("a.toml", b"[[ixit.'../../x']]\nID = 'x'", "is not the name of an IXIT table"),
    ("a.toml", b"[ixit]\n1-AuthMech = 'x'", "ixit"),
    ("a.toml", b"[product]\nmodel = 3", "product.model"),
    ("a.json", b"[]", "object"),
    ("a.json", b"null", "object"),
    ("a.json", b'{"product": {"model": "\\ud800"}}', "surrogate"),
    ("a.json", b'{"product": {"model": "' + b"x" * (LONGEST_TEXT + 1) + b'"}}', "product/model"),
    ("a.json", b'{"ixit": {"1-AuthMech": [{"' + b"x" * 81 + b'": "y"}]}}', "name of a field"),
    ("a.json", b"9" * 5_000, "JSON"),
]


@pytest.mark.parametrize(("name", "data", "words"), FAULTS, ids=[str(number) for number in range(len(FAULTS))])
def test_a_fault_is_told_with_its_place(name: str, data: bytes, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_document(name, data)
    assert words in caught.value.what
    assert len(caught.value.what) < 400


HOSTILE = {
    "too-large": ("a.toml", b"#" * (LARGEST_BYTES + 1)),
    "deep-arrays": ("a.json", b"[" * 4_000_000),
    "deep-objects": ("a.json", b'{"a":' * 800_000),
    "deep-toml": ("a.toml", b"a = " + b"[" * 4_000_000),
    "deep-inline": ("a.toml", b"a = " + b"{a=" * 1_000_000),
    "dotted-key": ("a.toml", b"a." * 2_000_000 + b"a = 1"),
    "dotted-header": ("a.toml", b"[" + b"a." * 2_000_000 + b"a]"),
    "quotes": ("a.toml", b'a = """' + b'\\"""' * 1_000_000),
    "open-strings": ("a.toml", b'"\n' * 2_000_000),
    "closing-brackets": ("a.json", b"]" * 4_000_000),
}


@pytest.mark.parametrize(("name", "data"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_quickly(name: str, data: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(InputError):
        read_document(name, data)
    assert time.perf_counter() - began < 10


def test_a_declaration_with_very_many_rows_is_read() -> None:
    data = b'[[ixit.1-AuthMech]]\nID="x"\n' * 20_000
    began = time.perf_counter()
    document = read_document("a.toml", data)
    places = {document.at_row("1-AuthMech", row) for row in range(20_000)}
    assert len(places) == 20_000
    assert time.perf_counter() - began < 20


def test_dots_and_brackets_in_texts_and_comments_are_no_depth() -> None:
    marks = b"[" * 20 + b"." * 20
    data = b"# " + marks + b'"\n[product]\nmodel = "' + marks + b'"\n'
    assert read_document("a.toml", data).form.product.model.startswith("[[[")
    data = b"[product]\nmodel = '''\n" + marks + b"''" + marks + b"''''\nmaker = 'x'"
    assert read_document("a.toml", data).form.product.maker == "x"


@given(st.sampled_from(["a.toml", "a.json"]), st.binary() | st.text().map(str.encode))
def test_any_bytes_give_a_document_or_an_input_error(name: str, data: bytes) -> None:
    try:
        document = read_document(name, data)
    except InputError:
        return
    assert document.form == DeclarationForm()


@given(st.text(st.sampled_from("[]{}=.\"'\\#\n ,a1")))
def test_marks_in_any_order_give_a_document_or_an_input_error(text: str) -> None:
    try:
        document = read_document("a.toml", text.encode())
    except InputError:
        return
    assert document.form == DeclarationForm()

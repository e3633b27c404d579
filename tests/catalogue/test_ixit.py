"""The IXIT tables and test cases hang together with the provisions and with one another."""

from __future__ import annotations

from plimsoll.catalogue import load, test_cases
from plimsoll.catalogue.ixit import load_tables, tables_by_id


def test_there_are_29_tables_in_order() -> None:
    assert [int(table.id.partition("-")[0]) for table in load_tables()] == list(range(1, 30))


def test_tables_name_provisions_that_exist() -> None:
    known = {provision.id for provision in load().provisions}
    assert {provision for table in load_tables() for provision in table.provisions} <= known


def test_fields_are_named_once_and_refer_to_tables_that_exist() -> None:
    for table in load_tables():
        assert len(set(table.field_names)) == len(table.fields)
        assert (table.field_names[0] == "ID") is table.rows
        assert {target for field in table.fields for target in field.refers_to} <= set(tables_by_id())


def test_groups_are_of_provisions_that_exist_and_cases_count_up() -> None:
    known = {provision.id for provision in load().provisions}
    for group in test_cases.load_cases():
        assert group.provision in known
        assert [case.id for case in group.cases] == [f"{group.provision}-{n + 1}" for n in range(len(group.cases))]


def test_every_case_says_what_it_is_for_and_when_it_passes() -> None:
    for case in (case for group in test_cases.load_cases() for case in group.cases):
        assert case.purpose
        assert case.units
        assert case.units[0].id == f"{case.id}/a"

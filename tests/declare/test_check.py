"""A good declaration has no remarks; each fault has its own, and what only resembles a fault has none."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import load_tables
from plimsoll.declare.check import can_be_assessed, check
from plimsoll.declare.remark import Remark
from plimsoll.knowledge.declared_words import SEEN_MARK
from plimsoll.model.declaration import DeclarationForm, Identity, normal
from tests.declare.forms import answered, changed, forms, good_form


def remarks(form: DeclarationForm) -> tuple[Remark, ...]:
    return check(form, load(), load_tables())


def found(form: DeclarationForm) -> set[tuple[str, str, str]]:
    return {(remark.severity, remark.kind, remark.place) for remark in remarks(form)}


def with_rows(table: str, *rows: dict[str, str]) -> DeclarationForm:
    form = good_form()
    return normal(DeclarationForm(form.product, form.ics, {**form.ixit, table: rows}))


def test_a_good_declaration_has_no_remarks() -> None:
    assert remarks(good_form()) == ()


def test_an_empty_declaration_lacks_its_identity_and_every_mandatory_answer() -> None:
    kinds = {(remark.severity, remark.kind) for remark in remarks(DeclarationForm())}
    assert kinds == {("error", "missing"), ("warning", "missing")}
    assert not can_be_assessed(remarks(DeclarationForm()))


FAULTS: list[tuple[str, Callable[[DeclarationForm], DeclarationForm], tuple[str, str, str]]] = [
    ("mandatory-unanswered", lambda f: answered(f, "5.2-1", ""), ("error", "missing", "ics/5.2-1")),
    ("recommendation-unanswered", lambda f: answered(f, "5.2-2", ""), ("warning", "missing", "ics/5.2-2")),
    ("mandatory-not-claimed", lambda f: answered(f, "5.1-1", "N", "later"), ("error", "not-claimed", "ics/5.1-1")),
    ("not-applicable-not-open", lambda f: answered(f, "5.2-1", "N/A", "no"), ("error", "not-applicable", "ics/5.2-1")),
    ("absence-not-named", lambda f: answered(f, "5.1-1", "N/A"), ("error", "not-applicable", "ics/5.1-1")),
    ("absence-vague", lambda f: answered(f, "5.1-1", "N/A", "N/A"), ("error", "not-applicable", "ics/5.1-1")),
    (
        "another-absence",
        lambda f: answered(f, "5.4-2", "N/A", "the case is glued"),
        ("warning", "not-applicable", "ics/5.4-2"),
    ),
    (
        "not-yet",
        lambda f: answered(f, "5.3-8", "N/A", "No weakness has been reported so far"),
        ("error", "circular", "ics/5.3-8"),
    ),
    ("no-reason", lambda f: answered(f, "5.6-6", "N"), ("error", "no-reason", "ics/5.6-6")),
    ("vague-reason", lambda f: answered(f, "5.6-6", "N", "TBD"), ("error", "no-reason", "ics/5.6-6")),
    ("claim-without-measures", lambda f: answered(f, "5.6-6", "Y"), ("warning", "missing", "ics/5.6-6")),
    ("vague-claim", lambda f: answered(f, "5.6-6", "Y", "see manual"), ("warning", "vague", "ics/5.6-6")),
    ("old-number", lambda f: answered(f, "5.3-4", "Y", "done nightly"), ("error", "numbering", "ics/5.3-4")),
    ("no-such-provision", lambda f: answered(f, "5.99-1", "Y", "done"), ("error", "unknown", "ics/5.99-1")),
    (
        "dangling-mention",
        lambda f: answered(f, "5.1-1", "Y", "As in AuthMech-7."),
        ("error", "reference", "ics/5.1-1"),
    ),
    (
        "refers-to-itself",
        lambda f: answered(f, "5.1-1", "Y", "see 5.1-1"),
        ("error", "circular", "ics/5.1-1"),
    ),
    (
        "circle-of-two",
        lambda f: answered(answered(f, "5.1-1", "Y", "See 5.1-2."), "5.1-2", "Y", "Refer to 5.1-1"),
        ("error", "circular", "ics/5.1-2"),
    ),
    (
        "circle-through-a-table",
        lambda f: changed(answered(f, "5.1-1", "Y", "see AuthMech-1"), "1-AuthMech", Description="see 5.1-1"),
        ("error", "circular", "ixit/1-AuthMech/AuthMech-1/Description"),
    ),
    (
        "vague-field",
        lambda f: changed(f, "7-UpdMech", Cryptographic_Details="best practice"),
        ("warning", "vague", "ixit/7-UpdMech/UpdMech-1/Cryptographic Details"),
    ),
    (
        "field-missing",
        lambda f: changed(f, "7-UpdMech", Update_Checking=""),
        ("warning", "missing", "ixit/7-UpdMech/UpdMech-1"),
    ),
    ("no-id", lambda f: changed(f, "7-UpdMech", ID=""), ("error", "missing", "ixit/7-UpdMech")),
    (
        "unconfirmed",
        lambda f: changed(f, "7-UpdMech", Description=f"{SEEN_MARK}opkg"),
        ("warning", "unconfirmed", "ixit/7-UpdMech/UpdMech-1/Description"),
    ),
    (
        "no-such-field",
        lambda f: changed(f, "7-UpdMech", Colour="red"),
        ("warning", "unknown", "ixit/7-UpdMech/UpdMech-1/Colour"),
    ),
    (
        "field-of-v1",
        lambda f: changed(f, "11-SecComMech", Resilience_Measures="retries"),
        ("note", "unknown", "ixit/11-SecComMech/SecComMech-1/Resilience Measures"),
    ),
    (
        "reference-to-no-row",
        lambda f: changed(f, "6-SoftComp", Update_Mechanism="UpdMech-1, UpdMech-2"),
        ("error", "reference", "ixit/6-SoftComp/SoftComp-1/Update Mechanism"),
    ),
    (
        "published-nowhere",
        lambda f: changed(f, "2-UserInfo", Publication_of_Support_Period="Not published for this model"),
        ("error", "contradiction", "ixit/2-UserInfo/Publication of Support Period"),
    ),
    (
        "to-be-published",
        lambda f: changed(f, "2-UserInfo", Publication_of_Support_Period="https://a.example, not yet published"),
        ("error", "contradiction", "ixit/2-UserInfo/Publication of Support Period"),
    ),
    (
        "unfinished",
        lambda f: changed(f, "2-UserInfo", Documentation_of_Maintenance_Check="https://a.example, to be extended"),
        ("warning", "unfinished", "ixit/2-UserInfo/Documentation of Maintenance Check"),
    ),
    (
        "dangling-word",
        lambda f: answered(f, "5.1-1", "Y", "As in AuthMech-WebUI."),
        ("warning", "reference", "ics/5.1-1"),
    ),
    (
        "no-support-period",
        lambda f: changed(f, "2-UserInfo", Support_Period="none"),
        ("error", "contradiction", "ixit/2-UserInfo/Support Period"),
    ),
    (
        "life-time",
        lambda f: changed(f, "2-UserInfo", Support_Period="lifetime of the product"),
        ("error", "contradiction", "ixit/2-UserInfo/Support Period"),
    ),
    (
        "passwords-after-all",
        lambda f: answered(f, "5.1-1", "N/A", "no passwords are used"),
        ("error", "contradiction", "ixit/1-AuthMech/AuthMech-1/Authentication Factor"),
    ),
    (
        "debug-after-all",
        lambda f: answered(f, "5.6-4A", "N/A", "there are no debug interfaces"),
        ("error", "contradiction", "ixit/15-PhyIntf/PhyIntf-1/Debug Interface"),
    ),
    (
        "telemetry-after-all",
        lambda f: answered(f, "6-5", "N/A", "no telemetry is collected"),
        ("error", "contradiction", "ics/6-5"),
    ),
    (
        "one-feature-two-answers",
        lambda f: answered(f, "5.3-3", "N/A", "software cannot be updated"),
        ("error", "contradiction", "ics/5.3-3"),
    ),
    (
        "claimed-and-not-done",
        lambda f: answered(f, "5.6-6", "Y", "Not implemented."),
        ("error", "contradiction", "ics/5.6-6"),
    ),
]


@pytest.mark.parametrize(("fault", "expected"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_remarked(
    fault: Callable[[DeclarationForm], DeclarationForm], expected: tuple[str, str, str]
) -> None:
    assert expected in found(fault(good_form()))


def test_an_id_given_twice_is_remarked() -> None:
    row = good_form().rows("3-VulnTypes")[0]
    assert ("error", "duplicate", "ixit/3-VulnTypes") in found(with_rows("3-VulnTypes", row, row))


def test_a_form_filled_in_twice_is_remarked() -> None:
    row = good_form().rows("4-Conf")[0]
    assert ("error", "duplicate", "ixit/4-Conf") in found(with_rows("4-Conf", row, {**row, "ID": "2"}))


def test_a_table_that_claims_are_tested_against_must_not_be_empty() -> None:
    assert ("error", "missing", "ixit/16-CodeMin") in found(with_rows("16-CodeMin"))
    assert ("warning", "missing", "ixit/14-SecMgmt") not in found(good_form())


def test_a_table_nobody_asks_for_may_be_empty() -> None:
    assert not any(place == "ixit/22-ExtSens" for _, _, place in found(good_form()))


def test_a_table_of_another_name_is_unknown() -> None:
    assert ("error", "unknown", "ixit/31-Else") in found(with_rows("31-Else", {"ID": "1"}))


def test_a_product_that_is_not_named_is_remarked() -> None:
    form = good_form()
    nameless = DeclarationForm(Identity(maker="TBD"), form.ics, form.ixit)
    assert {("error", "missing", "product/model"), ("warning", "vague", "product/maker")} <= found(nameless)


@pytest.mark.parametrize(
    "form",
    [
        answered(good_form(), "5.1-1", "Y", "see AuthMech-1"),
        answered(answered(good_form(), "5.1-1", "Y", "see 5.1-2"), "5.1-2", "Y", "Random per unit, see also 5.1-1"),
        answered(good_form(), "5.1-1", "Y", "Hashes are AES-256 and SHA-512; RFC-8446, row auth_mech_1"),
        changed(good_form(), "1-AuthMech", Authentication_Factor="Key", Password_Generation_Mechanism="N/A"),
        changed(good_form(), "1-AuthMech", Authentication_Factor="Key", Password_Generation_Mechanism=""),
        changed(good_form(), "6-SoftComp", Update_Mechanism="none: the boot ROM is immutable"),
        changed(good_form(), "7-UpdMech", User_Notification="none"),
        changed(good_form(), "2-UserInfo", Support_Period="No less than five years from 2026-01-01"),
        changed(good_form(), "2-UserInfo", Documentation_of_Sensors=""),
        changed(good_form(), "4-Conf", Confirmation_of_Update_Procedures="Yes"),
        changed(good_form(), "11-SecComMech", Interface="see logintf_1"),
        answered(good_form(), "5.1-1", "Y", "ixit_1-AuthMech, SecBoot-enabled, AuthMech-, table 7-UpdMech"),
    ],
)
def test_what_only_resembles_a_fault_is_not_remarked(form: DeclarationForm) -> None:
    assert remarks(form) == ()


@given(forms)
@settings(deadline=None)
def test_any_form_can_be_checked(form: DeclarationForm) -> None:
    places = {remark.place.split("/")[0] for remark in remarks(form)}
    assert places <= {"product", "ics", "ixit"}


def test_a_long_chain_of_references_is_checked_quickly() -> None:
    rows = tuple({"ID": f"UpdMech-{n}", "Description": f"see UpdMech-{n + 1}"} for n in range(9_000))
    began = time.perf_counter()
    kinds = {remark.kind for remark in remarks(with_rows("7-UpdMech", *rows))}
    assert "circular" not in kinds
    assert time.perf_counter() - began < 10


def test_very_many_references_are_checked_quickly() -> None:
    rows = tuple({"ID": f"UpdMech-{n}", "Description": f"UpdMech-{n}, UpdMech-X{n}"} for n in range(5_000))
    form = with_rows("7-UpdMech", *rows)
    components = tuple({"ID": f"C-{n}", "Update Mechanism": f"UpdMech-{n}, UpdMech-{n}9"} for n in range(5_000))
    began = time.perf_counter()
    found(DeclarationForm(form.product, form.ics, {**form.ixit, "6-SoftComp": components}))
    assert time.perf_counter() - began < 20

"""A claim is read where the words make it, and nowhere else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from plimsoll.inspect.declaration import look_at_declaration
from plimsoll.knowledge.declared_words import SEEN_MARK
from plimsoll.model.declaration import DeclarationForm, IcsRow
from plimsoll.model.facts import Claim
from plimsoll.model.locator import Clause, parse_place
from plimsoll.sources.document import Document
from tests.declare.forms import answered, changed, forms, good_form


def document(form: DeclarationForm) -> Document:
    return Document("lamp.toml", "0" * 64, form, 10)


def claimed(form: DeclarationForm) -> list[Claim]:
    seen, _ = look_at_declaration(document(form))
    return [one.fact for one in seen if isinstance(one.fact, Claim)]


def details(form: DeclarationForm) -> set[tuple[str, str]]:
    """Give what is claimed beyond the answers of the ICS."""
    answers = ("supported", "not-supported", "not-applicable")
    return {(one.statement, one.value) for one in claimed(form) if one.statement not in answers}


def with_row(table: str, **fields: str) -> DeclarationForm:
    row = {"ID": "X-1", **{name.replace("_", " "): text for name, text in fields.items()}}
    return DeclarationForm(ixit={table: (row,)})


def with_rows(table: str, *rows: dict[str, str]) -> DeclarationForm:
    return DeclarationForm(ixit={table: rows})


def test_a_good_declaration_gives_the_claims_it_makes() -> None:
    assert details(good_form()) == {
        ("password-user-set", "http"),
        ("updates-signed", "The image carries an Ed25519 signature; the lamp checks it before installing."),
        ("updates-automatic", "Starts by itself every night; the user does nothing."),
        ("encrypted-communication", "tcp/443 https"),
        ("tls-minimum", "TLS 1.3, tcp/443 https"),
        ("interface", "tcp/443 https http"),
        ("interface", "As built into the lamp: description"),
        ("support-period", "Security updates until 2031-12-31."),
        ("disclosure-policy", "https://lamp.example/security"),
        ("telemetry", "Hours of light per week"),
    }


def test_every_answer_of_the_ics_is_a_claim_with_its_place() -> None:
    seen, inspection = look_at_declaration(document(good_form()))
    answers = {one.where: one.fact for one in seen if isinstance(one.fact, Claim) and not one.fact.table}
    assert len(answers) == 78
    assert inspection.status == "completed"
    places = [parse_place(where) for where in answers]
    assert all(isinstance(one, Clause) and one.pointer.startswith(b"ics/") for one in places)
    assert all((one.basis, one.window) == ("declared", "declaration") for one in seen)


def test_the_place_of_a_claim_names_row_and_field() -> None:
    seen, _ = look_at_declaration(document(good_form()))
    signed = next(one for one in seen if isinstance(one.fact, Claim) and one.fact.statement == "updates-signed")
    assert signed.where == "clause:lamp.toml#/ixit/7-UpdMech/UpdMech-1/Cryptographic%20Details"
    assert signed.excerpt is not None
    assert signed.excerpt.text.startswith("The image carries")


def test_numbers_of_the_older_edition_make_the_reading_partial() -> None:
    _, inspection = look_at_declaration(document(DeclarationForm(ics={"5.3-4": IcsRow("Y", "nightly")})))
    assert inspection.status == "partial"


@pytest.mark.parametrize(
    "detail",
    ["No passwords are used", "no passwords", "There are no passwords.", "The device does not use passwords",
     "F (a) is absent: no passwords are used", "Passwords are not used.", "No passwords are used on the device"],
)  # fmt: skip
def test_no_passwords_is_claimed(detail: str) -> None:
    assert details(answered(DeclarationForm(), "5.1-1", "N/A", detail)) == {("no-passwords", detail)}


@pytest.mark.parametrize(
    "detail",
    ["No default passwords are used", "No universal passwords", "No pre-installed passwords",
     "No passwords are used for telnet", "No passwords except for the administrator", "no passwords are shared",
     "Passwords are unique", "", "No passwords are used in plain text"],
)  # fmt: skip
def test_other_negations_are_no_claim_of_no_passwords(detail: str) -> None:
    assert details(answered(DeclarationForm(), "5.1-1", "N/A", detail)) == set()


@pytest.mark.parametrize(
    ("mechanism", "statement"),
    [
        ("Random, unique per device, printed on the label", "password-per-device"),
        ("Each password is generated individually for each unit at the factory.", "password-per-device"),
        ("The initial password is different for every device", "password-per-device"),
        ("A device-unique password, not derived from the serial number", "password-per-device"),
        ("Defined by the user", "password-user-set"),
        ("User-defined at first start", "password-user-set"),
        ("The user must choose a password before first use.", "password-user-set"),
    ],
)
def test_where_a_password_comes_from_is_claimed(mechanism: str, statement: str) -> None:
    form = with_row("1-AuthMech", Authentication_Factor="Password", Password_Generation_Mechanism=mechanism)
    assert details(form) == {(statement, "")}


@pytest.mark.parametrize(
    ("factor", "mechanism"),
    [
        ("Password", "Not unique per device"),
        ("Password", "admin/admin, may be changed by the user"),
        ("Password", "Default password 1234; set by the user later"),
        ("Password", "Passwords should be unique per device"),
        ("Password", "The same for all devices, unique per device from next year"),
        ("Password", "N/A"),
        ("Password", "TBD"),
        ("Password", "secure"),
        ("Password", "Derived from the serial number"),
        ("Key", "unique per device"),
        ("no password", "set by the user"),
        ("Password", f"{SEEN_MARK}unique per device"),
        ("Password", "Optionally set by the user"),
        ("Password", "If the user wants, the password is set by the user"),
    ],
)
def test_unclear_words_on_passwords_make_no_claim(factor: str, mechanism: str) -> None:
    form = with_row("1-AuthMech", Authentication_Factor=factor, Password_Generation_Mechanism=mechanism)
    assert details(form) == set()


def test_a_row_without_interface_speaks_of_all_only_when_all_rows_agree() -> None:
    own = {"ID": "1", "Authentication Factor": "Password", "Password Generation Mechanism": "unique per device"}
    unclear = {"ID": "2", "Authentication Factor": "Password", "Password Generation Mechanism": "see 5.1-1"}
    web = {**own, "ID": "3", "Description": "Login to the web interface"}
    assert details(with_rows("1-AuthMech", own, unclear)) == set()
    assert details(with_rows("1-AuthMech", own, unclear, web)) == {("password-per-device", "http")}


@pytest.mark.parametrize(
    "words",
    ["Images are signed with RSA-4096 and verified before installation", "Ed25519 signature over the update package",
     "Downloaded over HTTPS, the firmware image is signed", "Firmware: signed, SHA-256"],
)  # fmt: skip
def test_signed_updates_are_claimed(words: str) -> None:
    assert ("updates-signed", words) in details(with_row("7-UpdMech", Cryptographic_Details=words))


@pytest.mark.parametrize(
    "words",
    ["Updates are not signed", "unsigned images over https", "TLS with a certificate signed by a CA",
     "SHA-256 checksum",
     "Updates will be signed", "Signed images are planned", "Images are signed, but the signature is not verified",
     "TLS 1.3, RSA signatures, AES-GCM", "best practice", "Update packages may be signed", f"{SEEN_MARK}signed image",
     "Update packages carry signatures. Verification is optional."],
)  # fmt: skip
def test_what_is_no_signed_update_makes_no_claim(words: str) -> None:
    assert details(with_row("7-UpdMech", Cryptographic_Details=words)) == set()


def test_one_mechanism_that_is_not_said_to_be_signed_keeps_the_claim_from_all() -> None:
    signed = {"ID": "1", "Cryptographic Details": "Signed image, Ed25519"}
    assert details(with_rows("7-UpdMech", signed, {"ID": "2", "Cryptographic Details": "TLS"})) == set()


def test_a_mechanism_that_refers_to_another_is_read_with_it() -> None:
    signed = {"ID": "UpdMech-Web", "Cryptographic Details": "Signed image, Ed25519"}
    same = {"ID": "UpdMech-Auto", "Cryptographic Details": "See `UpdMech-Web`."}
    assert ("updates-signed", "See `UpdMech-Web`.") in details(with_rows("7-UpdMech", signed, same))
    assert details(with_rows("7-UpdMech", signed, {**same, "Cryptographic Details": "See UpdMech-Other."})) == set()


def test_one_automatic_mechanism_among_others_is_claimed() -> None:
    by_hand = {"ID": "1", "Initiation and Interaction": "Manual"}
    automatic = {"ID": "2", "Initiation and Interaction": "An automated mechanism requiring no user interaction."}
    assert [one.row for one in claimed(with_rows("7-UpdMech", by_hand, automatic))] == ["2"]


def test_a_factor_may_say_where_the_password_comes_from() -> None:
    form = with_row(
        "1-AuthMech",
        Description="Web-UI, HTTP port 80",
        Authentication_Factor="User name and password. Both are user-defined.",
        Password_Generation_Mechanism="N/A",
    )
    assert details(form) == {("password-user-set", "tcp/80 http")}


@pytest.mark.parametrize(
    ("words", "is_claimed"),
    [
        ("Automatic, every night", True),
        ("Starts without user interaction, automatically", True),
        ("No user interaction is needed: fully automatic", True),
        ("Manual or automatic", False),
        ("Not automatic", False),
        ("Automatic if the user enables it", False),
        ("Downloaded automatically; the user confirms the installation", False),
    ],
)
def test_automatic_updates_are_claimed_where_nothing_is_left_to_the_user(words: str, is_claimed: bool) -> None:
    found = details(with_row("7-UpdMech", Initiation_and_Interaction=words))
    assert found == ({("updates-automatic", words)} if is_claimed else set())


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("All communication uses TLS 1.2 or later.",
         {("encrypted-communication", "all communication"), ("tls-minimum", "TLS 1.2, all communication")}),
        ("All communication over TLS 1.2",
         {("encrypted-communication", "all communication"), ("tls-minimum", "TLS 1.2, all communication")}),
        ("All communication with the cloud uses TLS 1.2 and 1.3",
         {("encrypted-communication", "cloud"), ("tls-minimum", "TLS 1.2, cloud")}),
        ("Every connection is encrypted", {("encrypted-communication", "all communication")}),
        ("All communication with our partner is encrypted by TLS 1.2", set()),
        ("TLS 1.2 is used", set()),
        ("All data is encrypted with AES at rest", set()),
        ("Not all communication is encrypted", set()),
        ("All communication should use TLS 1.2", set()),
        ("All connections use TLS 1.2 if the server supports it", set()),
    ],
)  # fmt: skip
def test_claims_on_all_communication_are_read_from_the_ics(detail: str, expected: set[tuple[str, str]]) -> None:
    assert details(answered(DeclarationForm(), "5.5-1", "Y", detail)) == expected


@pytest.mark.parametrize(
    ("description", "details_", "expected"),
    [
        ("MQTT to the broker on port 8883", "TLS 1.2, 1.3", "tcp/8883 mqtt"),
        ("Connection to the cloud", "TLS 1.2. TLS 1.0 and 1.1 are disabled.", "cloud"),
        ("Web interface", "HTTPS with TLS v1.2", "http"),
    ],
)
def test_a_mechanism_is_claimed_for_what_it_is_for(description: str, details_: str, expected: str) -> None:
    form = with_row("11-SecComMech", Description=description, Cryptographic_Details=details_)
    assert details(form) == {("encrypted-communication", expected), ("tls-minimum", f"TLS 1.2, {expected}")}


@pytest.mark.parametrize(
    ("description", "cryptography"),
    [("Link to the hub", "TLS 1.2"), ("Connection to the cloud", "unencrypted"), ("cloud", "TLS if available"),
     ("cloud", "TBD"), ("none", "none")],
)  # fmt: skip
def test_a_mechanism_for_nobody_knows_what_makes_no_claim(description: str, cryptography: str) -> None:
    assert details(with_row("11-SecComMech", Description=description, Cryptographic_Details=cryptography)) == set()


@pytest.mark.parametrize(
    ("description", "status", "expected"),
    [
        ("Telnet on tcp/23", "enabled", "tcp/23 telnet"),
        ("Telnet, port 23", "disabled by default", "tcp/23 telnet, disabled"),
        ("Discovery, 5353/udp", "", "udp/5353"),
        ("Serial console on the board", "Disabled.", "uart, disabled"),
        ("Front panel", "not disabled", "Front panel"),
        ("port 99999 for ssh", "enabled", "ssh"),
    ],
)
def test_interfaces_are_claimed_by_port_and_protocol(description: str, status: str, expected: str) -> None:
    assert details(with_row("28-LogIntf", Description=description, Status=status)) == {("interface", expected)}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Support Period": "Five years from 2026-01-01"}, {("support-period", "Five years from 2026-01-01")}),
        ({"Support Period": "2031-12"}, {("support-period", "2031-12")}),
        ({"Support Period": "Lifetime"}, set()),
        ({"Support Period": "as long as possible, at least 2 years"}, set()),
        ({"Support Period": "none"}, {("no-support-period", "none")}),
        (
            {"Support Period": "5 years", "Publication of Support Period": "Not published for this model."},
            {("no-support-period", "Not published for this model.")},
        ),
        ({"Support Period": "see website"}, set()),
        (
            {"Publication of Support Period": "On https://a.example, which does not\nyet cover it: to be published."},
            {("no-support-period", "On https://a.example, which does not yet cover it: to be published.")},
        ),
        (
            {"Support Period": "The lamp is not currently covered by https://a.example."},
            {("no-support-period", "The lamp is not currently covered by https://a.example.")},
        ),
        ({"Publication of Vulnerability Disclosure Policy": "https://a.example/psirt"},
         {("disclosure-policy", "https://a.example/psirt")}),
        ({"Publication of Vulnerability Disclosure Policy": "on our website"}, set()),
        ({"Publication of Vulnerability Disclosure Policy": "none"}, set()),
    ],
)  # fmt: skip
def test_what_is_published_is_claimed(fields: dict[str, str], expected: set[tuple[str, str]]) -> None:
    assert details(with_rows("2-UserInfo", fields)) == expected


@pytest.mark.parametrize(
    ("table", "description", "expected"),
    [
        ("22-ExtSens", "Microphone for voice commands", {("sensor", "Microphone for voice commands")}),
        ("22-ExtSens", "none", {("no-feature", "sensors")}),
        ("24-TelData", "No telemetry is collected", {("no-feature", "telemetry")}),
        ("24-TelData", "TBD", set()),
        ("24-TelData", f"{SEEN_MARK}address stats.example", set()),
        ("7-UpdMech", "none", {("no-feature", "updates")}),
    ],
)
def test_sensors_and_telemetry_and_their_absence_are_claimed(
    table: str, description: str, expected: set[tuple[str, str]]
) -> None:
    assert details(with_row(table, Description=description)) == expected


@given(forms)
@settings(deadline=None)
def test_any_form_can_be_read_and_every_place_parses(form: DeclarationForm) -> None:
    seen, _ = look_at_declaration(document(form))
    for one in seen:
        parse_place(one.where)


def test_many_long_rows_are_read_quickly() -> None:
    words = "all unique random user connection signed image not if tls 1.2, " * 60
    rows = tuple(
        {"ID": f"A-{n}", "Description": words, "Interface": words, "Cryptographic Details": words} for n in range(300)
    )
    form = DeclarationForm(ixit=dict.fromkeys(("1-AuthMech", "7-UpdMech", "11-SecComMech", "28-LogIntf"), rows))
    began = time.perf_counter()
    look_at_declaration(document(form))
    assert time.perf_counter() - began < 20


def test_a_changed_row_changes_its_claim() -> None:
    form = changed(good_form(), "11-SecComMech", Cryptographic_Details="TLS 1.2")
    assert ("tls-minimum", "TLS 1.2, tcp/443 https") in details(form)

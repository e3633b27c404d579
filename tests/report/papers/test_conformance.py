from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from plimsoll.catalogue.ixit import load_tables
from plimsoll.model import facts
from plimsoll.model.declaration import DeclarationForm, IcsRow, Identity
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Claim
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers._rows import _PAGES, _TABLES, seen_rows
from plimsoll.report.papers.conformance import conformance_statement, ics_claim
from plimsoll.report.papers.extra_information import ROWS, TO_CONFIRM, extra_information
from plimsoll.report.papers.paper import NOTHING, Blank, Cell, Code, Paper, Piece, Table
from tests.report.papers.samples import CATALOGUE, declared, judged, published
from tests.report.sample import at, bad

FIXED = "no-fixed-account-is-accepted"
POLICY = "disclosure-policy-is-published"
AUTOMATIC = "updates-are-sought-automatically"


def rows(paper: Paper) -> dict[str, tuple[Cell, ...]]:
    """Give the rows of all tables by the first word of each."""
    found = (row for block in paper.blocks if isinstance(block, Table) for row in block.rows)
    return {str(row[0][0][0]): row for row in found}


def pieces(cell: Cell) -> Iterator[Piece]:
    """Give the pieces of a cell."""
    return (piece for line in cell for piece in line)


def asked(cell: Cell) -> list[str]:
    """Give the blanks of a cell."""
    return [piece.what for piece in pieces(cell) if isinstance(piece, Blank)]


def test_every_provision_stands_in_the_ics_once() -> None:
    made = conformance_statement(bad(), CATALOGUE)
    numbers = [row[0][0][0] for block in made.blocks if isinstance(block, Table) for row in block.rows]
    assert sorted(map(str, numbers)) == sorted(one.id for one in CATALOGUE.provisions) and len(numbers) == 78


@pytest.mark.parametrize(
    ("criterion", "verdict", "number", "support"),
    [
        (POLICY, Verdict.PASS, "5.2-1", "Y"),
        (POLICY, Verdict.FAIL, "5.2-1", "N"),
        ("initial-passwords-not-derivable", Verdict.NOT_APPLICABLE, "5.1-2", "N/A"),
    ],
)
def test_without_a_claim_a_verdict_proposes_the_support_and_the_maker_confirms(
    criterion: str, verdict: Verdict, number: str, support: str
) -> None:
    cell = rows(conformance_statement(judged({criterion: verdict}), CATALOGUE))[number][2]
    assert cell[0] == (support,) and asked(cell) == ["confirmation by the maker"]


def test_what_is_not_shown_proposes_nothing() -> None:
    for row in rows(conformance_statement(judged({}), CATALOGUE)).values():
        assert asked(row[2]) in (["Y or N"], ["Y, N or N/A"])


def test_a_provision_without_a_condition_is_never_proposed_as_not_applicable() -> None:
    cell = rows(conformance_statement(judged({POLICY: Verdict.NOT_APPLICABLE}), CATALOGUE))["5.2-1"][2]
    assert asked(cell) == ["Y or N"]


def test_a_claim_that_the_bytes_contradict_is_told_beside_them() -> None:
    form = DeclarationForm(ics={"5.1-1": IcsRow("Y", "every unit has its own")})
    row = rows(conformance_statement(bad(), CATALOGUE, form))["5.1-1"]
    assert ("Y", "(as claimed)") in row[2] and "N, or what puts it right" in asked(row[2])
    assert "every unit has its own" in pieces(row[3]) and any(isinstance(one, Code) for one in pieces(row[3]))


def test_not_applicable_is_not_taken_where_nothing_conditional_is_named() -> None:
    form = DeclarationForm(ics={"5.2-1": IcsRow("N/A"), "5.1-2": IcsRow("N/A")})
    made = rows(conformance_statement(bad(), CATALOGUE, form))
    assert "Y or N" in asked(made["5.2-1"][2])
    assert ("That the condition is absent was not shown.",) in made["5.1-2"][2]
    assert "which condition or feature is absent" in asked(made["5.1-2"][3])


def test_a_recommendation_that_is_not_followed_asks_for_its_reason() -> None:
    row = rows(conformance_statement(judged({AUTOMATIC: Verdict.FAIL}), CATALOGUE))["5.3-4A"]
    assert "the reason why it is not followed (provision 5.0-1)" in asked(row[3])


def test_claims_that_disagree_are_no_claim() -> None:
    both = declared(bad(), (Claim("supported", "5.1-1"), "untested"), (Claim("not-supported", "5.1-1"), "untested"))
    assert ics_claim(both, NOTHING, "5.1-1") == ""
    one = declared(bad(), (Claim("supported", "5.1-1"), "contradicted"))
    assert ics_claim(one, NOTHING, "5.1-1") == "Y"
    assert "contradicted by what was seen" in pieces(rows(conformance_statement(one, CATALOGUE))["5.1-1"][3])


def test_the_declared_identity_fills_what_was_not_given() -> None:
    form = DeclarationForm(Identity("Halyard", "T2", "rev C", interfaces=("lan", "usb")))
    unnamed = msgspec.structs.replace(bad(), product=Product())
    blanks = [one.what for one in conformance_statement(unnamed, CATALOGUE, form).blanks]
    assert "hardware version" not in blanks and "software version" in blanks


def test_a_declaration_of_another_version_is_told() -> None:
    other = conformance_statement(bad(), CATALOGUE, DeclarationForm(Identity(software_version="1.3")))
    assert "a declaration of this very model and version" in [one.what for one in other.blanks]
    same = conformance_statement(bad(), CATALOGUE, DeclarationForm(Identity(software_version="1.4.0")))
    assert "a declaration of this very model and version" not in [one.what for one in same.blanks]


def test_every_table_of_the_ixit_is_there_and_every_field_is_filled_or_blank() -> None:
    made = extra_information(bad(), CATALOGUE)
    tables = [block for block in made.blocks if isinstance(block, Table)]
    assert len(tables) == len(load_tables()) == 29
    for form, table in zip(load_tables(), tables, strict=True):
        if form.rows:
            assert table.columns[:-1] == form.field_names
            assert all(row[:-1] and all(cell for cell in row) for row in table.rows)
        else:
            assert [row[0] for row in table.rows] == [((name,),) for name in form.field_names]
            assert all(row[1] for row in table.rows)


def test_what_is_seen_fills_only_fields_that_exist() -> None:
    names = {table.id: set(table.field_names) for table in load_tables()}
    assert set(_TABLES) <= set(names) and set(_PAGES.values()) <= names["2-UserInfo"]
    for table in _TABLES:
        for row in seen_rows(bad(), table):
            assert set(row.fields) <= names[table]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("1-AuthMech", "login of telnetd"),
        ("6-SoftComp", "busybox 1.19.4"),
        ("10-SecParam", "private key (rsa, pem)"),
        ("13-SoftServ", "telnetd (telnet)"),
        ("22-ExtSens", "microphone"),
        ("28-LogIntf", "telnetd (telnet, port 23)"),
    ],
)
def test_rows_begun_from_what_was_seen_have_a_place_and_ask_for_confirmation(table: str, words: str) -> None:
    assert any(words in row.fields["Description"] for row in seen_rows(bad(), table))
    made = rows(extra_information(bad(), CATALOGUE))
    last = made[table.partition("-")[2] + "-1"][-1]
    assert last[0] == (TO_CONFIRM,) and isinstance(last[1][0], Code)


@pytest.mark.parametrize(
    ("table", "fact"),
    [
        ("1-AuthMech", facts.Account("daemon", "shadow", "locked")),
        ("1-AuthMech", facts.Account("root", "shadow", "hashed", active=False)),
        ("1-AuthMech", facts.Service("sshd", "ssh", "not-started", "system", True, 22)),
        ("6-SoftComp", facts.Component("openssl", "1.0.2", "banner", linkage="dynamic")),
        ("10-SecParam", facts.PrivateKey("rsa", 2048, "pem", active=False)),
        ("11-SecComMech", facts.Endpoint("https", "cloud.example", purpose="cloud")),
        ("11-SecComMech", facts.Endpoint("http", "schemas.example", 80, "soap", active=True)),
        ("11-SecComMech", facts.Service("sshd", "ssh", "not-started", "system", True, 22)),
        ("24-TelData", facts.Endpoint("https", "cloud.example", purpose="cloud", active=True)),
        ("28-LogIntf", facts.Service("getty", "console", "always", "system", False, reach="physical")),
        ("2-UserInfo", facts.SupportPeriod("Tidewatch 3", "2031-05")),
        ("2-UserInfo", facts.MakerPage("sensors", "https://halyard.example/s")),
    ],
)
def test_what_is_only_mentioned_begins_no_row(table: str, fact: facts.Fact) -> None:
    only = msgspec.structs.replace(bad(), observations=(Observation(fact, at(b"x"), "test"),))
    assert seen_rows(only, table) == ()


def test_addresses_on_one_server_are_one_row() -> None:
    found = [facts.Endpoint("https", "cloud.example", 443, f"v{n}", "cloud", active=True) for n in range(3)]
    found.append(facts.Endpoint("http", "time.example", 80, "", "update", active=True))
    seen = tuple(Observation(fact, at(b"x", n, 1), "test") for n, fact in enumerate(found))
    rows_seen = seen_rows(msgspec.structs.replace(bad(), observations=seen), "11-SecComMech")
    described = ["https to cloud.example:443, for cloud", "http to time.example:80, for update"]
    assert [row.fields["Description"] for row in rows_seen] == described


def test_pages_of_the_maker_fill_the_user_information() -> None:
    made = rows(
        extra_information(
            published(
                facts.DisclosurePolicy("https://halyard.example/policy"),
                facts.SupportPeriod("Tidewatch 2", "2031-05", "https://halyard.example/s"),
                facts.MakerPage("sensors", "https://halyard.example/manual", names_model=True),
            ),
            CATALOGUE,
        )
    )
    assert made["Publication of Vulnerability Disclosure Policy"][1] == (("https://halyard.example/policy",),)
    assert made["Support Period"][1] == (("until 2031-05",),)
    assert made["Documentation of Sensors"][2][0][0] == TO_CONFIRM
    assert asked(made["Documentation of Deletion"][1])


def test_declared_rows_come_first_and_are_told_apart() -> None:
    form = DeclarationForm(ixit={"6-SoftComp": ({"ID": "SW-1", "Description": "the kernel"},)})
    made = rows(extra_information(bad(), CATALOGUE, form))
    assert made["SW-1"][-1] == (("as declared",),) and asked(made["SW-1"][2])
    assert "SoftComp-2" in made and "SoftComp-1" not in made


def test_what_became_of_each_claim_is_told() -> None:
    claimed = declared(bad(), (Claim("no-passwords", "5.1-1", "1-AuthMech", "A-1"), "contradicted"))
    made = rows(extra_information(claimed, CATALOGUE))
    (row,) = [row for first, row in made.items() if first.startswith("1-AuthMech A-1 claims")]
    assert row[1][0] == ("contradicted by what was seen",)


def test_long_tables_end_in_a_count() -> None:
    many = tuple(
        Observation(facts.Component(f"part{number}", "1", "banner"), at(b"x", number, 1), "components")
        for number in range(ROWS + 17)
    )
    made = extra_information(msgspec.structs.replace(bad(), observations=many), CATALOGUE)
    assert ("17 more rows in the JSON report.",) in [getattr(block, "line", ()) for block in made.blocks]

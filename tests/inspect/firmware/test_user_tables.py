"""Databases are made by the sqlite3 module of Python."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware import _sqlite
from plimsoll.inspect.firmware._user_tables import MOST_USERS, family_of
from plimsoll.inspect.firmware.credentials import Credentials
from plimsoll.model.facts import Credential, PasswordHash
from tests.firmware import observe_all

BCRYPT = "$2b$12$" + "abcdefghij" * 5 + "abc"


def database(tmp_path: Path, *statements: str) -> bytes:
    path = tmp_path / "made.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        for one in statements:
            connection.execute(one)
    connection.close()
    return path.read_bytes()


def found(data: bytes, path: str = "etc/app/users.db") -> list[tuple[str, str, bool, bool]]:
    observations, inspections, secrets = observe_all(Credentials(), {path: data})
    assert all(one.status == "completed" for one in inspections), inspections
    facts = [one.fact for one in observations if isinstance(one.fact, Credential)]
    return [(one.account, secrets[one.secret.digest].decode(), one.active, one.change_due) for one in facts]


def families(data: bytes) -> list[tuple[str, str]]:
    observations, _, _ = observe_all(Credentials(), {"etc/users.db": data})
    facts = [one.fact for one in observations if isinstance(one.fact, PasswordHash)]
    return [(one.account, one.family) for one in facts]


USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT NOT NULL, password TEXT, role TEXT)"


def test_a_password_in_clear_is_read_with_its_user(tmp_path: Path) -> None:
    data = database(tmp_path, USERS, "INSERT INTO users VALUES (1, 'admin', 'halyard12', 'boss')")
    assert found(data) == [("admin", "halyard12", True, False)]
    assert families(data) == []


def test_a_hash_is_read_with_its_family(tmp_path: Path) -> None:
    data = database(tmp_path, USERS, f"INSERT INTO users VALUES (1, 'admin', '{BCRYPT}', 'boss')")
    assert families(data) == [("admin", "bcrypt")]
    assert [one[0] for one in found(data)] == ["admin"]


@pytest.mark.parametrize(
    ("value", "family"),
    [
        ("pbkdf2_sha256$600000$saltsaltsalt$" + "A" * 43 + "=", "pbkdf2"),
        ("pbkdf2:sha256:260000$saltsalt$" + "a1" * 32, "pbkdf2"),
        ("scrypt:32768:8:1$saltsaltsalt$" + "a1" * 64, "scrypt"),
        ("sha1$abcd$" + "a1" * 20, "salted-digest"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "unsalted-md5"),
        ("a1" * 20, "unsalted-sha1"),
        ("a1" * 32, "unsalted-sha256"),
        ("$6$saltsalt$" + "a" * 86, "sha512crypt"),
        (BCRYPT, "bcrypt"),
        ("argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHQ$" + "a" * 43, "argon2"),
    ],
)
def test_each_form_of_a_hash_is_known(value: str, family: str) -> None:
    assert family_of(value.encode()) == family


@pytest.mark.parametrize("value", ["halyard12", "admin", "correct horse battery", "12345678"])
def test_a_password_is_not_taken_for_a_hash(value: str) -> None:
    assert family_of(value.encode()) is None


def test_columns_are_read_from_any_statement(tmp_path: Path) -> None:
    statement = (
        'CREATE TABLE "tbl_users" ("id" INTEGER PRIMARY KEY, -- a, comment\n [login] VARCHAR(20) DEFAULT \'a,b\', '
        "`pwd` TEXT CHECK(length(pwd) > 0), enabled INT, CONSTRAINT one UNIQUE (id, [login]))"
    )
    data = database(tmp_path, statement, "INSERT INTO tbl_users VALUES (1, 'maria', 'halyard12', 0)")
    assert [one.columns for one in _sqlite.read_tables(data)] == [(b"id", b"login", b"pwd", b"enabled")]
    assert found(data) == [("maria", "halyard12", False, False)]


def test_a_user_who_must_change_the_password_is_told(tmp_path: Path) -> None:
    made = "CREATE TABLE accounts (name TEXT, passwd TEXT, must_change INT)"
    data = database(tmp_path, made, "INSERT INTO accounts VALUES ('admin', 'halyard12', 1)")
    assert found(data) == [("admin", "halyard12", True, True)]


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE songs (name TEXT, password TEXT)", "INSERT INTO songs VALUES ('a', 'halyard12')"),
        ("CREATE TABLE users (name TEXT, reset_password TEXT)", "INSERT INTO users VALUES ('a', 'halyard12')"),
        ("CREATE TABLE users (name TEXT, password TEXT)",),
        ("CREATE TABLE users (name TEXT, password TEXT)", "INSERT INTO users VALUES ('a', ''), ('b', NULL)"),
        ("CREATE TABLE users (name TEXT, password TEXT)", "INSERT INTO users VALUES ('a', '********')"),
        ("CREATE TABLE users (password TEXT)", "INSERT INTO users VALUES ('halyard12')"),
    ],
)
def test_what_is_no_user_with_a_password_is_not_taken_for_one(tmp_path: Path, statements: tuple[str, ...]) -> None:
    assert found(database(tmp_path, *statements)) == []


def test_a_database_in_documentation_is_not_in_use(tmp_path: Path) -> None:
    data = database(tmp_path, USERS, "INSERT INTO users VALUES (1, 'admin', 'halyard12', 'boss')")
    assert found(data, "usr/share/doc/app/examples/users.db") == [("admin", "halyard12", False, False)]


def test_the_number_of_one_table_is_bounded(tmp_path: Path) -> None:
    rows = ", ".join(f"({number}, 'user{number}', 'halyard{number}', '')" for number in range(MOST_USERS + 50))
    assert len(found(database(tmp_path, USERS, f"INSERT INTO users VALUES {rows}"))) == MOST_USERS


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_database_is_read_without_an_error(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(database(tmp_path, USERS, "INSERT INTO users VALUES (1, 'admin', 'halyard12', 'boss')"))
    for _ in range(data.draw(st.integers(1, 30))):
        whole[data.draw(st.integers(16, len(whole) - 1))] = data.draw(st.integers(0, 255))
    found(bytes(whole[: data.draw(st.integers(100, len(whole)))]))

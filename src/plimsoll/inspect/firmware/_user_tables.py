"""Reads who may log in from tables of users in SQLite databases, with how the password is kept.

Forms of hashes besides those of crypt(5): PBKDF2 and salted digests as Django and Werkzeug write them, and bare
digests. Names of tables and columns observed in the sources of web interfaces of routers, cameras and home automation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.inspect.firmware import _sqlite
from plimsoll.inspect.firmware._credential_values import Meaning, is_placeholder
from plimsoll.inspect.firmware._hashes import hash_family
from plimsoll.inspect.firmware._secret_seen import seen
from plimsoll.inspect.firmware._sqlite import Table
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import PasswordHash
from plimsoll.model.facts.account import HashFamily
from plimsoll.regex import regex

LARGEST = 32 << 20
"""Bytes of the largest database that is read."""
MOST_USERS = 100
"""Most users read of one table."""

_TABLE = regex(
    rb"(?i)(?:\A|_)(?:users?|accounts?|admins?|administrators?|logins?|members?|operators?|credentials?|sysusers?|"
    rb"webusers?|user_?(?:info|table|list|account|auth)s?|auth_?users?|passwords?)\Z"
)
_PASSWORD = regex(
    rb"(?:[a-z]{1,12}_)?(?:u|user|login|admin|web)?_?(?:pass(?:word|wd)?|pwd)(?:_?(?:hash|md5|sha1|sha256))?\Z|"
    rb"(?:hash(?:ed)?|encrypted|crypted|digest)_?(?:pass(?:word|wd)?|pwd)\Z"
)
_NOT_PASSWORD = regex(rb"(?:old|reset|temp|last|confirm|min|max|smtp|mail|ftp|wifi|ddns|proxy|ppp)_")
_NAME = regex(rb"(?:user|login|account|u)?_?name\Z|user\Z|login\Z|account\Z|uid\Z|email\Z|id\Z")
_NAMES_FIRST = (b"username", b"user_name", b"login", b"loginname", b"account", b"user", b"uname", b"name", b"email")
_SWITCH = regex(rb"(?:is_)?(?:active|enabled?)\Z")
_SWITCHED_OFF = regex(rb"(?:is_)?(?:disabled?|locked|blocked|deleted)\Z")
_DUE = regex(rb"(?:must|force|need|require)s?_?(?:to_)?change\w*\Z|(?:change|reset)_pass\w*\Z|first_?login\Z|"
                  rb"(?:is_)?default_pass\w*\Z|pass(?:word|wd)_(?:expired|must_change)\Z")  # fmt: skip
_ON = (1, b"1", b"true", b"yes", b"on", b"Y", b"True")
_ZERO = (0, b"0", b"false", b"no", b"off", b"N", b"False")

_FORMS: tuple[tuple[HashFamily, re.Pattern[bytes]], ...] = (
    ("pbkdf2", regex(rb"pbkdf2(?:[_:-]sha\d{1,3}(?::\d{1,8})?)?\$[^\s]{16,200}\Z|\$pbkdf2[^\s]{20,200}\Z")),
    ("scrypt", regex(rb"scrypt[:$][^\s]{20,250}\Z|\$scrypt\$[^\s]{20,250}\Z")),
    ("argon2", regex(rb"argon2\$argon2(?:id|i|d)\$[^\s]{20,200}\Z")),
    ("bcrypt", regex(rb"bcrypt(?:_sha256)?\$\$2[abxy]\$[^\s]{50,80}\Z")),
    ("salted-digest", regex(rb"(?:md5|sha1|sha256|sha512)\$[^\s$]{1,40}\$[0-9a-f]{32,128}\Z")),
    ("unsalted-sha256", regex(rb"[0-9a-fA-F]{64}\Z")),
)  # fmt: skip
_DIGEST = regex(
    rb"[0-9a-fA-F]{32}(?:[0-9a-fA-F]{8})?\Z|[0-9a-fA-F]{64}\Z|[0-9a-fA-F]{128}\Z|[A-Za-z0-9+/]{22,86}={1,2}\Z"
)


def is_database(look: Look) -> bool:
    """Tell whether a file is an SQLite database that is read."""
    return look.kind == "binary" and look.data[:16] == _sqlite.MAGIC and len(look.data) <= LARGEST


def read_users(look: Look) -> Iterator[Seen]:
    """Give the password of each user of each table of users, and its hash when it is one."""
    if not is_database(look):
        return
    for table in _sqlite.read_tables(look.data):
        if _TABLE.search(table.name) is not None:
            yield from _users(look, table)


def _users(look: Look, table: Table) -> Iterator[Seen]:
    password = next((one for one in table.columns if _is_password(one)), None)
    name = min((one for one in table.columns if _NAME.match(one)), key=_rank, default=None)
    if password is None or name is None:
        return
    for number, (offset, length, row) in enumerate(_sqlite.read_rows(look.data, table)):
        if number >= MOST_USERS:
            return
        values = dict(zip(table.columns, row, strict=False))
        value, user = values.get(password), values.get(name)
        if not isinstance(value, bytes) or len(value) < 3 or (is_placeholder(value) and family_of(value) is None):
            continue
        at = look.data.find(value, offset, offset + length)
        if at >= 0:
            yield from _user(look, user if isinstance(user, bytes) else b"%d" % (user or 0), value, at, values)


def _is_password(column: bytes) -> bool:
    return _PASSWORD.match(column) is not None and _NOT_PASSWORD.match(column) is None


def _rank(column: bytes) -> int:
    return _NAMES_FIRST.index(column) if column in _NAMES_FIRST else len(_NAMES_FIRST)


def _user(look: Look, user: bytes, value: bytes, at: int, values: Mapping[bytes, object]) -> Iterator[Seen]:
    """Give the secret, and for a hash a fact of its own at the same bytes, so that it can be tried and weighed."""
    is_on = not is_documentation(look.path) and not _is_off(values)
    family = family_of(value)
    meaning = Meaning("http", "password", "accepts")
    is_due = _is_due(values)
    yield seen(look, meaning, value, at, user, active=is_on, change_due=is_due, is_hash=family is not None)
    if family is not None:
        concealed = look.conceal(value)
        fact = PasswordHash(printable(user), family, concealed, "database", is_on)
        yield Seen(fact, at, len(value), concealed)


def family_of(value: bytes) -> HashFamily | None:
    """Give the family of a hash that a table holds; None for what looks like the password itself."""
    for family, form in _FORMS:
        if form.match(value):
            return family
    if _DIGEST.match(value) or value.startswith((b"$", b"{")):
        return hash_family(value) or "unknown"
    return None


def _is_off(values: Mapping[bytes, object]) -> bool:
    return any(
        (_SWITCH.match(column) and value in _ZERO) or (_SWITCHED_OFF.match(column) and value in _ON)
        for column, value in values.items()
    )


def _is_due(values: Mapping[bytes, object]) -> bool:
    return any(_DUE.match(column) and value in _ON for column, value in values.items())

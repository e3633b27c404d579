"""Files of accounts that only the configuration of a server names."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.inspect.firmware._named_stores import LARGEST, LINES
from plimsoll.inspect.firmware.accounts import Accounts
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Account, Credential, PasswordHash
from tests.firmware import observe, observe_all

APR1 = b"$apr1$qwertyui$" + b"Kq3vT8zLmW0xY5bN7cRd1/"
BCRYPT = b"$2y$10$" + b"Abcdefghij1234567890." * 2 + b"Abcdefghijk"
DIGEST = b"0123456789abcdef" * 2
CONF = "etc/lighttpd/lighttpd.conf"


def told(backend: str, path: str) -> bytes:
    return f'auth.backend = "{backend}"\nauth.backend.{backend}.userfile = "{path}"\n'.encode()


def accounts(files: Mapping[str, bytes], links: Mapping[str, str] = {}) -> list[tuple[str, str, str]]:
    facts = [one.fact for one in observe(Accounts(), files, links)]
    return [(one.store, one.name, one.password) for one in facts if isinstance(one, Account) and one.active]


def hashes(observations: list[Observation]) -> list[tuple[str, str, str]]:
    return [(one.fact.account, one.fact.family, one.fact.store) for one in observations
            if isinstance(one.fact, PasswordHash)]  # fmt: skip


@pytest.mark.parametrize(
    ("backend", "line", "expected"),
    [
        ("htpasswd", b"admin:" + APR1, ("htpasswd", "admin", "hashed")),
        ("htpasswd", b"admin:" + BCRYPT, ("htpasswd", "admin", "hashed")),
        ("htdigest", b"admin:Front door:" + DIGEST, ("htdigest", "admin", "hashed")),
        ("plain", b"admin:halyard12", ("lighttpd", "admin", "clear")),
    ],
)
def test_the_setting_tells_the_form_of_the_file_that_it_names(
    backend: str, line: bytes, expected: tuple[str, str, str]
) -> None:
    files = {CONF: told(backend, "/etc/lighttpd/users"), "etc/lighttpd/users": b"# who may come in\n\n" + line + b"\n"}
    assert accounts(files) == [expected]
    assert accounts(dict(reversed(files.items()))) == [expected]


@pytest.mark.parametrize(
    ("conf", "text", "path", "line", "store"),
    [
        ("etc/nginx/nginx.conf", b"auth_basic_user_file /etc/web/people;\n", "etc/web/people", APR1, "htpasswd"),
        ("etc/nginx/nginx.conf", b"auth_basic_user_file people;\n", "etc/nginx/people", APR1, "htpasswd"),
        ("etc/mosquitto/mosquitto.conf", b"password_file /etc/mqtt.people\n", "etc/mqtt.people",
         b"$6$c2FsdA==$" + b"QUJD" * 22, "mosquitto"),
    ],
)  # fmt: skip
def test_other_servers_name_their_files_too(conf: str, text: bytes, path: str, line: bytes, store: str) -> None:
    assert accounts({conf: text, path: b"admin:" + line + b"\n"}) == [(store, "admin", "hashed")]


def test_a_link_leads_to_the_file() -> None:
    files = {CONF: told("htpasswd", "/etc/web-users"), "usr/lib/web/people": b"admin:" + APR1 + b"\n"}
    assert accounts(files, {"etc/web-users": "/usr/lib/web/people"}) == [("htpasswd", "admin", "hashed")]


def test_the_setting_is_a_ground_and_the_hash_is_that_of_the_account() -> None:
    files = {CONF: told("htdigest", "/etc/lighttpd/users"), "etc/lighttpd/users": b"admin:Door:" + DIGEST + b"\n"}
    found = observe(Accounts(), files)
    assert hashes(found) == [("admin", "salted-digest", "htdigest")]
    assert all("lighttpd.conf" in str(one.because) for one in found)
    assert DIGEST.decode() not in repr(found)


def test_a_password_in_clear_is_concealed() -> None:
    files = {CONF: told("plain", "/etc/lighttpd/users"), "etc/lighttpd/users": b"halyard12:halyard12\n"}
    observations, _, secrets = observe_all(Accounts(), files)
    (credential,) = [one.fact for one in observations if isinstance(one.fact, Credential)]
    assert secrets[credential.secret.digest] == b"halyard12"
    assert all(one.excerpt is None or one.excerpt.text != "halyard12" for one in observations)


@pytest.mark.parametrize(
    "files",
    [
        {CONF: told("htpasswd", "/data/users")},
        {CONF: b"#" + told("htpasswd", "/etc/lighttpd/users").replace(b"\n", b"\n#")},
        {CONF: told("htdigest", "/etc/lighttpd/users")},
        {CONF: told("plain", "/etc/lighttpd/pages.md5")},
        {CONF + ".bak": told("htpasswd", "/etc/lighttpd/users")},
        {"usr/share/doc/lighttpd/lighttpd.conf": told("htpasswd", "/etc/lighttpd/users")},
        {CONF: told("htpasswd", "etc/lighttpd/users")},
        {CONF: b'server.document-root = "/etc/lighttpd/users"\n'},
        {},
    ],
)
def test_a_file_that_no_setting_in_force_names_in_its_form_has_no_accounts(files: dict[str, bytes]) -> None:
    lying = {"etc/lighttpd/users": b"admin:" + APR1 + b"\n", "etc/lighttpd/pages.md5": DIGEST + b"  /www/index.html\n"}
    found = observe(Accounts(), files | lying)
    assert [one for one in found if isinstance(one.fact, Account)] == []
    assert hashes(found) == [("", "apr1", "")]
    assert all(one.excerpt is not None for one in found)


@pytest.mark.parametrize(
    "data",
    [
        b"http://update.maker.example/a\n",
        b"name: value\n",
        b"[section]\nadmin:" + APR1 + b"\n",
        b"admin:" + APR1 + b"\n" + b" " * LARGEST,
        b"\n" * 200 + b"admin:" + APR1 + b"\n",
    ],
)
def test_what_does_not_begin_like_accounts_is_not_read(data: bytes) -> None:
    assert accounts({CONF: told("plain", "/etc/lighttpd/users"), "etc/lighttpd/users": data}) == []


def test_words_elsewhere_are_not_held_for_secrets() -> None:
    _, _, secrets = observe_all(Accounts(), {"etc/zone": b"zone:Europe/London\nserver:halyard12\n"})
    assert not secrets


def test_lines_are_bounded() -> None:
    data = b"".join(b"a%d:bcd\n" % number for number in range(LINES + 100))
    assert len(accounts({CONF: told("plain", "/etc/users"), "etc/users": data})) == LINES

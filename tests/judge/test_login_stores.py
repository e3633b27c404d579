"""Stores of a service's own, and what start scripts make of accounts."""

from __future__ import annotations

import pytest

from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Account, PasswordHash, SecretProvisioning
from plimsoll.model.facts.account import PasswordState
from tests.judge.building import (
    PasswordSource,
    answers,
    names,
    pairs,
    passwd,
    provisioning,
    reached,
    script,
    secret,
    seen,
    setting,
    start,
)


def own(store: str, where: str, password: PasswordState = "hashed", name: str = "admin") -> Observation:
    return seen(Account(name, store, password), where, 0)


@pytest.mark.parametrize(("store", "where", "program", "expected"), [
    ("htpasswd", "etc/lighttpd/.htpasswd", "lighttpd", ["admin perhaps"]),
    ("htpasswd", "www/.htpasswd", "mini_httpd", ["admin yes"]),
    ("htpasswd", "etc/lighttpd/.htpasswd", "telnetd", []),
    ("httpd", "etc/httpd.conf", "httpd", ["admin yes"]),
    ("httpd", "etc/other/httpd.conf", "httpd", ["admin perhaps"]),
    ("httpd", "etc/httpd.conf", "lighttpd", []),
    ("mosquitto", "etc/mosquitto/passwd", "mosquitto", ["admin perhaps"]),
    ("smbpasswd", "etc/samba/smbpasswd", "smbd", ["admin perhaps"]),
    ("ppp", "etc/ppp/chap-secrets", "pptpd", ["admin perhaps"]),
    ("ppp", "etc/ppp/chap-secrets", "telnetd", []),
    ("ftp", "etc/pureftpd.passwd", "pure-ftpd", ["admin perhaps"]),
])  # fmt: skip
def test_a_store_of_its_own_counts_where_its_service_reads_it(
    store: str, where: str, program: str, expected: list[str]
) -> None:
    assert answers(own(store, where), start(program)) == expected


@pytest.mark.parametrize(("store", "where", "program", "key", "value", "expected"), [
    ("htpasswd", "etc/nginx/users", "nginx", "auth_basic_user_file", "/etc/nginx/users", "yes"),
    ("htpasswd", "etc/nginx/users", "nginx", "auth_basic_user_file", "users", "yes"),
    ("htpasswd", "www/etc/nginx/users", "nginx", "auth_basic_user_file", "/etc/nginx/users", "perhaps"),
    ("htpasswd", "etc/nginx/users", "nginx", "ssl_certificate", "/etc/nginx/users", "perhaps"),
    ("mosquitto", "etc/mosquitto/passwd", "mosquitto", "password_file", "/etc/mosquitto/passwd", "yes"),
    ("mosquitto", "etc/mosquitto/passwd", "mosquitto", "password_file", "", "perhaps"),
    ("smbpasswd", "etc/samba/smbpasswd", "smbd", "passdb backend", "smbpasswd", "yes"),
    ("smbpasswd", "etc/samba/smbpasswd", "smbd", "passdb backend", "tdbsam", "perhaps"),
    ("smbpasswd", "etc/private/smbpasswd", "smbd", "smb passwd file", "/etc/private/smbpasswd", "yes"),
    ("ftp", "etc/pureftpd.passwd", "pure-ftpd", "puredb", "/etc/pureftpd.pdb", "yes"),
])  # fmt: skip
def test_a_store_that_is_named_to_its_service_is_read(
    store: str, where: str, program: str, key: str, value: str, expected: str
) -> None:
    given = [own(store, where), start(program), setting(program, key, value)]
    assert answers(*given) == [f"admin {expected}"]


USERS = own("htpasswd", "etc/lighttpd/users")
NAMED = setting("lighttpd", "auth.backend.htpasswd.userfile", '"/etc/lighttpd/users"')
BACKEND = setting("lighttpd", "auth.backend", '"htpasswd"')
REQUIRED = setting("lighttpd", "auth.require", '("/" => ("method" => "basic"))')


@pytest.mark.parametrize(("given", "expected"), [
    ((NAMED, BACKEND, REQUIRED), "yes"),
    ((NAMED, BACKEND), "perhaps"),
    ((NAMED, REQUIRED), "perhaps"),
    ((NAMED, setting("lighttpd", "auth.backend", '"ldap"'), REQUIRED), "perhaps"),
    ((BACKEND, REQUIRED), "perhaps"),
    ((setting("lighttpd", "auth.backend.htpasswd.userfile", '"/data/users"'), BACKEND, REQUIRED), "perhaps"),
])  # fmt: skip
def test_lighttpd_asks_for_the_accounts_of_the_backend_that_a_page_requires(
    given: tuple[Observation, ...], expected: str
) -> None:
    assert answers(USERS, start("lighttpd"), *given) == [f"admin {expected}"]


@pytest.mark.parametrize(("where", "word", "expected"), [
    ("etc/lighttpd/lighttpd.conf", "/etc/lighttpd/lighttpd.conf", "yes"),
    ("etc/lighttpd/conf.d/auth.conf", "/etc/lighttpd/lighttpd.conf", "yes"),
    ("etc/lighttpd/conf-enabled/10-auth.conf", "/etc/lighttpd/lighttpd.conf", "yes"),
    ("etc/lighttpd/lighttpd.conf", "/tmp/lighttpd.conf", "perhaps"),
    ("etc/lighttpd/other.conf", "/etc/lighttpd/lighttpd.conf", "perhaps"),
    ("etc/lighttpd/lighttpd.conf", "/etc/web.conf", "perhaps"),
])  # fmt: skip
def test_the_setting_that_names_a_store_is_in_the_configuration_that_is_read(
    where: str, word: str, expected: str
) -> None:
    settings = [seen(one.fact, where, line) for line, one in enumerate((NAMED, BACKEND, REQUIRED))]
    assert answers(USERS, start("lighttpd", "-D", "-f", word), *settings) == [f"admin {expected}"]


@pytest.mark.parametrize(("source", "command", "expected"), [
    ("random", "htpasswd", "perhaps"),
    ("user", "htpasswd", "perhaps"),
    ("constant", "htpasswd", "yes"),
    ("random", "uci", "yes"),
])  # fmt: skip
def test_a_script_that_sets_another_password_of_the_store_leaves_a_doubt(
    source: PasswordSource, command: str, expected: str
) -> None:
    change = seen(SecretProvisioning("http", source, command, "/etc/lighttpd/users"), "etc/init.d/S20keys", 1)
    assert answers(USERS, start("lighttpd"), NAMED, BACKEND, REQUIRED, change) == [f"admin {expected}"]


def test_a_server_that_is_not_started_or_listens_to_itself_only_does_not_let_in_by_its_store() -> None:
    told = USERS, NAMED, BACKEND, REQUIRED
    assert answers(*told) == []
    assert answers(*told, start("lighttpd", state="not-started")) == []
    assert answers(*told, setting("lighttpd", "server.bind", '"127.0.0.1"'), start("lighttpd")) == []


def test_a_store_that_is_named_on_the_command_line_is_read() -> None:
    store = own("htpasswd", "etc/users/htpasswd")
    assert answers(store, start("nginx", "-u", "/etc/users/htpasswd")) == ["admin yes"]


def test_a_locked_account_of_a_store_is_no_login() -> None:
    assert answers(own("htpasswd", "www/.htpasswd", "locked"), start("thttpd")) == []


def test_a_constant_that_a_start_script_sets_opens_a_locked_account() -> None:
    locked = passwd(password="locked")
    set_at_boot = provisioning("constant")
    assert answers(locked, set_at_boot, *reached(), start("telnetd")) == ["root yes"]
    perhaps = reached(state="conditional")
    assert answers(locked, set_at_boot, *perhaps, start("telnetd")) == ["root perhaps"]
    assert answers(locked, set_at_boot, start("telnetd")) == []


def test_a_command_that_a_started_script_is_not_seen_to_reach_is_not_sure() -> None:
    locked, change = passwd(password="locked"), provisioning("constant")
    boot = script("etc/init.d/S10passwd")
    assert answers(locked, change, boot, start("telnetd")) == ["root perhaps"]
    elsewhere = start("chpasswd", where="etc/init.d/S10passwd", line=30)
    assert answers(locked, change, boot, elsewhere, start("telnetd")) == ["root perhaps"]
    edited = provisioning("constant", command="sed", word="")
    assert answers(locked, edited, boot, start("telnetd")) == ["root perhaps"]
    assert answers(locked, edited, *reached("sed"), start("telnetd")) == ["root yes"]
    assert answers(locked, edited, *reached("sed", state="conditional"), start("telnetd")) == ["root perhaps"]


def test_a_command_is_joined_with_its_own_password() -> None:
    accounts = passwd("root", "locked", line=0), passwd("maria", "locked", uid=1000, line=1)
    first, second = provisioning("constant", "root", line=3), provisioning("constant", "maria", line=4)
    boot = script("etc/init.d/S10passwd"), start("chpasswd", where="etc/init.d/S10passwd", line=4)
    assert answers(*accounts, first, second, *boot, start("telnetd")) == ["root perhaps", "maria yes"]


def test_a_constant_that_a_start_script_sets_replaces_the_hash_of_the_file() -> None:
    hashed = seen(PasswordHash("root", "des", secret("old"), "passwd"), "etc/passwd", 0)
    [login] = pairs(
        passwd(), hashed, provisioning("constant"), *reached(), start("telnetd")
    )  # fmt: skip
    assert (login.answer, login.families) == ("yes", ())
    [kept] = pairs(passwd(), hashed, start("telnetd"))
    assert kept.families == ("des",)


@pytest.mark.parametrize(("command", "word", "expected"), [
    ("usermod", "!", []),
    ("usermod", "*", []),
    ("usermod", "not a hash", []),
    ("usermod", "", ["root yes"]),
    ("usermod", "$1$abcdefgh$0123456789012345678901", ["root yes"]),
    ("chpasswd", "!", []),
    ("chpasswd", "word", ["root yes"]),
    ("passwd", "", ["root yes"]),
    ("echo", "", ["root yes"]),
])  # fmt: skip
def test_what_a_command_is_given_may_lock_the_account(command: str, word: str, expected: list[str]) -> None:
    change = provisioning("constant", command=command, word=word)
    assert answers(passwd(), change, *reached(command), start("telnetd")) == expected


def test_an_account_that_a_start_script_makes_counts() -> None:
    made = provisioning("constant", command="echo", word="")
    running = (*reached("printf"), start("useradd", where="etc/init.d/S10passwd", line=3))
    assert answers(made, *running, start("telnetd")) == ["root yes"]
    assert answers(made, start("telnetd")) == []
    admin = provisioning("constant", "admin", command="useradd", word="$1$abcdefgh$0123456789012345678901")
    assert answers(passwd(password="locked"), admin, *running, start("telnetd")) == ["admin perhaps"]


def test_entries_come_in_one_order_whatever_the_order_of_what_was_seen() -> None:
    accounts = [passwd("a", line=1), passwd("b", line=2), own("htpasswd", "etc/htpasswd", name="c")]
    assert names(*accounts) == names(*reversed(accounts)) == ["a", "b", "c"]

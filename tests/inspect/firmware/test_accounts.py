from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware.accounts import LINES, Accounts
from plimsoll.model.facts import Account, Credential, PasswordHash
from plimsoll.model.facts.account import PasswordState
from plimsoll.model.locator import FileSpan, parse_place
from tests.firmware import observe, observe_all

MD5 = b"$1$saltsalt$" + b"abcXYZ01./" * 2 + b"ab"
SHA512 = b"$6$saltsalt$" + b"abcXYZ01./" * 8 + b"abcXYZ"
DES = b"abcXYZ01./abc"


def accounts(path: str, data: bytes, **others: bytes) -> list[Account]:
    return [one.fact for one in observe(Accounts(), {path: data, **others}) if isinstance(one.fact, Account)]


def hashes(path: str, data: bytes) -> list[PasswordHash]:
    return [one.fact for one in observe(Accounts(), {path: data}) if isinstance(one.fact, PasswordHash)]


@pytest.mark.parametrize(
    ("field", "state"),
    [
        (b"", "empty"),
        (b"x", "shadowed"),
        (b"*", "locked"),
        (b"!", "locked"),
        (b"!!", "locked"),
        (b"!" + SHA512, "locked"),
        (DES, "hashed"),
        (MD5, "hashed"),
        (b"secret", "locked"),
    ],
)
def test_an_entry_of_passwd_has_the_state_of_its_field(field: bytes, state: PasswordState) -> None:
    (account,) = accounts("etc/passwd", b"root:" + field + b":0:0:root:/root:/bin/ash\n")
    assert account == Account("root", "passwd", state, 0, 0, "/root", "/bin/ash", True, True)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (b"root::0:0:99999:7:::", "empty"),
        (b"root:::0:99999:7:::", "empty"),
        (b"root:*:0:0:99999:7:::", "locked"),
        (b"root:x:0:0:99999:7:::", "locked"),
        (b"root:" + MD5 + b":18000:0:99999:7:::", "hashed"),
        (b"root:" + MD5 + b":18000:0:99999", "hashed"),
        (b"root:" + MD5 + b":0:0:99999:7:::", "hashed"),
        (b"root:!" + MD5 + b":18000:0:99999:7:::", "locked"),
    ],
)
def test_an_entry_of_shadow_stands_without_passwd(line: bytes, state: str) -> None:
    (account,) = accounts("etc/shadow", line + b"\n")
    assert (account.name, account.store, account.password, account.active) == ("root", "shadow", state, True)


@pytest.mark.parametrize(
    "heeds", ["lib/security/pam_unix.so", "usr/lib/x86_64-linux-gnu/security/pam_unix.so", "usr/sbin/sshd"]
)
def test_a_change_that_is_due_is_heeded_where_something_looks_at_it(heeds: str) -> None:
    line = b"root:" + MD5 + b":0:0:99999:7:::\n"
    files = {"etc/shadow": line, heeds: b"\x7fELF"}
    assert [one.fact.password for one in observe(Accounts(), files) if isinstance(one.fact, Account)] == ["expired"]


def test_the_hash_is_at_its_bytes_and_never_in_clear() -> None:
    data = b"root:" + MD5 + b":18000:0:99999:7:::\nadmin:!" + SHA512 + b":1:0:9:7:::\n"
    observations, _, secrets = observe_all(Accounts(), {"etc/shadow": data})
    found = {}
    for one in observations:
        if isinstance(one.fact, PasswordHash):
            span = parse_place(one.where)
            assert isinstance(span, FileSpan) and span.offset is not None and span.length is not None
            found[one.fact.account] = (data[span.offset : span.offset + span.length], one.fact.family, one.fact.active)
            assert secrets[one.fact.secret.digest] == found[one.fact.account][0]
    assert found == {"root": (MD5, "md5crypt", True), "admin": (SHA512, "sha512crypt", False)}
    assert not any(MD5.decode() in repr(one) or SHA512.decode() in repr(one) for one in observations)


@pytest.mark.parametrize(
    ("shell", "login"),
    [
        (b"/bin/sh", True),
        (b"", True),
        (b"/sbin/nologin", False),
        (b"/bin/false", False),
        (b"/dev/null", False),
        (b"/bin/sync", False),
        (b"/sbin/halt\r", False),
    ],
)
def test_a_shell_that_refuses_is_told(shell: bytes, login: bool) -> None:
    (account,) = accounts("etc/passwd", b"a:x:1:1::/:" + shell + b"\n")
    assert account.login_shell is login


@pytest.mark.parametrize(
    ("path", "active"),
    [
        ("etc/passwd", True),
        ("etc/passwd-", False),
        ("etc/passwd.bak", False),
        ("etc/passwd.default", False),
        ("rom/etc/passwd", False),
        ("etc_ro/passwd", False),
        ("usr/share/base-passwd/passwd.master", False),
        ("usr/share/doc/login/passwd", False),
    ],
)
def test_a_look_alike_is_recorded_as_one_that_nothing_reads(path: str, active: bool) -> None:
    assert [one.active for one in accounts(path, b"root:" + DES + b":0:0::/:/bin/sh\n")] == [active]


def test_a_system_within_a_folder_reads_its_own_store() -> None:
    files = {"rootfs/etc/passwd": b"root::0:0::/:/bin/sh\n", "rootfs/bin/busybox": b"\x7fELF"}
    assert [one.fact.active for one in observe(Accounts(), files) if isinstance(one.fact, Account)] == [True]


def test_a_store_that_a_link_leads_to_is_read() -> None:
    files = {"usr/lib/rw/passwd": b"root::0:0::/:/bin/sh\n"}
    seen = observe(Accounts(), files, {"etc": "usr/lib/rw"})
    assert [one.fact.active for one in seen if isinstance(one.fact, Account)] == [True]


@pytest.mark.parametrize(
    ("path", "line", "store", "name", "state"),
    [
        ("www/.htpasswd", b"admin:" + MD5, "htpasswd", "admin", "hashed"),
        ("etc/lighttpd.htpasswd", b"admin:" + DES, "htpasswd", "admin", "hashed"),
        ("etc/htdigest", b"admin:realm:" + b"0f" * 16, "htdigest", "admin", "hashed"),
        ("etc/mosquitto/passwd", b"bridge:$6$c2FsdA==$" + b"QUJD" * 22, "mosquitto", "bridge", "hashed"),
        ("etc/ppp/chap-secrets", b'"user" * "pass word" *', "ppp", "user", "clear"),
        ("etc/samba/smbpasswd", b"a:0:" + b"X" * 32 + b":" + b"0F" * 16 + b":[U ]:LCT-1:", "smbpasswd", "a", "hashed"),
        ("etc/pureftpd.passwd", b"f:" + MD5 + b":1:1::/srv/./:::::::::", "ftp", "f", "hashed"),
        ("etc/httpd.conf", b"/cgi-bin:admin:letmein", "httpd", "admin", "clear"),
        ("etc/httpd.conf", b"/cgi-bin:admin:" + MD5, "httpd", "admin", "hashed"),
        ("etc/httpd.conf", b"/cgi-bin:root:*", "httpd", "root", "shadowed"),
        ("etc/httpd.conf", b"/cgi-bin:root:", "httpd", "root", "empty"),
        ("etc/lighttpd.user", b"admin:letmein", "lighttpd", "admin", "clear"),
    ],
)
def test_the_stores_of_services_are_read(path: str, line: bytes, store: str, name: str, state: str) -> None:
    (account,) = accounts(path, b"# users\n" + line + b"\n")
    assert (account.store, account.name, account.password) == (store, name, state)


def test_a_word_that_is_no_hash_is_not_shown_either() -> None:
    assert "hunter2" not in repr(observe(Accounts(), {"etc/passwd": b"root:hunter2:0:0::/:/bin/sh\n"}))


def test_a_password_in_clear_is_a_credential_and_is_concealed() -> None:
    observations, _, secrets = observe_all(Accounts(), {"etc/ppp/chap-secrets": b"user * hunter2 *\n"})
    (credential,) = [one.fact for one in observations if isinstance(one.fact, Credential)]
    assert (credential.subject, credential.account) == ("ppp", "user")
    assert secrets[credential.secret.digest] == b"hunter2"
    assert "hunter2" not in repr(observations)


@pytest.mark.parametrize(
    "line",
    [
        b"# root::0:0::/:/bin/sh",
        b"root:" + MD5,
        b"+::::::",
        b"root:x:0:0::/ro",
        b"::0:0::/:/bin/sh",
        b"root::zero:0::/:/bin/sh",
        b"auth required pam_unix.so",
        b"",
    ],
)
def test_what_is_not_an_entry_is_no_account(line: bytes) -> None:
    assert accounts("etc/passwd", line) == []


def test_names_may_be_any_bytes_and_lines_may_end_as_in_windows() -> None:
    found = accounts("etc/passwd", b"r\xffot::0:0::/:/bin/sh\r\nb:x:1:1::/:\r\n")
    assert [(one.name, one.shell) for one in found] == [("r%FFot", "/bin/sh"), ("b", "")]


def test_a_second_account_of_uid_0_is_a_plain_fact() -> None:
    data = b"root:x:0:0::/:/bin/sh\nsupport::0:0::/:/bin/sh\n"
    assert [(one.name, one.uid) for one in accounts("etc/passwd", data)] == [("root", 0), ("support", 0)]


def test_lines_are_bounded() -> None:
    assert len(accounts("etc/shadow", b"a::::::::\n" * (LINES + 100))) == LINES


@pytest.mark.parametrize(
    ("path", "data", "active"),
    [
        ("sbin/app", b"\x7fELF\0\0root\0" + MD5 + b"\0", True),
        ("etc/init.d/setup", b"#!/bin/sh\nusermod -p '" + SHA512 + b"' root\n", True),
        ("etc/init.d/setup", b"#!/bin/sh\n# usermod -p '" + SHA512 + b"' root\n", False),
        ("usr/share/doc/howto.md", b"root:" + SHA512 + b":18000:0:99999:7:::\n", False),
    ],
)
def test_a_hash_that_stands_alone_has_no_account(path: str, data: bytes, active: bool) -> None:
    assert [(one.account, one.store, one.active) for one in hashes(path, data)] == [("", "", active)]


def test_a_page_that_shows_an_entry_of_shadow_is_no_account() -> None:
    assert accounts("usr/share/doc/howto.md", b"root:" + SHA512 + b":18000:0:99999:7:::\n") == []


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    from plimsoll.inspect.firmware._account_stores import STORES

    for store in STORES:
        store.read(data)

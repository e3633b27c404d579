from __future__ import annotations

import pytest

from plimsoll.judge.rules.password_care import ATTEMPTS, CHANGE, DERIVABLE, HASHING
from plimsoll.model.facts import Account, PasswordHash
from plimsoll.model.facts.account import HashFamily
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import (
    PasswordSource,
    effects,
    evidence,
    found,
    hashed,
    judged,
    passwd,
    provisioning,
    reached,
    secret,
    seen,
    setting,
    shadow,
    start,
    verdict,
)

TELNETD = start("telnetd")
BOOT = reached()


def test_a_password_that_a_start_script_makes_of_an_address_is_not_met() -> None:
    finding = found(DERIVABLE, provisioning("identifier"), *BOOT)
    assert finding.verdict is Verdict.FAIL
    assert str(finding.why) == "a start script makes the password of root of a MAC or serial number alone"


@pytest.mark.parametrize("state", ["conditional", "disabled", None])
def test_a_script_that_is_not_seen_to_run_is_a_suspicion(state: StartState | None) -> None:
    running = reached(state=state) if state else ()
    assert effects(DERIVABLE, provisioning("identifier"), *running, TELNETD) == ("suspects",)


@pytest.mark.parametrize("source", ["constant", "per-device", "random", "user", "unknown"])
def test_a_password_from_elsewhere_is_not_derivable(source: PasswordSource) -> None:
    assert effects(DERIVABLE, provisioning(source), *BOOT) == ()


def test_a_tree_of_which_no_start_is_known_keeps_derivation_open() -> None:
    assert effects(DERIVABLE, provisioning("random")) == ("blocks",)


WEAK: list[HashFamily] = ["des", "bsdi-des", "md5crypt", "apr1", "sunmd5", "nt", "unsalted-md5", "unsalted-sha1"]
SOUND: list[HashFamily] = ["sha256crypt", "sha512crypt", "bcrypt", "scrypt", "yescrypt", "gost-yescrypt", "argon2"]


@pytest.mark.parametrize("family", WEAK)
def test_a_weak_hash_that_a_started_service_asks_for_is_not_met(family: HashFamily) -> None:
    finding = found(HASHING, passwd(), hashed(family), TELNETD)
    assert finding.verdict is Verdict.FAIL
    assert str(finding.why) == f"telnetd asks for the password of root, which is kept as {family} and quick to guess"


@pytest.mark.parametrize("family", [*SOUND, "unknown"])
def test_a_sound_hash_is_not_reported(family: HashFamily) -> None:
    assert effects(HASHING, passwd(), hashed(family), TELNETD) == ()


def test_the_hash_of_shadow_counts() -> None:
    weak = hashed("des", where="etc/shadow")
    assert verdict(HASHING, passwd(password="shadowed"), shadow(), weak, TELNETD) is Verdict.FAIL


def test_a_weak_hash_that_no_started_service_asks_for_is_a_suspicion() -> None:
    weak = hashed("des")
    assert effects(HASHING, passwd(), weak, start("telnetd", state="disabled")) == ("suspects",)
    assert effects(HASHING, passwd(), weak, start("telnetd", state="conditional")) == ("suspects",)
    assert effects(HASHING, passwd(), weak, start("getty", mechanism="inittab")) == ("suspects",)
    assert effects(HASHING, passwd(login_shell=False), weak, TELNETD) == ("suspects",)
    alone = seen(PasswordHash("", "md5crypt", secret("x")), "usr/bin/login", 4)
    assert effects(HASHING, alone, TELNETD) == ("suspects",)


def test_a_weak_hash_of_a_locked_account_or_a_backup_is_not_reported() -> None:
    locked = hashed("des", active=False)
    assert effects(HASHING, passwd(password="locked"), locked, TELNETD) == ()
    backup = hashed("des", where="etc/passwd.bak", active=False)
    assert effects(HASHING, passwd("root", "locked"), backup, TELNETD) == ()


@pytest.mark.parametrize("source", ["constant", "per-device", "random", "user", "unknown"])
def test_a_weak_hash_that_a_start_script_replaces_is_a_suspicion(source: PasswordSource) -> None:
    assert effects(HASHING, passwd(), hashed("des"), TELNETD, provisioning(source), *BOOT) == ("suspects",)


def test_a_page_that_lets_the_user_change_the_password_does_not_excuse_its_hash() -> None:
    page = provisioning("user", where="www/cgi-bin/password")
    assert verdict(HASHING, passwd(), hashed("des"), TELNETD, page) is Verdict.FAIL


def test_a_password_in_clear_in_the_store_of_a_service_is_not_met() -> None:
    clear = seen(Account("admin", "httpd", "clear"), "etc/httpd.conf", 1)
    finding = found(HASHING, clear, start("httpd"))
    assert finding.verdict is Verdict.FAIL
    assert str(finding.why) == "httpd asks for the password of admin, which is kept in clear"
    assert effects(HASHING, clear, start("httpd", state="disabled"), TELNETD) == ()


def test_an_account_without_a_password_has_no_hash_to_weigh() -> None:
    assert effects(HASHING, passwd(password="empty"), TELNETD) == ()


def test_a_weak_method_for_passwords_to_come_is_a_suspicion() -> None:
    assert effects(HASHING, setting("login", "encrypt_method", "MD5"), TELNETD) == ("suspects",)
    assert effects(HASHING, setting("login", "encrypt_method", "SHA512"), TELNETD) == ()
    assert effects(HASHING, setting("login", "encrypt_method", "DES", active=False), TELNETD) == ()


def test_a_tree_of_which_no_start_is_known_keeps_hashing_open() -> None:
    assert effects(HASHING, passwd(), hashed("sha512crypt")) == ("blocks",)


def test_a_script_that_asks_for_a_password_supports_that_it_can_be_changed() -> None:
    finding = found(CHANGE, provisioning("user", where="www/cgi-bin/password"))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert str(finding.bearings[0].why) == "password sets the password of root to what the user gives"
    assert effects(CHANGE, provisioning("random")) == ()


def test_a_started_guard_supports_that_guessing_is_limited() -> None:
    assert effects(ATTEMPTS, start("fail2ban-server")) == ("supports",)
    assert verdict(ATTEMPTS, start("fail2ban-server")) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("state", ["conditional", "disabled", "not-started"])
def test_a_guard_that_is_not_sure_to_run_says_nothing(state: StartState) -> None:
    assert effects(ATTEMPTS, start("fail2ban-server", state=state)) == ()


@pytest.mark.parametrize(("rule", "need"), [
    (DERIVABLE, "password-provisioning"),
    (DERIVABLE, "startup"),
    (HASHING, "accounts"),
    (HASHING, "services"),
    (CHANGE, "password-provisioning"),
    (ATTEMPTS, "startup"),
])  # fmt: skip
def test_what_was_not_looked_at_is_named(rule: object, need: str) -> None:
    [finding] = judged(rule, evidence(TELNETD, without=[need])).findings  # type: ignore[arg-type]
    assert str(finding.why) == f"the inspection {need} was not made"

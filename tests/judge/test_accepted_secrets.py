from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from plimsoll.judge.rules.passwords import FIXED_ACCOUNT
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Credential, GuessedPassword, HiddenEntrance, SecretProvisioning, StoreReader
from plimsoll.model.verdict import Verdict
from tests.judge.building import (
    PasswordSource,
    at,
    effects,
    found,
    script,
    secret,
    seen,
    setting,
    start,
    verdict,
)

GOAHEAD = start("goahead")
TELNETD = start("telnetd")


def credential(
    subject: str,
    where: str,
    *,
    role: Literal["accepts", "presents", "unknown"] = "accepts",
    kind: Literal["password", "passphrase", "token", "community", "pin", "key"] = "password",
    placeholder: bool = False,
    active: bool = True,
    change_due: bool = False,
) -> Observation:
    return seen(Credential(subject, kind, secret("word"), "admin", role, placeholder, active, change_due), where, 2)


def reader(path: str, program: str = "usr/sbin/goahead") -> Observation:
    return seen(StoreReader(program.rpartition("/")[2], path), program, 9)


def change(source: PasswordSource, subject: str = "http", where: str = "etc/init.d/S20keys") -> Observation:
    return seen(SecretProvisioning(subject, source, "nvram", "http_passwd"), where, 1)


WEB = credential("http", "etc/web.xml")
READS = reader("etc/web.xml")


def whys(*observations: Observation) -> list[str]:
    return [str(one.why) for one in found(FIXED_ACCOUNT, *observations).bearings]


def test_a_password_in_a_file_that_the_started_service_names_is_not_met() -> None:
    finding = found(FIXED_ACCOUNT, WEB, READS, GOAHEAD)
    assert finding.verdict is Verdict.FAIL
    assert str(finding.why) == "goahead is started and accepts a password that is the same in every unit"
    assert READS in finding.bearings[0].observations or len(finding.bearings[0].observations) == 3


def test_a_file_that_nothing_is_seen_to_read_is_a_suspicion() -> None:
    assert effects(FIXED_ACCOUNT, WEB, GOAHEAD) == ("suspects",)
    assert whys(WEB, GOAHEAD) == [
        "goahead may accept a password that is the same in every unit; that it reads the file was not seen"
    ]
    assert effects(FIXED_ACCOUNT, WEB, reader("etc/web.xml", "usr/bin/backup"), GOAHEAD) == ("suspects",)
    assert effects(FIXED_ACCOUNT, WEB, reader("etc/other.xml"), GOAHEAD) == ("suspects",)


def test_a_file_that_the_service_is_told_to_read_is_read() -> None:
    assert verdict(FIXED_ACCOUNT, WEB, start("goahead", "-c", "/etc/web.xml")) is Verdict.FAIL
    assert verdict(FIXED_ACCOUNT, WEB, GOAHEAD, setting("goahead", "auth", "/etc/web.xml")) is Verdict.FAIL
    rpcd = credential("http", "etc/config/rpcd")
    assert verdict(FIXED_ACCOUNT, rpcd, start("uhttpd", mechanism="procd")) is Verdict.FAIL


def test_a_password_on_the_command_line_of_a_login_is_not_met() -> None:
    login = start("telnetd", "-u", "admin:***")
    given = credential("telnetd", "etc/init.d/S50services")
    assert verdict(FIXED_ACCOUNT, given, login) is Verdict.INCONCLUSIVE
    assert verdict(FIXED_ACCOUNT, given, login, script("etc/init.d/S50services")) is Verdict.FAIL
    word = msgspec.structs.replace(
        credential("telnetd", "etc/config/image_sign"), because=(at("etc/init.d/S50services", 0),)
    )
    assert verdict(FIXED_ACCOUNT, word, login) is Verdict.FAIL


@pytest.mark.parametrize("source", ["per-device", "random", "identifier", "user", "unknown"])
def test_a_secret_that_a_start_script_replaces_keeps_it_open(source: PasswordSource) -> None:
    running = script("etc/init.d/S20keys")
    assert effects(FIXED_ACCOUNT, WEB, READS, GOAHEAD, change(source), running) == ("blocks",)
    perhaps = script("etc/init.d/S20keys", state="conditional")
    assert effects(FIXED_ACCOUNT, WEB, READS, GOAHEAD, change(source), perhaps) == ("blocks",)


def test_a_script_that_is_not_seen_to_run_may_replace_it_in_production() -> None:
    assert effects(FIXED_ACCOUNT, WEB, READS, GOAHEAD, change("random")) == ("suspects",)
    assert verdict(FIXED_ACCOUNT, WEB, READS, GOAHEAD, change("user")) is Verdict.FAIL
    assert verdict(FIXED_ACCOUNT, WEB, READS, GOAHEAD, change("constant"), script("etc/init.d/S20keys")) is Verdict.FAIL
    wireless = change("random", "wpa"), script("etc/init.d/S20keys")
    assert verdict(FIXED_ACCOUNT, WEB, READS, GOAHEAD, *wireless) is Verdict.FAIL


def test_a_change_that_is_due_at_the_first_login_keeps_it_open() -> None:
    due = credential("http", "etc/web.xml", change_due=True)
    assert effects(FIXED_ACCOUNT, due, READS, GOAHEAD) == ("blocks",)


def test_a_published_default_is_named() -> None:
    guessed = seen(GuessedPassword("admin", "clear", "letmein", secret("word"), 1), "etc/web.xml", 2)
    assert whys(WEB, READS, GOAHEAD, guessed) == [
        "goahead is started and accepts the published default password letmein"
    ]
    assert whys(WEB, GOAHEAD, guessed)[0].startswith("goahead may accept the published default password letmein")


@pytest.mark.parametrize(
    "given",
    [
        credential("http", "etc/web.xml", role="presents"),
        credential("http", "etc/web.xml", role="unknown"),
        credential("http", "etc/web.xml", placeholder=True),
        credential("http", "etc/web.xml", active=False),
        credential("", "etc/web.xml"),
        credential("wpa", "etc/hostapd.conf", kind="passphrase"),
        credential("mqtt", "etc/web.xml"),
    ],
)
def test_a_secret_that_the_service_does_not_ask_for_does_not_count(given: Observation) -> None:
    assert effects(FIXED_ACCOUNT, given, READS, GOAHEAD) == ()


def test_a_secret_for_a_service_that_is_not_sure_to_run_is_a_suspicion() -> None:
    assert effects(FIXED_ACCOUNT, WEB, READS, start("goahead", state="conditional")) == ("suspects",)
    assert effects(FIXED_ACCOUNT, WEB, READS, start("goahead", state="disabled"), script("etc/rc.local")) == ()
    made = credential("http", "usr/bin/make-web")
    assert effects(FIXED_ACCOUNT, made, reader("usr/bin/make-web"), GOAHEAD) == ("suspects",)


def test_a_service_that_is_bound_to_loopback_does_not_count() -> None:
    assert effects(FIXED_ACCOUNT, credential("mqtt", "etc/m.conf"), start("mosquitto", "-h", "127.0.0.1")) == ()


def test_a_password_for_which_no_service_is_known_is_a_suspicion() -> None:
    elsewhere = script("etc/rc.local")
    assert effects(FIXED_ACCOUNT, credential("login", "usr/bin/preset"), elsewhere) == ("suspects",)
    assert effects(FIXED_ACCOUNT, credential("http", "etc/config/web"), elsewhere) == ("suspects",)
    assert effects(FIXED_ACCOUNT, credential("login", "usr/bin/preset", active=False), elsewhere) == ()
    assert effects(FIXED_ACCOUNT, credential("login", "usr/bin/preset", placeholder=True), elsewhere) == ()
    assert effects(FIXED_ACCOUNT, credential("login", "usr/bin/preset", role="presents"), elsewhere) == ()


def test_a_community_of_snmp_is_a_suspicion() -> None:
    given = credential("snmp", "etc/snmp/snmpd.conf", kind="community")
    assert effects(FIXED_ACCOUNT, given, start("snmpd", "-c", "/etc/snmp/snmpd.conf")) == ("suspects",)


def test_the_passphrase_of_a_wireless_network_that_is_opened_is_a_suspicion() -> None:
    given = credential("wpa", "etc/hostapd.conf", kind="passphrase")
    hostapd = start("hostapd", "/etc/hostapd.conf")
    assert effects(FIXED_ACCOUNT, given, hostapd) == ("suspects",)
    assert effects(FIXED_ACCOUNT, given, start("hostapd", state="disabled"), TELNETD) == ()
    joined = credential("wpa", "etc/wpa_supplicant.conf", kind="passphrase", role="presents")
    assert effects(FIXED_ACCOUNT, joined, hostapd) == ()


def test_a_passphrase_that_a_start_script_makes_anew_is_no_suspicion() -> None:
    given = credential("wpa", "etc/hostapd.conf", kind="passphrase")
    made = change("random", "wpa"), script("etc/init.d/S20keys")
    assert effects(FIXED_ACCOUNT, given, start("hostapd", "/etc/hostapd.conf"), *made) == ()


def test_a_known_way_in_is_a_suspicion() -> None:
    given = seen(HiddenEntrance("a-packet", "a root shell", "CVE-0000-0000"), "usr/sbin/goahead", 4)
    assert whys(given, GOAHEAD) == [
        "goahead, which is started, holds the word of a known way in: it opens a root shell; that the code is reached "
        "was not seen"
    ]
    assert effects(FIXED_ACCOUNT, given, script("etc/rc.local")) == ("suspects",)


def test_a_suspicion_whose_only_missing_link_is_named_is_likely() -> None:
    def sureness(*observations: Observation) -> list[str | None]:
        return [one.sureness for one in found(FIXED_ACCOUNT, *observations).bearings]

    assert sureness(WEB, READS, GOAHEAD) == ["firm"]
    assert sureness(WEB, GOAHEAD) == ["likely"]
    assert sureness(WEB, READS, GOAHEAD, change("random")) == ["likely"]
    assert sureness(WEB, GOAHEAD, change("random")) == ["suspected"]
    assert sureness(WEB, start("goahead", state="conditional")) == ["suspected"]


MOTION = start("motion", "-n", "-c", "/etc/motion/motion.conf")
OPEN = setting("motion", "stream_port", "8081"), setting("motion", "stream_localhost", "off", line=1)


def opened(where: str = "etc/motion/motion.conf") -> tuple[Observation, ...]:
    return tuple(seen(one.fact, where, line) for line, one in enumerate(OPEN))


def test_the_login_of_motion_is_not_met_where_others_reach_it() -> None:
    login = credential("motion", "etc/motion/motion.conf")
    assert verdict(FIXED_ACCOUNT, login, MOTION, *opened()) is Verdict.FAIL
    assert verdict(FIXED_ACCOUNT, login, start("motion"), *opened()) is Verdict.FAIL
    assert effects(FIXED_ACCOUNT, login, start("motion", "-c", "/data/motion.conf"), *opened()) == ("suspects",)
    assert effects(FIXED_ACCOUNT, login, start("motion", state="conditional"), *opened()) == ("suspects",)


def test_the_login_of_motion_says_nothing_where_it_is_not_started_or_not_reached() -> None:
    login = credential("motion", "etc/motion/motion.conf")
    assert effects(FIXED_ACCOUNT, login, start("crond"), *opened()) == ()
    assert effects(FIXED_ACCOUNT, login, start("motion")) == ()
    own = seen(setting("motion", "stream_localhost", "on").fact, "etc/motion/motion.conf", 1)
    assert effects(FIXED_ACCOUNT, login, MOTION, opened()[0], own) == ()
    closed = credential("motion", "etc/motion/motion.conf", active=False)
    assert effects(FIXED_ACCOUNT, closed, MOTION, *opened()) == ()
    assert effects(FIXED_ACCOUNT, login, start("lighttpd"), *opened()) == ()


def test_httpd_that_is_told_another_file_does_not_read_its_own() -> None:
    login = credential("http", "etc/httpd.conf")
    assert verdict(FIXED_ACCOUNT, login, start("httpd", "-h", "/www")) is Verdict.FAIL
    assert effects(FIXED_ACCOUNT, login, start("httpd", "-c", "/data/httpd.conf")) == ("suspects",)

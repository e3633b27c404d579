"""Rules on secure communication: what is started and reached fails; what is not seen to be used stays open."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules import certificate_checks, communication
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import InstalledComponent, PrivateKey, Service, ServiceSetting, StartedProgram, TlsSetting
from plimsoll.model.facts.service import LoginKind, StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import OTHER, at, seen
from tests.judge.given import effects, found, verdict

START = "etc/init.d/S60service"


def service(
    program: str, protocol: str, state: StartState = "always", login: LoginKind = "system",
    encrypted: bool | None = False, **more: Any,
) -> list[Observation]:  # fmt: skip
    """Give a start and the service derived from it."""
    tree = {"tree": more.pop("tree")} if "tree" in more else {}
    start = StartedProgram(program, program, "sysv", state, f"usr/sbin/{program}")
    fact = Service(program, protocol, state, login, encrypted, **more)
    return [seen(start, START, 3, **tree), seen(fact, START, 3, because=(at(START, 3, **tree),), **tree)]


def setting(program: str, key: str, value: str, active: bool = True) -> Observation:
    return seen(ServiceSetting(program, key, value, active), f"etc/{program}.conf", 4)


def off(client: str = "curl", endpoint: str = "", path: str = "usr/sbin/report", active: bool = True) -> Observation:
    return seen(TlsSetting(client, "verify-peer", "off", endpoint, active), path, 2)


def script(state: StartState = "always", path: str = "usr/sbin/report", **more: int) -> Observation:
    return seen(StartedProgram("report", path, "sysv", state, path), "etc/init.d/S50report", 3, **more)


def test_a_started_script_that_does_not_check_certificates_fails() -> None:
    answer = found(certificate_checks.CERTIFICATES, script(), off())
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == "report, which is started, tells curl not to check certificates"
    assert answer.bearings[0].observations == (0, 1)


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((off(), script(path="usr/sbin/other")), id="not seen to run"),
        pytest.param((off(), script("conditional")), id="conditional"),
        pytest.param((off(), script("disabled")), id="disabled"),
        pytest.param((off(), script(tree=OTHER)), id="started in another tree"),
        pytest.param((off("mosquitto", path="etc/mosquitto.conf"), script()), id="no service of that name"),
        pytest.param((off(path="etc/init.d/S50cloud"), script(path="etc/init.d/S50cloud")), id="another branch"),
    ],
)
def test_a_switch_that_is_not_seen_to_be_used_stays_open(evidence: tuple[Observation, ...]) -> None:
    assert effects(certificate_checks.CERTIFICATES, *evidence)[0] == "suspects"
    assert verdict(certificate_checks.CERTIFICATES, *evidence) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "switch",
    [
        pytest.param(off(active=False), id="a comment"),
        pytest.param(off(endpoint="https://localhost/api"), id="the product itself"),
        pytest.param(off(endpoint="https://127.0.0.1:8443/"), id="loopback"),
        pytest.param(seen(TlsSetting("curl", "verify-peer", "on"), "usr/sbin/report", 2), id="switched on"),
    ],
)
def test_what_is_no_switch_off_is_not_weighed(switch: Observation) -> None:
    assert effects(certificate_checks.CERTIFICATES, script(), switch) == ()


def test_a_fetch_that_cannot_be_checked_fails() -> None:
    fact = TlsSetting("wget", "verify-peer", "never", "https://api.halyard.test/list")
    answer = found(certificate_checks.CERTIFICATES, script(), seen(fact, "usr/sbin/report", 2))
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == "report, which is started, fetches by wget of BusyBox, whose TLS checks no certificate"
    assert effects(certificate_checks.CERTIFICATES, seen(fact, "usr/sbin/report", 2))[0] == "suspects"


def test_a_command_of_a_start_script_that_runs_at_boot_decides() -> None:
    path = "etc/init.d/S50cloud"
    run = seen(StartedProgram("curl", "curl -k", "sysv", "always", "usr/bin/curl"), path, 2)
    assert verdict(certificate_checks.CERTIFICATES, script(path=path), run, off(path=path)) is Verdict.FAIL


def test_the_configuration_of_a_started_service_decides() -> None:
    bridge = off("mosquitto", path="etc/mosquitto/bridge.conf")
    answer = found(certificate_checks.CERTIFICATES, bridge, *service("mosquitto", "mqtt", login="own"))
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == "bridge.conf tells mosquitto not to check certificates, and mosquitto is started"
    assert verdict(certificate_checks.CERTIFICATES, bridge, *service("mosquitto", "mqtt", "conditional")) is (
        Verdict.INCONCLUSIVE
    )


LIGHTTPD = service("lighttpd", "http", login="unknown", encrypted=None)


def lowest(version: str, client: str = "lighttpd", active: bool = True, **more: int) -> Observation:
    return seen(TlsSetting(client, "minimum-version", version, "", active), "etc/lighttpd.conf", 9, **more)


KEY = seen(PrivateKey("rsa", 2048, "pem", purpose="tls-server"), "etc/ssl/server.pem")
ENABLED = setting("lighttpd", "ssl.engine", '"enable"')


@pytest.mark.parametrize("version", ["SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"])
@pytest.mark.parametrize("ground", [KEY, ENABLED])
def test_a_started_server_that_offers_old_tls_fails(version: str, ground: Observation) -> None:
    assert verdict(communication.VERSIONS, *LIGHTTPD, lowest(version), ground) is Verdict.FAIL


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((lowest("TLSv1.0"), KEY, script()), id="not started"),
        pytest.param((*LIGHTTPD, lowest("TLSv1.0")), id="nothing says that it offers TLS"),
        pytest.param((*LIGHTTPD, lowest("TLSv1.0"), setting("lighttpd", "ssl.engine", "disable"), KEY), id="off"),
        pytest.param((*LIGHTTPD, lowest("TLSv1.0", tree=OTHER), KEY), id="another tree"),
        pytest.param((*LIGHTTPD, lowest("TLSv1.0", "openssl"), KEY), id="a library's own default"),
        pytest.param(
            (*service("lighttpd", "http", "conditional", "unknown", None), lowest("TLSv1.0"), KEY), id="conditional"
        ),
        pytest.param(
            (*service("lighttpd", "http", encrypted=None, reach="local"), lowest("TLSv1.0"), KEY), id="loopback"
        ),
    ],
)
def test_an_old_version_that_is_not_seen_to_be_offered_stays_open(evidence: tuple[Observation, ...]) -> None:
    assert effects(communication.VERSIONS, *evidence)[0] == "suspects"
    assert verdict(communication.VERSIONS, *evidence) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "guard",
    [
        seen(InstalledComponent("openssl", "3.0.15", "banner"), "usr/lib/libssl.so.3"),
        seen(TlsSetting("openssl", "minimum-version", "TLSv1.2"), "etc/ssl/openssl.cnf", 9),
    ],
)
def test_an_old_version_that_openssl_refuses_stays_open(guard: Observation) -> None:
    assert effects(communication.VERSIONS, *LIGHTTPD, lowest("TLSv1.0"), KEY, guard) == ("suspects",)


def test_openssl_that_is_told_to_refuse_nothing_is_no_guard() -> None:
    newer = seen(InstalledComponent("openssl", "3.0.15", "banner"), "usr/lib/libssl.so.3")
    loose = seen(TlsSetting("openssl", "ciphers", "DEFAULT@SECLEVEL=0"), "etc/ssl/openssl.cnf", 9)
    assert effects(communication.VERSIONS, *LIGHTTPD, lowest("TLSv1.0"), KEY, newer, loose) == ("refutes",)


@pytest.mark.parametrize("good", [lowest("TLSv1.2"), lowest("TLSv1.3"), lowest("TLSv1.0", active=False), lowest("")])
def test_a_current_version_is_not_reported(good: Observation) -> None:
    assert effects(communication.VERSIONS, *LIGHTTPD, good, KEY) == ()


@pytest.mark.parametrize(("program", "protocol"), [("telnetd", "telnet"), ("ftpd", "ftp"), ("rlogind", "rlogin")])
@pytest.mark.parametrize("state", ["always", "first-boot", "on-demand"])
def test_a_started_login_in_clear_fails(program: str, protocol: str, state: StartState) -> None:
    assert verdict(communication.CLEAR_LOGINS, *service(program, protocol, state)) is Verdict.FAIL


@pytest.mark.parametrize(
    ("program", "settings", "expected"),
    [
        ("vsftpd", {"local_enable": "YES", "ssl_enable": "NO"}, ("refutes",)),
        ("vsftpd", {"local_enable": "YES"}, ("refutes",)),
        ("vsftpd", {"local_enable": "YES", "ssl_enable": "YES"}, ()),
        ("vsftpd", {"local_enable": "YES", "ssl_enable": "YES", "force_local_logins_ssl": "YES"}, ()),
        ("vsftpd", {"local_enable": "YES", "ssl_enable": "YES", "force_local_logins_ssl": "NO"}, ("suspects",)),
        ("proftpd", {"tlsengine": "on", "tlsrequired": "on"}, ()),
        ("proftpd", {"tlsengine": "on", "tlsrequired": "off"}, ("suspects",)),
        ("pure-ftpd", {"tls": "2"}, ()),
        ("pure-ftpd", {"tls": "1"}, ("suspects",)),
        ("vsftpd", {"local_enable": "NO", "anonymous_enable": "YES"}, ("suspects",)),
        ("proftpd", {"rootlogin": "off"}, ("refutes",)),
        ("proftpd", {"tlsengine": "on"}, ("suspects",)),
        ("proftpd", {}, ("suspects",)),
    ],
)
def test_a_server_of_ftp_takes_passwords_in_clear_unless_it_is_told_to_encrypt(
    program: str, settings: dict[str, str], expected: tuple[str, ...]
) -> None:
    told = [setting(program, key, value) for key, value in settings.items()]
    assert effects(communication.CLEAR_LOGINS, *service(program, "ftp", encrypted=None), *told) == expected


@pytest.mark.parametrize("state", ["disabled", "not-started"])
def test_a_telnet_server_that_is_there_and_not_started_is_not_reported(state: StartState) -> None:
    assert effects(communication.CLEAR_LOGINS, *service("telnetd", "telnet", state), script()) == ()


def test_a_login_in_clear_that_may_be_started_stays_open() -> None:
    assert effects(communication.CLEAR_LOGINS, *service("telnetd", "telnet", "conditional")) == ("suspects",)


@pytest.mark.parametrize("reach", ["local", "physical"])
def test_what_the_network_does_not_reach_is_not_reported(reach: str) -> None:
    assert effects(communication.CLEAR_LOGINS, *service("telnetd", "telnet", reach=reach)) == ()


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(service("lighttpd", "http", login="unknown", encrypted=None), id="web server"),
        pytest.param(service("thttpd", "http", login="own"), id="web server with accounts"),
        pytest.param(service("vsftpd", "ftp", encrypted=None), id="ftp that may be encrypted"),
        pytest.param([*service("ftpd", "ftp"), setting("ftpd", "ssl_enable", "YES")], id="ftp with tls"),
        pytest.param(service("telnetd", "telnet", login="none"), id="a shell that asks for no password"),
    ],
)
def test_a_service_that_may_ask_in_clear_is_a_suspicion(evidence: list[Observation]) -> None:
    assert effects(communication.CLEAR_LOGINS, *evidence) == ("suspects",)
    assert verdict(communication.CLEAR_LOGINS, *evidence) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(service("dropbear", "ssh", encrypted=True), id="ssh"),
        pytest.param(service("mini_httpsd", "https", login="own", encrypted=True), id="https"),
        pytest.param(service("httpd", "http", login="none"), id="pages for everybody"),
        pytest.param([*LIGHTTPD, setting("lighttpd", "server.port", "443"), ENABLED], id="lighttpd on 443 only"),
        pytest.param([*LIGHTTPD, setting("lighttpd", "listen", "443 ssl")], id="listening with tls only"),
    ],
)
def test_an_encrypted_or_open_service_is_not_reported(evidence: list[Observation]) -> None:
    assert effects(communication.CLEAR_LOGINS, *evidence) == ()


def test_lighttpd_that_listens_with_tls_in_addition_to_its_usual_port_is_a_suspicion() -> None:
    settings = [setting("lighttpd", "socket", ":443"), ENABLED]
    assert effects(communication.CLEAR_LOGINS, *LIGHTTPD, *settings) == ("suspects",)


def test_a_server_that_listens_in_clear_as_well_is_a_suspicion() -> None:
    settings = [setting("uhttpd", "listen_http", "0.0.0.0:80"), setting("uhttpd", "listen_https", "0.0.0.0:443")]
    uhttpd = service("uhttpd", "http", login="unknown", encrypted=None)
    assert effects(communication.CLEAR_LOGINS, *uhttpd, *settings) == ("suspects",)


@pytest.mark.parametrize(("program", "protocol"), [("upnpd", "upnp"), ("telnetd", "telnet"), ("adbd", "adb")])
def test_a_service_that_takes_orders_from_anybody_is_a_suspicion_and_no_more(program: str, protocol: str) -> None:
    given = service(program, protocol, login="none")
    assert effects(communication.OPEN_SERVICES, *given) == ("suspects",)
    assert verdict(communication.OPEN_SERVICES, *given) is Verdict.INCONCLUSIVE


def test_a_service_that_asks_who_is_there_is_not_reported() -> None:
    assert effects(communication.OPEN_SERVICES, *service("telnetd", "telnet")) == ()
    assert effects(communication.OPEN_SERVICES, *service("upnpd", "upnp", login="none", reach="local")) == ()
    assert effects(communication.OPEN_SERVICES, *service("ntpd", "ntp", login="none")) == ()


@pytest.mark.parametrize(
    "rule",
    [certificate_checks.CERTIFICATES, communication.VERSIONS, communication.CLEAR_LOGINS, communication.OPEN_SERVICES],
)
def test_silence_is_never_a_pass(rule: Rule) -> None:
    assert verdict(rule, script()) is Verdict.INCONCLUSIVE

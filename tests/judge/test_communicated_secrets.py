"""Rules on secrets on their way and keys of all units."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.judge.rules.communicated_secrets import SENT_SECRETS, SHARED_KEYS
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    Credential,
    Endpoint,
    PrivateKey,
    Service,
    ServiceSetting,
    StartedProgram,
    TlsSetting,
)
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import OTHER, at, secret, seen
from tests.judge.given import effects, found, verdict

SCRIPT = "usr/sbin/report"
START = "etc/init.d/S60service"


def script(state: StartState = "always", **more: int) -> Observation:
    return seen(StartedProgram("report", "report &", "sysv", state, SCRIPT), "etc/init.d/S50report", 3, **more)


def command(*words: str, state: StartState = "always", condition: str = "", line: int = 2) -> Observation:
    fact = StartedProgram(
        words[0], " ".join(words), "sysv", state, f"usr/bin/{words[0]}", "", condition, tuple(words[1:])
    )
    return seen(fact, SCRIPT, line)


def credential(subject: str = "http", line: int = 2, path: str = SCRIPT, **more: Any) -> Observation:
    fact = Credential(subject, "password", secret("tide-4711"), **{"role": "presents", **more})
    return seen(fact, path, line)


def address(url: str, line: int = 2, path: str = SCRIPT) -> Observation:
    scheme, _, host = url.partition("://")
    return seen(Endpoint(scheme, host, active=True), path, line)


CLEAR = command("curl", "-u", "admin:***", "http://api.halyard.example/v1")


def test_a_secret_in_a_started_command_that_speaks_in_clear_fails() -> None:
    answer = found(SENT_SECRETS, script(), CLEAR, credential())
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == "report, which is started, sends a password to an address without encryption"
    loop = command("curl", "-u", "a:***", "http://x.example", state="conditional", condition="sleep 3600")
    assert verdict(SENT_SECRETS, script(), loop, credential()) is Verdict.FAIL
    masked = command("wget", "http://user:***@api.halyard.example/v1")
    assert verdict(SENT_SECRETS, script(), masked, credential()) is Verdict.FAIL
    broker = command("mosquitto_pub", "-h", "broker.halyard.example", "-P", "***")
    assert verdict(SENT_SECRETS, script(), broker, credential("mqtt")) is Verdict.FAIL


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((CLEAR, credential()), id="script not started"),
        pytest.param((script("conditional"), CLEAR, credential()), id="script conditional"),
        pytest.param((script(tree=OTHER), CLEAR, credential()), id="script of another tree"),
        pytest.param(
            (script(), command("curl", "http://x.example", state="conditional", condition='[ "$on" = 1 ]'),
             credential()), id="command conditional"
        ),
        pytest.param((script(), address("http://x.example"), credential()), id="beside an address only"),
        pytest.param((script(), credential()), id="within an address"),
        pytest.param((script(), address("http://x.example", path="etc/a.json"), credential(path="etc/a.json")),
                     id="in configuration"),
    ],
)  # fmt: skip
def test_a_secret_that_is_not_seen_to_be_sent_in_clear_stays_open(evidence: tuple[Observation, ...]) -> None:
    assert effects(SENT_SECRETS, *evidence)[0] == "suspects"
    assert verdict(SENT_SECRETS, *evidence) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((command("curl", "-u", "a:***", "https://x.example"), credential()), id="encrypted"),
        pytest.param(
            (command("curl", "http://check.example", line=9), command("curl", "https://x.example"),
             credential("wifi")), id="in clear is another command"
        ),
        pytest.param((command("curl", "http://127.0.0.1/cgi"), credential()), id="the product itself"),
        pytest.param(
            (command("mosquitto_pub", "-h", "b.example", "--cafile", "/etc/ca.pem"), credential("mqtt")), id="mqtts"
        ),
        pytest.param((command("mosquitto_pub", "-h", "localhost"), credential("mqtt")), id="own broker"),
        pytest.param((CLEAR, credential(role="accepts")), id="a secret that is asked for"),
        pytest.param((CLEAR, credential(placeholder=True)), id="placeholder"),
        pytest.param((CLEAR, credential(active=False)), id="a comment"),
        pytest.param((address("https://x.example"), credential()), id="beside an encrypted address"),
        pytest.param((address("http://x.example", 90), credential("wifi")), id="far from an address"),
    ],
)  # fmt: skip
def test_what_is_not_sent_in_clear_is_not_weighed(evidence: tuple[Observation, ...]) -> None:
    assert effects(SENT_SECRETS, script(), *evidence) == ()


def service(program: str, protocol: str, state: StartState = "always", encrypted: bool | None = None,
            arguments: tuple[str, ...] = (), **more: Any) -> list[Observation]:  # fmt: skip
    start = StartedProgram(program, program, "sysv", state, f"usr/sbin/{program}", arguments=arguments)
    fact = Service(program, protocol, state, "unknown", encrypted, **more)
    return [seen(start, START, 3), seen(fact, START, 3, because=(at(START, 3),))]


def key(purpose: str, container: str = "pem", path: str = "etc/ssl/server.pem", **more: Any) -> Observation:
    tree = {"tree": more.pop("tree")} if "tree" in more else {}
    return seen(PrivateKey("rsa", 2048, container, purpose=purpose, **more), path, 1, **tree)


def setting(program: str, name: str, value: str) -> Observation:
    return seen(ServiceSetting(program, name, value), f"etc/{program}.conf", 5)


HOST_KEY = key("ssh-host", "dropbear", "etc/dropbear/dropbear_rsa_host_key")
SSHD_KEY = key("ssh-host", "openssh", "etc/ssh/ssh_host_rsa_key")
DROPBEAR = service("dropbear", "ssh", encrypted=True)
LIGHTTPD = service("lighttpd", "http")
ENABLED = setting("lighttpd", "ssl.engine", "enable")


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((*DROPBEAR, HOST_KEY), id="host key of dropbear"),
        pytest.param((*service("sshd", "ssh", encrypted=True), SSHD_KEY), id="host key of sshd"),
        pytest.param((*service("mini_httpsd", "https", encrypted=True), key("tls-server")), id="https"),
        pytest.param((*LIGHTTPD, ENABLED, key("tls-server")), id="web server with tls"),
        pytest.param(
            (*LIGHTTPD, ENABLED, setting("lighttpd", "ssl.pemfile", '"/etc/ssl/server.pem"'), key("")), id="named"
        ),
        pytest.param(
            (*LIGHTTPD, seen(TlsSetting("lighttpd", "minimum-version", "TLSv1.2"), "etc/l.conf", 2), key("tls-server")),
            id="tls by its lowest version",
        ),
    ],
)
def test_a_key_of_a_started_service_fails(evidence: tuple[Observation, ...]) -> None:
    assert verdict(SHARED_KEYS, *evidence) is Verdict.FAIL


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((key("tls-server"), script()), id="no service"),
        pytest.param((*service("dropbear", "ssh", "conditional"), HOST_KEY), id="may be started"),
        pytest.param((*service("dropbear", "ssh", "not-started"), HOST_KEY), id="not started"),
        pytest.param((*service("dropbear", "ssh", reach="local"), HOST_KEY), id="loopback"),
        pytest.param((*DROPBEAR, key("ssh-host", "openssh")), id="a form that dropbear does not read"),
        pytest.param((*service("dropbear", "ssh", arguments=("-r", "/data/key")), HOST_KEY), id="told to read another"),
        pytest.param((*LIGHTTPD, key("tls-server")), id="nothing says that it offers tls"),
        pytest.param((*LIGHTTPD, setting("lighttpd", "ssl.engine", "disable"), key("tls-server")), id="tls off"),
        pytest.param(
            (*LIGHTTPD, ENABLED, setting("lighttpd", "ssl.pemfile", "/data/server.pem"), key("tls-server")),
            id="another key is named",
        ),
        pytest.param((*DROPBEAR, key("ssh-host", "dropbear", tree=OTHER)), id="another tree"),
        pytest.param((*DROPBEAR, key("ssh-client", "dropbear")), id="a client's key"),
        pytest.param((*DROPBEAR, key("")), id="no purpose"),
    ],
)
def test_a_key_that_is_not_seen_to_be_used_stays_open(evidence: tuple[Observation, ...]) -> None:
    assert "suspects" in effects(SHARED_KEYS, *evidence)
    assert verdict(SHARED_KEYS, *evidence) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "one", [key("ssh-host", "dropbear", active=False), key("ssh-host", "dropbear", encrypted=True)]
)
def test_keys_of_tests_and_encrypted_keys_are_not_reported(one: Observation) -> None:
    assert effects(SHARED_KEYS, *DROPBEAR, one) == ()


def test_a_key_named_by_a_server_of_another_kind_is_found_too() -> None:
    broker = service("mosquitto", "mqtt")
    named = setting("mosquitto", "keyfile", "/etc/ssl/server.pem")
    assert verdict(SHARED_KEYS, *broker, named, key("tls-client")) is Verdict.FAIL


CLIENT = "etc/ssl/client.key"
SHOWN = command("curl", "--cert", "/etc/ssl/client.pem", "--key", "/etc/ssl/client.key", "https://api.halyard.test/")


@pytest.mark.parametrize(
    "one",
    [
        SHOWN,
        command("curl", "--cert=/etc/ssl/client.key:secret", "https://api.halyard.test/"),
        command("mosquitto_sub", "--key", "/etc/ssl/client.key", "-h", "broker.halyard.test", "-t", "#"),
    ],
)
def test_a_key_that_a_started_command_shows_fails(one: Observation) -> None:
    assert effects(SHARED_KEYS, key("tls-client", path=CLIENT), script(), one) == ("refutes",)


@pytest.mark.parametrize(
    "others",
    [
        (command("curl", "--key", "/etc/ssl/client.key", state="not-started"),),
        (command("curl", "-T", "/etc/ssl/client.key", "https://api.halyard.test/"),),
        (command("curl", "--key", "/data/client.key", "https://api.halyard.test/"),),
        (SHOWN, command("make-key", "/etc/ssl/client.key", line=1)),
    ],
)
def test_a_key_that_is_not_seen_to_be_shown_or_may_be_made_stays_open(others: tuple[Observation, ...]) -> None:
    assert effects(SHARED_KEYS, key("tls-client", path=CLIENT), script(), *others) == ("suspects",)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("changeit", "; its store has the published password {password}"),
        ("", "; its store is open"),
        (None, "that something uses it was not seen"),
    ],
)
def test_the_published_password_of_a_store_is_named(password: str | None, said: str) -> None:
    one = key("tls-client", "pkcs12", "etc/ssl/client.p12", password=password)
    (bearing,) = found(SHARED_KEYS, one, script()).bearings
    assert bearing.why.template.endswith(said)

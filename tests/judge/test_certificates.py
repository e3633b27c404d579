"""Published keys, keys that lie apart from their certificates, and certificates that are not sound."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules.certificates import PAIRED, PUBLISHED, SOUND
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    BuildDate,
    Certificate,
    PrivateKey,
    PublishedKey,
    Service,
    ServiceSetting,
    StartedProgram,
)
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge import given as judging
from tests.judge.building import OTHER, at, digest, seen
from tests.judge.given import found, verdict

START = "etc/init.d/S60web"
SYSLOG = seen(StartedProgram("syslogd", "syslogd", "sysv", "always", "sbin/syslogd"), "etc/init.d/S01syslog", 1)


def effects(rule: Rule, *given: Observation) -> tuple[str, ...]:
    """Give the effects in a system that starts something."""
    return judging.effects(rule, SYSLOG, *given)


def web(state: StartState = "always", named: str = "/etc/ssl/server.pem", **more: Any) -> tuple[Observation, ...]:
    """Give a started nginx that offers TLS with the certificate of a file."""
    fact = Service("nginx", "http", state, "unknown", None, **more)
    return (
        seen(StartedProgram("nginx", "nginx", "sysv", state, "usr/sbin/nginx"), START, 3),
        seen(fact, START, 3, because=(at(START, 3),)),
        seen(ServiceSetting("nginx", "listen", "443 ssl"), "etc/nginx/nginx.conf", 4),
        seen(ServiceSetting("nginx", "ssl_certificate", named), "etc/nginx/nginx.conf", 5),
    )


def certificate(path: str = "etc/ssl/server.pem", tree: int | None = None, **more: Any) -> Observation:
    fields: dict[str, Any] = {
        "subject": "CN=server", "issuer": "CN=Halyard CA", "not_before": "2024-01-01", "not_after": "2034-01-01",
        "key_kind": "rsa", "key_bits": 2048, "signature": "sha256", "self_signed": False, "is_ca": False,
        "public_digest": digest("server"), "digest": digest(path),
    } | more  # fmt: skip
    return seen(Certificate(**fields), path, 1, **({} if tree is None else {"tree": tree}))


def key(path: str = "etc/ssl/server.pem", of: str = "server", **more: Any) -> Observation:
    return seen(PrivateKey("rsa", 2048, "pem", public_digest=digest(of), **more), path, 2)


def published(one: Observation) -> Observation:
    return seen(PublishedKey("server.pem in a package", digest("server")), one.where, because=(one.where,))


@pytest.mark.parametrize("one", [key(), certificate()], ids=["key", "certificate"])
def test_a_published_key_that_a_started_service_uses_fails(one: Observation) -> None:
    answer = found(PUBLISHED, one, published(one), *web())
    assert answer.verdict is Verdict.FAIL
    expected = "nginx is started, and the private half of its key server.pem is published: server.pem in a package"
    assert str(answer.why) == expected


@pytest.mark.parametrize(
    ("one", "service"),
    [
        pytest.param(key(), (), id="no service"),
        pytest.param(key(), web("not-started"), id="not started"),
        pytest.param(key(), web(named="/etc/ssl/other.pem"), id="another key is named"),
        pytest.param(key(), web(reach="local"), id="loopback"),
    ],
)
def test_a_published_key_that_is_not_seen_to_be_used_stays_open(
    one: Observation, service: tuple[Observation, ...]
) -> None:
    assert effects(PUBLISHED, one, published(one), *service) == ("suspects",)


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(key("usr/lib/libmbedx509.so.0", active=False), id="a test key of a library"),
        pytest.param(certificate("usr/lib/libmbedx509.so.0"), id="a test certificate of a library"),
        pytest.param(certificate("usr/share/doc/openssl/server.pem"), id="documentation"),
    ],
)
def test_test_keys_of_libraries_and_documents_are_not_reported(one: Observation) -> None:
    assert effects(PUBLISHED, one, published(one), *web()) == ()


def test_a_key_of_the_makers_own_is_not_published() -> None:
    assert effects(PUBLISHED, key(), certificate(), *web()) == ()


def test_a_certificate_whose_key_lies_elsewhere_in_the_image_fails() -> None:
    answer = found(PAIRED, certificate(), key("usr/share/web/k.bin"), *web())
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why).endswith("server.pem lies in k.bin, the same in every unit")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((certificate(), key(of="another"), *web()), id="another key"),
        pytest.param((certificate(), key(encrypted=True), *web()), id="encrypted"),
        pytest.param((certificate(), key(active=False), *web()), id="an example"),
        pytest.param((certificate(), key()), id="no service"),
        pytest.param((certificate("etc/ssl/other.pem"), key(), *web()), id="not named"),
        pytest.param((certificate(tree=OTHER), key("x.pem"), *web()), id="another tree"),
    ],
)
def test_a_pair_that_is_not_shown_is_not_reported(given: tuple[Observation, ...]) -> None:
    assert effects(PAIRED, *given) == ()


CA = certificate("etc/ca/ca.pem", subject="CN=Halyard CA", self_signed=True, is_ca=True, public_digest=digest("ca"))
CA_KEY = key("etc/ca/ca.key", of="ca")


def test_an_authority_with_its_key_fails_where_a_service_shows_what_it_signed() -> None:
    answer = found(PAIRED, CA, CA_KEY, certificate(), *web())
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == (
        "the private key ca.key of the authority ca.pem, which signed what nginx shows, is in the image"
    )


def test_an_authority_with_its_key_that_signed_something_else_is_a_suspicion() -> None:
    assert effects(PAIRED, CA, CA_KEY, certificate("etc/client.pem")) == ("suspects",)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((CA, CA_KEY), id="it signed nothing"),
        pytest.param((CA, certificate()), id="no key"),
        pytest.param((CA, CA_KEY, certificate("usr/share/doc/x/client.pem")), id="an example"),
    ],
)
def test_an_authority_alone_is_not_reported(given: tuple[Observation, ...]) -> None:
    assert effects(PAIRED, *given) == ()


BUILT = seen(BuildDate("kernel", "2025-06-01"), "boot/kernel")


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ({"key_bits": 1024}, ("refutes",)),
        ({"signature": "md5"}, ("refutes",)),
        ({"signature": "sha1"}, ("refutes",)),
        ({"not_after": "2020-01-01"}, ("suspects",)),
        ({"self_signed": True, "signature": "sha1"}, ("suspects",)),
        ({"key_kind": "ec", "key_bits": 256}, ()),
        ({}, ()),
    ],
)
def test_what_a_started_service_shows_is_weighed(bad: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert effects(SOUND, BUILT, certificate(**bad), *web()) == expected


@pytest.mark.parametrize("service", [(), web("not-started"), web(named="/etc/ssl/other.pem")])
def test_what_no_started_service_shows_is_not_weighed(service: tuple[Observation, ...]) -> None:
    assert effects(SOUND, BUILT, certificate(key_bits=512), *service) == ()


def test_the_root_in_a_chain_is_not_called_signed_by_itself() -> None:
    root = certificate(self_signed=True, is_ca=True, signature="sha1")
    assert effects(SOUND, BUILT, certificate(), root, *web()) == ()


def store(newest: str, *names: str, path: str = "etc/ssl/certs/ca-certificates.crt") -> list[Observation]:
    subjects = [f"CN=Root {number}" for number in range(30)] + list(names)
    return [
        seen(
            Certificate(
                subject, subject, newest, "2040-01-01", "rsa", 2048, "sha256", True, True, digest(subject),
                digest(subject), True,
            ),
            path,
            number,
        )
        for number, subject in enumerate(subjects)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (store("2012-01-01"), ("suspects",)),
        (store("2023-01-01"), ()),
        (store("2023-01-01", "CN=DigiNotar Root CA,O=DigiNotar"), ("suspects",)),
        (store("2023-01-01", "CN=Halyard Test CA"), ("suspects",)),
        (store("2023-01-01", "CN=Contest Trust CA"), ()),
        (store("2012-01-01")[:3], ()),
        (store("2012-01-01", path="usr/share/doc/examples/ca.pem"), ()),
    ],
)
def test_a_store_is_weighed_by_its_dates_and_names(known: list[Observation], expected: tuple[str, ...]) -> None:
    assert effects(SOUND, BUILT, *known) == expected


def test_without_the_day_of_the_build_a_store_is_not_stale() -> None:
    assert effects(SOUND, *store("2005-01-01")) == ()


AUTHORITY = certificate("etc/ssl/ca.pem", self_signed=True, is_ca=True, public_digest=digest("ca"))
AUTHORITY_KEY = key("etc/ssl/ca.key", "ca")


def trusting(state: StartState = "always") -> Observation:
    arguments = ("--cacert", "/etc/ssl/ca.pem", "https://api.halyard.test/")
    return seen(StartedProgram("curl", "curl", "sysv", state, "usr/bin/curl", arguments=arguments), START, 7)


def test_an_authority_that_a_started_command_trusts_and_whose_key_is_shipped_fails() -> None:
    assert effects(PAIRED, AUTHORITY, AUTHORITY_KEY, trusting()) == ("refutes",)


@pytest.mark.parametrize(
    "given",
    [
        (AUTHORITY, AUTHORITY_KEY, trusting("not-started")),
        (AUTHORITY, trusting()),
        (AUTHORITY, key("usr/share/doc/ca.key", "ca", active=False), trusting()),
        (AUTHORITY, key("etc/ssl/ca.key", "ca", encrypted=True), trusting()),
    ],
)
def test_an_authority_that_nothing_trusts_or_whose_key_is_away_is_not_weighed(given: tuple[Observation, ...]) -> None:
    assert effects(PAIRED, *given) == ()


def test_an_authority_in_a_store_whose_key_is_shipped_is_doubted() -> None:
    kept = certificate("etc/ssl/certs/own.crt", is_ca=True, self_signed=True, bundle=True, public_digest=digest("ca"))
    assert effects(PAIRED, kept, AUTHORITY_KEY) == ("suspects",)


@pytest.mark.parametrize("rule", [PUBLISHED, PAIRED, SOUND])
def test_silence_is_never_a_pass(rule: Any) -> None:
    assert verdict(rule, *web()) is Verdict.INCONCLUSIVE

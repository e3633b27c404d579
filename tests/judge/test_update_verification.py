"""Keys, options and guards of updates in the balance: good twins, bad twins and traps."""

from __future__ import annotations

import pytest

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules import update_verification, updates
from plimsoll.judge.update_ways import update_ways
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import (
    Endpoint,
    PrivateKey,
    PublishedKey,
    UpdateClient,
    UpdateGuard,
    UpdateKey,
    UpdateTrust,
    UpdateWay,
)
from plimsoll.model.facts.service import Mechanism, StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import digest, found, seen, start, verdict
from tests.judge.given import effects

CONF = "etc/swupdate.cfg"
CLIENT = seen(UpdateClient("swupdate", "conditional"), CONF)
SIGNED = seen(UpdateTrust("swupdate", "signature", "on", "sha256-rsa"), CONF, 1)
HTTP = seen(Endpoint("http", "u.halyard.example", 80, "", "update", active=True), CONF, 2)
HTTPS = seen(Endpoint("https", "u.halyard.example", 443, "", "update", active=True), CONF, 2)
RULES = (updates.MECHANISM, updates.SIGNATURE, updates.NETWORK)


def started(state: StartState = "always", mechanism: Mechanism = "sysv", *words: str) -> Observation:
    return start("swupdate", *(words or ("-u", "-t x -i 1")), state=state, mechanism=mechanism)


def key(bits: int = 4096, state: str = "present", kind: str = "rsa") -> Observation:
    fact = UpdateKey("swupdate", state, "etc/key.pem", kind, bits, digest("key") if state == "present" else "")  # type: ignore[arg-type]
    return seen(fact, CONF, 1)


PUBLISHED = seen(PublishedKey("development key of an example", digest("key")), CONF, 1)


@pytest.mark.parametrize("rule", RULES)
def test_a_sound_key_that_is_there_speaks_for_it_and_never_confirms(rule: Rule) -> None:
    given = (CLIENT, SIGNED, key(), HTTPS, started())
    assert effects(rule, *given) == ("supports",)
    assert verdict(rule, *given) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("rule", RULES)
def test_a_published_key_in_what_is_started_fails(rule: Rule) -> None:
    answer = found(rule, CLIENT, SIGNED, key(), PUBLISHED, HTTPS, started())
    assert answer.verdict is Verdict.FAIL
    assert "whose private half is published" in str(answer.why)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((key(), PUBLISHED), id="never started"),
        pytest.param((key(), PUBLISHED, started("conditional")), id="perhaps started"),
        pytest.param((key(), PUBLISHED, started("disabled")), id="switched off"),
        pytest.param((key(state="not-named"), PUBLISHED, started()), id="nothing names the key"),
        pytest.param((key(), seen(PublishedKey("x", digest("other")), CONF, 1), started()), id="another key"),
    ],
)
def test_a_published_key_whose_use_is_not_sure_decides_nothing(rule: Rule, evidence: tuple[Observation, ...]) -> None:
    assert verdict(rule, CLIENT, SIGNED, HTTPS, *evidence) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("rule", RULES)
def test_the_private_half_in_the_image_fails(rule: Rule) -> None:
    private = seen(PrivateKey("rsa", 4096, "pem", public_digest=digest("key")), "etc/private.pem")
    other = seen(PrivateKey("rsa", 4096, "pem", public_digest=digest("other")), "etc/private.pem")
    given = (CLIENT, SIGNED, key(), HTTPS, started())
    assert verdict(rule, *given, private) is Verdict.FAIL
    assert effects(rule, *given, other) == ("supports",)


@pytest.mark.parametrize(("bits", "expected"), [(512, "refutes"), (1024, "suspects"), (2048, "supports")])
def test_the_size_of_the_key_counts(bits: int, expected: str) -> None:
    assert effects(updates.SIGNATURE, CLIENT, SIGNED, key(bits), HTTPS, started())[0] == expected


def test_a_key_that_is_named_and_not_there_leaves_a_gap() -> None:
    given = (CLIENT, SIGNED, key(state="missing"), HTTPS, started())
    answer = found(updates.SIGNATURE, *given)
    assert "etc/key.pem, by which swupdate is to check, is not in the image" in str(answer.why)
    assert effects(update_verification.VERIFIED, *given) == ("blocks",)


@pytest.mark.parametrize(
    ("program", "words", "expected"),
    [
        ("apk", ("upgrade", "--allow-untrusted"), "refutes"),
        ("apk", ("upgrade",), "supports"),
        ("apk", ("add", "--allow-untrusted", "x.apk"), "supports"),
        ("apt-get", ("-y", "--allow-unauthenticated", "upgrade"), "refutes"),
        ("apt-get", ("-o", "APT::Get::AllowUnauthenticated=true", "upgrade"), "refutes"),
        ("apt-get", ("-y", "upgrade"), "supports"),
    ],
)
def test_an_option_that_switches_the_check_off_counts_where_it_is_started(
    program: str, words: tuple[str, ...], expected: str
) -> None:
    client = "apt" if program == "apt-get" else program
    conf = f"etc/{client}/repositories"
    given = (
        seen(UpdateTrust(client, "signature", "on", "openpgp"), conf, 1),
        seen(Endpoint("http", "a.halyard.example", 80, active=True), conf, 1),
        start(program, *words),
    )
    assert effects(updates.NETWORK, *given)[0] == expected
    if expected == "refutes":
        never = start(program, *words, state="not-started")
        assert "refutes" not in effects(updates.NETWORK, *given[:2], never)


@pytest.mark.parametrize(
    ("words", "expected"),
    [(("-u", "-t x -u https://u.halyard.example -x"), "refutes"), (("-u", "-t x -i x1"), "suspects")],
)
def test_swupdate_may_be_told_not_to_check_the_server_by_its_command(words: tuple[str, ...], expected: str) -> None:
    unsigned = seen(UpdateTrust("swupdate", "signature", "off"), CONF)
    given = (CLIENT, unsigned, HTTPS, started("always", "sysv", *words))
    assert effects(updates.NETWORK, *given)[0] == expected


def test_a_client_of_hawkbit_is_as_good_as_the_installer_that_it_hands_to() -> None:
    client = seen(UpdateClient("hawkbit", "conditional", True), "etc/rauc-hawkbit-updater/config.conf", 1)
    server = seen(Endpoint("http", "h.example", 80, active=True), "etc/rauc-hawkbit-updater/config.conf", 1)
    rauc = seen(UpdateTrust("rauc", "signature", "on", "cms"), "etc/rauc/system.conf", 1)
    begun = start("rauc-hawkbit-updater", "-c", "x")
    assert "supports" in effects(updates.NETWORK, client, server, rauc, begun)
    assert "refutes" not in effects(updates.NETWORK, client, server, begun)


def test_guards_speak_for_it() -> None:
    slots = seen(UpdateGuard("swupdate", "slots", "on", "two"), CONF, 3)
    given = (CLIENT, SIGNED, key(), HTTPS, started(), slots)
    assert effects(updates.MECHANISM, *given) == ("supports", "supports")


def test_a_boot_loader_whose_check_is_off_or_whose_key_is_published_is_doubted() -> None:
    off = seen(UpdateGuard("avb", "boot", "off", "vbmeta flags 2"), "vbmeta.img", 0)
    assert "suspects" in effects(updates.MECHANISM, CLIENT, SIGNED, key(), HTTPS, started(), off)
    on = seen(UpdateGuard("avb", "boot", "on", "sha256-rsa4096"), "vbmeta.img", 0)
    known = seen(UpdateKey("avb", "present", "", "rsa", 4096, digest("avb")), "vbmeta.img", 4)
    published = seen(PublishedKey("test key", digest("avb")), "vbmeta.img", 4)
    answer = found(updates.MECHANISM, CLIENT, SIGNED, key(), HTTPS, started(), on, known, published)
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert any("avb starts what is signed with the test key" in str(one.why) for one in answer.bearings)


def test_a_daemon_that_only_waits_for_a_browser_does_not_look() -> None:
    waiting = started("always", "sysv", "-w", "-r /www")
    assert effects(updates.AUTOMATIC, CLIENT, SIGNED, HTTPS, waiting) == ("blocks",)
    assert effects(updates.AUTOMATIC, CLIENT, SIGNED, HTTPS, started()) == ("supports",)


@pytest.mark.parametrize("rule", (update_verification.VERIFIED, update_verification.UPDATABLE))
def test_the_recommended_ones_neither_fail_nor_pass(rule: Rule) -> None:
    unsigned = seen(UpdateTrust("swupdate", "signature", "off"), CONF)
    for given in ((CLIENT, SIGNED, key(), HTTPS, started()), (CLIENT, unsigned, HTTP, started())):
        assert verdict(rule, *given) is Verdict.INCONCLUSIVE
    assert found(rule).verdict is Verdict.INCONCLUSIVE


def test_an_unsigned_way_speaks_against_verification_on_the_product() -> None:
    unsigned = seen(UpdateTrust("swupdate", "signature", "off"), CONF)
    assert effects(update_verification.VERIFIED, CLIENT, unsigned, HTTP, started())[0] == "suspects"
    assert effects(update_verification.VERIFIED, CLIENT, SIGNED, key(), HTTP, started()) == ("supports",)


def told(*observations: Observation) -> list[UpdateWay]:
    return [one.fact for one in update_ways(Evidence(observations)) if isinstance(one.fact, UpdateWay)]


def test_a_way_is_told_with_all_that_belongs_to_it() -> None:
    begun = started("always", "cron", "-N", "2.0", "-u", "-t x")
    (way,) = told(CLIENT, SIGNED, key(), PUBLISHED, HTTP, begun)
    assert (way.standing, way.scheduled, way.channel, way.check) == ("started", True, "open", "signature")
    assert way.sources == ("http://u.halyard.example",)
    assert way.published == ("development key of an example",)
    assert [one.kind for one in way.guards] == ["rollback"]


def test_a_boot_loader_is_a_way_of_its_own() -> None:
    on = seen(UpdateGuard("u-boot", "boot", "on", "sha256,rsa2048, required for conf"), "u-boot.bin", 0)
    (way,) = told(on)
    assert (way.label, way.check, way.algorithms, way.channel) == ("u-boot", "signature", ("sha256,rsa2048",), "local")


def test_nothing_seen_is_no_way() -> None:
    assert told() == []

"""Rules on updates: what is started and fetches unsigned from anybody fails; what is not seen to run stays open."""

from __future__ import annotations

import pytest

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules import updates
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Endpoint, StartedProgram, TlsSetting, UpdateClient, UpdateTrust
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import OTHER, seen
from tests.judge.given import effects, found, verdict

SCRIPT = "usr/sbin/check-update"
UNSIGNED_RULES = (updates.MECHANISM, updates.SIGNATURE, updates.NETWORK)


def started(state: StartState = "always", path: str = SCRIPT, *, tree: int | None = None) -> Observation:
    fact = StartedProgram(path.rpartition("/")[2], f"/{path} &", "sysv", state, path)
    return seen(fact, "etc/init.d/S90update", 3, **({"tree": tree} if tree else {}))


def command(program: str, *arguments: str, state: StartState = "always", path: str = "etc/init.d/S90update",
            line: int = 3) -> Observation:  # fmt: skip
    return seen(StartedProgram(program, program, "sysv", state, f"usr/bin/{program}", arguments=arguments), path, line)


def script(check: str = "none", algorithm: str = "", path: str = SCRIPT) -> list[Observation]:
    trust = {
        "none": UpdateTrust("vendor-script", "none", "off"),
        "checksum": UpdateTrust("vendor-script", "checksum", "on", algorithm),
        "signature": UpdateTrust("vendor-script", "signature", "on", algorithm),
        "unseen": UpdateTrust("vendor-script", "none", "unknown"),
    }[check]
    return [seen(UpdateClient("vendor-script", "conditional"), path, 9), seen(trust, path, 8)]


def address(url: str, path: str = SCRIPT, line: int = 2, purpose: str = "update", active: bool = True) -> Observation:
    scheme, _, host = url.partition("://")
    return seen(Endpoint(scheme, host, purpose=purpose, active=active), path, line)  # type: ignore[arg-type]


def unchecked(endpoint: str = "", path: str = SCRIPT, line: int = 2) -> Observation:
    return seen(TlsSetting("curl", "verify-peer", "off", endpoint), path, line)


HTTP = address("http://updates.halyard.example")
HTTPS = address("https://updates.halyard.example")


@pytest.mark.parametrize("rule", UNSIGNED_RULES)
@pytest.mark.parametrize("url", ["http://u.halyard.example", "ftp://u.halyard.example", "http://$server"])
def test_a_started_script_that_fetches_in_clear_and_checks_nothing_fails(rule: Rule, url: str) -> None:
    assert verdict(rule, started(), *script(), address(url)) is Verdict.FAIL


@pytest.mark.parametrize("rule", UNSIGNED_RULES)
def test_a_checksum_that_comes_in_clear_as_well_is_no_check(rule: Rule) -> None:
    answer = found(rule, started(), *script("checksum", "sha256"), HTTP)
    assert answer.verdict is Verdict.FAIL
    assert "no more than a checksum (sha256)" in str(answer.why)


@pytest.mark.parametrize("rule", UNSIGNED_RULES)
def test_a_started_script_that_does_not_check_the_certificate_fails(rule: Rule) -> None:
    assert verdict(rule, started(), *script(), HTTPS, unchecked("https://updates.halyard.example/fw")) is Verdict.FAIL
    assert verdict(rule, started(), *script(), HTTPS, unchecked()) is Verdict.FAIL
    assert verdict(rule, started(), *script(), unchecked()) is Verdict.FAIL


@pytest.mark.parametrize("rule", UNSIGNED_RULES)
@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((*script(), HTTP), id="never started"),
        pytest.param((started("conditional"), *script(), HTTP), id="conditional"),
        pytest.param((started("disabled"), *script(), HTTP), id="disabled"),
        pytest.param((started("not-started"), *script(), HTTP), id="not started"),
        pytest.param((started(tree=OTHER), *script(), HTTP), id="started in another tree"),
        pytest.param((started(path="usr/sbin/other"), *script(), HTTP), id="another script"),
        pytest.param((started(), *script(), HTTPS), id="verified by the server's certificate"),
        pytest.param((started(), *script()), id="no address seen"),
        pytest.param((started(), *script("checksum", "sha256"), HTTP, HTTPS), id="checksum perhaps by https"),
        pytest.param((started(), *script(), address("http://127.0.0.1")), id="own host"),
        pytest.param((started(), *script(), HTTPS, address("http://stats.x.example", purpose="telemetry")), id="stats"),
        pytest.param((started(), *script(), address("http://u.example", active=False)), id="in a comment"),
        pytest.param(
            (started(), *script(), HTTPS, address("https://t.example", purpose="telemetry"),
             unchecked("https://t.example/v1")), id="switch for telemetry only"
        ),
        pytest.param(
            (started(), *script(), HTTPS, address("https://v.example"), unchecked("https://v.example/x")),
            id="switch for one of two hosts",
        ),
    ],
)  # fmt: skip
def test_an_unsigned_way_whose_use_or_channel_is_not_sure_stays_open(
    rule: Rule, evidence: tuple[Observation, ...]
) -> None:
    assert "suspects" in effects(rule, *evidence)
    assert verdict(rule, *evidence) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("rule", UNSIGNED_RULES)
def test_an_update_branch_of_a_start_script_decides_only_when_it_is_reached_at_boot(rule: Rule) -> None:
    path = "etc/init.d/S90fota"
    way = [*script(path=path), address("http://u.halyard.example", path)]
    assert verdict(rule, started(path=path), *way) is Verdict.INCONCLUSIVE
    reached = command("wget", "-O", "/tmp/fw", path=path, line=2)
    assert verdict(rule, started(path=path), reached, *way) is Verdict.FAIL


@pytest.mark.parametrize("rule", (updates.MECHANISM, updates.NETWORK, updates.SIGNATURE))
def test_a_signature_speaks_for_it_and_never_shows_that_it_holds(rule: Rule) -> None:
    given = (started(), *script("signature", "ed25519"), HTTP)
    assert effects(rule, *given) == ("supports",)
    assert verdict(rule, *given) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha1-rsa2048", "crc32", "sha256-rsa512"])
def test_a_signature_that_can_be_forged_fails_when_it_is_used(algorithm: str) -> None:
    given = [*script("signature", algorithm), HTTP]
    assert verdict(updates.SIGNATURE, started(), *given) is Verdict.FAIL
    assert effects(updates.SIGNATURE, started("conditional"), *given)[0] == "suspects"
    assert "supports" not in effects(updates.MECHANISM, started(), *given)
    assert verdict(updates.MECHANISM, started(), *given) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("algorithm", ["sha256-rsa4096", "sha512", "ed25519", "ecdsa-p256", "sha256"])
def test_sound_methods_are_not_taken_for_broken_ones(algorithm: str) -> None:
    assert effects(updates.SIGNATURE, started(), *script("signature", algorithm)) == ("supports",)


def test_a_signature_with_unknown_methods_leaves_a_gap() -> None:
    answer = found(updates.SIGNATURE, started(), *script("signature"))
    assert "with which methods was not seen" in str(answer.why)


@pytest.mark.parametrize("rule", UNSIGNED_RULES)
def test_a_check_within_another_program_decides_nothing(rule: Rule) -> None:
    assert verdict(rule, started(), *script("unseen"), HTTP) is Verdict.INCONCLUSIVE
    assert "refutes" not in effects(rule, started(), *script("unseen"), HTTP)


OPKG = seen(UpdateClient("opkg", "conditional"), "bin/opkg")
UNCHECKED_LISTS = seen(UpdateTrust("opkg", "signature", "off", "ed25519"), "etc/opkg.conf")
CHECKED_LISTS = seen(UpdateTrust("opkg", "signature", "on", "ed25519"), "etc/opkg.conf", 2)
FEEDS = address("http://feeds.halyard.example", "etc/opkg/distfeeds.conf")


def test_a_package_manager_decides_only_when_something_starts_it_to_fetch() -> None:
    given = (OPKG, UNCHECKED_LISTS, FEEDS)
    assert effects(updates.NETWORK, *given)[0] == "suspects"
    assert effects(updates.NETWORK, *given, command("opkg", "list-installed"))[0] == "suspects"
    assert effects(updates.NETWORK, *given, command("opkg", "update", state="conditional"))[0] == "suspects"
    assert verdict(updates.NETWORK, *given, command("opkg", "update")) is Verdict.FAIL
    assert verdict(updates.NETWORK, *given, command("opkg-cl", "-V0", "upgrade")) is Verdict.FAIL


def test_signed_lists_over_http_speak_for_it() -> None:
    assert effects(updates.NETWORK, OPKG, CHECKED_LISTS, FEEDS, command("opkg", "update")) == ("supports",)


def test_the_home_page_in_a_package_description_is_no_feed() -> None:
    page = address("http://project.halyard.example", "usr/lib/opkg/info/opkg.control")
    secure = address("https://feeds.halyard.example", "etc/opkg/distfeeds.conf")
    given = (OPKG, UNCHECKED_LISTS, page, secure, command("opkg", "update"))
    assert verdict(updates.NETWORK, *given) is Verdict.INCONCLUSIVE


def test_a_key_alone_is_no_check() -> None:
    key = seen(UpdateTrust("opkg", "signature", "unknown", "ed25519", "00" * 32), "etc/opkg/keys/1234")
    other = command("telnetd")
    assert effects(updates.MECHANISM, OPKG, key, other) == ("blocks",)
    assert "what is checked before something is installed was not seen" in str(found(updates.MECHANISM, key, other).why)
    assert "supports" not in effects(updates.SIGNATURE, OPKG, key)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("-u", "x"), "refutes"),
        (("-k", "/etc/key.pem"), "supports"),
        (("-k/etc/key.pem",), "supports"),
        (("$SWUPDATE_ARGS",), "blocks"),
    ],
)
def test_swupdate_takes_its_key_on_the_command_line_as_well(arguments: tuple[str, ...], expected: str) -> None:
    given = (
        seen(UpdateClient("swupdate", "conditional"), "etc/swupdate.cfg"),
        seen(UpdateTrust("swupdate", "signature", "off", "sha256-rsa"), "etc/swupdate.cfg"),
        address("http://u.halyard.example", "etc/swupdate.cfg"),
        command("swupdate", *arguments),
    )
    assert effects(updates.MECHANISM, *given)[0] == expected


def test_the_address_on_the_command_line_of_a_client_counts() -> None:
    given = (
        seen(UpdateClient("swupdate", "conditional"), "usr/bin/swupdate"),
        seen(UpdateTrust("swupdate", "signature", "off"), "etc/swupdate.cfg"),
        command("swupdate", "-d", "-u http://u.halyard.example/fw.swu"),
    )
    other = address("http://elsewhere.halyard.example", "etc/init.d/S90update", 7)
    assert verdict(updates.NETWORK, *given, other) is Verdict.INCONCLUSIVE
    assert verdict(updates.NETWORK, *given, address("http://u.halyard.example", "etc/init.d/S90update", 3)) is (
        Verdict.FAIL
    )


def test_settings_that_contradict_each_other_decide_nothing() -> None:
    given = (
        seen(UpdateTrust("apt", "signature", "on", "openpgp"), "etc/apt/sources.list", 1),
        seen(UpdateTrust("apt", "signature", "off", "openpgp"), "etc/apt/sources.list", 2),
        address("http://deb.halyard.example", "etc/apt/sources.list", 1),
        command("apt-get", "-q", "update"),
    )
    assert effects(updates.NETWORK, *given)[0] == "suspects"


def test_mender_without_a_key_relies_on_its_server() -> None:
    given = (
        seen(UpdateClient("mender", "conditional", automatic=True), "etc/mender/mender.conf"),
        seen(UpdateTrust("mender", "signature", "off"), "etc/mender/mender.conf"),
        address("https://hosted.halyard.example", "etc/mender/mender.conf"),
        command("mender", "-daemon"),
    )
    assert effects(updates.NETWORK, *given)[0] == "suspects"
    off = seen(UpdateTrust("mender", "certificate", "off"), "etc/mender/mender.conf")
    assert verdict(updates.NETWORK, *given, off) is Verdict.FAIL


@pytest.mark.parametrize("rule", (*UNSIGNED_RULES, updates.AUTOMATIC))
def test_nothing_found_is_a_gap_and_never_looks_good(rule: Rule) -> None:
    answer = found(rule)
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert [one.effect for one in answer.bearings] == ["blocks"]
    assert "was found" in str(answer.why)


@pytest.mark.parametrize("rule", (*UNSIGNED_RULES, updates.AUTOMATIC))
def test_a_tree_of_which_no_start_is_known_leaves_a_gap(rule: Rule) -> None:
    given = (OPKG, CHECKED_LISTS)
    whys = [str(one.why) for one in found(rule, *given).bearings if one.effect == "blocks"]
    assert "nothing was found of what test.bin!squashfs@0x1000 starts by itself" in whys


def test_a_client_that_is_started_to_look_speaks_for_it() -> None:
    assert effects(updates.AUTOMATIC, started(), *script(), HTTP) == ("supports",)
    assert effects(updates.AUTOMATIC, OPKG, CHECKED_LISTS, command("opkg", "update")) == ("supports",)


def test_a_client_that_is_told_not_to_look_speaks_against_it() -> None:
    client = seen(UpdateClient("mender", "conditional", automatic=False), "etc/mender/mender.conf")
    assert effects(updates.AUTOMATIC, client, command("mender", "daemon"))[0] == "suspects"
    assert "supports" not in effects(updates.AUTOMATIC, client)


def test_an_installer_that_is_started_without_an_address_does_not_look() -> None:
    client = seen(UpdateClient("rauc", "conditional"), "usr/bin/rauc")
    assert effects(updates.AUTOMATIC, client, command("rauc", "service")) == ("blocks",)


def test_a_short_key_is_a_suspicion_and_no_more() -> None:
    given = (started(), *script("signature", "sha256-rsa1024"), HTTP)
    assert effects(updates.SIGNATURE, *given) == ("suspects",)
    assert effects(updates.MECHANISM, *given) == ("suspects",)

"""Rules on personal data: telemetry in clear, sensors that must be documented, and ways to erase."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.judge.rules.personal_data import ENCRYPTED, ERASED, SENSORS
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Endpoint, Executable, KnownHost, Sensor, StartedProgram
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import OTHER, seen
from tests.judge.given import effects, found, verdict

SCRIPT = "usr/sbin/report"


def script(state: StartState = "always", path: str = SCRIPT, **more: int) -> Observation:
    return seen(StartedProgram("report", "report &", "sysv", state, path), "etc/init.d/S50report", 3, **more)


def address(
    url: str = "http://t.halyard.example", purpose: str = "telemetry", line: int = 2, **more: Any
) -> Observation:
    scheme, _, host = url.partition("://")
    path = more.pop("path", SCRIPT)
    fact = Endpoint(scheme, host, purpose=purpose, **{"active": True, **more})  # type: ignore[arg-type]
    return seen(fact, path, line)


def command(*words: str, state: StartState = "always", condition: str = "", line: int = 2) -> Observation:
    fact = StartedProgram(words[0], " ".join(words), "sysv", state, "usr/bin/x", "", condition, tuple(words[1:]))
    return seen(fact, SCRIPT, line)


URL = "http://t.halyard.example/v1"


@pytest.mark.parametrize(
    "sending",
    [
        command("curl", "-s", "-d", "@/tmp/state.json", URL),
        command("curl", "-sd@/tmp/state.json", URL),
        command("curl", "--data-binary", "@/tmp/x", URL, state="conditional", condition="sleep 3600"),
        command("curl", "-F", "picture=@/tmp/a.jpg", URL, state="conditional", condition="true"),
        command("curl", "-T", "/tmp/a.jpg", URL),
        command("wget", "--post-file=/tmp/x", URL),
        command("wget", "-qO-", URL + "?mac=$MAC"),
        command("uclient-fetch", "--post-data", "x", URL),
    ],
)
def test_a_started_command_that_sends_telemetry_in_clear_fails(sending: Observation) -> None:
    answer = found(ENCRYPTED, script(), sending, address())
    assert answer.verdict is Verdict.FAIL
    assert str(answer.why) == (
        "report, which is started, sends telemetry to http://t.halyard.example without encryption"
    )


SENDING = command("curl", "-d", "@/tmp/x", URL)


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((script(), address()), id="no command seen"),
        pytest.param((SENDING, address()), id="script not started"),
        pytest.param((script("conditional"), SENDING, address()), id="script conditional"),
        pytest.param((script(tree=OTHER), SENDING, address()), id="started in another tree"),
        pytest.param((script(), command("wget", "-T", "30", URL), address()), id="a time-out of wget"),
        pytest.param((script(), command("curl", "-s", "-o", "/tmp/x", URL), address()), id="only fetches"),
        pytest.param((script(), command("wget", URL + "?lang=en"), address()), id="a constant query"),
        pytest.param((script(), command("curl", "-d", "x", URL, line=9), address()), id="another command"),
        pytest.param(
            (script(), command("curl", "-d", "x", URL, state="conditional", condition='[ "$consent" = 1 ]'), address()),
            id="only when the user agrees",
        ),
        pytest.param((script(), SENDING, address(purpose="cloud")), id="a cloud, for whatever it is"),
        pytest.param((script(), address("mqtt://b.example", path="etc/agent.json")), id="configuration"),
    ],
)
def test_an_address_of_telemetry_in_clear_that_is_not_seen_to_be_sent_to_stays_open(
    evidence: tuple[Observation, ...],
) -> None:
    assert effects(ENCRYPTED, *evidence)[0] == "suspects"
    assert verdict(ENCRYPTED, *evidence) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(address("https://t.halyard.example"), id="https"),
        pytest.param(address("mqtts://t.halyard.example"), id="mqtts"),
        pytest.param(address("http://127.0.0.1"), id="loopback"),
        pytest.param(address("http://localhost"), id="the product itself"),
        pytest.param(address(active=False), id="a comment or a string in a program"),
        pytest.param(address(path="www/index.html"), id="a link in a page"),
        pytest.param(address(purpose="cloud", path="usr/lib/os-release"), id="a home page"),
        pytest.param(address(purpose="update"), id="an update"),
        pytest.param(address(purpose="time"), id="a clock"),
        pytest.param(address(purpose="unknown"), id="for nothing known"),
    ],
)
def test_an_encrypted_or_other_address_is_not_weighed(good: Observation) -> None:
    assert effects(ENCRYPTED, script(), SENDING, good) == ()


SENTRY = seen(KnownHost("o4.ingest.sentry.io", "crash-reporting", "Sentry", "http", "report", True), SCRIPT, 2)


def test_a_host_of_a_known_service_tells_what_an_address_is_for() -> None:
    there = address("http://o4.ingest.sentry.io", "unknown")
    sending = command("curl", "-d", "@/tmp/x", "http://o4.ingest.sentry.io/api")
    assert effects(ENCRYPTED, script(), sending, there) == ()
    assert effects(ENCRYPTED, script(), there, SENTRY) == ("suspects",)
    assert effects(ENCRYPTED, script(), sending, there, SENTRY)[0] == "refutes"
    assert effects(ENCRYPTED, script(), sending, address("https://o4.ingest.sentry.io", "unknown"), SENTRY) == ()
    assert effects(ENCRYPTED, script(), sending, address("http://o4.ingest.sentry.io", "update"), SENTRY) == ()


def test_each_kind_of_sensor_is_named_once_with_what_says_so() -> None:
    camera = seen(Sensor("camera", "uvcvideo"), "etc/modules", 1)
    other = seen(Sensor("camera", "libimp.so"), "usr/lib/libimp.so")
    microphone = seen(Sensor("microphone", "arecord"), "usr/sbin/listen", 4)
    answer = found(SENSORS, camera, other, microphone)
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert [(one.effect, one.observations) for one in answer.bearings] == [("blocks", (0, 1)), ("blocks", (2,))]
    assert "a camera (libimp.so, uvcvideo)" in str(answer.bearings[0].why)
    assert answer.settle


def test_an_image_without_signs_of_sensors_stays_open() -> None:
    assert effects(SENSORS, script()) == ()
    assert verdict(SENSORS, script()) is Verdict.INCONCLUSIVE


PROGRAM = Executable("arm", 32, "little", "program")


@pytest.mark.parametrize(
    "path", ["sbin/jffs2reset", "usr/sbin/factory_reset", "usr/bin/factory-reset", "bin/restore_defaults",
             "usr/sbin/reset_to_default", "usr/sbin/load_default", "bin/FactoryReset"],
)  # fmt: skip
def test_a_program_that_sets_the_product_back_speaks_for_it(path: str) -> None:
    assert effects(ERASED, seen(PROGRAM, path)) == ("supports",)
    assert verdict(ERASED, seen(PROGRAM, path)) is Verdict.INCONCLUSIVE


def test_a_started_reset_script_speaks_for_it() -> None:
    start = StartedProgram("factory_reset.sh", "x", "sysv", "conditional", "usr/bin/factory_reset.sh")
    assert effects(ERASED, seen(start, "etc/init.d/S10button", 2)) == ("supports",)


@pytest.mark.parametrize("path", ["usr/sbin/firstboot", "sbin/reset", "usr/bin/resetd", "etc/default", "bin/fw_reset"])
def test_other_names_say_nothing(path: str) -> None:
    assert effects(ERASED, seen(PROGRAM, path), script()) == ()


def test_a_library_of_that_name_is_no_program() -> None:
    library = Executable("arm", 32, "little", "library")
    assert effects(ERASED, seen(library, "usr/lib/factory_reset"), script()) == ()

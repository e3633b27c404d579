import msgspec

from plimsoll.judge.rules.personal_data import ENCRYPTED
from plimsoll.judge.rules.telemetry import TOLD
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import KnownHost, MakerPage, SentIdentifier, StartedProgram, TelemetrySwitch
from plimsoll.model.verdict import Verdict
from tests.judge.building import effects, evidence, found, judged, seen, verdict

ON = seen(TelemetrySwitch("telemetry.enabled", "on", "1"), "etc/agent.conf", 2)
SENTRY = seen(KnownHost("o4.ingest.sentry.io", "crash-reporting", "Sentry", "https", "camd"), "usr/bin/camd", 4)
PAGE = "page:https://halyard.example/privacy"


def with_pages(*observations: Observation) -> Evidence:
    given = evidence(*observations)
    read = Inspection("maker-product-pages", "completed", "maker")
    return msgspec.structs.replace(given, inspections=(*given.inspections, read))


def page(*, names_model: bool = True) -> Observation:
    return seen(MakerPage("telemetry", PAGE[5:], names_model), PAGE, window="maker")


def test_telemetry_that_is_on_stays_open_while_no_pages_were_given() -> None:
    answer = found(TOLD, ON, SENTRY)
    assert [one.effect for one in answer.bearings] == ["blocks", "blocks"]
    assert "telemetry.enabled" in str(answer.bearings[0].why)
    assert verdict(TOLD, ON) is Verdict.INCONCLUSIVE


def test_it_is_a_doubt_when_no_page_that_was_read_tells_of_it() -> None:
    (finding,) = judged(TOLD, with_pages(ON)).findings
    assert [one.effect for one in finding.bearings] == ["suspects"]
    (finding,) = judged(TOLD, with_pages(ON, page(names_model=False))).findings
    assert [one.effect for one in finding.bearings] == ["suspects"]


def test_a_page_for_the_model_that_tells_of_it_ends_the_matter() -> None:
    (finding,) = judged(TOLD, with_pages(ON, SENTRY, page())).findings
    assert finding.bearings == ()
    assert finding.verdict is Verdict.INCONCLUSIVE


def test_what_is_off_or_no_reporting_is_not_named() -> None:
    off = seen(TelemetrySwitch("telemetry", "off", "0"), "etc/agent.conf")
    cloud = seen(KnownHost("a1.tuyaeu.com", "iot-platform", "Tuya"), "usr/bin/camd")
    assert effects(TOLD, off, cloud) == ()


def sent(*, is_clear: bool = False, way: str = "request", host: str = "api.halyard.test") -> Observation:
    return seen(SentIdentifier("mac", host, is_clear, way), "usr/bin/report", 4)


REPORT = seen(StartedProgram("report", "report", "sysv", "always", "usr/bin/report"), "etc/init.d/S50report", 2)


def test_identifiers_that_something_started_sends_are_to_be_told_of() -> None:
    (bearing,) = found(TOLD, REPORT, sent()).bearings
    assert bearing.effect == "blocks"
    assert str(bearing.why).startswith("what is started sends the address of its network card to api.halyard.test; ")


def test_identifiers_of_what_nothing_starts_are_left_out() -> None:
    assert found(TOLD, sent()).bearings == ()


def test_an_identifier_sent_in_clear_is_doubted() -> None:
    said = [bearing.effect for bearing in found(ENCRYPTED, REPORT, sent(is_clear=True)).bearings]
    assert said == ["suspects"]
    for one in (sent(), sent(is_clear=True, way="form")):
        assert found(ENCRYPTED, REPORT, one).bearings == ()

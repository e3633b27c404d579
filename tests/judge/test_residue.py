import pytest

from plimsoll.judge.rules.residue import TRACES
from plimsoll.model.facts import Residue
from plimsoll.model.facts.privacy import ResidueKind
from plimsoll.model.verdict import Verdict
from tests.judge.building import effects, evidence, found, judged, seen, verdict


@pytest.mark.parametrize("kind", ["shell-history", "editor-history", "login-record", "mail"])
def test_what_is_written_only_while_somebody_works_decides(kind: ResidueKind) -> None:
    answer = found(TRACES, seen(Residue(kind, count=4), "root/.trace"))
    assert answer.verdict is Verdict.FAIL
    assert "4" in str(answer.why)


@pytest.mark.parametrize(
    "kind", ["key-comment", "wifi-network", "core-dump", "log", "repository", "known-hosts", "login-file",
             "mail-address", "home-path", "database-record"],
)  # fmt: skip
def test_what_may_be_meant_to_be_there_is_a_doubt(kind: ResidueKind) -> None:
    trace = seen(Residue(kind, "m***"), "root/.trace")
    assert effects(TRACES, trace) == ("suspects",)
    assert verdict(TRACES, trace) is Verdict.INCONCLUSIVE


def test_one_thing_at_two_places_is_told_once() -> None:
    ones = [seen(Residue("home-path", "m***", 3), f"bin/{name}") for name in "ab"]
    (bearing,) = found(TRACES, *ones).bearings
    assert str(bearing.why) == "the home folder m*** of whoever built them stands in programs (6)"
    assert bearing.observations == (0, 1)


def test_an_image_without_traces_is_not_said_to_be_good() -> None:
    assert verdict(TRACES) is Verdict.INCONCLUSIVE
    assert effects(TRACES) == ()


def test_documentation_does_not_count() -> None:
    assert effects(TRACES, seen(Residue("shell-history", active=False), "root/.trace")) == ()


def test_a_trace_does_not_turn_the_capability() -> None:
    given = evidence(seen(Residue("shell-history"), "root/.ash_history"))
    assert judged(TRACES, given).capabilities[4].verdict is Verdict.INCONCLUSIVE

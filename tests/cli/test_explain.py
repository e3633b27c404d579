"""`plimsoll explain` as a person runs it."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules import RULES
from tests.cli.run import plimsoll


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("5.3-10", ["5.3-10", "mandatory", "network-updates-are-authenticated"]),
        ("cra", ["Cyber Resilience Act", "Annex I", "no-fixed-account-is-accepted"]),
        ("psti", ["5.2-1"]),
        ("1", ["no-universal-default-passwords", "5.1-1"]),
        ("no-fixed-account-is-accepted", ["5.1-1", "default-passwords"]),
    ],
)
def test_a_name_of_the_yardstick_is_explained(name: str, words: list[str]) -> None:
    run = plimsoll("explain", name, COLUMNS="100")
    assert (run.returncode, run.stderr) == (0, "")
    for word in words:
        assert word in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 100


def test_every_rule_is_explained_with_what_it_cannot_tell() -> None:
    from plimsoll.catalogue import load
    from plimsoll.judge.rules import rule_texts
    from plimsoll.report.explain import explain

    for rule in RULES:
        text = " ".join(explain(rule.id, load(), rule_texts()).split())
        assert " ".join(rule.what.split()) in text
        assert " ".join(rule.limits.split()) in text


def test_a_name_that_nobody_knows_is_answered_with_the_nearest() -> None:
    run = plimsoll("explain", "no-fixed-acount-is-accepted")
    assert run.returncode == 2
    assert "did you mean no-fixed-account-is-accepted?" in run.stderr

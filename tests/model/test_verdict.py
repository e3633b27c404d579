"""Combining verdicts ignores order and repetition, and silence is never a pass."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model.verdict import Verdict, combine, combine_all

verdicts = st.sampled_from(Verdict)


@given(verdicts, verdicts)
def test_combining_is_commutative(one: Verdict, other: Verdict) -> None:
    assert combine(one, other) is combine(other, one)


@given(verdicts, verdicts, verdicts)
def test_combining_is_associative(one: Verdict, two: Verdict, three: Verdict) -> None:
    assert combine(combine(one, two), three) is combine(one, combine(two, three))


@given(verdicts)
def test_combining_is_idempotent(one: Verdict) -> None:
    assert combine(one, one) is one


@given(st.lists(verdicts))
def test_all_pass_only_when_something_passes_and_nothing_is_open_or_failed(given_verdicts: list[Verdict]) -> None:
    passed = combine_all(given_verdicts) is Verdict.PASS
    assert passed == (Verdict.PASS in given_verdicts and set(given_verdicts) <= {Verdict.PASS, Verdict.NOT_APPLICABLE})


def test_nothing_at_all_is_inconclusive() -> None:
    assert combine_all([]) is Verdict.INCONCLUSIVE

from __future__ import annotations

from typing import Literal, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model import facts
from plimsoll.model.facts import Fact
from plimsoll.model.secret import Concealed
from plimsoll.report.facts import describe, tell
from tests.report.sample import HASH, HOSTILE

KINDS = get_args(Fact)


def strategy(kind: object) -> st.SearchStrategy[object]:
    """Make values of a field's type; facts are plain enough for the few forms that they use."""
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is str:
        return st.sampled_from(("", "busybox", HOSTILE, "%ff{0}"))
    if kind is bool or kind is int:
        return st.booleans() if kind is bool else st.integers(0, 1 << 40)
    if kind is float:
        return st.floats(0, 10)
    if kind is type(None):
        return st.none()
    if get_origin(kind) is tuple:
        return st.just(())
    if kind is Concealed:
        return st.just(HASH)
    return st.one_of([strategy(part) for part in get_args(kind)])


@st.composite
def facts_of(draw: st.DrawFn, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """Make facts of one kind."""
    hints = msgspec.structs.fields(kind)
    return kind(**{field.name: draw(strategy(field.type)) for field in hints})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_fact_has_words(kind: type[msgspec.Struct]) -> None:
    @given(facts_of(kind))
    def told(fact: Fact) -> None:
        clauses = describe(fact)
        assert clauses and all(clause.template for clause in clauses)
        assert tell(fact).isprintable()

    told()


def test_words_name_what_was_seen() -> None:
    assert (
        tell(facts.Account("root", "shadow", "empty", 0))
        == "account root (shadow), no password is asked for, user number 0"
    )
    assert tell(facts.Service("telnetd", "telnet", "always", "system", False, 23)) == (
        "telnetd (telnet), started at boot, port 23, asks for an account of the system"
    )
    assert tell(facts.Component("busybox", "1.19.4", "banner")) == "busybox 1.19.4, by a banner in a program"


def test_a_file_that_nothing_reads_is_told_apart() -> None:
    assert "that nothing reads" in tell(facts.Account("root", "shadow", "empty", active=False))
    assert "documentation, an example or a comment" in tell(facts.Credential("wpa", "passphrase", HASH, active=False))


def test_a_condition_is_told_as_it_is_written() -> None:
    fact = facts.Service("telnetd", "telnet", "conditional", "system", False, condition="-f /tmp/debug")
    assert "started under a condition: -f /tmp/debug" in tell(fact)


def test_a_secret_shows_its_shape_and_its_length_and_no_digest() -> None:
    text = tell(facts.Credential("mqtt", "password", Concealed("ab" * 32, 9, "aaaa9999*")))
    assert "9 characters, shape aaaa9999*" in text
    assert "abab" not in text

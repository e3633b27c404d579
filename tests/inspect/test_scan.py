"""One pass over files: classified, hashed, handed out; an inspector that fails takes nobody with it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import MOST_AT_THE_END, MOST_IN_A_FILE, classify, observations_in_order, printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import OperatingSystem
from plimsoll.sources.tree import Tree
from tests.firmware import observe, observe_all


class Names(Inspector):
    """Sees a word, keeps paths, and says at the end how many it kept."""

    id = "names"
    patterns = (Pattern("word", rb"word-[a-z]{1,9}", (b"word-",), longest=20),)

    def look(self, look: Look) -> Iterator[Seen | object]:
        for match in look.matches["word"]:
            yield Seen(OperatingSystem(match[0].decode()), match.start(), len(match[0]))
        yield look.path

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        yield Observation(OperatingSystem(f"{len(kept)} of {len(trees)}"), trees[0].stem.at(), self.id)


class Secrets(Inspector):
    """Sees the whole file as a secret."""

    id = "secrets"

    def wants(self, look: Look) -> bool:
        return True

    def look(self, look: Look) -> Iterator[Seen | object]:
        yield Seen(OperatingSystem("secret"), 0, len(look.data), look.conceal(look.data))


class Breaks(Names):
    """Fails on one file."""

    id = "breaks"

    def look(self, look: Look) -> Iterator[Seen | object]:
        if look.name == b"bad":
            raise ValueError("secret words of ours")
        return super().look(look)


class Lines(Inspector):
    """Sees the whole file in clear."""

    id = "lines"

    def wants(self, look: Look) -> bool:
        return True

    def look(self, look: Look) -> Iterator[Seen | object]:
        yield Seen(OperatingSystem("line"), 0, len(look.data))


class Words(Inspector):
    """Sees what stands behind `word-` as a secret."""

    id = "words"
    patterns = Names.patterns

    def look(self, look: Look) -> Iterator[Seen | object]:
        for match in look.matches["word"]:
            yield Seen(OperatingSystem("word"), match.start() + 5, 4, look.conceal(match[0][5:]))


def test_a_secret_that_one_inspector_sees_is_masked_in_what_another_shows() -> None:
    line, secret = observe((Lines(), Words()), {"etc/a": b"say word-open please"})
    assert line.excerpt is not None
    assert secret.excerpt is not None
    assert line.excerpt.text == "say word-aaaa please"
    assert line.excerpt.digest.startswith("hmac-sha256:")
    assert secret.excerpt.text == "aaaa"


def test_what_is_seen_carries_its_place_and_its_bytes() -> None:
    _, first = observe(Names(), {"etc/a": b"xx word-one yy"})
    assert first.where == "test.bin!squashfs@0x1000/etc/a+0x3:8"
    assert first.excerpt is not None
    assert first.excerpt.text == "word-one"
    assert first.excerpt.digest == "sha256:" + hashlib.sha256(b"word-one").hexdigest()


def test_conclude_sees_what_was_kept_of_all_files() -> None:
    facts = [one.fact for one in observe(Names(), {"a": b"word-a", "b": b"word-b", "c": b"nothing"})]
    assert OperatingSystem("2 of 1") in facts


def test_a_secret_leaves_no_clear_text_in_the_observation() -> None:
    observations, _, secrets = observe_all(Secrets(), {"a": b"hunter2"})
    (one,) = observations
    assert one.excerpt is not None
    assert one.excerpt.text == "aaaaaa9"
    assert "hunter2" not in repr(observations)
    assert list(secrets.values()) == [b"hunter2"]


def test_an_inspector_that_fails_on_a_file_is_partial_and_the_rest_goes_on() -> None:
    observations, inspections, _ = observe_all([Breaks(), Names()], {"bad": b"word-x", "good": b"word-y"})
    assert {one.inspector: one.status for one in inspections} == {"breaks": "partial", "names": "completed"}
    assert OperatingSystem("word-y") in [one.fact for one in observations if one.inspector == "breaks"]
    reason = str(inspections[0].reason)
    assert "ValueError in test_scan.look" in reason
    assert "secret words" not in reason


def test_an_inspector_that_fails_on_every_file_has_failed() -> None:
    _, inspections, _ = observe_all(Breaks(), {"bad": b"word-x"})
    assert inspections[0].status == "failed"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"\x7fELF\x01", "elf"),
        (b"#!/bin/sh\n", "script"),
        (b"plain words\n", "text"),
        ("Grüße\n".encode(), "text"),
        (b"a\x00b", "binary"),
    ],
)
def test_files_are_told_apart_by_their_first_bytes(data: bytes, kind: str) -> None:
    assert classify(data) == kind


@given(st.binary())
def test_printable_text_has_no_control_characters(data: bytes) -> None:
    assert all(character.isprintable() for character in printable(data))


def test_observations_come_sorted_and_once() -> None:
    first, second = observe(Names(), {"a": b"word-a word-b"})[:2]
    assert list(observations_in_order([second, first, second])) == [first, second]


class Endless(Inspector):
    """Never stops seeing things."""

    id = "endless"

    def wants(self, look: Look) -> bool:
        return True

    def look(self, look: Look) -> Iterator[Seen | object]:
        yield from (Seen(OperatingSystem(str(number))) for number in itertools.count())

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        for number in itertools.count():
            yield Observation(OperatingSystem(str(number)), trees[0].stem.at(), self.id)


def test_an_inspector_that_a_hostile_file_keeps_busy_is_cut_and_says_so() -> None:
    observations, (inspection,), _ = observe_all(Endless(), {"a": b"x"})
    assert len(observations) == MOST_IN_A_FILE + MOST_AT_THE_END
    assert inspection.status == "partial"
    assert "more than" in str(inspection.reason)

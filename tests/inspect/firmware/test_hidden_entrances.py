from __future__ import annotations

import re

import pytest

from plimsoll.inspect.firmware.hidden_entrances import HiddenEntrances
from plimsoll.knowledge.hidden_entrances import KnownEntrance, load
from plimsoll.model.facts import HiddenEntrance
from tests.firmware import observe

WORDS = [one.word.encode() for one in load().entrances]


def found(data: bytes, path: str = "sbin/httpd") -> list[str]:
    facts = [one.fact for one in observe(HiddenEntrances(), {path: data})]
    return [fact.id for fact in facts if isinstance(fact, HiddenEntrance)]


@pytest.mark.parametrize("known", load().entrances, ids=lambda one: one.id)
def test_a_known_word_in_a_program_is_told_with_its_source(known: KnownEntrance) -> None:
    word = known.word.encode()
    assert found(b"\x7fELF\0\0" + word + b"\0") == [known.id]


def test_the_list_is_well_formed() -> None:
    ids = [one.id for one in load().entrances]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]+", one) for one in ids)
    assert all(len(one.word) >= 5 and one.word.isascii() and one.source and one.opens for one in load().entrances)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("usr/share/doc/scan/backdoors", b"\x7fELF\0" + WORDS[0]),
        ("usr/share/scan.lua", b"local word = '" + WORDS[1] + b"'\n"),
        ("usr/bin/scanner", b"\x7fELF\0" + WORDS[0] + b"\0" + WORDS[1] + b"\0"),
        ("usr/bin/httpd", b"\x7fELF\0xmlset_other\0"),
    ],
)
def test_lists_documents_and_other_words_do_not_count(path: str, data: bytes) -> None:
    assert found(data, path) == []

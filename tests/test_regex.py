"""Expressions that are compiled when first asked answer as those of `re` do, and all of ours are well-formed."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import re

import pytest

import plimsoll.inspect
from plimsoll.regex import Regex, regex


def test_it_answers_as_a_compiled_one() -> None:
    later, now = regex(rb"(?P<word>[a-z]+)=(\d+)", re.IGNORECASE), re.compile(rb"(?P<word>[a-z]+)=(\d+)", re.IGNORECASE)
    data = b"Speed=12 and Duplex=1"
    assert [one.groups() for one in later.finditer(data)] == [one.groups() for one in now.finditer(data)]
    assert later.sub(b"-", data) == now.sub(b"-", data) == b"- and -"
    assert later.fullmatch(data) is None
    assert (later.pattern, later.flags, later.groups) == (now.pattern, now.flags, now.groups)
    found = later.match(data)
    assert found is not None
    assert found.re == now


def test_it_is_compiled_once() -> None:
    later = regex("a+")
    assert later.search is later.search
    assert "search" in vars(later)


def test_a_mistake_shows_at_the_first_use() -> None:
    later = regex("(")
    with pytest.raises(re.error):
        later.search("x")


def test_all_of_ours_are_well_formed() -> None:
    for module in pkgutil.walk_packages(plimsoll.inspect.__path__, "plimsoll.inspect."):
        importlib.import_module(module.name)
    ours = [one for one in gc.get_objects() if type(one) is Regex and one._given != ("(", 0)]
    assert len(ours) > 500
    for one in ours:
        assert one.pattern is not None

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.visit._robots import parse_robots


def allows(rules: str, target: str) -> bool:
    return parse_robots(rules.encode(), "plimsoll").allows(target)


@pytest.mark.parametrize(
    ("rules", "target", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /security", "/security/policy", True),
        ("User-agent: *\nAllow: /security\nDisallow: /", "/other", False),
        ("User-agent: *\nDisallow: /page\nAllow: /page", "/page", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /a*b*c", "/a-c-b-c", False),
        ("User-agent: *\nDisallow: /a*b*c", "/a-c-b", True),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /aa*aa$", "/aaa", True),
        ("User-agent: *\nDisallow: /caf\u00e9", "/caf%c3%a9", False),
        ("User-agent: *\nDisallow: /%7ejoe", "/~joe/", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
        ("Disallow: /", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: PLIMSOLL\nDisallow: /", "/a", False),
        ("User-agent: plimsoll/1.0\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: plimsoll\nDisallow: /x", "/a", True),
        ("User-agent: plimsoll\nAllow: /\nUser-agent: a\nAllow: /\nUser-agent: plimsoll\nDisallow: /y", "/y", False),
        ("User-agent: other\nUser-agent: plimsoll\nDisallow: /x", "/x", False),
        ("User-agent: other\nSitemap: /s\nUser-agent: plimsoll\nDisallow: /x", "/x", False),
        ("User-agent: * # all\n  disallow : /x # not this\n", "/x", False),
        ("# User-agent: *\n# Disallow: /", "/a", True),
        ("\ufeffUser-agent: *\rDisallow: /x", "/x", False),
        ("<!doctype html><p>Disallow: /</p>", "/a", True),
    ],
)
def test_the_longest_fitting_rule_of_the_own_group_decides(rules: str, target: str, allowed: bool) -> None:
    assert allows(rules, target) is allowed


def test_patterns_made_to_be_slow_are_not() -> None:
    rules = parse_robots(b"User-agent: *\n" + b"Disallow: /" + b"*a" * 250_000 + b"b\n", "plimsoll")
    many = parse_robots(b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*b$\n" * 20_000, "plimsoll")
    started = time.process_time()
    assert rules.allows("/" + "a" * 2000)
    assert many.allows("/" + "a" * 2000)
    assert time.process_time() - started < 2


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_are_read_without_failure(body: bytes, target: str) -> None:
    assert parse_robots(b"user-agent:*\ndisallow:" + body, "plimsoll").allows("/" + target) in (True, False)

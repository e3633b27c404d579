"""Each known component against its own lines: those that it prints, and those that only look like it."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from plimsoll.inspect.inspector import Pattern
from plimsoll.inspect.patterns import Patterns
from plimsoll.knowledge.components import Example, KnownComponent, load

COMPONENTS = {component.name: component for component in load()}
EXAMPLES = [(one, example) for one in COMPONENTS.values() for example in one.examples]
_ESCAPES_AND_CLASSES = re.compile(r"\\.|\[[^]]*\]")

each = pytest.mark.parametrize("one", COMPONENTS.values(), ids=COMPONENTS)


@pytest.fixture(scope="module")
def patterns() -> Patterns:
    """All banners in one database, as the scan has them."""
    return Patterns(
        [
            Pattern(one.name, banner.regex.encode(), tuple(literal.encode() for literal in banner.literals), 160)
            for one in COMPONENTS.values()
            for banner in one.banners
        ]
    )


def versions(patterns: Patterns, one: KnownComponent, text: str) -> set[str]:
    """Give the versions of a component that a text states, empty ones too."""
    owners = [owner.name for owner in COMPONENTS.values() for _ in owner.banners]
    found, complete = patterns.find(b"\n" + text.encode() + b"\n", "elf")
    assert complete
    return {
        (match.groupdict().get("version") or b"").decode()
        for number, matches in found.items()
        if owners[number] == one.name
        for match in matches
    }


def stated(patterns: Patterns, one: KnownComponent, example: Example) -> set[str]:
    """Give the versions that an example states, by the sign that it is for."""
    if example.text:
        return versions(patterns, one, example.text)
    if example.inside:
        assert one.inside is not None
        match = re.fullmatch(one.inside.regex, example.inside)
        return {match.groupdict().get("version") or match[0]} if match else set()
    found = (re.fullmatch(regex, example.file) for regex in one.file_versions)
    return {match["version"] for match in found if match} or {""}


@pytest.mark.parametrize(("one", "example"), EXAMPLES, ids=[f"{one.name}-{n}" for n, (one, _) in enumerate(EXAMPLES)])
def test_a_line_of_the_component_states_its_version(patterns: Patterns, one: KnownComponent, example: Example) -> None:
    assert stated(patterns, one, example) == {example.version}


@each
def test_a_line_that_only_looks_like_it_states_nothing(patterns: Patterns, one: KnownComponent) -> None:
    assert {line: versions(patterns, one, line) for line in one.others if versions(patterns, one, line)} == {}


@each
def test_a_line_of_one_component_is_none_of_another(patterns: Patterns, one: KnownComponent) -> None:
    lines = [example.text for example in one.examples if example.text]
    others = [other for other in COMPONENTS.values() if other.name not in (one.name, "matrixssl", "goahead")]
    assert [(other.name, line) for line in lines for other in others if versions(patterns, other, line)] == []


@each
def test_every_sign_of_a_component_has_an_example(one: KnownComponent) -> None:
    for banner in one.banners:
        assert any(re.search(banner.regex, example.text) for example in one.examples), banner.regex
    assert one.inside is None or any(example.inside for example in one.examples)
    assert set(one.present) <= set(one.files)
    assert not one.file_versions or any(example.file and example.version for example in one.examples)


@each
def test_a_pattern_is_bounded_and_in_the_syntax_that_both_engines_share(one: KnownComponent) -> None:
    for banner in one.banners:
        assert not set(_ESCAPES_AND_CLASSES.sub("", banner.regex)) & set("*+")
        assert not re.search(r"\(\?[=!]|\(\?<|\\[1-9]", banner.regex)


@each
def test_a_literal_stands_in_every_match(one: KnownComponent) -> None:
    for banner in one.banners:
        matches = [match[0] for example in one.examples if (match := re.search(banner.regex, example.text))]
        assert all(any(literal in text for literal in banner.literals) for text in matches)


def test_a_file_is_named_after_its_component() -> None:
    folder = files("plimsoll.knowledge").joinpath("components")
    assert sorted(f"{name}.toml" for name in COMPONENTS) == sorted(entry.name for entry in folder.iterdir())


def test_there_are_the_most_common_ones() -> None:
    assert len(COMPONENTS) >= 60
    assert {"busybox", "dropbear", "openssl", "dnsmasq", "hostapd", "zlib", "curl", "u-boot"} <= COMPONENTS.keys()

"""Each known component against its own lines: those that it prints, and those that only look like it."""

from __future__ import annotations

import re
from importlib.resources import files

import msgspec
import pytest

from plimsoll.inspect.inspector import Pattern
from plimsoll.inspect.patterns import Patterns
from plimsoll.knowledge.components import Example, KnownComponent, is_possible, load, read_files

COMPONENTS = {component.name: component for component in read_files()}
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
    found, complete = patterns.find(b"\n" + text.encode("latin-1") + b"\n", "elf")
    assert complete
    forms = [banner for owner in COMPONENTS.values() for banner in owner.banners]
    return {
        forms[number].read((match.groupdict().get("version") or b"").decode())
        for number, matches in found.items()
        if owners[number] == one.name
        for match in matches
    }


def stated(patterns: Patterns, one: KnownComponent, example: Example) -> set[str]:
    """Give the versions that an example states, by the sign that it is for."""
    if example.text:
        found = versions(patterns, one, example.text)
        return {version for version in found if version} or found
    if example.inside:
        found = (re.fullmatch(inside.regex, example.inside) for inside in one.inside)
        return {match.groupdict().get("version") or match[0] for match in found if match}
    matches = (re.fullmatch(regex, example.file) for regex in one.file_versions)
    numbers = {number.read(example.file) for number in one.file_numbers} - {""}
    return {match["version"] for match in matches if match} | numbers or {""}


@pytest.mark.parametrize(("one", "example"), EXAMPLES, ids=[f"{one.name}-{n}" for n, (one, _) in enumerate(EXAMPLES)])
def test_a_line_of_the_component_states_its_version(patterns: Patterns, one: KnownComponent, example: Example) -> None:
    assert stated(patterns, one, example) == {example.version}


@each
def test_a_line_that_only_looks_like_it_states_nothing(patterns: Patterns, one: KnownComponent) -> None:
    assert {line: versions(patterns, one, line) for line in one.others if versions(patterns, one, line)} == {}


@each
def test_a_line_of_one_component_is_none_of_another(patterns: Patterns, one: KnownComponent) -> None:
    owners = [owner.name for owner in COMPONENTS.values() for _ in owner.banners]
    told_apart = {one.name, "matrixssl", "goahead"}
    for line in (example.text for example in one.examples if example.text):
        found, _ = patterns.find(b"\n" + line.encode("latin-1") + b"\n", "elf")
        assert {owners[number] for number in found} <= told_apart, line


@each
def test_every_sign_of_a_component_has_an_example(one: KnownComponent) -> None:
    for banner in one.banners:
        assert any(re.search(banner.regex, example.text, re.DOTALL) for example in one.examples), banner.regex
    for inside in one.inside:
        assert any(re.fullmatch(inside.regex, example.inside) for example in one.examples), inside.regex
    assert set(one.present) <= set(one.files)
    for regex in (*one.file_versions, *(number.regex for number in one.file_numbers)):
        assert any(re.fullmatch(regex, example.file) for example in one.examples if example.version), regex


@each
def test_a_pattern_is_bounded_and_in_the_syntax_that_both_engines_share(one: KnownComponent) -> None:
    for banner in one.banners:
        assert not set(_ESCAPES_AND_CLASSES.sub("", banner.regex)) & set("*+")
        assert not re.search(r"\(\?[=!]|\(\?<|\\[1-9]", banner.regex)


@each
def test_a_literal_stands_in_every_match(one: KnownComponent) -> None:
    for banner in one.banners:
        matches = [match[0] for example in one.examples if (match := re.search(banner.regex, example.text, re.DOTALL))]
        assert all(any(literal in text for literal in banner.literals) for text in matches)


def test_a_file_is_named_after_its_component() -> None:
    folder = files("plimsoll.knowledge").joinpath("components")
    assert sorted(f"{name}.toml" for name in COMPONENTS) == sorted(entry.name for entry in folder.iterdir())


def test_there_are_the_most_common_ones() -> None:
    assert len(COMPONENTS) >= 250
    assert {"busybox", "dropbear", "openssl", "dnsmasq", "hostapd", "zlib", "curl", "u-boot"} <= COMPONENTS.keys()


# What else is known of each

_CPE = re.compile(r"(?:[a-z0-9._+!-]|\\[+!/])+:(?:[a-z0-9._+!-]|\\[+!/])+")
_PACKAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.+_-]*")
_LIFETIMES = re.compile(
    r"apache-http-server|gstreamer|haproxy|linux-kernel|lua|nginx|nodejs|openssl|perl|php|postgresql|python|qt|"
    r"redis|ruby|sqlite"
)
_LICENCES = re.compile(
    r"LicenseRef-[A-Za-z0-9.-]+|0BSD|AFL-2\.1|AGPL-3\.0-only|AGPL-3\.0-or-later|Apache-2\.0|Artistic-1\.0-Perl|BSD-2-Clause|BSD-3-Clause|"
    r"BSD-4-Clause|BSD-4-Clause-UC|BSL-1\.0|BUSL-1\.1|CC0-1\.0|EPL-1\.0|EPL-2\.0|FTL|GD|GPL-1\.0-or-later|"
    r"GPL-2\.0-only|GPL-2\.0-or-later|GPL-3\.0-only|GPL-3\.0-or-later|IJG|IPL-1\.0|ISC|ImageMagick|Imlib2|"
    r"Info-ZIP|JasPer-2\.0|LGPL-2\.0-or-later|LGPL-2\.1-only|LGPL-2\.1-or-later|LGPL-3\.0-only|"
    r"LGPL-3\.0-or-later|MIT|MIT-Modern-Variant|MPL-1\.1|MPL-2\.0|NTP|OLDAP-2\.8|OpenSSL|PHP-3\.01|PSF-2\.0|"
    r"PostgreSQL|Ruby|TCL|Unicode-3\.0|Unlicense|Vim|X11-distribute-modifications-variant|Zlib|blessing|"
    r"bzip2-1\.0\.6|curl|gSOAP-1\.3b|libpng-2\.0|libtiff|eCos-exception-2\.0"
)


@each
def test_names_in_databases_are_well_formed(one: KnownComponent) -> None:
    assert [name for name in one.cpe if not _CPE.fullmatch(name)] == []
    assert [name for name in one.packages if not _PACKAGE.fullmatch(name)] == []
    assert one.name not in one.packages
    for names in (one.cpe, one.packages, one.files, one.libraries):
        assert len(set(names)) == len(names)


@each
def test_a_licence_is_an_expression_of_known_names(one: KnownComponent) -> None:
    words = re.split(r" (?:AND|OR|WITH) ", one.licence) if one.licence else []
    assert [word for word in words if not _LICENCES.fullmatch(word)] == []


@each
def test_a_lifetime_is_one_that_is_published(one: KnownComponent) -> None:
    assert not one.lifetime or _LIFETIMES.fullmatch(one.lifetime)


def test_a_package_is_one_component_only() -> None:
    owners: dict[str, set[str]] = {}
    for one in COMPONENTS.values():
        for package in (one.name, *one.packages):
            owners.setdefault(package, set()).add(one.name)
    assert {package: names for package, names in owners.items() if len(names) > 1} == {}


IMPOSSIBLE = ("%s", "%d.%d.%d", "0.0.0", "0.0", "unknown", "2024-01-01", "da39a3ee5e6b4b0d3255bfef95601890afd80709")


@each
def test_what_cannot_be_a_version_is_none(patterns: Patterns, one: KnownComponent) -> None:
    for example in one.examples:
        if example.version and example.version in example.text and one.scheme != "date":
            for text in IMPOSSIBLE:
                stated = versions(patterns, one, example.text.replace(example.version, text))
                assert not {version for version in stated if version and is_possible(version)}, (text, stated)


@pytest.mark.parametrize("text", ["0.0.0", "0", "", "unknown", "None", "da39a3ee5e6b4b0d3255bfef95601890afd80709"])
def test_a_word_for_nothing_is_no_version(text: str) -> None:
    assert not is_possible(text)


@pytest.mark.parametrize("text", ["1.0.2f", "0.9.8", "20200101", "9.2p1", "v1_99"])
def test_a_number_of_a_release_is_a_version(text: str) -> None:
    assert is_possible(text)


def test_the_program_reads_what_the_files_say() -> None:
    """Where this fails, `make docs` writes the one file again."""
    assert load() == tuple(msgspec.structs.replace(one, examples=(), others=()) for one in COMPONENTS.values())

"""What a stranger may rely on: every part is registered, tested, documented and small, and names only what exists."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from inspect import isabstract
from pathlib import Path
from types import ModuleType

import pytest

import plimsoll.inspect.firmware
import plimsoll.inspect.maker
import plimsoll.judge.rules
import plimsoll.knowledge.importers
import plimsoll.match
import plimsoll.unpack.formats
from plimsoll.catalogue import load
from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.inspect.inspector import Inspector
from plimsoll.inspect.maker import MAKER_INSPECTORS, SiteInspector
from plimsoll.judge.rule import Rule
from plimsoll.judge.rules import RULES
from plimsoll.knowledge.importers import IMPORTERS
from plimsoll.knowledge.importers.importer import Importer
from plimsoll.match import MATCHERS
from plimsoll.match.matcher import Matcher
from plimsoll.unpack.format import Format
from plimsoll.unpack.formats import FORMATS

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 400


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Give the public modules of a package."""
    for found in pkgutil.iter_modules(package.__path__):
        if not found.name.startswith("_"):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def defined(package: ModuleType, kind: type) -> set[str]:
    """Name what a package's modules define of a kind: instances, or classes derived from it."""
    names = set()
    for module in modules(package):
        for value in vars(module).values():
            if isinstance(value, kind):
                names.add(str(getattr(value, "id", getattr(value, "name", ""))))
            elif isinstance(value, type) and issubclass(value, kind) and value is not kind and not isabstract(value):
                names.add(str(getattr(value, "id", "")))
    return names


@pytest.mark.parametrize(
    ("package", "kind", "registered"),
    [
        (plimsoll.unpack.formats, Format, [one.name for one in FORMATS]),
        (plimsoll.inspect.firmware, Inspector, [one.id for one in INSPECTORS]),
        (plimsoll.inspect.maker, SiteInspector, [one.id for one in MAKER_INSPECTORS]),
        (plimsoll.knowledge.importers, Importer, [one.id for one in IMPORTERS]),
        (plimsoll.match, Matcher, [one.id for one in MATCHERS]),
        (plimsoll.judge.rules, Rule, [one.id for one in RULES]),
    ],
    ids=["formats", "inspectors", "inspectors of sites", "importers", "matchers", "rules"],
)
def test_everything_that_is_written_is_registered_once(package: ModuleType, kind: type, registered: list[str]) -> None:
    assert len(set(registered)) == len(registered)
    assert defined(package, kind) == set(registered)


@pytest.mark.parametrize(
    "package",
    [
        plimsoll.unpack.formats,
        plimsoll.inspect.firmware,
        plimsoll.inspect.maker,
        plimsoll.knowledge.importers,
        plimsoll.match,
        plimsoll.judge.rules,
    ],
    ids=lambda package: package.__name__,
)
def test_every_part_has_a_test_of_its_own_name(package: ModuleType) -> None:
    folder = ROOT / "tests" / Path(*package.__name__.split(".")[1:])
    folders = (folder, folder.parent)
    shared = {"tar_v7": "tar", "matcher": "services", "importer": "nvd"}
    missing = [
        name
        for module in modules(package)
        if (name := module.__name__.rpartition(".")[2])
        and not any((one / f"test_{shared.get(name, name)}.py").exists() for one in folders)
    ]
    assert not missing


def test_a_rule_names_only_what_exists() -> None:
    catalogue = load()
    known = {"firmware": {one.id for one in (*INSPECTORS, *MATCHERS)}, "maker": {one.id for one in MAKER_INSPECTORS}}
    for rule in RULES:
        power = catalogue.criterion(rule.criterion).power
        assert power.get(rule.window, "none") != "none", f"{rule.id} can tell nothing through {rule.window}"
        assert set(rule.needs) <= known[rule.window], rule.id
        assert rule.needs, rule.id


def test_every_part_says_what_it_does_and_what_it_cannot_see() -> None:
    for part in (*INSPECTORS, *MATCHERS, *MAKER_INSPECTORS, *IMPORTERS):
        assert part.title.endswith("?"), part.id
        assert part.what, part.id
        assert part.limits, part.id
    for rule in RULES:
        assert rule.what, rule.id
        assert rule.limits, rule.id
    for id in [one.id for one in (*INSPECTORS, *MATCHERS)] + [one.id for one in RULES]:
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", id), id


def test_pattern_names_are_unique_within_their_inspector() -> None:
    for inspector in INSPECTORS:
        names = [pattern.name for pattern in inspector.patterns]
        assert len(set(names)) == len(names), inspector.id


def test_expressions_of_inspectors_are_compiled_when_they_are_asked() -> None:
    sources = [path.read_text() for path in (ROOT / "src/plimsoll/inspect/firmware").rglob("*.py")]
    assert sum("regex(" in text for text in sources) > 50
    assert not any("re.compile(" in text for text in sources), "take plimsoll.regex.regex"


def test_files_are_short_enough_to_be_read_at_once() -> None:
    sources = [path for folder in ("src", "tests", "scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    assert len(sources) > 100
    long = {path.name: lines for path in sources if (lines := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert not long


def test_nothing_in_the_tree_is_left_to_do() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(?:TODO|FIXME|XXX)\b", text), path.name

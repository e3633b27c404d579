"""Where vulnerabilities are, as data."""

from __future__ import annotations

import re

from plimsoll.knowledge import components
from plimsoll.knowledge.parts import load


def test_each_part_is_of_a_known_component_and_names_something() -> None:
    names = {one.name for one in components.load()} | {"linux"}
    for (component, id), part in load().items():
        assert component in names
        assert re.fullmatch(r"CVE-\d{4}-\d{4,7}", id)
        assert bool(part.applets) != bool(part.options), id
        assert not part.modules or part.options, id


def test_no_vulnerability_is_listed_twice() -> None:
    listed = [(part.component, id) for part in dict.fromkeys(load().values()) for id in part.ids]
    assert len(listed) == len(set(listed)) == len(load())


def test_names_are_those_of_the_kernel() -> None:
    for part in load().values():
        assert all(re.fullmatch(r"CONFIG_[A-Z0-9_]+", option) for option in part.options)
        assert all(re.fullmatch(r"[a-z0-9_]+", module) for module in part.modules)

from __future__ import annotations

import re

from plimsoll.knowledge import components, ended_libraries


def test_each_line_is_of_a_known_component_and_names_its_source() -> None:
    known = {one.name for one in components.load()}
    for line in ended_libraries.load().lines:
        assert line.product in known
        assert re.fullmatch(r"\d+(\.\d+)*", line.cycle)
        assert line.source.startswith("https://")
        assert bool(line.security_ends_on) != (line.is_over is True)


def test_no_line_is_given_twice() -> None:
    lines = [(one.product, one.cycle) for one in ended_libraries.load().lines]
    assert len(set(lines)) == len(lines)

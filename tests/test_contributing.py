"""The worked example of CONTRIBUTING.md runs as it is printed."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

from plimsoll.inspect.inspector import Inspector
from plimsoll.judge.rule import Rule

TEXT = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_worked_example_runs_as_it_is_printed() -> None:
    module = types.ModuleType("contributing_example")
    sys.modules[module.__name__] = module
    blocks = [block.replace("from __future__ import annotations\n", "") for block in _BLOCK.findall(TEXT)]
    assert len(blocks) == 3
    for block in blocks:
        exec(compile(block, "CONTRIBUTING.md", "exec"), module.__dict__)
    assert issubclass(module.AndroidProperties, Inspector)
    assert isinstance(module.DEBUG_BRIDGE, Rule)
    tests = [value for name, value in vars(module).items() if name.startswith("test_")]
    assert len(tests) == 3
    for test in tests:
        test()


_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)

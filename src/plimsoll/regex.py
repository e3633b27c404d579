"""Regular expressions that are compiled when they are first asked.

Inspectors have some hundreds of them, most of which no file of an image asks; compiling all of them at import would
take longer than reading a small image.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Give what serves as `re.compile(pattern, flags)`, save that a mistake in the pattern shows at its first use."""
    return cast("re.Pattern[AnyStr]", Regex(pattern, flags))


class Regex:
    """Stands for a compiled expression: what is asked of it is taken from that, and kept."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """Compile what was given, and give what it is asked for; called once for each name."""
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found

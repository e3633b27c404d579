"""Words of programs that public reports name as a way in beside the usual one.

What is known stands in knowledge/hidden_entrances.toml, each with its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.knowledge.hidden_entrances import load
from plimsoll.model.facts import HiddenEntrance

_MOST = 20
"""Most places of one file."""
_BY_WORD = {one.word.encode("ascii"): one for one in load().entrances}


class HiddenEntrances(Inspector):
    """Records each place of a known word in a program, and in the data of a microcontroller's image."""

    id = "hidden-entrances"
    title = "Is there a known way in beside the usual one?"
    what = (
        "Words that open a login, a debug service or the web interface by themselves and that were made public, in "
        "programs, scripts and the bytes of bare images: user agents, packets, pages and accounts."
    )
    limits = "Only what is on the list is known, and that the code with the word is reached is not seen."
    patterns = (
        Pattern(
            "word",
            b"|".join(re.escape(word) for word in _BY_WORD),
            tuple(_BY_WORD),
            longest=max(map(len, _BY_WORD)),
            kinds=("elf", "script", "binary"),
        ),
    )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give each word once per place; lists of signatures, which hold several of them, are left alone."""
        matches = look.matches["word"][:_MOST]
        if is_documentation(look.path) or len({match[0] for match in matches}) > 1:
            return
        for match in matches:
            known = _BY_WORD[match[0]]
            yield Seen(HiddenEntrance(known.id, known.opens, known.source), match.start(), len(match[0]))

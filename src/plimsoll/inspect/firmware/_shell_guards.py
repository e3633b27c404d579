"""The conditions in a shell script under which its commands run: POSIX, Shell Command Language, section 2.9.

`&&`, `||`, `if` and `case` make them; whether they hold is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from plimsoll.inspect.firmware._shell_tokens import Token, expand
from plimsoll.regex import regex

_ASSIGNED = regex(rb"(^|[ \t;&({])([A-Za-z_]\w*)=([^\s;]*)", re.MULTILINE)
_FILLED = regex(
    rb"\b(?:config_get|config_get_bool|json_get_var|network_get_\w+|append|let|read(?:[ \t]+-\w+)*|for)"
    rb"[ \t]+([A-Za-z_]\w*)"
)

UNTIL_SET_UP: Mapping[bytes, re.Pattern[bytes]] = {
    b"0": regex(rb"(?:`|\$\()[ \t]*xmldbc[ \t]+-g[ \t]+/runtime/device/devconfsize\b"),
    b"1": regex(rb"(?:`|\$\()[ \t]*nvram[ \t]+get[ \t]+restore_defaults\b"),
}
"""Commands that ask whether a unit has settings of its own, by what they answer while it has none: those of D-Link's
xmldb (the length of the stored settings) and of Broadcom's nvram."""


class Guard(msgspec.Struct, frozen=True):
    """A condition under which a command runs."""

    text: bytes
    """As written."""
    words: tuple[bytes, ...] = ()
    """Words of the command that decides it, expanded; empty when it cannot be decided by one command."""
    wanted: bool = True
    """Whether that command must succeed, or fail."""
    known: bool | None = None
    """What came out, where the script alone tells."""


def guards_of(condition: list[Token], values: Mapping[bytes, bytes]) -> list[Guard]:
    """Give what a condition asks for: a guard for each part that `&&` joins, or one that cannot be decided."""
    while condition and condition[-1].text in (b";", b"\n"):
        condition = condition[:-1]
    text = b" ".join(token.text for token in condition)
    if any(not token.is_word and token.text != b"&&" for token in condition):
        return [Guard(text)]
    guards, words = [], list[bytes]()
    for token in [*condition, Token(b"&&", 0, False)]:
        if token.is_word:
            words.append(token.text)
        elif words:
            wanted = words[0] != b"!"
            rest = words if wanted else words[1:]
            expanded = tuple(expand(word, values) for word in rest)
            guards.append(Guard(b" ".join(words), expanded, wanted))
            words = []
    return guards or [Guard(text)]


def none_of(guards: Sequence[Guard]) -> Guard:
    """Give the guard that holds where not all of these do."""
    if len(guards) != 1:
        return Guard(b"! (" + b" && ".join(guard.text for guard in guards) + b")")
    guard = guards[0]
    known = None if guard.known is None else not guard.known
    return Guard(b"! " + guard.text, guard.words, not guard.wanted, known)


def changing_in(data: bytes) -> set[bytes]:
    """Name the variables whose value at a condition cannot be told by reading: set twice, in a branch, or by a command.

    A path that is set once is taken as it stands, wherever that is.
    """
    once: set[bytes] = set()
    changing = set(_FILLED.findall(data))
    for match in _ASSIGNED.finditer(data):
        is_path = match[3].lstrip(b"\"'").startswith(b"/")
        is_query = any(query.match(data, match.start(3)) for query in UNTIL_SET_UP.values())
        if match[2] in once or not (match[1] == b"" or is_path or is_query):
            changing.add(match[2])
        once.add(match[2])
    return changing

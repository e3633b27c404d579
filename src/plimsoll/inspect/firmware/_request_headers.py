"""Reads tokens in the headers that commands of scripts send with a request.

Sources: RFC 6750, section 2.1 (`Authorization: Bearer`); the manuals of curl (`-H`, `--header`), wget and uclient-fetch
(`--header`); names of headers observed in the documentation of cloud services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._credential_values import Meaning, is_secret_value
from plimsoll.inspect.firmware._secret_seen import seen
from plimsoll.inspect.inspector import Look, Pattern, Seen
from plimsoll.regex import regex

FARTHEST = 600
"""Bytes before a header in which the program of its command is looked for."""
LONGEST = 200
"""Bytes of the longest token."""

PATTERN = Pattern(
    "header",
    rb"[ \t=HhRr][\"']?(?:authorization|(?:x-)?[a-z]{0,16}-?(?:api|auth|access|device|app)?-?(?:key|token|secret))"
    rb"[ \t]{0,4}:",
    (b"authorization", b"key", b"token", b"secret"),
    longest=64,
    ignore_case=True,
    kinds=("script",),
)

_OPTION = regex(
    rb"\bcurl\b(?:.*[ \t\n])?(?:-[A-Za-z#0-9]*H|--header)[ \t=]*([\"']?)\Z|"
    rb"\b(?:wget|uclient-fetch)\b.*[ \t\n]--header[ \t=]*([\"']?)\Z",
    re.DOTALL,
)
_HEADER = regex(
    rb"(?:(authorization)|[A-Za-z-]{3,40})[ \t]{0,4}:[ \t]*(?:(bearer|token|apikey)[ \t]+)?"
    rb"([^\s\"'`$\\;|&<>(){}]{1,%d})(?=([\"'])|[\s;|&)]|\Z)" % LONGEST,
    re.IGNORECASE,
)
_END = regex(rb"(?<!\\)\n|;|\||&&")
_TOKEN = Meaning("cloud", "token", "presents")


def read_headers(look: Look) -> Iterator[Seen]:
    """Give the tokens of headers that a command sends; a word that a variable fills in is none."""
    for match in look.matches.get(PATTERN.name, ()):
        start = match.start() + len(match[0]) - len(match[0][1:].lstrip(b"\"'"))
        option = _OPTION.search(_command(look.data, start))
        found = _HEADER.match(look.data, start, start + 80 + LONGEST)
        if option is None or found is None or (found[4] or b"") != (option[1] or option[2] or b""):
            continue
        if (found[1] is None or found[2] is not None) and is_secret_value(found[3], _TOKEN):
            yield seen(look, _TOKEN, found[3], found.start(3))


def _command(data: bytes, end: int) -> bytes:
    """Give what of a command stands before an offset, through lines that are joined by a backslash."""
    before = data[max(0, end - FARTHEST) : end]
    ends = [one.end() for one in _END.finditer(before)]
    return before[ends[-1] if ends else 0 :]

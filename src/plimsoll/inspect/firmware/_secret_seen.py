"""Gives a secret that was seen as a fact, concealed, with whether it is in use where it stands."""

from __future__ import annotations

from functools import lru_cache

from plimsoll.inspect.firmware._credential_values import Meaning, is_placeholder
from plimsoll.inspect.firmware._standing import is_documentation, is_read, line_at
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import Credential
from plimsoll.regex import regex

_DUE_WITHIN = 1 << 18
"""Bytes of a file that are searched for a setting which forces a change."""
_DUE = regex(
    rb"(?i)(?:(?:force|must|need|require)[a-z_.-]{0,12}(?:change|reset)[a-z_.-]{0,20}|(?<![a-z0-9])(?:"
    rb"(?:change|reset)_?(?:pass(?:word|wd)?|pwd)_?(?:at|on|next|first|required|due)[a-z_]{0,20}|"
    rb"(?:is_?)?first_?(?:time_?)?log_?in|(?:is_?)?default_?(?:pass(?:word|wd)?|pwd)(?:_?flag)?|"
    rb"(?:pass(?:word|wd)?|pwd)_?(?:must_?change|expired|is_?default)))"
    rb"(?:\"?\s{0,3}[=:]\s{0,3}[\"']?|\"\s{1,4}val(?:ue)?=\"|[\"']?[ \t]+[\"']?|>)(?:1|true|yes|on|enabled?)\b"
)


def seen(
    look: Look,
    meaning: Meaning,
    value: bytes,
    offset: int,
    account: bytes = b"",
    *,
    invented: bool = False,
    active: bool | None = None,
    change_due: bool = False,
    is_hash: bool = False,
) -> Seen:
    """Give the fact and its bytes; whether it is in use is told by its place unless it is given."""
    concealed = look.conceal(value)
    fact = Credential(
        meaning.subject,
        meaning.kind,
        concealed,
        printable(account),
        meaning.role,
        invented or (not is_hash and is_placeholder(value)),
        is_used(look, offset) if active is None else active,
        change_due=change_due or is_change_due(look),
    )
    return Seen(fact, offset, len(value), concealed)


def is_change_due(look: Look) -> bool:
    """Tell whether a setting of a file says that another password must be chosen at the first login."""
    return look.kind in ("text", "script") and _says_due(look.data[:_DUE_WITHIN])


@lru_cache(maxsize=4)  # It is asked for each secret of a file.
def _says_due(text: bytes) -> bool:
    return _DUE.search(text) is not None


def is_used(look: Look, offset: int) -> bool:
    """Tell whether a secret is in use where it stands: outside comments, documentation and examples."""
    if look.kind in ("elf", "binary"):
        return not is_documentation(look.path)
    return is_read(look, offset) and not _is_in_markup_comment(look.data, offset)


def is_outside_comment(look: Look, offset: int) -> bool:
    """Tell the same for a file whose name ends like one that people read, and is known to be read by a program."""
    line = line_at(look.data, offset)[1].lstrip()
    return not is_documentation(look.path.removesuffix(b".txt")) and not line.startswith((b"#", b";", b"//"))


def _is_in_markup_comment(data: bytes, offset: int) -> bool:
    """Tell whether a comment of XML that began before the offset has not ended there."""
    begin = data.rfind(b"<!--", max(0, offset - 16384), offset)
    return begin >= 0 and data.find(b"-->", begin, offset) < 0

"""Reads settings of a password that hold none, beside the name of a user: who logs in there may need no password.

Forms are those of settings with a value: `key=`, `key: ""`, JSON, XML, UCI. A form to be filled in has no user in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._credential_values import is_secret_name, meaning_of
from plimsoll.inspect.firmware._secret_seen import is_change_due, is_used
from plimsoll.inspect.firmware._secret_settings import REACH, is_switched_off, user_beside
from plimsoll.inspect.firmware._setting_context import block_at
from plimsoll.inspect.firmware._standing import line_at
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import BlankPassword
from plimsoll.regex import regex

_NAME = rb"([A-Za-z0-9_.:-]{1,100})"
_FORMS = (
    regex(rb"[ \t]*option[ \t]+[\"']?" + _NAME + rb"[\"']?[ \t]+(?:''|\"\")[ \t]*\r?\Z"),
    regex(rb"[ \t]*" + _NAME + rb"[ \t]{0,4}[=:][ \t]{0,4}(?:''|\"\")?[ \t]{0,4};?\r?\Z"),
    regex(rb"\"" + _NAME + rb"\"[ \t]{0,4}:[ \t]{0,4}\"\"[ \t]{0,4}(?:[,}\r]|\Z)"),
    regex(rb"<" + _NAME + rb"(?:></|[ \t]*/>|[ \t]+val(?:ue)?=\"\")"),
)
_SUBJECTS = ("http", "login", "telnet", "rtsp")
"""Subjects of passwords that people log in with; of the others a blank one means that there is no account."""
_USER = regex(rb"[A-Za-z][A-Za-z0-9_.-]{1,31}\Z")
_NO_USER = regex(rb"(?i)(?:guest|anonymous|nobody|user_?name|string|none|null)\Z")


def read_blank(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    """Read the setting that the match is the name of, where it is a password that is blank."""
    start, line = line_at(look.data, match.start(), longest=REACH)
    for form in _FORMS:
        for found in form.finditer(line):
            inside = found.start() <= match.start() - start < found.end()
            if inside and is_secret_name(found[1].rpartition(b":")[2]):
                yield from _blank(look, found, start)
                return


def _blank(look: Look, found: re.Match[bytes], start: int) -> Iterator[Seen]:
    key, offset = found[1].rpartition(b":")[2], start + found.start(1)
    blocks, begin, end = block_at(look, offset)
    meaning = meaning_of(key, look.path, blocks)
    if meaning.kind != "password" or meaning.role != "accepts" or meaning.subject not in _SUBJECTS:
        return
    account = user_beside(look, key, start, (begin, end) if blocks else None)
    if not _USER.match(account) or _NO_USER.match(account):
        return
    active = is_used(look, offset) and not is_switched_off(look, begin, end)
    fact = BlankPassword(meaning.subject, printable(account), active, is_change_due(look))
    yield Seen(fact, offset, len(found[1]))

"""A login that a service is given on its command line, with the password in a file beside it.

Observed in D-Link and other routers built by Alpha Networks: `telnetd -u NAME:$image_sign`, where the variable holds
the text of /etc/config/image_sign, the same in every unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware._shell_words import assignments, origins, shell_text
from plimsoll.inspect.firmware._standing import is_active
from plimsoll.inspect.inspector import Kept, Look
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Excerpt, Observation
from plimsoll.model.facts import Credential
from plimsoll.model.secret import Concealed
from plimsoll.regex import regex

LONGEST_WORD = 64
"""Bytes of the longest file that is taken for a password."""

_OPTION = regex(rb"\btelnetd\b[^\n|;&]{0,200}?\s-u[ =]?[\"']?([^\s:\"'$]{1,40}):([^\s\"']{1,60})")
_FROM_FILE = regex(rb"\A[\"']?(?:`|\$\()[ \t]*(?:cat[ \t]+|<[ \t]*)(/[^\s`)\"']{1,200})[ \t]*[`)]")


class _Login(msgspec.Struct, frozen=True):
    """A login whose password is the text of a file."""

    account: str
    path: bytes
    """Path of that file in its tree."""
    active: bool


class _Word(msgspec.Struct, frozen=True):
    """The text of a file that may be a password."""

    secret: Concealed


def is_word_file(look: Look) -> bool:
    """Tell whether a file holds one word and nothing else, under the name that such files have."""
    return look.name == b"image_sign" and 0 < len(look.data) <= LONGEST_WORD


def word_of(look: Look) -> object:
    """Give the word of a file to keep."""
    return _Word(look.conceal(look.data.strip()))


def logins(look: Look, start: int) -> Iterator[object]:
    """Give the login of a telnetd that is started at an offset of a script, to keep."""
    match = _OPTION.match(look.data, start)
    if match is None or b"$" not in match[2]:
        return
    known = assignments(shell_text(look.data))
    for text in origins(match[2], known):
        if (source := _FROM_FILE.match(text)) is not None:
            yield _Login(printable(match[1]), source[1].lstrip(b"/"), is_active(look, start))


def join(kept: Sequence[Kept], inspector: str) -> Iterator[Observation]:
    """Bring logins and the words of their files together, tree by tree."""
    words = {(one.tree.stem, one.path): one for one in kept if isinstance(one.value, _Word)}
    for one in kept:
        if not isinstance(one.value, _Login):
            continue
        node = one.tree.resolve(one.value.path)
        word = words.get((one.tree.stem, node.path)) if node else None
        if word is not None:
            secret = word.value.secret
            login = one.value
            fact = Credential("telnetd", "password", secret, login.account, "accepts", active=login.active)
            excerpt = Excerpt(f"hmac-sha256:{secret.digest}", secret.length, secret.shape)
            yield Observation(fact, word.where, inspector, excerpt, because=(one.where,))

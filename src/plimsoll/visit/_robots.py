"""What a robots.txt lets a visitor ask for.

Source: RFC 9309, section 2.2. Groups that name the visitor are taken together; those for `*` count only when none does.
The longest pattern that fits decides, and of two of one length the one that allows; `*` stands for any characters, and
`$` at the end for the end of the address.
"""

from __future__ import annotations

import re
import urllib.parse

import msgspec

ROBOTS_BYTES = 512_000
"""What is read of a robots.txt; RFC 9309, 2.5 asks for at least 500 kibibytes."""

_TOKEN = re.compile(r"[A-Za-z_-]+")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


class Rule(msgspec.Struct, frozen=True):
    """One line of a group."""

    allows: bool
    pattern: str
    """Canonical percent encoding."""


class Robots(msgspec.Struct, frozen=True):
    """The rules that hold for one visitor."""

    rules: tuple[Rule, ...] = ()

    def allows(self, target: str) -> bool:
        """Tell whether a path with its query may be asked for."""
        wanted = _canonical(target)
        fitting = [(len(rule.pattern), rule.allows) for rule in self.rules if _fits(rule.pattern, wanted)]
        return max(fitting, default=(0, True))[1]


def parse_robots(body: bytes, visitor: str) -> Robots:
    """Read the rules for a visitor, named by its product token in lower case; what cannot be read is no rule."""
    text = body[:ROBOTS_BYTES].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    groups: dict[str, list[Rule]] = {}
    names: list[str] = []
    in_rules = False
    for line in re.split(r"\r\n|\r|\n", text):
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            names = [*([] if in_rules else names), _token(value)]
            in_rules = False
            groups.setdefault(names[-1], [])
        elif key in ("allow", "disallow"):
            in_rules = True
            if value:
                for name in dict.fromkeys(names):
                    if name in (visitor, "*"):
                        groups[name].append(Rule(key == "allow", _canonical(value)))
    return Robots(tuple(groups.get(visitor, groups.get("*", ()))))


def _token(value: str) -> str:
    found = _TOKEN.match(value)
    return "*" if value.startswith("*") else found.group().lower() if found else ""


def _fits(pattern: str, target: str) -> bool:
    anchored = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    position = len(first)
    if not others:
        return not anchored or position == len(target)
    last = others.pop()
    for piece in others:
        found = target.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    if anchored:
        return len(target) - len(last) >= position and target.endswith(last)
    return target.find(last, position) >= 0


def _canonical(text: str) -> str:
    """Encode what is not ASCII, decode what needs no encoding, and write the rest in capitals (RFC 9309, 2.2.2)."""
    quoted = urllib.parse.quote(text, safe="!#$%&'()*+,/:;=?@[]~", errors="replace")
    return _ESCAPE.sub(lambda found: _unescaped(found.group()), quoted)


def _unescaped(escape: str) -> str:
    character = chr(int(escape[1:], 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else escape.upper()

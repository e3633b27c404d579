"""Reads a file of UCI by its sections: `config TYPE NAME`, then `option KEY VALUE` and `list KEY VALUE`.

Source: OpenWrt's description of the Unified Configuration Interface.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.firmware._setting_forms import bare, lines
from plimsoll.regex import regex

MOST_SECTIONS = 1_000

_LINE = regex(
    rb"[ \t]*(option|list|config)[ \t]+(\"[^\"]*\"|'[^']*'|[^ \t]+)[ \t]*(\"[^\"]*\"|'[^']*'|[^#]*)", re.DOTALL
)
_OFF = (b"0", b"no", b"off", b"false", b"disabled")


class Section(msgspec.Struct):
    """One section, with what is set in it."""

    kind: bytes
    name: bytes
    offset: int
    length: int
    """Bytes of its first line."""
    options: dict[bytes, list[bytes]] = {}

    def get(self, key: bytes) -> bytes:
        """Give the value of an option, the last one; empty when it is not set."""
        return self.options.get(key, [b""])[-1]

    def words(self, key: bytes) -> list[bytes]:
        """Give the words of a list, or of an option that holds several."""
        return [word for value in self.options.get(key, []) for word in value.split()]

    def is_off(self, key: bytes) -> bool:
        """Tell whether a switch is there and off."""
        return self.get(key).lower() in _OFF


def sections(data: bytes) -> Iterator[Section]:
    """Give the sections of a file in their order."""
    section: Section | None = None
    count = 0
    for offset, line in lines(data):
        found = _LINE.match(line)
        if found is None:
            continue
        key, value = bare(found[2]), bare(found[3])
        if found[1] == b"config":
            if section is not None:
                yield section
            count += 1
            if count > MOST_SECTIONS:
                return
            section = Section(key.lower(), value, offset, len(line))
        elif section is not None and found[1] == b"list":
            section.options.setdefault(key.lower(), []).append(value)
        elif section is not None:
            section.options[key.lower()] = [value]
    if section is not None:
        yield section

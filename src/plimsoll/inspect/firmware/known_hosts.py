"""Which well-known public services the image names as hosts: analytics, advertising, crash reports, clouds and more.

The services are those of `knowledge.known_hosts`. A name in a list of many services (of hosts to be blocked,
of kinds of traffic to be told apart) is no sign that the product speaks to it, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from plimsoll.inspect.firmware._standing import is_active, is_documentation, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.knowledge import known_hosts
from plimsoll.knowledge.known_hosts import KnownService
from plimsoll.model.facts import KnownHost
from plimsoll.model.locator import escape_name
from plimsoll.regex import regex

MOST_SERVICES = 10
"""Most services that one file speaks to; a file that names more is a list."""
LONGEST_NAME = 100
MOST = 200
"""Most names told of one file."""

_BEFORE = regex(rb"(?:([A-Za-z][A-Za-z0-9+.-]{1,9})://(?:[^\s/@\"']{1,80}@)?)?((?:[A-Za-z0-9_%${}-]{1,63}\.){0,8})\Z")
_BLOCKED = regex(
    rb"\A\s*(?:0\.0\.0\.0|127\.0\.0\.1|::1?|\|\||@@\|\|)[\s\w^]|address=/|server=/|local=/|\bdeny\b|\bblock"
)
_LISTS = regex(rb"(?i)public_?suffix|effective_tld|hsts|block-?list|black-?list|ad-?block|ndpi|dpi|hosts\Z|certs?/")


@cache
def _by_suffix() -> dict[bytes, KnownService]:
    return {suffix.encode("ascii"): one for suffix, one in known_hosts.load().by_suffix().items()}


def _regex() -> bytes:
    """Look for the longest suffixes first, so that one within another does not hide it."""
    suffixes = sorted(_by_suffix(), key=lambda one: (-len(one), one))
    return rb"(?:" + b"|".join(one.replace(b".", rb"\.").replace(b"-", rb"\-") for one in suffixes) + rb")"


class KnownHostNames(Inspector):
    """Records each host name of a known service once a file."""

    id = "known-hosts"
    title = "Which well-known public services does the image name?"
    what = (
        "Host names of analytics, advertising, crash reporting, platforms for connected products, clouds, "
        "notifications and voice assistants, alone or in an address, with what holds them."
    )
    limits = (
        "Only services on a short list are known. A name in a program shows that the program can speak to the service, "
        "not that it does. Files that name more than ten services are taken for lists and left out."
    )
    patterns = (Pattern("host", _regex(), tuple(sorted(_by_suffix())), longest=64, ignore_case=True),)
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take files in which such a name stands, save lists of hosts and documentation."""
        return bool(look.matches) and not is_documentation(look.path) and _LISTS.search(look.path) is None

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the names of one file, unless it is a list."""
        found: dict[KnownHost, Seen] = {}
        for match in look.matches["host"]:
            seen = _seen(look, match)
            if seen is not None and isinstance(seen.fact, KnownHost) and len(found) < MOST:
                found.setdefault(seen.fact, seen)
        if len({fact.service for fact in found}) <= MOST_SERVICES:
            yield from found.values()


def _seen(look: Look, match: re.Match[bytes]) -> Seen | None:
    """Read the whole name around a match; None when it is part of another name or of a mail address."""
    service = _by_suffix()[match[0].lower()]
    after = look.data[match.end() : match.end() + 2]
    if re.match(rb"[A-Za-z0-9_-]|\.[A-Za-z0-9]", after):
        return None
    begin = max(0, match.start() - LONGEST_NAME)
    before = _BEFORE.search(look.data[begin : match.start()])
    at = begin + before.start(2) if before else match.start()
    scheme = printable(before[1] or b"").lower() if before else ""
    previous = look.data[at - 1 : at] if at else b""
    if not scheme and (previous.isalnum() or previous in (b"@", b"-", b"_", b".")):
        return None
    _, line = line_at(look.data, match.start(), longest=200)
    if look.kind in ("text", "script") and _BLOCKED.search(line):
        return None
    host = printable(look.data[at : match.end()]).lower()
    fact = KnownHost(host, service.kind, service.name, scheme, escape_name(look.name), is_active(look, at))
    return Seen(fact, at, match.end() - at)

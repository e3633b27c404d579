"""A maker's public pages as a visitor sees them: each answer with its bytes, kept, and looked at one by one.

Nothing here touches the network: a Site is given what fetches, a polite visitor or the replay of an earlier visit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import Literal

import msgspec

from plimsoll.model.locator import Page, Place, place
from plimsoll.model.message import Message

Method = Literal["GET", "HEAD"]
Access = Literal["answered", "unreachable", "refused", "not-looked-at"]
"""unreachable: no answer, or none that could be trusted (DNS, connection, certificate, time, size); refused: robots.txt
or a rule of ours forbids it (a private address, another scheme); not-looked-at: the visit was over before."""


class Hop(msgspec.Struct, frozen=True):
    """A redirect that was followed."""

    url: str
    status: int
    location: str
    """As the server wrote it."""


class Response(msgspec.Struct, frozen=True, dict=True):
    """What came of asking for one address."""

    url: str
    """As asked for."""
    access: Access
    final_url: str = ""
    """After redirects; empty when there was no answer."""
    status: int = 0
    """HTTP status, 0 when there was no answer."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case, in the order of the answer."""
    body: bytes = b""
    """Decoded of its transfer and content encodings, cut at the size cap."""
    hops: tuple[Hop, ...] = ()
    why: Message | None = None
    """Why there is no answer; absent when there is."""
    cut: bool = False
    """Whether the body was longer than the cap."""

    @property
    def ok(self) -> bool:
        """Whether the page is there: an answer with status 200."""
        return self.access == "answered" and self.status == 200

    @property
    def is_absent(self) -> bool:
        """Whether the server says that there is no such page: 404 or 410."""
        return self.access == "answered" and self.status in (404, 410)

    @cached_property
    def sha256(self) -> str:
        """Digest of the body, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()

    def header(self, name: str) -> str:
        """Give the value of a header by its lower-case name: empty when there is none, several joined."""
        return ", ".join(value for key, value in self.headers if key == name)

    def at(self, offset: int | None = None, length: int | None = None) -> Place:
        """Mint the place of the page, or of bytes of its body."""
        return place(Page((self.final_url or self.url).encode("ascii", "replace"), self.sha256, offset, length))


Fetch = Callable[[Method, str], Response]
"""Ask for an absolute address. Never raises for what a server does: the answer says it."""


class Site:
    """A maker's public presence, asked through one visitor; each address is asked for once."""

    def __init__(self, domain: str, fetch: Fetch) -> None:
        self.domain = domain
        """Registered domain, lower case, ASCII form."""
        self._fetch = fetch
        self._seen: dict[tuple[Method, str], Response] = {}

    def get(self, url: str) -> Response:
        """Ask for a page; a path that begins with `/` is one of the domain."""
        return self._ask("GET", url)

    def head(self, url: str) -> Response:
        """Ask whether a page is there."""
        return self._ask("HEAD", url)

    @property
    def responses(self) -> tuple[Response, ...]:
        """All answers so far, in the order in which they were asked for."""
        return tuple(self._seen.values())

    def _ask(self, method: Method, url: str) -> Response:
        absolute = f"https://{self.domain}{url}" if url.startswith("/") else url
        key = method, absolute
        if key not in self._seen:
            self._seen[key] = self._fetch(method, absolute)
        return self._seen[key]

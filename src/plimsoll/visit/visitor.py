"""Asks a maker's servers for pages, politely, and tells what came of it; the answer is never an exception.

The rules it keeps: GET and HEAD only; https, and http only to see whether it leads to https; a bound on requests, pace,
time and bytes; robots.txt (RFC 9309) for every address that was neither given by the operator nor is a well-known file
(RFC 9116; CSAF 2.0, section 7.1); no cookies, credentials or forms; certificates verified; only public internet
addresses, each host looked up once and the connection made to the address that was checked; redirects followed one at a
time under the same rules; a host that says 429 (RFC 6585) is not asked again.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import plimsoll
from plimsoll.errors import InputError
from plimsoll.model.message import Message, message
from plimsoll.sources.site import Access, Hop, Method, Response
from plimsoll.visit._address import Address, Forbidden, is_public, join, parse_address
from plimsoll.visit._exchange import Answer, Caller, Clock, Connect, NoAnswer
from plimsoll.visit._robots import ROBOTS_BYTES, Robots, parse_robots
from plimsoll.visit.limits import VisitLimits

Resolve = Callable[[str], Sequence[str]]
"""Give the internet addresses of a host, as text; OSError when it has none."""

TOKEN = "plimsoll"
"""Name under which robots.txt may speak of the visitor."""

_CONTACT = re.compile(r"[!-\'*-~]{0,200}")
"""Printable ASCII without spaces and parentheses."""
_REDIRECTS = (301, 302, 303, 307, 308)
_WELL_KNOWN = ("/.well-known/security.txt", "/security.txt")


def look_up(host: str) -> tuple[str, ...]:
    """Give the internet addresses of a host in the order in which the system prefers them; raise OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def user_agent(contact: str = "") -> str:
    """Give the User-Agent: name, version, and whom to tell when the visit is not welcome.

    Raise InputError for a contact that cannot stand in a header.
    """
    if not _CONTACT.fullmatch(contact):
        raise InputError(f"{contact!r} cannot be given as a contact", hint="give an e-mail or https address")
    return f"Plimsoll/{plimsoll.__version__}" + (f" (+{contact})" if contact else "")


class Visitor:
    """A Fetch that goes out to one maker's servers and to those that these send it on to."""

    def __init__(
        self,
        domain: str,
        *,
        allow_private: bool = False,
        limits: VisitLimits = VisitLimits(),  # noqa: B008
        trust: Path | None = None,
        contact: str = "",
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        resolve: Resolve = look_up,
        connect: Connect = socket.create_connection,
    ) -> None:
        """`trust`: a file of certificates to trust in place of the system's; `contact`: of who asks, for the servers.

        Raise InputError when one of them cannot be used.
        """
        self.domain = domain
        self._limits = limits
        self._allow_private = allow_private
        self._clock, self._sleep, self._resolve = clock, sleep, resolve
        self._caller = Caller(limits, _trusting(trust), clock, connect, user_agent(contact))
        self._given: set[str] = set()
        self._pinned: dict[str, tuple[str, ...]] = {}
        self._robots: dict[str, Robots | _Stop] = {}
        self._closed: set[str] = set()
        self._requests = 0
        self._started: float | None = None
        self._asked_at = 0.0

    def given(self, url: str) -> None:
        """Mark an address as named by the operator: robots.txt is about links that are followed, not about these."""
        try:
            self._given.add(self._parse(url).url)
        except Forbidden:
            return

    def __call__(self, method: Method, url: str) -> Response:
        """Ask for an absolute address, and go where it is sent on to."""
        hops: list[Hop] = []
        try:
            address, answer = self._follow(method, url, hops)
        except _Stop as stop:
            return Response(url, stop.access, hops=tuple(hops), why=stop.why)
        return Response(
            url, "answered", address.url, answer.status, answer.headers, answer.body, tuple(hops), cut=answer.cut
        )

    def _follow(self, method: Method, url: str, hops: list[Hop]) -> tuple[Address, Answer]:
        if method not in ("GET", "HEAD"):
            raise _Stop("refused", message("only GET and HEAD are asked, not {method}", method=method))
        address = self._allowed(url)
        visited = {address.url}
        if crawled := not self._is_exempt(address):
            self._check_robots(address)
        while True:
            answer = self._ask(method, address, self._limits.body_bytes)
            location = answer.header("location")
            if answer.status not in _REDIRECTS or not location:
                if address.scheme == "http":
                    raise _Stop("refused", message("{host} answers over plain http and leads to no https page",
                                                   host=address.host))  # fmt: skip
                return address, answer
            hops.append(Hop(address.url, answer.status, location))
            address = self._next(address, location, len(hops), visited)
            if crawled and not self._is_exempt(address):
                self._check_robots(address)

    def _next(self, address: Address, location: str, count: int, visited: set[str]) -> Address:
        """Check where a redirect leads before it is followed."""
        following = self._allowed(join(address, location))
        if address.scheme == "https" and following.scheme == "http":
            raise _Stop("refused", message("{host} sends on from https to plain http", host=address.host))
        if following.url in visited:
            raise _Stop("unreachable", message("the redirects of {host} go round in a circle", host=address.host))
        if count > self._limits.redirects:
            raise _Stop("unreachable", message("more than {limit} redirects", limit=self._limits.redirects))
        visited.add(following.url)
        return following

    def _parse(self, url: str) -> Address:
        return parse_address(url, any_port=self._allow_private, longest=self._limits.url_characters)

    def _allowed(self, url: str) -> Address:
        try:
            return self._parse(url)
        except Forbidden as forbidden:
            raise _Stop("refused", forbidden.why) from None

    def _is_exempt(self, address: Address) -> bool:
        return (
            address.url in self._given
            or address.target in _WELL_KNOWN
            or address.path.endswith("/provider-metadata.json")
            or (address.target == "/" and address.host.startswith("csaf.data.security."))
        )

    def _check_robots(self, address: Address) -> None:
        if address.origin not in self._robots:
            self._robots[address.origin] = self._read_robots(address)
        rules = self._robots[address.origin]
        if isinstance(rules, _Stop):
            raise _Stop(rules.access, rules.why)
        if not rules.allows(address.target):
            raise _Stop("refused", message("robots.txt of {host} does not allow it", host=address.host))

    def _read_robots(self, address: Address) -> Robots | _Stop:
        """Fetch robots.txt: without one all is open, and one that cannot be had closes all (RFC 9309, 2.3.1)."""
        count = 0
        try:
            current = self._allowed(address.origin + "/robots.txt")
            visited = {current.url}
            while True:
                answer = self._ask("GET", current, ROBOTS_BYTES)
                location = answer.header("location")
                if answer.status not in _REDIRECTS or not location:
                    break
                count += 1
                current = self._next(current, location, count, visited)
        except _Stop as stop:
            return _Stop(stop.access, message("robots.txt of {host}: {why}", host=address.host, why=str(stop.why)))
        if 200 <= answer.status < 300:
            return parse_robots(answer.body, TOKEN)
        if 400 <= answer.status < 500:
            return Robots()
        return _Stop("refused", message("robots.txt of {host} cannot be read (status {status})", host=address.host,
                                        status=answer.status))  # fmt: skip

    def _ask(self, method: Method, address: Address, body_bytes: int) -> Answer:
        """Make one request, within the visit's bounds."""
        if address.origin in self._closed:
            raise _Stop("refused", message("{host} asked for no more requests (status 429)", host=address.host))
        self._take_request()
        pinned = self._pin(address.host)
        self._pause()
        try:
            answer = self._caller.ask(method, address, pinned, body_bytes)
        except NoAnswer as failure:
            raise _Stop("unreachable", failure.why) from None
        if answer.status == 429:
            self._closed.add(address.origin)
        return answer

    def _take_request(self) -> None:
        now = self._clock()
        if self._started is None:
            self._started = now
        if now - self._started > self._limits.seconds:
            raise _Stop(
                "not-looked-at", message("the visit's {limit} seconds were over", limit=int(self._limits.seconds))
            )
        if self._requests >= self._limits.requests:
            raise _Stop("not-looked-at", message("the visit's {limit} requests were used", limit=self._limits.requests))

    def _pause(self) -> None:
        """Count a request, and wait until it may be sent."""
        if self._requests:
            wait = self._asked_at + self._limits.interval_seconds - self._clock()
            if wait > 0:
                self._sleep(wait)
        self._requests += 1
        self._asked_at = self._clock()

    def _pin(self, host: str) -> tuple[str, ...]:
        """Look a host up, the first time only, and check every one of its internet addresses."""
        if host not in self._pinned:
            if len(self._pinned) >= self._limits.requests:
                raise _Stop(
                    "not-looked-at", message("the visit's {limit} hosts were used", limit=self._limits.requests)
                )
            try:
                found = (host,) if ":" in host else tuple(self._resolve(host))
            except (OSError, UnicodeError):
                found = ()
            self._pinned[host] = found[: self._limits.addresses]
        pinned = self._pinned[host]
        if not pinned:
            raise _Stop("unreachable", message("the name {host} has no internet address", host=host))
        if not self._allow_private and not all(is_public(one) for one in pinned):
            raise _Stop("refused", message("{host} is at an internet address that is not public", host=host))
        return pinned


class _Stop(Exception):
    """There will be no answer; carries how that is told."""

    def __init__(self, access: Access, why: Message) -> None:
        super().__init__(str(why))
        self.access: Access = access
        self.why = why


def _trusting(trust: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=trust)
    except OSError as error:
        raise InputError(
            f"the certificates in {str(trust)!r} cannot be read: {error}", hint="give a file of PEM certificates"
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context

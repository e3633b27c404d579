"""Which web addresses and which internet addresses may be asked at all.

Sources: RFC 3986 (addresses); the IANA special-purpose registries of RFC 6890, as the standard library keeps them; RFC
6052 (translated addresses); RFC 3056, RFC 4380 and RFC 4291, 2.5.5 (IPv4 addresses carried in IPv6).
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import urllib.parse

import msgspec

from plimsoll.model.message import Message, message

_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\Z"
)
_USUAL_PORT = {"https": 443, "http": 80}
_KEPT = "!$&'()*+,;=:@/?%[]~"
"""Characters that quoting leaves alone, beside letters, digits and `-._`."""

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NEVER = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")))
"""Protocol assignments, relays, tunnels and documentation, for which releases of the standard library differ."""


class Forbidden(Exception):
    """A rule of ours forbids asking; carries which."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


class Address(msgspec.Struct, frozen=True):
    """A web address that can be asked for."""

    scheme: str
    host: str
    """Lower case, ASCII form, without brackets."""
    port: int
    target: str
    """Path and query as they are sent."""

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _USUAL_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """Canonical text, without fragment."""
        return self.origin + self.target

    @property
    def path(self) -> str:
        """Path without the query."""
        return self.target.partition("?")[0]


def parse_address(url: str, *, any_port: bool, longest: int) -> Address:
    """Read an absolute address; raise Forbidden where it is none, or none that a polite visitor asks for."""
    if len(url) > longest:
        raise Forbidden(message("the address is longer than {limit} characters", limit=longest))
    try:
        parts = urllib.parse.urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise Forbidden(message("this is not an address: {url}", url=url)) from None
    if parts.scheme not in _USUAL_PORT:
        raise Forbidden(
            message("only https is asked, not {scheme}", scheme=parts.scheme or "an address without a scheme")
        )
    if parts.username is not None or parts.password is not None:
        raise Forbidden(message("the address carries a user name or a password"))
    if port not in (None, _USUAL_PORT[parts.scheme]) and not any_port:
        raise Forbidden(message("only the ports 443 and 80 are asked, not {port}", port=port or 0))
    query = f"?{_quoted(parts.query)}" if parts.query else ""
    return Address(
        parts.scheme, _host(host, parts.netloc), port or _USUAL_PORT[parts.scheme], (_quoted(parts.path) or "/") + query
    )


def join(base: Address, location: str) -> str:
    """Give the absolute address that a Location header names, whose bytes the standard library reads as Latin-1."""
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urllib.parse.urljoin(base.url, location)
    except ValueError:
        return location


def is_public(text: str) -> bool:
    """Whether an internet address is one of the public internet, for one host."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address not in _UNICAST:
            return False
    if any(address in one for one in _NEVER):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_private)


def _host(host: str, authority: str) -> str:
    try:
        if "[" not in authority:
            return _name(host)
        if "%" in host:
            raise ValueError
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        raise Forbidden(message("this is not a host name: {host}", host=host)) from None


def _name(host: str) -> str:
    name = host.removesuffix(".").lower()
    if not name.isascii():
        name = name.encode("idna").decode("ascii").lower()
    if not _HOST.match(name):
        raise ValueError
    return name


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe=_KEPT, errors="replace")

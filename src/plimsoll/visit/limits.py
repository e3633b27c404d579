"""Limits of a visit: what a polite visitor asks of a maker's servers, and what these may make us do."""

from __future__ import annotations

import msgspec

KiB, MiB = 1 << 10, 1 << 20


class VisitLimits(msgspec.Struct, frozen=True):
    """What one visit may use, over all hosts; arguments, so that the same limits give the same visit."""

    requests: int = 40
    """Requests in all: pages, redirects and robots.txt; also the most hosts that are looked up."""
    interval_seconds: float = 0.5
    """Least time from the start of a request to the start of the next."""
    seconds: float = 300.0
    """Time from the first request after which none is begun."""
    response_seconds: float = 20.0
    """Time for one request with its whole answer, connection included."""
    read_seconds: float = 10.0
    """Longest silence of a server, to a connection or within an answer."""
    body_bytes: int = 2 * MiB
    """Largest body, before and after its content encoding is undone; the rest is cut off."""
    header_bytes: int = 64 * KiB
    """Status line and headers of one answer."""
    redirects: int = 5
    """Redirects followed from one address (RFC 9309, 2.3.1.2 asks for five)."""
    url_characters: int = 2048
    """Longest address that is asked for."""
    addresses: int = 4
    """Addresses of one host that a connection is tried to."""

"""From facts on compiled programs that speak TLS to words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.model.facts import TlsProgram
from plimsoll.model.facts.tls import PeerCheck
from plimsoll.model.message import Message, message

_ROLES = {
    "client": message("as a client"),
    "server": message("as a server"),
    "both": message("as a client and as a server"),
    "unknown": message("as which side was not told"),
}
_CHECKS: Mapping[PeerCheck, Message] = {
    "off": message("it switches the check of the peer's certificate off"),
    "default-off": message("nothing in it switches the check of the peer's certificate on, which is off without that"),
    "on": message("it switches the check of the peer's certificate on"),
    "default-on": message("it leaves the check of the peer's certificate on"),
    "mixed": message("it switches the check of the peer's certificate on in one place and off in another"),
    "unread": message("whether it has the peer's certificate checked could not be read"),
}


def describe_tls(fact: TlsProgram) -> Iterator[Message]:
    """Say which library a program calls, and what it asks of it."""
    yield message("calls {library}", library=fact.library)
    if fact.is_linked_in:
        yield message("a copy of which is linked in")
    yield _ROLES[fact.role]
    yield _CHECKS[fact.check]
    if fact.host_check == "off":
        yield message("it switches the check of the name in the certificate off")
    if fact.own_checks:
        yield message("it may check by itself, by {functions}", functions=", ".join(fact.own_checks))
    if fact.methods:
        yield message("the version is fixed by {functions}", functions=", ".join(fact.methods))

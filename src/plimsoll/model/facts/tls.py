"""What compiled programs ask of a TLS library."""

from __future__ import annotations

from typing import Literal

import msgspec

TlsLibrary = Literal["openssl", "wolfssl", "mbedtls", "gnutls", "libcurl", "busybox"]
"""busybox: the TLS that BusyBox has of its own, for its wget and ssl_client."""
PeerCheck = Literal["off", "default-off", "on", "mixed", "unread", "default-on"]
"""off: each call that sets it switches it off; on: each switches it on; mixed: some do this and some that; unread: a
constant could not be told; default-off and default-on: nothing sets it, and without that it is off or on."""


class TlsProgram(msgspec.Struct, frozen=True, tag="tls-program"):
    """A compiled program that calls a TLS library: as which side, and whether it has the peer's certificate checked."""

    library: TlsLibrary
    role: Literal["client", "server", "both", "unknown"]
    """Which side it takes, by the functions that it imports."""
    check: PeerCheck
    """Of the certificate that a server shows; of a server itself, that a client shows."""
    host_check: PeerCheck = "unread"
    """Of the name in it, where the library checks that by a setting of its own."""
    always: bool = False
    """Whether each connection that the code makes comes after a call that switches the check off, on every way."""
    own_checks: tuple[str, ...] = ()
    """Imported functions and options by which the program may check by itself, or uses a shared key in its place."""
    is_linked_in: bool = False
    """Whether the library is part of the program, so that what is told rests on its calls and on symbols left in."""
    methods: tuple[str, ...] = ()
    """Imported functions that fix the version of TLS to one, such as TLSv1_client_method; empty when it is agreed on
    with the peer."""

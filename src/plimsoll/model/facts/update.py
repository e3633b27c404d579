"""How software is renewed: the program that does it, what it trusts, and where it looks."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.facts.service import StartState


class UpdateClient(msgspec.Struct, frozen=True, tag="update-client"):
    """A program or script that fetches or installs software."""

    name: str
    """opkg, swupdate, rauc, mender, sysupgrade, apt, ostree, vendor-script ... ; kebab-case."""
    state: StartState
    """Whether it is started or scheduled by itself."""
    automatic: bool | None = None
    """Whether the default configuration looks for updates by itself; None when not known."""


class UpdateTrust(msgspec.Struct, frozen=True, tag="update-trust"):
    """One thing that decides what the update client accepts."""

    client: str
    """Name as in UpdateClient."""
    check: Literal["signature", "checksum", "certificate", "none"]
    """What is checked before installing: a signature, only a checksum, the peer's certificate, nothing."""
    state: Literal["on", "off", "unknown"]
    """Whether the check is switched on."""
    algorithm: str = ""
    """Lower case, such as ed25519 or sha256-rsa4096; empty when not known."""
    key_digest: str = ""
    """SHA-256 of the trusted public key; empty when none was found."""


class Endpoint(msgspec.Struct, frozen=True, tag="endpoint"):
    """An address that something in the image speaks to."""

    scheme: str
    """http, https, mqtt, mqtts, ftp, ws, wss, coap, ntp ... ; lower case."""
    host: str
    """Host name or address, lower case, escaped; a template such as %s or $VAR is kept as written."""
    port: int | None = None
    path: str = ""
    """Escaped, 200 characters at most, without query values."""
    purpose: Literal["update", "telemetry", "cloud", "time", "unknown"] = "unknown"
    """By what it stands in or next to; unknown when nothing says."""
    used_by: str = ""
    """Escaped base name of the program or script that holds it."""
    active: bool = False
    """True only when what holds it is a script or configuration that is read or run; False for a string in a program,
    a document, a comment or a package's metadata."""


class TlsSetting(msgspec.Struct, frozen=True, tag="tls-setting"):
    """A place where the check of a peer's certificate, or the protocol version, is set."""

    client: str
    """Program or library: curl, wget, openssl, lighttpd, python ..."""
    setting: Literal["verify-peer", "minimum-version", "ciphers"]
    value: str
    """For verify-peer: on or off; else as written, escaped."""
    endpoint: str = ""
    """Host or URL it is used for, escaped; empty when not known."""
    active: bool = True
    """False in documentation, comments and examples."""

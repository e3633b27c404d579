"""How software is renewed: the program that does it, what it trusts, and where it looks."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.facts.key import KeyKind
from plimsoll.model.facts.service import StartState

GuardKind = Literal["slots", "rollback", "fallback", "recovery", "boot"]
"""slots: the new system is written beside the one that runs; rollback: an older version is refused; fallback: the old
system comes back when the new one does not start; recovery: a small system of its own repairs the product; boot: the
boot loader checks a signature of what it starts."""


class UpdateClient(msgspec.Struct, frozen=True, tag="update-client"):
    """A program or script that fetches or installs software."""

    name: str
    """opkg, swupdate, rauc, mender, sysupgrade, apt, ostree, vendor-script ... ; kebab-case."""
    state: StartState
    """Whether it is started or scheduled by itself."""
    automatic: bool | None = None
    """Whether the default configuration looks for updates by itself; None when not known."""
    interval_s: int | None = None
    """Seconds between two looks, as configured; None when nothing says."""


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


class UpdateKey(msgspec.Struct, frozen=True, tag="update-key"):
    """A public key or certificate by which updates are checked."""

    client: str
    """Name as in UpdateClient."""
    state: Literal["present", "missing", "not-named"]
    """present: what is in use names it, and it is there; missing: it is named, and not in the image; not-named: it is
    there and nothing names it."""
    path: str = ""
    """Escaped path by which it is named; empty for one within a program, a device tree or an image."""
    kind: KeyKind = "unknown"
    bits: int | None = None
    """Size of the modulus or curve; None when it is missing or could not be parsed."""
    public_digest: str = ""
    """SHA-256 of SubjectPublicKeyInfo, hexadecimal; empty when it is missing or could not be parsed."""
    other_digest: str = ""
    """For a key that is kept in a form of its own: the digest that its system knows it by, hexadecimal."""


class UpdateGuard(msgspec.Struct, frozen=True, tag="update-guard"):
    """Something that keeps an update, or the lack of one, from doing harm."""

    client: str
    """Name as in UpdateClient."""
    kind: GuardKind
    state: Literal["on", "off"] = "on"
    """off: switched off explicitly."""
    detail: str = ""
    """What says so, escaped, 100 characters at most."""


class PublishedKey(msgspec.Struct, frozen=True, tag="published-key"):
    """A key whose private half is published, so that anybody can sign with it. Derived."""

    name: str
    """Where it is published and under which name."""
    digest: str
    """The digest by which it was known."""


class UpdateWay(msgspec.Struct, frozen=True, tag="update-way"):
    """One way in which the product is updated, brought together from all that was seen of it. Derived."""

    client: str
    """Name as in UpdateClient."""
    label: str
    """Name for a person: the client, or the script of a maker's own."""
    standing: Literal["started", "perhaps", "never"]
    """Whether something starts it so that it fetches or installs."""
    scheduled: bool
    """Whether cron or a timer starts it."""
    automatic: bool | None
    """Whether it looks for updates by itself, by its configuration; None when not known."""
    interval_s: int | None
    sources: tuple[str, ...]
    """Addresses from which it fetches, escaped; a variable as written. At most 10."""
    channel: Literal["open", "partly", "checked", "unknown", "local"]
    """open: in clear, or from a server whose certificate is not checked; partly: beside others that are; checked: by
    the server's certificate; unknown: no address was seen; local: it installs what is handed to it."""
    check: Literal["signature", "checksum", "nothing", "mixed", "unknown"]
    """What is checked before installing; mixed: a signature by one setting and none by another."""
    algorithms: tuple[str, ...]
    """With what it is checked, where that is known."""
    keys: tuple[UpdateKey, ...] = ()
    published: tuple[str, ...] = ()
    """Names of those keys that are published with their private half."""
    guards: tuple[UpdateGuard, ...] = ()


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
    """For verify-peer: on, off, or never, where the client cannot check; else as written, escaped."""
    endpoint: str = ""
    """Host or URL it is used for, escaped; empty when not known."""
    active: bool = True
    """False in documentation, comments and examples."""
    by_command: bool = False
    """Whether it is a part of a shell command, in a script of the shell or in words of another language."""

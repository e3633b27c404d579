"""What bears on personal data: traces of people, where data is kept, where it goes, and how it is erased."""

from __future__ import annotations

from typing import Literal

import msgspec

ResidueKind = Literal[
    "key-comment", "wifi-network", "shell-history", "editor-history", "login-record", "mail", "core-dump", "log",
    "repository", "known-hosts", "login-file", "mail-address", "home-path", "database-record",
]  # fmt: skip
"""key-comment: name of a person and a machine behind an SSH key; login-file: names and secrets that a client of some
service keeps in a home folder; repository: what a version control system left; home-path: a home folder of the machine
on which programs were built; database-record: rows about people in a database."""

DataKind = Literal[
    "wifi", "accounts", "tokens", "recordings", "location", "contacts", "logs", "messages", "settings", "keys"
]
HostKind = Literal[
    "analytics", "advertising", "crash-reporting", "cloud", "iot-platform", "push", "voice", "location", "time", "names"
]
ResetWay = Literal["button", "web", "command-line", "started"]


class Residue(msgspec.Struct, frozen=True, tag="residue"):
    """A trace of a real person, or of the machine on which the image was made."""

    kind: ResidueKind
    what: str = ""
    """What it is, redacted: names keep their first letter and nothing more."""
    count: int = 1
    """Entries, lines, hosts or files, as fits the kind."""
    holds_secret: bool = False
    """Whether a password, passphrase or token stands with it that is no placeholder."""
    active: bool = True
    """False in documentation, examples and tests."""


class Volume(msgspec.Struct, frozen=True, tag="volume"):
    """A file system that is mounted, or a folder that is encrypted, by a table or a command of a script."""

    mount_point: str
    """Escaped path without a leading `/`; empty when only the device is named."""
    device: str = ""
    """Escaped, as written."""
    file_system: str = ""
    """Lower case; empty when not given."""
    encryption: Literal["", "dm-crypt", "fscrypt", "ecryptfs", "gocryptfs", "encfs"] = ""
    temporary: bool = False
    """Whether it lies in memory and is gone when the product is switched off."""
    active: bool = True
    key: Literal["", "in-image", "elsewhere"] = ""
    """Where the key of an encrypted one comes from: a file or words of the image, or something that it does not hold;
    empty when that was not seen."""


class DataStore(msgspec.Struct, frozen=True, tag="data-store"):
    """A place where the product keeps data of or about people."""

    kind: DataKind
    path: str
    """Escaped path without a leading `/`; of a database with the table behind `:`."""
    holder: str = ""
    """Program or setting that says so, escaped."""
    ground: Literal["command", "configuration", "database", "file"] = "file"
    world_readable: bool | None = None
    """Whether its mode lets every account of the system read it; None when it is not in the image."""
    active: bool = True


class KnownHost(msgspec.Struct, frozen=True, tag="known-host"):
    """A host name that belongs to a well-known public service."""

    host: str
    """Lower case, escaped; a template is kept as written."""
    kind: HostKind
    service: str
    """The service's own public name."""
    scheme: str = ""
    """As written before the name; empty when it stands alone."""
    used_by: str = ""
    """Escaped base name of what holds it."""
    active: bool = False
    """As in Endpoint."""


class TelemetrySwitch(msgspec.Struct, frozen=True, tag="telemetry-switch"):
    """A setting that by its name decides whether use is reported, with its default."""

    name: str
    state: Literal["on", "off"]
    value: str = ""
    """As written, escaped, 40 characters at most."""
    active: bool = True


IdentifierKind = Literal["mac", "serial", "imei", "uuid"]
"""mac: address of a network card; serial: number of the unit or its chip; imei: of a modem or its card; uuid: other."""


class SentIdentifier(msgspec.Struct, frozen=True, tag="sent-identifier"):
    """An identifier of the unit that is put into what is sent to a host."""

    kind: IdentifierKind
    host: str
    """Lower case, escaped; empty when it was not seen."""
    is_clear: bool
    """Whether the way is not encrypted."""
    way: str
    """request: a command asks with it; message: a broker is given it; form: a program has the form of an address."""


class LoggedSecret(msgspec.Struct, frozen=True, tag="logged-secret"):
    """A command that writes a secret, or all that a program holds in memory, to where it may be read later."""

    what: str
    """Name of the variable, escaped; empty for a whole memory."""
    to: Literal["system-log", "file", "trace", "core-dump"]
    target: str = ""
    """Path, escaped; empty when none is named."""
    command: str = ""
    """Name of the command, such as logger."""


class Erasure(msgspec.Struct, frozen=True, tag="erasure"):
    """What a reset comes to, set against the places where data of people is kept. Derived."""

    name: str
    """As in FactoryReset."""
    wipes: tuple[str, ...]
    reached: tuple[ResetWay, ...]
    clears: tuple[DataStore, ...] = ()
    """Stores that lie in what it removes."""
    leaves: tuple[DataStore, ...] = ()
    """Stores that nothing which it removes was seen to cover."""
    readable: bool = True
    """As in FactoryReset."""


class FactoryReset(msgspec.Struct, frozen=True, tag="factory-reset"):
    """A program or script that sets the product back to how it was delivered."""

    name: str
    """Escaped base name."""
    wipes: tuple[str, ...] = ()
    """What it removes: escaped paths, partitions or names of stores, sorted."""
    restores: tuple[str, ...] = ()
    """What it writes in place of it, sorted."""
    reached: tuple[ResetWay, ...] = ()
    """From where it is called, as far as that was seen, sorted."""
    readable: bool = True
    """False for compiled code, whose doing is not seen."""

"""What is assessed, and through which window: the product and the sources that speak of it."""

from __future__ import annotations

from typing import Literal

import msgspec

Window = Literal["firmware", "device", "maker", "declaration"]
WINDOWS: tuple[Window, ...] = ("firmware", "device", "maker", "declaration")


class Product(msgspec.Struct, frozen=True):
    """One model of one maker at one software version."""

    maker: str = ""
    """Name of the maker, empty when not given."""
    model: str = ""
    """Model designation, empty when not given."""
    version: str = ""
    """Software version, empty when not given."""


class FirmwareImage(msgspec.Struct, frozen=True, tag="firmware-image"):
    """The bytes a maker ships, or an unpacked tree of them."""

    name: str
    """File or folder name without its directory, percent-encoded as in a place; the first word of its places."""
    sha256: str
    """Of the file; of the sorted list of entries and digests when the input is a folder."""
    size_bytes: int
    """Length of the file; sum of the files when the input is a folder."""
    folder: bool = False
    """True when the input was an unpacked tree and not an image."""


class Device(msgspec.Struct, frozen=True, tag="device"):
    """A live unit on a test network."""

    address: str
    """Host name or address as the operator named it."""


class MakerDomain(msgspec.Struct, frozen=True, tag="maker-domain"):
    """The maker's public web presence."""

    domain: str
    """The registered domain, lower case, in ASCII form."""


class Declaration(msgspec.Struct, frozen=True, tag="declaration"):
    """What the maker claims: ICS and IXIT, as a file."""

    name: str
    """File name without its directory."""
    sha256: str
    """Of the file."""


class VexFile(msgspec.Struct, frozen=True, tag="vex-file"):
    """What the maker says of known vulnerabilities, as a file; no declaration in the sense of TS 103 701."""

    name: str
    """File name without its directory, escaped."""
    sha256: str
    """Of the file."""
    form: str
    """cyclonedx, openvex or csaf."""


Source = FirmwareImage | Device | MakerDomain | Declaration | VexFile

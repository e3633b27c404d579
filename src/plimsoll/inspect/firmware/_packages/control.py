"""The packages that opkg and dpkg list.

Source: Debian policy, chapter 5 (control files), which opkg follows; deb822; the fields of `status` as dpkg(1) names
them.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._packages.package import LARGEST_DATABASE, MOST_PACKAGES, Package, Reader, text
from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

_ON_DISK = frozenset((b"installed", b"unpacked", b"half-configured", b"triggers-awaited", b"triggers-pending"))
"""States in which the files of a package are there; `deinstall` before one is what is wanted, not what is."""

_FIELDS = frozenset((b"package", b"version", b"status", b"architecture", b"source", b"sourcename"))
_OPKG_STATUS = regex(rb"(?:.*/)?lib/opkg/status")
_OPKG_CONTROL = regex(rb"(?:.*/)?lib/opkg/info/[^/]+\.control")
_DPKG_STATUS = regex(rb"(?:.*/)?lib/dpkg/status(?:\.d/[^/]+(?<!\.md5sums))?")


def read_control(look: Look) -> Iterator[Package]:
    """Give the packages whose files are there; what is cut off or damaged is left out."""
    for number, (offset, paragraph) in enumerate(paragraphs(look.data[:LARGEST_DATABASE])):
        if number >= MOST_PACKAGES:
            return
        fields = _fields(paragraph)
        state = fields.get(b"status", b"install ok installed").split()
        if fields.get(b"package") and fields.get(b"version") and state and state[-1] in _ON_DISK:
            source, _, version = _source(fields).partition(" (")
            yield Package(
                name=text(fields[b"package"]),
                version=text(fields[b"version"]),
                offset=offset,
                length=len(paragraph),
                architecture=text(fields.get(b"architecture", b"")),
                source=source,
                source_version=version.removesuffix(")"),
            )


def paragraphs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Split at empty lines; give each paragraph with its offset."""
    start = 0
    while start < len(data):
        end = data.find(b"\n\n", start)
        end = len(data) if end < 0 else end
        if paragraph := data[start:end].strip(b"\n"):
            yield start + data[start:end].index(paragraph), paragraph
        start = end + 2


def _fields(paragraph: bytes) -> dict[bytes, bytes]:
    """Read `Name: value` lines; lines that begin with a blank go on with the one before, which none of ours needs."""
    fields: dict[bytes, bytes] = {}
    for line in paragraph.split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon and (key := name.lower()) in _FIELDS:
            fields.setdefault(key, value.strip())
    return fields


def _source(fields: dict[bytes, bytes]) -> str:
    """Give the source package, with its version in brackets where it is another; opkg's own name where it has one."""
    source = fields.get(b"sourcename") or fields.get(b"source", b"")
    return text(source)


OPKG = Reader(
    "opkg",
    "package-database",
    lambda look: _OPKG_STATUS.fullmatch(look.path) is not None,
    read_control,
    names=frozenset((b"status",)),
    is_of_system=True,
)
OPKG_CONTROL = Reader(
    "opkg",
    "package-database",
    lambda look: look.name.endswith(b".control") and _OPKG_CONTROL.fullmatch(look.path) is not None,
    read_control,
    is_of_system=True,
    yields_to="database",
)
DPKG = Reader(
    "deb",
    "package-database",
    lambda look: b"lib/dpkg/status" in look.path and _DPKG_STATUS.fullmatch(look.path) is not None,
    read_control,
    is_of_system=True,
)

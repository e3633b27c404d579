"""What the three forms of VEX have in common: a statement with its place, and bounds on what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from plimsoll.model.facts.vex import VexStatement, VexStatus

LONGEST_NAME = 200
LONGEST_STATEMENT = 500
MOST_NAMES = 100
"""Products, and parts, that are kept of one statement; of one that names more, the first."""


class Stated(msgspec.Struct, frozen=True):
    """A statement and the pointer to its entry."""

    pointer: str
    fact: VexStatement


def statement(
    vulnerability: str,
    status: VexStatus,
    *,
    products: Iterable[str] = (),
    components: Iterable[tuple[str, str]] = (),
    justification: str = "",
    text: str = "",
    aliases: Iterable[str] = (),
) -> VexStatement:
    """Make a statement: everything printable, bounded, sorted."""
    return VexStatement(
        shown(vulnerability),
        status,
        tuple(sorted({shown(one) for one in products if one})[:MOST_NAMES]),
        tuple(sorted({(shown(name).lower(), shown(version)) for name, version in components if name})[:MOST_NAMES]),
        shown(justification),
        shown(text, LONGEST_STATEMENT),
        tuple(sorted({shown(one) for one in aliases if one})[:MOST_NAMES]),
    )


def shown(text: str, longest: int = LONGEST_NAME) -> str:
    """Escape what is not printable, and cut what is too long."""
    cut = text[:longest]
    if cut.isprintable():
        return cut
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in cut)[:longest]


def named_by_purl(purl: str) -> tuple[str, str]:
    """Give name and version of a package URL; the name is empty when it is none."""
    from packageurl import PackageURL

    try:
        url = PackageURL.from_string(purl[:2_000])
    except ValueError:
        return "", ""
    return url.name, url.version or ""


def named_by_cpe(cpe: str) -> tuple[str, str]:
    """Give product and version of a CPE 2.3 name; the name is empty when it is none."""
    parts = cpe[:2_000].replace("\\:", "\0").split(":")
    if len(parts) < 6 or parts[:2] != ["cpe", "2.3"]:
        return "", ""
    product, version = (part.replace("\0", ":").replace("\\", "") for part in parts[4:6])
    return product, "" if version in ("*", "-") else version

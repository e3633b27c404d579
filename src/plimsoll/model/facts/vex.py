"""What a maker says of a vulnerability in its product, in a VEX document."""

from __future__ import annotations

from typing import Literal

import msgspec

VexStatus = Literal["affected", "not-affected", "fixed", "under-investigation"]
"""The four statuses that every form of VEX has."""


class VexStatement(msgspec.Struct, frozen=True, tag="vex-statement"):
    """One statement: a claim of the maker, and proof of nothing."""

    vulnerability: str
    """CVE id, or the maker's own where there is none; escaped."""
    status: VexStatus
    products: tuple[str, ...] = ()
    """What it is said of, as the document names it; escaped, sorted."""
    components: tuple[tuple[str, str], ...] = ()
    """Name, lower case, and version of each part that it is said of, the version empty for any; no parts: the whole
    product."""
    justification: str = ""
    """The document's own word for why the product is not affected, such as `vulnerable_code_not_present`."""
    statement: str = ""
    """What the maker writes of it, escaped, 500 characters at most."""
    aliases: tuple[str, ...] = ()
    """Other ids of the same vulnerability."""

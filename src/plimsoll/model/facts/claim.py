"""What a maker claims in a declaration. A claim is never evidence: it says what is to be set against the evidence."""

from __future__ import annotations

from typing import Literal

import msgspec

Statement = Literal[
    "supported", "not-supported", "not-applicable", "no-passwords", "password-per-device", "password-user-set",
    "updates-signed", "updates-automatic", "encrypted-communication", "tls-minimum", "sensor", "telemetry",
    "support-period", "no-support-period", "disclosure-policy", "interface", "no-feature",
]  # fmt: skip
"""supported, not-supported, not-applicable: a row of the ICS. The rest comes from rows of the IXIT, or says that a
feature is absent (no-feature)."""


class Claim(msgspec.Struct, frozen=True, tag="claim"):
    """One claim, in terms that can be set against what was seen."""

    statement: Statement
    provision: str = ""
    """Provision of EN 303 645 V3.1.3 that it is made for; empty when the row names none."""
    table: str = ""
    """IXIT table, such as 1-AuthMech; empty for the ICS."""
    row: str = ""
    """ID of the row in its table."""
    value: str = ""
    """What is claimed: a version of TLS, a sensor, a date, an interface such as tcp/23, a feature; as written."""

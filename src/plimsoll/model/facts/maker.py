"""What a maker publishes: the disclosure policy and the support period."""

from __future__ import annotations

import msgspec


class DisclosurePolicy(msgspec.Struct, frozen=True, tag="disclosure-policy"):
    """A published policy for reports of vulnerabilities."""

    url: str
    contact: str = ""
    """Address or form that takes reports; empty when none is named."""
    acknowledgement_time: bool = False
    """Whether it says by when a report is acknowledged."""
    status_updates: bool = False
    """Whether it promises updates until the matter is resolved."""


class SupportPeriod(msgspec.Struct, frozen=True, tag="support-period"):
    """Until when security updates are promised."""

    model: str
    """Model designation it is published for; empty when it speaks of the brand."""
    ends_on: str = ""
    """ISO 8601 date; empty when no date can be formed from what is published."""
    url: str = ""

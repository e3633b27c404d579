"""What a maker publishes: security.txt, the disclosure policy, the support period, advisories, pages on the product."""

from __future__ import annotations

from typing import Literal

import msgspec

Subject = Literal["security-txt", "disclosure-policy", "support-period", "advisories", "sbom", "sensors", "telemetry"]
Outcome = Literal["found", "absent", "unreachable", "refused", "not-looked-at"]
"""absent: every place was answered, and it is at none; unreachable: a place did not answer; refused: robots.txt, a
login or a block kept us out; not-looked-at: no place was known, or the visit was over before."""


class Search(msgspec.Struct, frozen=True, tag="search"):
    """How looking for one thing on the maker's pages ended; one per subject."""

    subject: Subject
    outcome: Outcome
    places: int
    """Addresses that were asked."""
    model: str = ""
    """Model designation that it was looked for, where that matters."""


class SecurityTxt(msgspec.Struct, frozen=True, tag="security-txt"):
    """A security.txt file (RFC 9116) as it was served."""

    url: str
    contacts: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    expires_on: str = ""
    """ISO 8601 time as written, empty when there is none that can be read."""
    expired: bool = False
    """On the day of the assessment."""
    languages: tuple[str, ...] = ()
    csaf: tuple[str, ...] = ()
    """Addresses of CSAF provider metadata."""
    signed: bool = False
    """Whether it has the form of an OpenPGP clear-signed message; the signature is not checked."""
    faults: tuple[str, ...] = ()
    """What RFC 9116 does not allow, as codes in kebab-case, such as no-contact, several-expires, wrong-content-type."""
    dead: tuple[str, ...] = ()
    """Web addresses among its contacts that lead nowhere: its form may be right, and yet it does not work."""


class DisclosurePolicy(msgspec.Struct, frozen=True, tag="disclosure-policy"):
    """A published policy for reports of vulnerabilities."""

    url: str
    contact: str = ""
    """Address or form that takes reports; empty when none is named."""
    acknowledgement_time: bool = False
    """Whether it says by when a report is acknowledged."""
    status_updates: bool = False
    """Whether it promises updates until the matter is resolved."""
    covers: Literal["products", "website", "unknown"] = "unknown"
    """What it takes reports on."""
    language: str = "en"
    """ISO 639 code; a policy in another language than English is recognised and not read."""


PolicyTermKind = Literal[
    "contact", "account-needed", "products", "website-only", "acknowledgement", "status-updates", "disclosure-time",
    "safe-harbour", "non-disclosure-demanded", "personal-data-demanded", "advisories", "coordinator", "dated", "credit",
    "encryption", "languages",
]  # fmt: skip


class PolicyTerm(msgspec.Struct, frozen=True, tag="policy-term"):
    """One thing that a policy says, with the words that say it as the excerpt."""

    policy: str
    """Address of the policy."""
    term: PolicyTermKind
    value: str = ""
    """What is promised or named: `5 days`, `full`, an address, an ISO 8601 date; empty when the term alone says it."""


class SupportPeriod(msgspec.Struct, frozen=True, tag="support-period"):
    """Until when security updates are promised."""

    model: str
    """Model designation it is published for; empty when it speaks of the brand."""
    ends_on: str = ""
    """ISO 8601 date, or year and month; empty when no date can be formed from what is published."""
    url: str = ""
    years: int = 0
    """Number of years promised, 0 when none is named."""
    counted_from: Literal["", "launch", "sale", "last-sale", "unknown"] = ""
    """What the years are counted from."""
    lifetime: bool = False
    """Whether it promises a lifetime or as long as possible, which is no period."""


class AdvisorySource(msgspec.Struct, frozen=True, tag="advisory-source"):
    """A place where a maker publishes advisories."""

    url: str
    kind: Literal["csaf", "feed", "page"]
    role: str = ""
    """Of a CSAF provider: csaf_publisher, csaf_provider, csaf_trusted_provider; empty otherwise."""
    last_on: str = ""
    """ISO 8601 date of the newest entry; empty when not known."""
    missing: tuple[str, ...] = ()
    """Requirements of its role (CSAF 2.0, section 7) that were looked at and do not hold, by number."""


class CveAuthority(msgspec.Struct, frozen=True, tag="cve-authority"):
    """The maker is a CVE numbering authority. Derived."""

    name: str
    """Short name that the CVE Program lists it by."""
    domain: str


class MakerPage(msgspec.Struct, frozen=True, tag="maker-page"):
    """A page on the product that bears on a subject."""

    subject: Literal["sensors", "telemetry", "privacy", "deletion", "updates", "sbom", "password"]
    url: str
    names_model: bool = False
    """Whether the model designation stands on it."""

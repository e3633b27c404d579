"""Reads published disclosure policies against what EN 303 645, provision 5.2-1, asks of one.

A policy is whole when it says all of it for products, in English, and the words that say so were kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import DisclosurePolicy, PolicyTerm
from plimsoll.model.facts.maker import PolicyTermKind

LACKING: dict[PolicyTermKind, str] = {
    "contact": "whom to tell",
    "acknowledgement": "when receipt is acknowledged",
    "status-updates": "that news follows until the matter is resolved",
}
"""What a policy must say, as words that follow `does not say`."""

_ENGLISH = re.compile(r"en(?:[-_].*)?\Z", re.IGNORECASE)
_OPEN_CONTACT = re.compile(r"(?:mailto:|tel:)\S{1,320}|[^\s@/]{1,64}@[^\s@/]{1,255}", re.IGNORECASE)
"""A contact that is reached without an account anywhere."""


class Policy(msgspec.Struct, frozen=True):
    """A policy with the terms that were quoted from it."""

    fact: DisclosurePolicy
    observation: Observation
    terms: dict[PolicyTermKind, tuple[Observation, ...]]

    @property
    def is_read(self) -> bool:
        """Whether it is in the language that is read."""
        return _ENGLISH.match(self.fact.language) is not None

    @property
    def is_for_website(self) -> bool:
        """Whether it takes reports on the website and nothing says that it does on products."""
        return self.fact.covers == "website" or ("website-only" in self.terms and self.fact.covers != "products")

    @property
    def lacks(self) -> tuple[PolicyTermKind, ...]:
        """What neither the policy nor a quoted term of it says; a contact that asks for an account is one."""
        return tuple(one for one in self._unpromised if one not in self.terms)

    @property
    def weakens(self) -> tuple[PolicyTermKind, ...]:
        """What a quoted term speaks of and the policy does not promise, such as a time that is only aimed at."""
        return tuple(one for one in self._unpromised if one in self.terms)

    @property
    def _unpromised(self) -> tuple[PolicyTermKind, ...]:
        promised = {
            "contact": bool(self.fact.contact) or "account-needed" in self.terms,
            "acknowledgement": self.fact.acknowledgement_time,
            "status-updates": self.fact.status_updates,
        }
        return tuple(one for one in LACKING if not promised[one])

    @property
    def is_quoted(self) -> bool:
        """Whether it promises all that it must, and the words for each were kept."""
        is_kept = all(one in self.terms for one in (*LACKING, "products"))
        return is_kept and not self._unpromised and bool(self.fact.contact)

    @property
    def asks_for_account(self) -> bool:
        """Whether a report needs an account, and no address or telephone is named beside."""
        return "account-needed" in self.terms and _OPEN_CONTACT.fullmatch(self.fact.contact.strip()) is None

    @property
    def is_whole(self) -> bool:
        """Whether it says all that is asked, to everybody."""
        is_for_products = self.fact.covers == "products" and "website-only" not in self.terms
        is_open = not self.asks_for_account and "personal-data-demanded" not in self.terms
        return self.is_read and is_for_products and self.is_quoted and is_open

    def seen(self, *kinds: PolicyTermKind) -> tuple[Observation, ...]:
        """Give the policy with its terms of some kinds."""
        return (self.observation, *(one for kind in kinds for one in self.terms.get(kind, ())))


def policies(evidence: Evidence) -> Iterator[Policy]:
    """Give each policy that was seen on the maker's pages."""
    terms: dict[str, dict[PolicyTermKind, tuple[Observation, ...]]] = {}
    for observation, term in evidence.of(PolicyTerm):
        of_policy = terms.setdefault(term.policy, {})
        of_policy[term.term] = (*of_policy.get(term.term, ()), observation)
    for observation, fact in evidence.of(DisclosurePolicy):
        yield Policy(fact, observation, terms.get(fact.url, {}))


def is_spread(read: Sequence[Policy]) -> bool:
    """Tell whether several policies say together what each of them lacks."""
    together = [set(one.lacks) for one in read if one.is_read and not one.is_for_website]
    return len(together) > 1 and not set.intersection(*together)

"""Whether the private half of a key that was seen is published, so that anybody has it."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.knowledge import published_keys
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Certificate, PrivateKey, PublicKey, PublishedKey, UpdateKey, UpdateSignature
from plimsoll.model.locator import Place


class PublishedKeys(Matcher):
    """Gives each key that is on the list, where it was seen."""

    id = "published-keys"
    title = "Is a key one whose private half is published?"
    what = (
        "Private keys, public keys, certificates, the keys by which updates are checked and those that signatures of "
        "bundles fit, set against keys that projects publish in full."
    )
    limits = "A key that is not on the list may be published all the same."

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the list."""
        known = published_keys.load()
        return (Knowledge("published keys", known.date, f"{len(known.keys)} keys; {known.note}"),)

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Look up the digests of each key."""
        known = published_keys.load()
        told: set[tuple[PublishedKey, Place]] = set()
        for observation in evidence.observations:
            public, other = _digests(observation)
            found = known.find(public, other) if public or other else None
            if found is None:
                continue
            fact, where = PublishedKey(found.name, public or other), observation.where
            if (fact, where) not in told:
                told.add((fact, where))
                yield Observation(fact, where, self.id, None, "derived", observation.window, (where,))


def _digests(observation: Observation) -> tuple[str, str]:
    """Give the digest of the public half of a key, and that by which its own system knows it."""
    match observation.fact:
        case UpdateKey() as key:
            return key.public_digest, key.other_digest
        case PublicKey() | PrivateKey() | Certificate() as key:
            return key.public_digest, ""
        case UpdateSignature() as signature:
            return signature.key_digest, ""
        case _:
            return "", ""

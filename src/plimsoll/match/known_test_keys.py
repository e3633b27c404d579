"""Which keys of the image, or of the signatures in it, are known to have been published for tests."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.knowledge import test_keys
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Certificate, KnownTestKey, PrivateKey, PublicKey, UpdateSignature


class KnownTestKeys(Matcher):
    """Gives each public test key once per place."""

    id = "known-test-keys"
    title = "Which keys are public test keys?"
    what = (
        "Public keys, private keys, certificates and the keys that signatures of bundles fit, set against a list of "
        "keys that were published for tests, whose private halves anybody can get."
    )
    limits = "A test key that the list does not hold is not known for one."

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the list."""
        known = test_keys.load()
        return (Knowledge("test keys", known.date, f"{len(known.keys)} keys; {known.note}"),)

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Look up the digest of each key."""
        known = test_keys.by_digest()
        for observation in evidence.observations:
            key = known.get(_digest(observation))
            if key is not None:
                fact = KnownTestKey(key.public_digest, key.name, key.source)
                because = (observation.where,)
                yield Observation(fact, observation.where, self.id, None, "derived", observation.window, because)


def _digest(observation: Observation) -> str:
    match observation.fact:
        case PublicKey() | PrivateKey() | Certificate() as key:
            return key.public_digest
        case UpdateSignature(key_digest=digest):
            return digest
        case _:
            return ""

"""Whether a key by which updates or systems are checked is published, so that anybody can sign with it."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.knowledge import published_keys
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import PublishedKey, UpdateKey


class PublishedKeys(Matcher):
    """Gives each key that is on the list, where it was seen."""

    id = "published-keys"
    title = "Is a key of updates one whose private half is published?"
    what = "The public keys by which updates are checked, set against development keys that projects publish in full."
    limits = "A key that is not on the list may be published all the same."

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the list."""
        known = published_keys.load()
        return (Knowledge("published signing keys", known.date, f"{len(known.keys)} keys; {known.note}"),)

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Look up the digests of each key."""
        known = published_keys.load()
        for observation, key in evidence.of(UpdateKey):
            found = known.find(key.public_digest, key.other_digest)
            if found is not None:
                fact = PublishedKey(found.name, key.public_digest or key.other_digest)
                where = observation.where
                yield Observation(fact, where, self.id, None, "derived", observation.window, (where,))

"""Passwords that stand in the image in clear and are published default passwords."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.knowledge import default_passwords
from plimsoll.match.matcher import Matcher
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Credential, GuessedPassword

_KINDS = ("password", "passphrase", "community", "pin")


class PublishedPasswords(Matcher):
    """Compares each secret that the product accepts with the list; the list itself is told of with hashes."""

    id = "published-passwords"
    title = "Which passwords that stand in clear are published defaults?"
    what = (
        "Each password, passphrase, community and PIN in clear that lets somebody in, set against the list of "
        "published default passwords."
    )
    limits = "A default that is not on the list is not known; it is still the same in every unit."

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Give a GuessedPassword at the place of each secret that is on the list."""
        words = default_passwords.load().ordered(())
        published = {word.encode("utf-8", "surrogateescape"): word for word in words if word}
        for observation, fact in evidence.of(Credential):
            if fact.kind not in _KINDS or fact.role == "presents" or fact.placeholder or not fact.active:
                continue
            secret = evidence.secrets.get(fact.secret.digest, b"")
            if word := published.get(secret):
                guessed = GuessedPassword(fact.account, "clear", word, fact.secret, 1)
                where, because = observation.where, (observation.where,)
                yield Observation(guessed, where, self.id, observation.excerpt, "derived", observation.window, because)

"""Password hashes that a published default password opens.

Which words are tried is decided beforehand, from fixed rates and a budget, so that a slow machine gives the same answer
as a fast one; the clock, of processor time, only stops what takes far longer than planned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from plimsoll.knowledge import default_passwords
from plimsoll.knowledge.default_passwords import Published
from plimsoll.match._crypt import seconds_per_try, verify
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import AccountStoreCopy, Endpoint, GuessedPassword, OperatingSystem, PasswordHash
from plimsoll.model.facts.account import HashFamily
from plimsoll.model.locator import Place, tree_of, unescape
from plimsoll.model.message import Message, message

PATIENCE = 4
"""The clock stops the work when it takes so many times as long as planned."""

MOST_HASHES = 1_000
"""Most different hashes that are tried."""

MOST_HOSTS = 200
"""Hosts that are looked through for the name of a maker."""

_STOPPED = "trying default passwords took {times} times as long as the {seconds} s that were planned, and was stopped"
_CUT = "the budget of {seconds} s allowed {tries} of {all} tries of default passwords"
_UNKNOWN = "hashes of a kind or cost that cannot be tried here: {families}"


class _Target(msgspec.Struct, frozen=True):
    """A hash to be tried, with everybody who has it."""

    secret: bytes
    family: HashFamily
    seconds: float
    """Cost of one try, by the fixed rates."""
    observations: tuple[Observation, ...]


class _Report(msgspec.Struct):
    """What was left undone."""

    unknown: set[str]
    """Families of hashes that cannot be tried here, or whose text was lost on the way."""
    planned: int = 0
    whole: int = 0
    stopped: bool = False

    def reason(self, seconds: float) -> Message | None:
        """Say what kept it from trying every word on every hash; None when nothing did."""
        budget, families = f"{seconds:g}", ", ".join(sorted(self.unknown))
        if self.stopped:
            return message(_STOPPED, times=PATIENCE, seconds=budget)
        if self.planned < self.whole and families:
            return message(f"{_CUT}; {_UNKNOWN}", seconds=budget, tries=self.planned, all=self.whole, families=families)
        if self.planned < self.whole:
            return message(_CUT, seconds=budget, tries=self.planned, all=self.whole)
        return message(_UNKNOWN, families=families) if families else None


class DefaultPasswords(Matcher):
    """Tries each active hash once, however many accounts have it."""

    id = "default-passwords"
    title = "Which password hashes does a published default password open?"
    what = (
        "Each hash of an account that can log in, and each hash within a program, is tried with the account's own name "
        "and with a list of published default passwords, within a budget of time. What was published for the maker and "
        "the product comes first: as given, or as named by the image's name, its release files and the hosts it asks."
    )
    limits = (
        "A password that is not on the list is not found; of hashes that are made to be slow, only the most used words "
        "are tried. That none opens a hash says nothing good of it: it is still the same in every unit."
    )

    def __init__(self, seconds: float = 5.0, clock: Callable[[], float] = time.process_time) -> None:
        """Take the budget in seconds of one core, at the fixed rates of `_crypt`, and the clock."""
        self._seconds = seconds
        self._clock = clock

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the list."""
        words = default_passwords.load()
        note = f"{len(words)} words, tried for {self._seconds:g} seconds at most; {words.note}"
        return (Knowledge("default passwords", words.date, note),)

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Give a GuessedPassword for each place of a hash that opens."""
        report = _Report(set())
        targets = _targets(evidence, report)
        published = default_passwords.load()
        said = _said(evidence)
        makers = published.makers_in(said)
        words = published.ordered((*makers, *published.makers_in(_hosts(evidence))), said)
        deadline = self._clock() + self._seconds * PATIENCE
        left = self._seconds
        report.whole = len(words) * len(targets[MOST_HASHES:])
        for number, target in enumerate(targets[:MOST_HASHES]):
            chosen = _chosen(target, words, left / (min(len(targets), MOST_HASHES) - number), report)
            opened = self._open(target, chosen, deadline, report)
            left -= (opened[1] if opened else len(chosen)) * target.seconds
            if opened is not None:
                yield from _guessed(target, *opened, published.published_for(opened[0], makers, said))
        reason = report.reason(self._seconds)
        if reason is not None:
            yield Inspection(self.id, "partial", reason=reason)

    def _open(self, target: _Target, words: Sequence[str], deadline: float, report: _Report) -> tuple[str, int] | None:
        """Give the word that opens the hash, and which try it was."""
        for number, word in enumerate(words, 1):
            if self._clock() > deadline:
                report.stopped = True
                return None
            if verify(word.encode("utf-8", "surrogateescape"), target.secret, target.family):
                return word, number
        return None


def _targets(evidence: Evidence, report: _Report) -> list[_Target]:
    """Give each hash once that a login may use, cheapest first: active, or in a file that becomes a store."""
    put = {(tree_of(one.where), copy.source) for one, copy in evidence.of(AccountStoreCopy)}
    seen: dict[str, list[tuple[Observation, PasswordHash]]] = {}
    for observation, fact in evidence.of(PasswordHash):
        if not fact.active and _file_of(observation.where) not in put:
            continue
        if fact.secret.digest in evidence.secrets:
            seen.setdefault(fact.secret.digest, []).append((observation, fact))
        else:
            report.unknown.add(fact.family)
    targets = []
    for digest, found in seen.items():
        secret, family = evidence.secrets[digest], found[0][1].family
        seconds = seconds_per_try(secret, family)
        if seconds is None:
            report.unknown.add(family)
        else:
            targets.append(_Target(secret, family, seconds, tuple(one for one, _ in found)))
    return sorted(targets, key=lambda one: (one.seconds, one.observations[0].where, one.secret))


def _file_of(where: Place) -> tuple[str, str]:
    tree = tree_of(where)
    return tree, where[len(tree) :].partition("+")[0].lstrip("/")


def _said(evidence: Evidence) -> str:
    """Give what names the maker and the product: as given, the image's name, and what the image says it is."""
    texts = [evidence.product.maker, evidence.product.model, *(image.image for image in evidence.images)]
    texts += [f"{fact.id} {fact.name}" for _, fact in evidence.of(OperatingSystem)]
    return "\n".join(texts)


def _hosts(evidence: Evidence) -> str:
    """Give the hosts that the product asks, which may name its maker, and others."""
    hosts = sorted({fact.host for _, fact in evidence.of(Endpoint) if fact.active and "." in fact.host})
    return "\n".join(hosts[:MOST_HOSTS])


def _chosen(target: _Target, words: Sequence[str], seconds: float, report: _Report) -> list[str]:
    """Give the words that a share of the budget allows for: the accounts' own names, then the list."""
    facts = [one.fact for one in target.observations]
    names = sorted({fact.account for fact in facts if isinstance(fact, PasswordHash) and fact.account})[:4]
    both = list(dict.fromkeys([*(unescape(name).decode("utf-8", "surrogateescape") for name in names), *words]))
    allowed = min(len(both), int(seconds / target.seconds))
    report.planned += allowed
    report.whole += len(both)
    return both[:allowed]


def _guessed(target: _Target, word: str, tried: int, published: Published | None) -> Iterator[Observation]:
    maker, source = (published.maker, published.source) if published is not None else ("", "")
    for one in target.observations:
        assert isinstance(one.fact, PasswordHash)
        known = word.encode("utf-8", "backslashreplace").decode("utf-8")
        fact = GuessedPassword(one.fact.account, target.family, known, one.fact.secret, tried, maker, source)
        yield Observation(fact, one.where, DefaultPasswords.id, one.excerpt, "derived", one.window, (one.where,))

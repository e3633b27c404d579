"""Rules for capability 3, updates that were given along: EN 303 645, provisions 5.3-2, 5.3-9 and 5.3-10.

A bundle shows how the maker signs, and nothing of whether the product looks at it. So a sound signature speaks for the
product and a missing one is a suspicion; what decides is a key with which anybody can sign, and only that the signature
is not sound: an encrypted way may still keep others from offering an update.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PrivateKey, PublishedKey, UpdateSignature
from plimsoll.model.facts.signature import SIGNED
from plimsoll.model.locator import Carve, FileSpan, Member, Place, parse_place
from plimsoll.model.message import message
from plimsoll.model.verdict import Effect

_WRAPPERS = ("zip", "gzip", "xz", "bzip2", "zstd", "7z")
"""Archives in which a maker hands out an update. Others, such as tar, are bundles themselves."""
_TREES = ("cpio", "squashfs")
"""Archives that are bundles by the files in them."""
_SYSTEM = re.compile(rb"(?:bin|boot|data|etc|home|lib|lib64|opt|root|sbin|system|usr|var|vendor)/")
_DOCUMENTATION = re.compile(rb"(?i)(?:\A|/)(?:docs?|man|examples?|samples?|tests?)/")
_BROKEN = re.compile(r"md[245]|sha1(?![0-9])|crc|rsa(?:512|768)(?![0-9])")
_SHORT = re.compile(r"rsa1024(?![0-9])")


def _weigh_signature(evidence: Evidence) -> Iterator[Weight]:
    yield from _weigh(evidence, "refutes")


def _weigh_mechanism(evidence: Evidence) -> Iterator[Weight]:
    # NOTE: a signature that anybody can make is none, and an encrypted way may still stand before it.
    yield from _weigh(evidence, "suspects")


def _weigh(evidence: Evidence, worst: Effect) -> Iterator[Weight]:
    published = {one.digest: (observation, one.name) for observation, one in evidence.of(PublishedKey)}
    private = {
        one.public_digest: observation
        for observation, one in evidence.of(PrivateKey)
        if one.active and one.public_digest and not one.encrypted
    }
    for observation, fact in evidence.of(UpdateSignature):
        yield from _everybodys_key(observation, fact, published, private, worst)
        if (weight := _state(observation, fact, fact.key_digest in published)) is not None:
            yield weight


def _everybodys_key(
    observation: Observation,
    fact: UpdateSignature,
    published: dict[str, tuple[Observation, str]],
    private: dict[str, Observation],
    worst: Effect,
) -> Iterator[Weight]:
    """Weigh a signature that anybody could have made: it fits, and its private key is in everybody's hands."""
    if not fact.fits or not fact.key_digest:
        return
    effect: Effect = "suspects" if _is_example(observation.where) else worst
    if fact.key_digest in published:
        known, name = published[fact.key_digest]
        why = message(
            "the {what} is signed with a key whose private half is published: {name}",
            what=SIGNED[fact.scheme],
            name=name,
        )
        yield Weight(effect, why, (observation, known))
    if fact.key_digest in private:
        why = message("the {what} is signed with a private key that lies in the image", what=SIGNED[fact.scheme])
        yield Weight(effect, why, (observation, private[fact.key_digest]))


def _state(observation: Observation, fact: UpdateSignature, is_published: bool) -> Weight | None:
    """Weigh what became of one signature; None where it says nothing of an update."""
    what = {"what": SIGNED[fact.scheme]}
    match fact.state:
        case "valid":
            return None if is_published else _valid(observation, fact)
        case "unsigned":
            if not _is_given(observation.where):
                return None
            why = message("the {what} is not signed; whether the product takes it was not seen", **what)
            return Weight("suspects", why, (observation,))
        case "broken":
            why = message("the {what} is signed, and {fault} does not fit", **what, fault=fact.fault or "something")
            return Weight("suspects", why, (observation,))
        case "encrypted":
            why = message("the {what} is encrypted; its content was not verified", **what)
            return Weight("blocks", why, (observation,))
        case "unknown-key":
            if is_published:
                return None
            why = message("the {what} is signed by a key that the image was not seen to carry", **what)
            return Weight("blocks", why, (observation,))


def _valid(observation: Observation, fact: UpdateSignature) -> Weight:
    words = {"what": SIGNED[fact.scheme], "algorithm": fact.algorithm}
    if _BROKEN.search(fact.algorithm):
        why = message("the {what} is signed in a way that can be forged ({algorithm})", **words)
        return Weight("suspects", why, (observation,))
    if _SHORT.search(fact.algorithm):
        why = message("the {what} is signed with a key that is too short ({algorithm})", **words)
        return Weight("suspects", why, (observation,))
    why = message("the {what} has a valid signature ({algorithm}) of a key that the image carries", **words)
    return Weight("supports", why, (observation,))


def _is_given(where: Place) -> bool:
    """Tell whether something is what was given, or lies in a folder or archive of it, and not within a system."""
    locator = parse_place(where)
    if not isinstance(locator, FileSpan) or not locator.steps:
        return False
    carves = [step for step in locator.steps if isinstance(step, Carve)]
    members = [step.path for step in locator.steps if isinstance(step, Member)]
    around = carves[:-1]
    if isinstance(locator.steps[-1], Member):
        around = carves[:-1] if carves and carves[-1].format in _TREES else carves
    return (
        all(step.offset == 0 for step in carves)
        and all(step.format in _WRAPPERS for step in around)
        and not any(_SYSTEM.match(path) or _DOCUMENTATION.search(path) for path in members)
    )


def _is_example(where: Place) -> bool:
    """Tell whether something lies in documentation or among examples and tests."""
    locator = parse_place(where)
    steps = locator.steps if isinstance(locator, FileSpan) else ()
    return any(isinstance(step, Member) and _DOCUMENTATION.search(step.path) for step in steps)


def _rule(id: str, criterion: str, weigh: Callable[[Evidence], Iterator[Weight]], key: str) -> Rule:
    return Rule(
        id=id,
        criterion=criterion,
        needs=("update-signatures", "private-keys", "published-keys"),
        what=(
            "Update bundles and signed images among what was given. One that is signed with a key whose private half "
            f"is public, or lies in the image, {key}. A sound signature under a key that the "
            "image carries speaks for it. A bundle that is not signed, or whose digest or signature does not fit, is "
            "a suspicion; one that is encrypted, or signed by a key that was not found, leaves the question open."
        ),
        limits=(
            "Whether the product looks at the signature before it installs is not seen in a bundle. An unsigned image "
            "counts only when it is what was given, not when it lies within a system."
        ),
        weigh=weigh,
    )


_DOUBT = "is a suspicion, as its way to the product may be encrypted"
MECHANISM = _rule("given-updates-are-signed", "update-mechanism-is-secure", _weigh_mechanism, _DOUBT)
SIGNATURE = _rule(
    "given-updates-have-a-sound-signature",
    "update-signature-is-sound",
    _weigh_signature,
    "decides against the product",
)
NETWORK = _rule("given-updates-are-authentic", "network-updates-are-authenticated", _weigh_mechanism, _DOUBT)

"""Rule on data at rest: capability 5; CWE-312 and CWE-922, and in spirit EN 303 645, provision 5.4-1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._standing import file_of, standing_of
from plimsoll.judge.rules._stores import Store, Stores
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Credential, StartedProgram, Volume
from plimsoll.model.facts.privacy import DataKind
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_KEPT: Mapping[DataKind, str] = {
    "wifi": "Wi-Fi networks with their passphrases",
    "accounts": "accounts",
    "tokens": "logins of services",
    "recordings": "recordings",
    "location": "places",
    "contacts": "contacts of people",
    "messages": "messages",
    "keys": "keys of paired devices",
    "logs": "logs",
}
"""What is weighed; settings at large are not."""


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    stores = Stores(evidence)
    for observation, volume in stores.encrypted:
        yield _encrypted(observation, volume)
    yield from _readable(evidence, stores)
    yield from _kept(stores)


def _encrypted(observation: Observation, volume: Volume) -> Weight:
    """Let an encrypted volume speak for the product, unless its key comes with the image."""
    if volume.key != "in-image":
        why = message("the product opens a volume that is encrypted by {means}", means=volume.encryption)
        return Weight("supports", why, (observation,))
    template = (
        "the key of a volume that is encrypted by {means} lies in the image, so it is the same in every unit; whether "
        "a unit makes one of its own in its place was not seen"
    )
    return Weight("suspects", message(template, means=volume.encryption), (observation,), "physical", "likely")


def _readable(evidence: Evidence, stores: Stores) -> Iterator[Weight]:
    """Doubt a file with a secret that every account may read, where programs run as somebody else than root."""
    secrets: dict[tuple[str, str], list[Observation]] = {}
    for observation, credential in evidence.of(Credential):
        if credential.active and not credential.placeholder:
            secrets.setdefault(file_of(observation.where), []).append(observation)
    users = _users(evidence)
    for observation, fact in stores.kept:
        tree = tree_of(observation.where)
        shown = secrets.get((tree, fact.path), [])
        others = users.get(tree, [])
        if fact.world_readable and shown and others and fact.kind in _KEPT:
            why = message(
                "{path} holds a secret and can be read by every account, and programs run that are not root's; whether "
                "one of them can be broken into is not seen",
                path=fact.path,
            )
            yield Weight("suspects", why, (observation, *shown, others[0]), "device", "likely")


def _users(evidence: Evidence) -> dict[str, list[Observation]]:
    """Give, by tree, starts of programs under another account than root's."""
    found: dict[str, list[Observation]] = {}
    for observation, start in evidence.of(StartedProgram):
        if start.user not in ("", "root", "0") and standing_of(start.state) != "never":
            found.setdefault(tree_of(observation.where), []).append(observation)
    return found


def _kept(stores: Stores) -> Iterator[Weight]:
    """Name each kind of data once with where it is kept, unless that lies in memory or is encrypted."""
    found: dict[DataKind, list[Store]] = {}
    for store in stores.kept:
        if store[1].kind in _KEPT and not stores.is_in_memory(store) and not stores.is_encrypted(store):
            found.setdefault(store[1].kind, []).append(store)
    for kind, ones in found.items():
        paths = list(dict.fromkeys(fact.path for _, fact in ones))
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        why = message(
            "it keeps " + _KEPT[kind] + " in {paths}; nothing was seen that encrypts them there",
            paths=", ".join(paths[:3]) + more,
        )
        yield Weight("blocks", why, tuple(one for one, _ in ones))


STORED = Rule(
    id="stored-data-is-protected",
    criterion="stored-data-is-protected",
    needs=("data-stores", "volumes", "credentials"),
    what=(
        "Where data of people is kept, set against the volumes that are mounted and encrypted. A file with a secret "
        "that every account may read is a suspicion where programs run under other accounts than root's, and so is an "
        "encrypted volume whose key lies in the image. Data on volumes that nothing encrypts stays open, each kind "
        "once; what lies in memory only is left out."
    ),
    limits="That a program encrypts what it writes by itself, and that a chip encrypts its flash, is not seen.",
    weigh=_weigh,
)

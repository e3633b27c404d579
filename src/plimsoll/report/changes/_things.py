"""Services, accounts, keys, certificates, addresses and update clients that came, went or are told otherwise.

A thing is known again by what names it, and not by its place: a key by its public half, an account by name and store.
Addresses count where something that is run or read holds them; certificates where they are not one of a store of many.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

from plimsoll.model import facts
from plimsoll.model.assessment import Assessment
from plimsoll.model.evidence import Observation
from plimsoll.model.locator import Place
from plimsoll.report.changes.change import ThingChange
from plimsoll.report.facts import tell

Subject = Literal["service", "account", "private key", "certificate", "endpoint", "update client"]
SUBJECTS: tuple[Subject, ...] = ("service", "account", "private key", "certificate", "endpoint", "update client")
_Key = tuple[Subject, str]


def thing_changes(old: Assessment, new: Assessment) -> tuple[ThingChange, ...]:
    """Compare what both hold, in the order of SUBJECTS."""
    then, now = _things(old), _things(new)
    keys = sorted({*then, *now}, key=lambda one: (SUBJECTS.index(one[0]), one[1]))
    return tuple(change for key in keys for change in _change(key, then, now))


_Things = dict[_Key, dict[str, Place]]


def _change(key: _Key, then: _Things, now: _Things) -> Iterator[ThingChange]:
    old, new = then.get(key, {}), now.get(key, {})
    if set(old) == set(new):
        return
    kind = "changed" if old and new else "appeared" if new else "gone"
    where = min((new or old).values())
    yield ThingChange(cast(Literal["appeared", "gone", "changed"], kind), key[0], _joined(old), _joined(new), where)


def _joined(told: dict[str, Place]) -> str:
    return "; ".join(sorted(told))


def _things(assessment: Assessment) -> _Things:
    """Give what is told of each thing, with the first place of each telling."""
    found: _Things = {}
    for one in assessment.observations:
        key = _key(one)
        if key is not None:
            told = found.setdefault(key, {})
            text = tell(one.fact)
            told[text] = min(told.get(text, one.where), one.where)
    return found


def _key(observation: Observation) -> _Key | None:
    match observation.fact:
        case facts.Service(program, protocol, port=port):
            return "service", f"{program}\0{protocol}\0{'' if port is None else port}"
        case facts.Account(name, store, active=True):
            return "account", f"{name}\0{store}"
        case facts.PrivateKey() as key if key.active:
            return "private key", key.public_digest or observation.where.rpartition("!")[2].partition("/")[2]
        case facts.Certificate() as certificate if not certificate.bundle:
            return "certificate", certificate.digest
        case facts.Endpoint(scheme, host, port, path, active=True):
            return "endpoint", f"{scheme}\0{host}\0{'' if port is None else port}\0{path}"
        case facts.UpdateClient(name):
            return "update client", name
    return None

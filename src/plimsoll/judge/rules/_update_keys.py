"""Weighs the keys by which a way to renew the software checks signatures: who can sign, and how strong they are.

That RSA of 768 bits was factored is said by IACR ePrint 2010/006; that 2048 bits are the least that still serve, by
NIST SP 800-131A.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from plimsoll.judge.rules._renewal import Way
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PrivateKey, UpdateKey
from plimsoll.model.message import Message, message
from plimsoll.model.verdict import Effect

_BROKEN_BITS, _SHORT_BITS = 1024, 2048
_SHORT_CURVE_BITS = 224


class KeyFault(msgspec.Struct, frozen=True):
    """Why a signature by a key shows nothing, or little."""

    effect: Effect
    why: Message
    observations: tuple[Observation, ...]


class Signers:
    """Who else can sign what a key checks: the private halves that lie in the image itself."""

    def __init__(self, evidence: Evidence) -> None:
        self._by_digest: dict[str, Observation] = {}
        for observation, key in evidence.of(PrivateKey):
            if key.public_digest:
                self._by_digest.setdefault(key.public_digest, observation)

    def fault(self, way: Way) -> KeyFault | None:
        """Give what is most wrong with the keys of a way that asks for signatures; None when nothing is."""
        return next(self._faults(way), None)

    def _faults(self, way: Way) -> Iterator[KeyFault]:
        if way.check != "signature":
            return
        effect: Effect = "refutes" if way.standing == "started" else "suspects"
        for _, published in way.published:
            template = "{client} accepts what is signed with the {key}, whose private half is published"
            why = message(template, client=way.label, key=published.name)
            yield KeyFault(effect, why, way.observations)
        for key in way.trusted:
            private = self._by_digest.get(key.public_digest) if key.public_digest else None
            if private is not None:
                why = message("the private half of the key by which {client} checks is in the image", client=way.label)
                yield KeyFault(effect, why, (*way.observations, private))
        for key in way.trusted:
            if key.bits is not None and (least := _least(key)) and key.bits < least:
                why = message(
                    "{client} checks signatures with a key that is too short ({kind}, {bits} bits)",
                    client=way.label, kind=key.kind, bits=key.bits,
                )  # fmt: skip
                is_broken = key.kind in ("rsa", "dsa") and key.bits < _BROKEN_BITS
                yield KeyFault(effect if is_broken else "suspects", why, way.observations)
        if way.missing and not way.trusted:
            template = "the key {path}, by which {client} is to check, is not in the image"
            yield KeyFault("blocks", message(template, path=way.missing[0].path, client=way.label), way.observations)


def _least(key: UpdateKey) -> int:
    return {"rsa": _SHORT_BITS, "dsa": _SHORT_BITS, "ec": _SHORT_CURVE_BITS}.get(key.kind, 0)


def key_words(way: Way) -> Message | None:
    """Name the first key that could be read, such as `rsa 4096`; None when there is none."""
    for key in way.trusted:
        if key.kind != "unknown":
            return message("{kind} {bits}", kind=key.kind, bits=key.bits) if key.bits else Message(key.kind)
    return None

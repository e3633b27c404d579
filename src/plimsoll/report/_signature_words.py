"""From facts about signatures and keys to words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.model import facts
from plimsoll.model.facts.signature import SIGNED, SignatureState
from plimsoll.model.message import Message, message

_STATES: Mapping[SignatureState, Message] = {
    "valid": message("signed and valid under a key that the image carries"),
    "unknown-key": message("signed by an unknown key"),
    "unsigned": message("unsigned"),
    "broken": message("broken"),
    "encrypted": message("encrypted, so that its content was not compared"),
}
_FITS: Mapping[SignatureState, Mapping[bool | None, Message]] = {
    "unknown-key": {
        True: message("the signature fits the key that it brings along or that is public"),
        False: message("it fits none of the keys that were found, or is damaged"),
        None: message("no key to check it with was found"),
    },
    "encrypted": {True: message("the signature fits"), None: message("no key to check a signature with was found")},
}


def describe_signature(fact: facts.UpdateSignature) -> Iterator[Message]:
    """Say what a signature came to."""
    yield message(SIGNED[fact.scheme])
    if fact.covers:
        yield message("{covers}", covers=fact.covers)
    yield _STATES[fact.state]
    if fact.fault:
        yield message("what does not fit: {fault}", fault=fact.fault)
    if fact.algorithm and (why := _FITS.get(fact.state, {}).get(fact.fits)):
        yield why
    if fact.algorithm:
        yield message("{algorithm}", algorithm=fact.algorithm)
    if fact.key_name:
        yield message("signer {name}", name=fact.key_name)
    if fact.key_digest:
        yield message("key {digest}", digest=fact.key_digest[:16])


def describe_public_key(fact: facts.PublicKey) -> Iterator[Message]:
    """Say which key was seen."""
    yield message("public key ({kind}, {container})", kind=fact.kind, container=fact.container)
    if fact.bits is not None:
        yield message("{bits} bits", bits=fact.bits)
    if fact.name:
        yield message("named {name}", name=fact.name)
    yield message("digest {digest}", digest=fact.public_digest[:16])

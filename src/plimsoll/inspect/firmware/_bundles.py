"""What is kept of a bundle's signatures until all keys of the image are known, and what they then come to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware import _cms, _signature_checks
from plimsoll.inspect.firmware._signing_keys import CarriedKey, read_certificate_key, read_key, rsa_traditional
from plimsoll.inspect.scan import printable
from plimsoll.model.facts.signature import Scheme, SignatureState, UpdateSignature
from plimsoll.model.locator import Place
from plimsoll.sources.signed import SignatureForm, SignatureParts, Signed

MOST_TRIES = 20_000
"""Most signatures set against keys in all."""
LONGEST_MESSAGE = 64 << 20
"""Bytes of the longest content that is put together in memory, for signatures that take no digest."""


_FORMS: dict[SignatureForm, tuple[SignatureForm, ...]] = {"rsa": ("rsa-pkcs1", "rsa-pss")}


class TooMany(Exception):
    """More signatures and keys than can be set against each other."""


class Pending(msgspec.Struct, frozen=True):
    """One signature, or none, as it waits for keys."""

    scheme: Scheme
    covers: str
    faults: tuple[str, ...]
    is_encrypted: bool
    parts: SignatureParts | None
    """Without the bytes that it is over, unless no digest stands for them; None when nothing is signed."""
    digest: bytes = b""
    message: _cms.Message | None = None
    """Of a form cms, when it could be read."""


def pending(signed: Signed) -> Iterator[Pending]:
    """Hash what the signatures of a record are over; cost: the bytes that they are over, once for each digest."""
    made: dict[tuple[str, tuple[int, ...]], bytes] = {}
    for parts in signed.signatures:
        kept = msgspec.structs.replace(parts, covered=())
        rest = signed.scheme, signed.covers, signed.faults, signed.is_encrypted
        if parts.form == "cms":
            hashes = _cms.named_hashes(parts.value)
            digests = {hash: _digest(hash, parts.covered, made) for hash in hashes} if parts.covered else None
            yield Pending(*rest, kept, message=_cms.read_message(parts.value, digests))
        elif parts.form == "ed25519" and not parts.is_digest_signed:
            yield Pending(*rest, parts)
        elif parts.stated_digest or parts.hash not in _cms.HASHES:
            yield Pending(*rest, kept, parts.stated_digest)
        else:
            yield Pending(*rest, kept, _digest(parts.hash, parts.covered, made))
    if not signed.signatures:
        yield Pending(signed.scheme, signed.covers, signed.faults, signed.is_encrypted, None)


def _digest(hash: str, covered: Sequence[memoryview], made: dict[tuple[str, tuple[int, ...]], bytes]) -> bytes:
    key = hash, tuple(map(id, covered))
    if key not in made:
        digest = hashlib.new(hash, usedforsecurity=False)
        for piece in covered:
            digest.update(piece)
        made[key] = digest.digest()
    return made[key]


class Keys:
    """All keys by which a signature may be known, and where each lies."""

    def __init__(self, carried: Iterable[tuple[CarriedKey, Place]], known: Iterable[CarriedKey]) -> None:
        self.carried: dict[bytes, CarriedKey] = {}
        self.places: dict[bytes, list[Place]] = {}
        for key, where in carried:
            earlier = self.carried.get(key.der)
            if earlier is None or (key.certificate and not earlier.certificate):
                self.carried[key.der] = key
            self.places.setdefault(key.der, []).append(where)
        self._known = [key for key in known if key.der not in self.carried]
        self._loaded: dict[bytes, object] = {}
        self._left = MOST_TRIES

    def all(self) -> list[CarriedKey]:
        """Give the keys that the image carries, then those that everybody knows."""
        return [*self.carried.values(), *self._known]

    def load(self, der: bytes) -> object:
        """Give a key ready for use."""
        if der not in self._loaded:
            self._loaded[der] = _signature_checks.load(der)
        return self._loaded[der]

    def take_try(self) -> None:
        """Account for one check; raise TooMany when there were enough."""
        self._left -= 1
        if self._left < 0:
            raise TooMany


class _Fit(msgspec.Struct, frozen=True):
    """What setting one signature against keys came to."""

    state: SignatureState
    algorithm: str
    key: CarriedKey | None = None
    fits: bool | None = None
    fault: str = ""
    name: str = ""
    anchor: bytes = b""
    """SubjectPublicKeyInfo of the key of the image that speaks for it."""


def judge(
    one: Pending, keys: Keys, elsewhere: Sequence[Place], own: str = ""
) -> tuple[UpdateSignature, tuple[Place, ...]]:
    """Say what a signature comes to, and where the keys lie that speak for it.

    `elsewhere` are places of other bundles that bring the same key along; `own` is how places begin in the bytes of
    the file that is the bundle, where what it brings along is met as well.
    """
    if one.parts is None:
        fault = _fault_of(one.faults)
        return UpdateSignature(one.scheme, "encrypted" if one.is_encrypted else "unsigned", one.covers, fault=fault), ()
    fit = _of_message(one, keys) if one.parts.form == "cms" else _of_parts(one, one.parts, keys)
    because = tuple(where for where in keys.places.get(fit.anchor, ()) if not (own and where.startswith(own)))
    if fit.state == "valid" and not because:
        fit = msgspec.structs.replace(fit, state="unknown-key")
    if fit.fits and not because and elsewhere:
        fit, because = msgspec.structs.replace(fit, state="valid"), tuple(elsewhere)
    state: SignatureState = fit.state
    fault = _fault_of(one.faults) or fit.fault
    if one.faults:
        state = "broken"
    elif one.is_encrypted and state != "broken":
        state = "encrypted"
    algorithm = f"{fit.algorithm} over {one.parts.over}" if one.parts.over else fit.algorithm
    digest = hashlib.sha256(fit.key.der).hexdigest() if fit.key is not None else ""
    name = printable((fit.name or one.parts.key_name).encode("utf-8", "surrogateescape"))[:300]
    return UpdateSignature(one.scheme, state, one.covers, algorithm, digest, name, fit.fits, fault), because


def _fault_of(faults: Sequence[str]) -> str:
    return "; ".join(faults[:4])


def _of_message(one: Pending, keys: Keys) -> _Fit:
    """Weigh the signers of a message: one that fits is enough, and the best counts."""
    message = one.message
    if message is None or not message.signers:
        return _Fit("broken", "cms", fits=False, fault="the signature")
    found = [_of_signer(signer, message, keys) for signer in message.signers]
    order: tuple[SignatureState, ...] = ("valid", "unknown-key", "broken")
    return min(found, key=lambda fit: order.index(fit.state) if fit.state in order else len(order))


def _of_signer(signer: _cms.Signer, message: _cms.Message, keys: Keys) -> _Fit:
    certificate = signer.certificate or _cms.find_signer(signer, keys.carried.values())
    key = read_certificate_key(certificate, "cms") if certificate else None
    loaded = keys.load(key.der) if key is not None else None
    algorithm = _signature_checks.name_algorithm(signer.form, loaded, signer.hash)
    if key is None or _cms.is_unreadable(signer):
        fault = "" if signer.is_content_right else "the digest of the content"
        return _Fit("broken" if fault else "unknown-key", algorithm, key, False if fault else None, fault)
    keys.take_try()
    if not _cms.fits(signer, key):
        return _Fit("broken", algorithm, key, False, "the signature", key.name)
    if not signer.is_content_right:
        return _Fit("broken", algorithm, key, False, "the digest of the content", key.name)
    anchor = _cms.anchor_of(certificate, message.certificates, keys.carried)
    if anchor is None:
        return _Fit("unknown-key", algorithm, key, True, "", key.name)
    return _Fit("valid", algorithm, key, True, "", key.name, anchor.der)


def _of_parts(one: Pending, parts: SignatureParts, keys: Keys) -> _Fit:
    if parts.form == "unread":
        return _Fit("unknown-key", parts.algorithm)
    if parts.key or parts.key_hash:
        return _of_named_key(one, parts, keys)
    tried = False
    for key in _in_order(keys.all(), parts.key_name):
        loaded = keys.load(key.der)
        for form in _FORMS.get(parts.form, (parts.form,)):
            if not _signature_checks.takes(form, loaded):
                continue
            keys.take_try()
            algorithm = _signature_checks.name_algorithm(form, loaded, parts.hash)
            if _fits(one, parts, form, loaded):
                state: SignatureState = "valid" if key.der in keys.carried else "unknown-key"
                return _Fit(state, algorithm, key, True, "", key.name, key.der)
            if _signature_checks.is_made_by(form, loaded, parts.value, parts.hash):
                return _Fit("broken", algorithm, key, False, "the signature", key.name)
            tried = tried or key.der in keys.carried
    plain = _signature_checks.name_algorithm(parts.form, None, parts.hash)
    return _Fit("unknown-key", plain, None, False if tried else None)


def _of_named_key(one: Pending, parts: SignatureParts, keys: Keys) -> _Fit:
    """Weigh a signature that brings its key or names it by a digest."""
    if parts.key:
        brought = read_key(parts.key, "")
        if brought is None:
            return _Fit("unknown-key", _signature_checks.name_algorithm(parts.form, None, parts.hash))
        key = keys.carried.get(brought.der, brought)
        name = key.name
    else:
        name = parts.key_hash.hex()
        found = next((one for one in keys.all() if is_hash_of(parts.key_hash, one)), None)
        if found is None:
            return _Fit("unknown-key", _signature_checks.name_algorithm(parts.form, None, parts.hash), name=name)
        key = found
    loaded = keys.load(key.der)
    algorithm = _signature_checks.name_algorithm(parts.form, loaded, parts.hash)
    keys.take_try()
    if not _fits(one, parts, parts.form, loaded):
        return _Fit("broken", algorithm, key, False, "the signature", name)
    state: SignatureState = "valid" if key.der in keys.carried else "unknown-key"
    return _Fit(state, algorithm, key, True, "", name, key.der)


def _fits(one: Pending, parts: SignatureParts, form: SignatureForm, loaded: object) -> bool:
    message = None
    if parts.form == "ed25519" and not parts.is_digest_signed:
        if sum(map(len, parts.covered)) > LONGEST_MESSAGE:
            return False
        message = b"".join(parts.covered)
    return _signature_checks.fits(form, loaded, parts.value, one.digest, parts.hash, message)


def is_hash_of(stated: bytes, key: CarriedKey) -> bool:
    """Tell whether a digest is one of a key, in either of the forms that boot loaders hash, or its number."""
    if key.container == "usign" and key.name == stated.hex():
        return True
    hash = {32: "sha256", 48: "sha384", 64: "sha512"}.get(len(stated), "")
    return bool(hash) and any(
        hashlib.new(hash, form).digest() == stated for form in (key.der, rsa_traditional(key.der)) if form
    )


def _in_order(keys: list[CarriedKey], name: str) -> list[CarriedKey]:
    """Put keys of the name that the signature states first."""
    return sorted(keys, key=lambda key: key.name != name) if name else keys

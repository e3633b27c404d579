"""Reads PKCS #12 stores (RFC 7292), closed ones by the published passwords, for as long as that is cheap.

A store says itself how many iterations each try costs, for its check sum and again for each part; so nothing is handed
to a library that would spend them without being asked. Certificates under RC2 with 40 bits are left alone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from plimsoll.inspect.firmware import _pbe
from plimsoll.inspect.firmware._key_forms import MALFORMED, FoundKey, read_der
from plimsoll.inspect.firmware._stores import MOST_ENTRIES, Store

ITERATIONS = 60_000
"""Iterations spent on one store at most: less than a tenth of a second."""
MOST_PARTS = 16

_DATA = bytes.fromhex("06092a864886f70d010701")
"""The content type that each store names in its first bytes: 1.2.840.113549.1.7.1."""


class _Part(msgspec.Struct, frozen=True):
    """Safe contents, or the bytes that are to become such."""

    data: bytes
    algorithm: Any = None
    """How it is encrypted; None when it is not."""


def is_pkcs12(data: bytes) -> bool:
    """Tell cheaply by its first bytes whether something may be a store."""
    return data[:1] == b"\x30" and _DATA in data[:64]


def read_pkcs12(data: bytes, words: Sequence[str]) -> Store | None:
    """Read a store; None when it is none. The budget of iterations is for all words together."""
    from asn1crypto.pkcs12 import Pfx

    try:
        store = Pfx.load(data)
        if store["version"].native != "v3":
            return None
        parts = list(_parts(store))
        closed = _read(parts, None, _pbe.Budget(0))
        if not any(part.algorithm is not None for part in parts) and not any(key.encrypted for key in closed.keys):
            return closed
        budget = _pbe.Budget(ITERATIONS)
        for word in words:
            if _may_open(store, word, budget):
                opened = _read(parts, word, budget)
                if any(not key.encrypted for key in opened.keys) or len(opened.certificates) > len(closed.certificates):
                    return opened
    except MALFORMED:
        return None
    return closed


def _parts(store: Any) -> Iterator[_Part]:
    for number, content in enumerate(store.authenticated_safe):
        if number >= MOST_PARTS:
            return
        if content["content_type"].native == "data":
            yield _Part(content["content"].native)
        elif content["content_type"].native == "encrypted_data":
            inner = content["content"]["encrypted_content_info"]
            yield _Part(inner["encrypted_content"].native, inner["content_encryption_algorithm"])


def _may_open(store: Any, word: str, budget: _pbe.Budget) -> bool:
    """Hold a password against the check sum of a store; one without a check sum may be opened by any."""
    mac = store["mac_data"]
    if mac.native is None:
        return True
    hash_name, salt = mac["mac"]["digest_algorithm"]["algorithm"].native, mac["mac_salt"].native
    iterations = mac["iterations"].native
    if len(salt) > _pbe.LONGEST_SALT or not budget.take(iterations):
        return False
    size = hashlib.new(hash_name, usedforsecurity=False).digest_size
    content = store["auth_safe"]["content"].native
    for password in (_pbe.wide(word), b"") if not word else (_pbe.wide(word),):
        key = _pbe.derive(password, salt, iterations, _pbe.FOR_MAC, size, hash_name)
        if hmac.digest(key, content, hash_name) == mac["mac"]["digest"].native:
            return True
    return False


def _read(parts: Sequence[_Part], word: str | None, budget: _pbe.Budget) -> Store:
    keys: list[FoundKey] = []
    certificates: list[bytes] = []
    for part in parts:
        clear = part.data if part.algorithm is None else _opened(part, word, budget)
        for key, certificate in _bags(clear, word, budget) if clear else ():
            keys += [key] if key else []
            certificates += [certificate] if certificate else []
    return Store("pkcs12", tuple(keys), tuple(certificates), word)


def _opened(part: _Part, word: str | None, budget: _pbe.Budget) -> bytes | None:
    return None if word is None else _pbe.decrypt(part.algorithm, part.data, word, budget)


def _bags(data: bytes, word: str | None, budget: _pbe.Budget) -> Iterator[tuple[FoundKey | None, bytes | None]]:
    """Give the keys and certificates of safe contents; bags within bags are left out."""
    from asn1crypto.pkcs12 import SafeContents

    for number, bag in enumerate(SafeContents.load(data)):
        if number >= MOST_ENTRIES:
            return
        kind, value = bag["bag_id"].native, bag["bag_value"]
        if kind == "key_bag":
            yield read_der(value.untag().dump(), "pkcs12"), None
        elif kind == "pkcs8_shrouded_key_bag":
            yield _shrouded(value, word, budget), None
        elif kind == "cert_bag" and value["cert_id"].native == "x509":
            yield None, value["cert_value"].parsed.dump()


def _shrouded(value: Any, word: str | None, budget: _pbe.Budget) -> FoundKey:
    if word is not None:
        clear = _pbe.decrypt(value["encryption_algorithm"], value["encrypted_data"].native, word, budget)
        found = read_der(clear, "pkcs12") if clear else None
        if found is not None:
            return found
    return FoundKey("unknown", None, "pkcs12", True)

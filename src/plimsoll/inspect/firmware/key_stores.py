"""Key stores, whose password is no protection when it is empty or published.

A store is read as far as it is open; of a closed one the published passwords are tried, for as long as that is cheap.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._certificate_forms import read_certificate
from plimsoll.inspect.firmware._java_stores import is_java_store, read_java_store
from plimsoll.inspect.firmware._key_purposes import is_in_use, purpose
from plimsoll.inspect.firmware._pkcs12 import is_pkcs12, read_pkcs12
from plimsoll.inspect.firmware._stores import Store, published_words
from plimsoll.inspect.inspector import Inspector, Look, Seen
from plimsoll.model.facts import PrivateKey
from plimsoll.regex import regex

LARGEST = 256 << 10
"""Bytes of the largest store that is read: the authorities of the public web fit in."""
BUNDLE = 8
"""A store with so many certificates and no key is one of trusted authorities."""

_NAME = regex(rb"(?i)\.(?:p12|pfx|pkcs12|jks|jceks|bks|keystore|truststore|ks)\Z|\Acacerts\Z|keystore|truststore")


class KeyStores(Inspector):
    """Records the private keys and certificates of key stores."""

    id = "key-stores"
    title = "What do key stores hold, and is their password a secret?"
    what = (
        "Stores in PKCS #12 form, of Java (JKS, JCEKS) and of Bouncy Castle (BKS): their certificates, their private "
        "keys, and whether an empty or a published password opens them; otherwise a key is told as encrypted."
    )
    limits = (
        "Published passwords are tried for as long as that is cheap: a store that asks for many iterations is tried "
        "with the first few only. Keys of JCEKS, certificates under RC2, and a key whose password is another than that "
        "of its store, count as encrypted."
    )

    def wants(self, look: Look) -> bool:
        """Take small binary files that begin as a store does and, unless that is plain, are named as one."""
        if look.kind in ("elf", "script", "empty") or len(look.data) > LARGEST:
            return False
        return is_java_store(look.data, look.name) or (_NAME.search(look.name) is not None and is_pkcs12(look.data))

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the keys, then the certificates of a store."""
        read = read_pkcs12 if is_pkcs12(look.data) else read_java_store
        store = read(look.data, published_words())
        if store is not None:
            yield from _keys(look, store)
            yield from _certificates(look, store)


def _keys(look: Look, store: Store) -> Iterator[Seen]:
    active = is_in_use(look)
    for key in store.keys:
        fact = PrivateKey(
            key.kind, key.bits, key.container, key.encrypted, key.public_digest, purpose(look.path), active,
            None if key.encrypted else store.password,
        )  # fmt: skip
        yield Seen(fact, 0, len(look.data), look.conceal(look.data))


def _certificates(look: Look, store: Store) -> Iterator[Seen]:
    is_bundle = len(store.certificates) >= BUNDLE and not store.keys
    for der in dict.fromkeys(store.certificates):
        fact = read_certificate(der, is_bundle)
        if fact is not None:
            yield Seen(fact)

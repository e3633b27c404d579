"""Reads Java's key stores, JKS, JCEKS and the BKS of Bouncy Castle, closed ones by the published passwords.

No class of Java is read: a store is a row of entries, in big-endian numbers. Source: the description of the three forms
in the documentation of pyjks (MIT), and stores made with keytool(1).

JKS, JCEKS: u32 magic, u32 version, u32 count, entries, SHA-1 over password, a phrase and all before it (20 bytes).
BKS: u32 version, u32 length and salt, u32 iterations, entries, u8 0, HMAC-SHA1 (20 bytes).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware import _pbe
from plimsoll.inspect.firmware._key_forms import MALFORMED, FoundKey, public_digest_of, read_der
from plimsoll.inspect.firmware._stores import MOST_ENTRIES, Store

JKS, JCEKS = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"
ITERATIONS = 60_000
"""Iterations spent on one store of BKS at most; the others have none."""

_PHRASE = b"Mighty Aphrodite"
"""Part of the check sum of JKS and JCEKS."""
_CHECK = 20
_PRIVATE_KEY, _CERTIFICATE = 1, 2
_BKS_CERTIFICATE, _BKS_KEY, _BKS_SECRET, _BKS_SEALED = 1, 2, 3, 4


class _Short(ValueError):
    """The store ends before what it announces."""


class _Reader:
    """Reads numbers and strings with their lengths before them, from front to back."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data, self.at = data, at

    def take(self, size: int) -> bytes:
        if size > len(self._data) - self.at:
            raise _Short
        self.at += size
        return self._data[self.at - size : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def string(self, size: int) -> bytes:
        """Read bytes after their length, which takes so many bytes itself."""
        return self.take(self.number(size))


class _Entry(msgspec.Struct, frozen=True):
    """An entry: a key with its certificates, or a certificate that is trusted."""

    certificates: tuple[bytes, ...] = ()
    key: bytes | None = None
    is_sealed: bool = True


def is_java_store(data: bytes, name: bytes) -> bool:
    """Tell cheaply whether something may be a store: BKS has no mark but its name."""
    is_bks = name.lower().endswith((b".bks", b".keystore", b".truststore"))
    return data.startswith((JKS, JCEKS)) or (is_bks and data[:3] == bytes(3) and data[3:4] in (b"\1", b"\2"))


def read_java_store(data: bytes, words: Sequence[str]) -> Store | None:
    """Read a store; None when it is none."""
    try:
        if data.startswith((JKS, JCEKS)):
            return _read_jks(data, words)
        return _read_bks(data, words)
    except (*MALFORMED, _Short):
        return None


def _read_jks(data: bytes, words: Sequence[str]) -> Store | None:
    entries, end = _jks_entries(data)
    form = "jks" if data.startswith(JKS) else "jceks"
    word = next((word for word in words if _is_jks_check(data, end, word)), None) if end is not None else None
    keys = [_jks_key(one, form, word) for one in entries if one.key is not None]
    return _store(form, entries, keys, word)


def _jks_entries(data: bytes) -> tuple[list[_Entry], int | None]:
    """Give the entries, and where they end; None after a secret key, which is an object of Java without a length."""
    reader = _Reader(data, 4)
    version, count = reader.number(4), reader.number(4)
    if version not in (1, 2) or count > MOST_ENTRIES:
        raise _Short
    entries: list[_Entry] = []
    for _ in range(count):
        kind = reader.number(4)
        reader.string(2)
        reader.take(8)
        if kind == _PRIVATE_KEY:
            key = reader.string(4)
            chain = reader.number(4)
            if chain > MOST_ENTRIES:
                raise _Short
            entries.append(_Entry(tuple(_jks_certificate(reader, version) for _ in range(chain)), key))
        elif kind == _CERTIFICATE:
            entries.append(_Entry((_jks_certificate(reader, version),)))
        else:
            return entries, None
    return entries, reader.at


def _jks_certificate(reader: _Reader, version: int) -> bytes:
    if version == 2:
        reader.string(2)
    return reader.string(4)


def _is_jks_check(data: bytes, end: int, word: str) -> bool:
    password = word.encode("utf-16-be")
    return hashlib.sha1(password + _PHRASE + data[:end], usedforsecurity=False).digest() == data[end : end + _CHECK]


def _jks_key(entry: _Entry, form: str, word: str | None) -> FoundKey:
    """Give a key; one of JCEKS is told by its certificate alone and counts as closed."""
    from asn1crypto.keys import EncryptedPrivateKeyInfo

    if entry.key is not None and word is not None and form == "jks":
        closed = EncryptedPrivateKeyInfo.load(entry.key)["encrypted_data"].native
        clear = _unmasked(closed, word.encode("utf-16-be"))
        found = read_der(clear, form) if clear else None
        if found is not None:
            return found
    return _closed_key(entry, form)


def _unmasked(closed: bytes, password: bytes) -> bytes | None:
    """Take the mask off a key: each 20 bytes of it are the SHA-1 of the password and those before, from a salt on."""
    salt, masked, check = closed[:_CHECK], closed[_CHECK:-_CHECK], closed[-_CHECK:]
    mask = b""
    while len(mask) < len(masked):
        salt = hashlib.sha1(password + salt, usedforsecurity=False).digest()
        mask += salt
    clear = (int.from_bytes(masked, "big") ^ int.from_bytes(mask[: len(masked)], "big")).to_bytes(len(masked), "big")
    return clear if hashlib.sha1(password + clear, usedforsecurity=False).digest() == check else None


def _closed_key(entry: _Entry, form: str) -> FoundKey:
    closed = FoundKey("unknown", None, form, True)
    public = public_digest_of(entry.certificates[0]) if entry.certificates else ""
    return msgspec.structs.replace(closed, public_digest=public)


def _read_bks(data: bytes, words: Sequence[str]) -> Store | None:
    reader = _Reader(data)
    version, salt, iterations = reader.number(4), reader.string(4), reader.number(4)
    if version not in (1, 2) or not 0 < len(salt) <= _pbe.LONGEST_SALT:
        return None
    start = reader.at
    entries = list(_bks_entries(reader))
    body, check = data[start : reader.at], reader.take(_CHECK)
    budget = _pbe.Budget(ITERATIONS)
    size = _CHECK if version == 2 else 2  # The first version counted bits as bytes.
    word = next((one for one in words if _is_bks_check(body, check, one, salt, iterations, size, budget)), None)
    keys = [_bks_key(one, word, budget) for one in entries if one.key is not None]
    return _store("bks", entries, [one for one in keys if one is not None], word)


def _bks_entries(reader: _Reader) -> Iterator[_Entry]:
    for _ in range(MOST_ENTRIES):
        kind = reader.number(1)
        if kind == 0:
            return
        reader.string(2)
        reader.take(8)
        chain = reader.number(4)
        if chain > MOST_ENTRIES:
            raise _Short
        certificates = tuple(_bks_certificate(reader) for _ in range(chain))
        if kind == _BKS_CERTIFICATE:
            yield _Entry((*certificates, _bks_certificate(reader)))
        elif kind == _BKS_KEY:
            yield _Entry(certificates, _bks_bare_key(reader), is_sealed=False)
        elif kind in (_BKS_SECRET, _BKS_SEALED):
            sealed = reader.string(4)
            yield _Entry(certificates, sealed if kind == _BKS_SEALED else None)
        else:
            raise _Short
    raise _Short


def _bks_certificate(reader: _Reader) -> bytes:
    reader.string(2)
    return reader.string(4)


def _bks_bare_key(reader: _Reader) -> bytes | None:
    """Read u8 kind (0: private), format, algorithm, and the key itself."""
    kind = reader.number(1)
    reader.string(2)
    reader.string(2)
    key = reader.string(4)
    return key if kind == 0 else None


def _is_bks_check(
    body: bytes, check: bytes, word: str, salt: bytes, iterations: int, size: int, budget: _pbe.Budget
) -> bool:
    if not budget.take(iterations):
        return False
    key = _pbe.derive(_pbe.wide(word), salt, iterations, _pbe.FOR_MAC, size, "sha1")
    return hmac.digest(key, body, "sha1") == check


def _bks_key(entry: _Entry, word: str | None, budget: _pbe.Budget) -> FoundKey | None:
    assert entry.key is not None
    clear = entry.key
    if entry.is_sealed:
        opened = _bks_unsealed(entry.key, word, budget) if word is not None else None
        if opened is None:
            return _closed_key(entry, "bks")
        clear = opened
    return read_der(clear, "bks")


def _bks_unsealed(sealed: bytes, word: str, budget: _pbe.Budget) -> bytes | None:
    reader = _Reader(sealed)
    salt, iterations = reader.string(4), reader.number(4)
    if len(salt) > _pbe.LONGEST_SALT or not budget.take(iterations * 3):
        return None
    clear = _pbe.triple_des(sealed[reader.at :], _pbe.wide(word), salt, iterations)
    return _bks_bare_key(_Reader(clear)) if clear else None


def _store(form: str, entries: Sequence[_Entry], keys: Sequence[FoundKey], word: str | None) -> Store:
    certificates = tuple(one for entry in entries for one in entry.certificates)
    return Store(form, tuple(keys), certificates, word)

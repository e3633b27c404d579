"""What ends a RAUC bundle: a CMS message that signs or encrypts, then its length in 8 bytes, big-endian.

Sources: the public reference manual of RAUC, on bundle formats; RFC 5652 on CMS. In the formats verity and crypt the
message carries the manifest, which names the root hash, the salt and the length of the tree of hashes.
"""

from __future__ import annotations

import hashlib

import msgspec

from plimsoll.unpack.format import View

SIGNED, ENVELOPED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
"""The kinds of CMS messages, as they stand after the first length."""

MESSAGE_BYTES = 16 << 20
"""Longest message that is believed."""

BLOCK = 4096
"""Bytes of content for each hash, and of hashes for each hash above them."""

_SIZE_BYTES = 8
_SHOWN = 80
_MANIFEST_BYTES = 1 << 20
_HASH_BYTES = 32

# What asn1crypto raises on bytes that are not what they claim to be.
_MALFORMED = (
    ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError, UnboundLocalError
)  # fmt: skip


class Signature(msgspec.Struct, frozen=True):
    """A CMS message with its length behind it."""

    start: int
    length: int
    """Bytes of the message."""
    is_enveloped: bool
    """Whether it is encrypted for those who hold a key."""

    @property
    def end(self) -> int:
        """Where the bundle ends."""
        return self.start + self.length + _SIZE_BYTES


def read_signature(view: View, start: int) -> Signature | None:
    """Read the message at an offset; None when there is none, or its length is not behind it."""
    if start < 0 or start + 16 > view.size:
        return None
    head = view.read(start, 16)
    wide = head[1] & 0x7F
    if head[0] != 0x30 or not head[1] & 0x80 or not 1 <= wide <= 4:
        return None
    length = 2 + wide + int.from_bytes(head[2 : 2 + wide], "big")
    kind = head[2 + wide : 2 + wide + len(SIGNED)]
    if not (SIGNED.startswith(kind) or ENVELOPED.startswith(kind)) or length > MESSAGE_BYTES:
        return None
    if start + length + _SIZE_BYTES > view.size:
        return None
    if int.from_bytes(view.slice(start + length, _SIZE_BYTES), "big") != length:
        return None
    return Signature(start, length, ENVELOPED.startswith(kind))


def find_at_end(view: View) -> Signature | None:
    """Read the message that ends with the view."""
    if view.size < _SIZE_BYTES:
        return None
    length = int.from_bytes(view.slice(view.size - _SIZE_BYTES, _SIZE_BYTES), "big")
    return read_signature(view, view.size - _SIZE_BYTES - length)


def read_manifest(view: View, signature: Signature) -> dict[str, str]:
    """Give what the manifest says by section and key, such as `bundle.format`; nothing when none can be read."""
    if signature.is_enveloped:
        return {}
    return _parse_manifest(_carried(view.read(signature.start, signature.length)))


def tree_bytes(content_bytes: int) -> int:
    """Give the bytes of the tree of hashes over so many bytes."""
    total = 0
    blocks = content_bytes // BLOCK
    while blocks > 1:
        blocks = -(-blocks * _HASH_BYTES // BLOCK)
        total += blocks
    return total * BLOCK


def root_hash(content: memoryview, salt: bytes) -> bytes:
    """Give the hash above all others, as dm-verity has it: of the salt, then a block."""
    level: bytes | memoryview = content
    while True:
        level = b"".join(
            hashlib.sha256(salt + bytes(level[at : at + BLOCK])).digest() for at in range(0, len(level), BLOCK)
        )
        if len(level) <= _HASH_BYTES:
            return level
        level += bytes(-len(level) % BLOCK)


def _carried(message: bytes) -> bytes:
    """Give the content of a signed message; nothing when it is elsewhere or cannot be read."""
    from asn1crypto import cms

    try:
        content = cms.ContentInfo.load(message)["content"]["encap_content_info"]["content"].native
    except _MALFORMED:
        return b""
    return content[:_MANIFEST_BYTES] if isinstance(content, bytes) else b""


def _parse_manifest(text: bytes) -> dict[str, str]:
    values: dict[str, str] = {}
    section = ""
    for line in text.decode("ascii", "replace").splitlines():
        key, found, value = line.partition("=")
        if line.startswith("["):
            section = line.strip("[] \t")
        elif found:
            shown = "".join(char if " " <= char <= "~" else "?" for char in value.strip()[:_SHOWN])
            values.setdefault(f"{section}.{key.strip()}", shown)
    return values

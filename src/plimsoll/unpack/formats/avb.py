"""Opens the two structures of Android Verified Boot: the signed blob `vbmeta` and the footer of a verified partition.

Source: the description of libavb's `vbmeta` format in the Android Open Source Project. All numbers are big-endian.

offset  size  vbmeta                                          offset  size  footer
0       4     magic AVB0                                      0       4     magic AVBf
4       8     version that it needs: major, minor             4       8     version: major, minor
12      8     length of the authentication block              12      8     bytes of the partition that are verified
20      8     length of the auxiliary block                   20      8     place of its vbmeta in the partition
28      4     algorithm                                       28      8     length of its vbmeta
32      32    in the authentication block: digest, signature  36      28    zeros
64      48    in the auxiliary block: key, key's metadata, descriptors; each 8 bytes of offset and of length
112     8     rollback index
120     4     flags: 1 no hash trees, 2 no verification at all
124     4     place of the rollback index
128     48    release of the tool that made it
176     80    zeros; then the authentication block, the auxiliary block

The digest is compared. The signature, over header and auxiliary block, is told and not verified: whether its key is
trusted is decided elsewhere. A key is its size in bits, a number made of it, its modulus and another number. The
digest of a public key is the SHA-1 that avbtool shows.
"""

from __future__ import annotations

import hashlib
import struct

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.sources.signed import SignatureParts, Signed
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._headers import text_field
from plimsoll.unpack.formats._key_encoding import encode_rsa
from plimsoll.unpack.limits import Budget

MAGIC = b"AVB0"
FOOTER_MAGIC = b"AVBf"
LARGEST = 16 << 20
"""Longest block that is believed."""

_HEADER = struct.Struct(">4sIIQQI")
_PLACES = struct.Struct(">10Q")
_REST = struct.Struct(">QII48s")
_FOOTER = struct.Struct(">4sIIQQQ")
_HEADER_BYTES, _FOOTER_BYTES = 256, 64
_VERSION = 1
_HASHES_OFF, _VERIFICATION_OFF = 1, 2
_ALGORITHMS = (
    ("no signature", ""),
    ("SHA256_RSA2048", "sha256"),
    ("SHA256_RSA4096", "sha256"),
    ("SHA256_RSA8192", "sha256"),
    ("SHA512_RSA2048", "sha512"),
    ("SHA512_RSA4096", "sha512"),
    ("SHA512_RSA8192", "sha512"),
)


class _Places(msgspec.Struct, frozen=True):
    """Offset and length of each piece in its block."""

    digest: tuple[int, int]
    signature: tuple[int, int]
    key: tuple[int, int]
    metadata: tuple[int, int]
    descriptors: tuple[int, int]


def open_avb(view: View, budget: Budget) -> Container:
    """Open the blob or the footer at the beginning of a view; raise NotThisFormat when its fields make no sense."""
    if view.size < _FOOTER_BYTES:
        raise NotThisFormat
    return _open_footer(view) if view.read(0, 4) == FOOTER_MAGIC else _open_blob(view, budget)


FORMAT = Format("avb", "Android Verified Boot", (Magic(MAGIC), Magic(FOOTER_MAGIC)), open_avb)


def _open_footer(view: View) -> Container:
    _, major, minor, size, offset, length = _FOOTER.unpack(view.slice(0, _FOOTER.size))
    if major != _VERSION or minor > 9 or any(view.slice(_FOOTER.size, _FOOTER_BYTES - _FOOTER.size)):
        raise NotThisFormat
    if not size or offset < size or not _HEADER_BYTES <= length <= LARGEST or offset + length > 1 << 48:
        raise NotThisFormat
    return Container(_FOOTER_BYTES, (), f"footer, {size} bytes are verified, vbmeta of {length} bytes at {offset:#x}")


def _open_blob(view: View, budget: Budget) -> Container:
    if view.size < _HEADER_BYTES:
        raise NotThisFormat
    magic, major, minor, authentication, auxiliary, algorithm = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or major != _VERSION or minor > 9 or algorithm >= len(_ALGORITHMS):
        raise NotThisFormat
    if authentication % 64 or auxiliary % 64 or max(authentication, auxiliary) > LARGEST or not auxiliary:
        raise NotThisFormat
    numbers = _PLACES.unpack(view.slice(_HEADER.size, _PLACES.size))
    places = _Places(*zip(numbers[::2], numbers[1::2], strict=True))
    if any(sum(one) > authentication for one in (places.digest, places.signature)):
        raise NotThisFormat
    if any(sum(one) > auxiliary for one in (places.key, places.metadata, places.descriptors)):
        raise NotThisFormat
    rollback, flags, location, release = _REST.unpack(view.slice(_HEADER.size + _PLACES.size, _REST.size))
    if flags > _HASHES_OFF | _VERIFICATION_OFF:
        raise NotThisFormat
    budget.check_time()
    said = [_ALGORITHMS[algorithm][0], f"rollback index {rollback}"]
    if location:
        said.append(f"at {location}")
    if flags & _HASHES_OFF:
        said.append("hash trees are off")
    if flags & _VERIFICATION_OFF:
        said.append("verification is off")
    if made_by := text_field(release):
        said.append(made_by)
    middle = _HEADER_BYTES + authentication
    end = middle + auxiliary
    length = min(end, view.size)
    problems: list[Message] = []
    signed: tuple[Signed, ...] = ()
    if length < end:
        problems.append(message("cut short: {missing} bytes are missing", missing=end - length))
    else:
        said += _key(view, middle, places)
        if not _digest_holds(view, places, middle, end, _ALGORITHMS[algorithm][1]):
            problems.append(message("the digest of the blob is wrong"))
        signed = (_signed(view, places, middle, end, _ALGORITHMS[algorithm][1], bool(problems)),)
    cuts = ((_HEADER_BYTES, middle, "authentication"), (middle, end, "key and descriptors"))
    parts = tuple(Part(one, min(to, length) - one, name, "known") for one, to, name in cuts if one < min(to, length))
    return Container(length, parts, ", ".join(said), tuple(problems), signed)


def _signed(view: View, places: _Places, middle: int, end: int, hash: str, has_faults: bool) -> Signed:
    """Give the parts of the signature, with the key that the blob brings along."""
    if not hash:
        return Signed("avb")
    offset, length = places.signature
    start = _HEADER_BYTES + offset
    covered = (view.slice(0, _HEADER_BYTES), view.slice(middle, end - middle))
    key = _read_key(view.read(middle + places.key[0], places.key[1]))
    parts = SignatureParts("rsa-pkcs1", view.read(start, length), covered, hash, offset=start, length=length, key=key)
    return Signed("avb", "", (parts,), ("the digest of the blob",) if has_faults else ())


def _read_key(data: bytes) -> bytes:
    """Give the key as everybody reads it; its exponent is always 65537."""
    size = int.from_bytes(data[:4], "big") // 8
    if len(data) != 8 + 2 * size:
        return b""
    return encode_rsa(int.from_bytes(data[8 : 8 + size], "big"), 65_537)


def _key(view: View, start: int, places: _Places) -> list[str]:
    offset, length = places.key
    if not length:
        return []
    return [f"public key {hashlib.sha1(view.slice(start + offset, length), usedforsecurity=False).hexdigest()}"]


def _digest_holds(view: View, places: _Places, middle: int, end: int, algorithm: str) -> bool:
    """Compare the digest of header and auxiliary block."""
    if not algorithm:
        return True
    digest = hashlib.new(algorithm, view.slice(0, _HEADER_BYTES), usedforsecurity=False)
    digest.update(view.slice(middle, end - middle))
    offset, length = places.digest
    return digest.digest() == view.slice(_HEADER_BYTES + offset, length)

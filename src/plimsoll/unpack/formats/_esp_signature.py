"""Reads the signatures behind an image of Espressif's chips.

Sources: Espressif's descriptions of secure boot 1 and 2 in the documentation of ESP-IDF, which is Apache-licensed;
images signed with espsecure. A signature of secure boot 1 is four zeros and 64 bytes, ECDSA on P-256 over SHA-256,
two numbers big-endian. Those of secure boot 2 are up to three blocks of 1216 bytes at a multiple of 4096. The image is
filled up with FF until there, which is signed too. Numbers in a block are little-endian:

offset  size  RSA                                offset  size  ECDSA; d digest, 32 or 48, n number of the curve
0       2     E7, version 02                     0       2     E7, version 03
4       32    SHA-256 of the image               2       1     1 for SHA-384, else SHA-256
36      384   modulus of the key                 4       d     digest of the image
420     4     exponent                           4+d     1     curve: 1 P-192, 2 P-256, 3 P-384
424     388   numbers made of the key            5+d     2n    point that is the key
812     384   signature, PSS with 32 of salt     5+2d+d  2n    signature; 101 or 149
1196    4     CRC-32 of what is before           1196    4     CRC-32 of what is before
"""

from __future__ import annotations

import hashlib
import zlib

import msgspec

from plimsoll.sources.signed import SignatureParts, Signed
from plimsoll.unpack.format import View
from plimsoll.unpack.formats._key_encoding import encode_point, encode_rsa
from plimsoll.unpack.limits import Budget

_SIGNATURE_1 = 68
_BLOCK_BYTES, _BLOCKS, _SECTOR = 1216, 3, 4096
_KINDS = {2: "RSA", 3: "ECDSA"}
_CURVES = {1: "secp192r1", 2: "secp256r1", 3: "secp384r1"}


class Behind(msgspec.Struct, frozen=True):
    """What stands behind an image."""

    end: int
    """Where the signatures end; the end of the image when there are none."""
    label: str = ""
    signed: Signed = Signed("esp-secure-boot")


def read_signatures(view: View, end: int, budget: Budget) -> Behind:
    """Read what stands behind an image that ends at an offset."""
    first = view.buffer[end : end + _SIGNATURE_1]
    if len(first) == _SIGNATURE_1 and not any(first[:4]) and len(set(first[4:])) > 24:
        covered = (view.slice(0, end),)
        parts = SignatureParts("ecdsa-raw", bytes(first[4:]), covered, "sha256", offset=end, length=_SIGNATURE_1)
        signed = Signed("esp-secure-boot", "secure boot 1", (parts,))
        return Behind(end + _SIGNATURE_1, "signature of secure boot 1", signed)
    start = -(-end // _SECTOR) * _SECTOR
    blocks = list(_blocks(view, start))
    if not blocks:
        return Behind(end)
    budget.take_search(start)
    signatures = tuple(one for number, block in enumerate(blocks) if (one := _read(view, start, number, block)))
    stated = [block[4 : 4 + _digest_bytes(block)] for block in blocks]
    kinds = ("sha256" if len(one) == 32 else "sha384" for one in stated)
    fits = [hashlib.new(kind, view.slice(0, start)).digest() == one for kind, one in zip(kinds, stated, strict=True)]
    signed = Signed("esp-secure-boot", "secure boot 2", signatures, () if all(fits) else ("the digest of the image",))
    names = ", ".join(_KINDS[block[1]] for block in blocks)
    return Behind(min(start + _SECTOR, view.size), f"signature of secure boot 2 ({names})", signed)


def _blocks(view: View, start: int) -> list[bytes]:
    """Give the blocks that are sound."""
    found: list[bytes] = []
    for number in range(_BLOCKS):
        block = bytes(view.buffer[start + number * _BLOCK_BYTES : start + (number + 1) * _BLOCK_BYTES])
        if len(block) < _BLOCK_BYTES or block[0] != 0xE7 or block[1] not in _KINDS:
            break
        if zlib.crc32(block[:1196]) != int.from_bytes(block[1196:1200], "little"):
            break
        found.append(block)
    return found


def _digest_bytes(block: bytes) -> int:
    return 48 if block[1] == 3 and block[2] == 1 else 32


def _read(view: View, start: int, number: int, block: bytes) -> SignatureParts | None:
    """Give the parts of one block; None when its curve is unknown."""
    covered = (view.slice(0, start),)
    offset = start + number * _BLOCK_BYTES
    if block[1] == 2:
        value = block[812:1196][::-1]
        modulus, exponent = (int.from_bytes(one, "little") for one in (block[36:420], block[420:424]))
        return SignatureParts(
            "rsa-pss", value, covered, "sha256", offset=offset, length=_BLOCK_BYTES, key=encode_rsa(modulus, exponent)
        )
    size = _digest_bytes(block)
    curve = _CURVES.get(block[4 + size], "")
    if not curve:
        return None
    width = {"secp192r1": 24, "secp256r1": 32, "secp384r1": 48}[curve]
    key, value = block[5 + size : 5 + size + 2 * width], block[5 + 3 * size : 5 + 3 * size + 2 * width]
    x, y = (int.from_bytes(one, "little") for one in (key[:width], key[width:]))
    return SignatureParts(
        "ecdsa-reversed", value, covered, "sha256" if size == 32 else "sha384", offset=offset, length=_BLOCK_BYTES,
        key=encode_point(curve, x, y),
    )  # fmt: skip

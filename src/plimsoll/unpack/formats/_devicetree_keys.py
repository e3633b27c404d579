"""Reads the public keys that mkimage puts into the device tree of a boot loader, to check FIT images by.

Source: U-Boot's manual of verified boot; trees written by mkimage. Each is a node below `/signature`: for RSA the
properties `rsa,modulus` and `rsa,exponent`, for ECDSA `ecdsa,curve`, `ecdsa,x-point` and `ecdsa,y-point`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.sources.signed import KeyParts
from plimsoll.unpack.format import View
from plimsoll.unpack.formats._devicetree import Property
from plimsoll.unpack.formats._headers import shown_text
from plimsoll.unpack.formats._key_encoding import encode_point, encode_rsa

SIGNATURE = b"signature"
MOST_KEYS = 64
"""Most keys that are read of one tree."""
_LONGEST = 4096
_CURVES = {b"prime256v1": "secp256r1", b"secp256r1": "secp256r1", b"secp384r1": "secp384r1"}


def read_keys(view: View, nodes: Mapping[bytes, Mapping[bytes, Property]]) -> Iterator[KeyParts]:
    """Give the keys of the nodes below `/signature`, by their names and properties."""
    for name, found in nodes.items():
        values = {key: _value(view, one) for key, one in found.items() if key}
        der, where = _encode(values), found.get(b"rsa,modulus") or found.get(b"ecdsa,x-point")
        if der and where is not None:
            called = values.get(b"key-name-hint", b"").rstrip(b"\0") or name.removeprefix(b"key-")
            yield KeyParts(der, shown_text(called), "device-tree", where.offset, where.length)


def _encode(values: Mapping[bytes, bytes]) -> bytes:
    if modulus := values.get(b"rsa,modulus", b""):
        return encode_rsa(_number(modulus), _number(values.get(b"rsa,exponent", b"")) or 65_537)
    curve = _CURVES.get(values.get(b"ecdsa,curve", b"").rstrip(b"\0"), "")
    x, y = values.get(b"ecdsa,x-point", b""), values.get(b"ecdsa,y-point", b"")
    width = 48 if curve == "secp384r1" else 32
    return encode_point(curve, _number(x), _number(y)) if curve and len(x) == len(y) == width else b""


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


def _value(view: View, found: Property) -> bytes:
    if found.length > _LONGEST or found.offset + found.length > view.size:
        return b""
    return view.read(found.offset, found.length)

"""Reads what a boot loader checks before it starts a system, U-Boot's and Android's, and by what Android takes updates.

Sources: the chapters on verified boot of U-Boot's documentation, by which the control device tree of the loader holds a
node `signature` with one node for each key, and `required` says that nothing is started without it; the README of
Android Verified Boot 2.0. Numbers of both are big-endian.

vbmeta: offset  size  field                       offset  size  field
        0       4     magic AVB0                  64      8     place of the public key in the auxiliary block
        4       8     version that is needed      72      8     bytes of the public key
        12      8     bytes of authentication     112     8     rollback index
        20      8     bytes of auxiliary block    120     4     flags: 1 no hash trees, 2 no verification
        28      4     algorithm

A public key there: bits (4 bytes), a number (4), the modulus, a second number as long.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

from plimsoll.inspect.firmware._device_tree import Nodes, read_device_tree
from plimsoll.inspect.firmware._public_keys import PublicKey, read_public_keys, rsa_key
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import UpdateClient, UpdateGuard, UpdateKey, UpdateTrust
from plimsoll.model.locator import Member

_ALGORITHMS = (
    "", "sha256-rsa2048", "sha256-rsa4096", "sha256-rsa8192", "sha512-rsa2048", "sha512-rsa4096", "sha512-rsa8192",
)  # fmt: skip
_VBMETA = struct.Struct(">4sIIQQIQQQQQQQQQQQII")
_HEADER_BYTES = 256
_LARGEST_BLOCK = 1 << 20
_NO_TREES, _NO_VERIFICATION = 1, 2
_AVB_EXPONENT = 65537
_MOST = 16
"""Places of one kind that are looked at in one file."""
_OTA_KEYS = (b"otacerts.zip",)


def vbmeta(look: Look) -> Iterator[Seen | object]:
    """Give algorithm, key, rollback index and switches of Android's verified boot."""
    for match in look.matches.get("vbmeta", ())[:_MOST]:
        yield from _vbmeta(look, match.start())


def _vbmeta(look: Look, start: int) -> Iterator[Seen]:
    if start + _HEADER_BYTES > len(look.data):
        return
    fields = _VBMETA.unpack_from(look.data, start)
    _, major, _, authentication, auxiliary, number = fields[:6]
    key_at, key_size, rollback, flags = fields[10], fields[11], fields[16], fields[17]
    size = _HEADER_BYTES + authentication + auxiliary
    is_sound = major == 1 and 0 < number < len(_ALGORITHMS) and max(authentication, auxiliary) <= _LARGEST_BLOCK
    if not is_sound or authentication % 64 or auxiliary % 64 or flags > 3 or key_at + key_size > auxiliary:
        return
    if start + size > len(look.data):
        return
    is_on = not flags & (_NO_VERIFICATION | _NO_TREES)
    detail = _ALGORITHMS[number] if is_on else f"vbmeta flags {flags}"
    yield Seen(UpdateGuard("avb", "boot", "on" if is_on else "off", detail), start, _HEADER_BYTES)
    at = start + _HEADER_BYTES + authentication + key_at
    blob = look.data[at : at + key_size]
    key = _avb_key(blob)
    if key is not None:
        sha1 = hashlib.sha1(blob, usedforsecurity=False).hexdigest()
        fact = UpdateKey("avb", "present", "", key.kind, key.bits, key.public_digest, sha1)
        yield Seen(fact, at, key_size)
    if rollback:
        yield Seen(UpdateGuard("avb", "rollback", "on", f"rollback index {rollback}"), start + 112, 8)


def _avb_key(blob: bytes) -> PublicKey | None:
    if len(blob) < 8:
        return None
    bits = int.from_bytes(blob[:4], "big")
    if bits not in (2048, 4096, 8192) or len(blob) != 8 + bits // 4:
        return None
    return rsa_key(int.from_bytes(blob[8 : 8 + bits // 8], "big"), _AVB_EXPONENT)


def control_tree(look: Look) -> Iterator[Seen | object]:
    """Give the keys of U-Boot's own device tree, and whether it starts anything without them."""
    for match in look.matches.get("device-tree", ())[:_MOST]:
        nodes = read_device_tree(look.data, match.start(), b"signature")
        if nodes:
            yield from _signature_keys(nodes, match.start(), int.from_bytes(look.data[match.start() + 4 :][:4], "big"))


def _signature_keys(nodes: Nodes, start: int, size: int) -> Iterator[Seen]:
    for path, values in sorted(nodes.items()):
        if path.count(b"/") != 1 or b"algo" not in values:
            continue
        name, algorithm = path.partition(b"/")[2], _text(values[b"algo"])
        required = _text(values.get(b"required", b""))
        if required in ("conf", "image"):
            yield Seen(UpdateGuard("u-boot", "boot", "on", f"{algorithm}, required for {required}"), start, size)
        else:
            detail = f"{printable(name)[:60]} is not required"
            yield Seen(UpdateGuard("u-boot", "boot", "off", detail), start, size)
        key = rsa_key(
            int.from_bytes(values.get(b"rsa,modulus", b"")[:2048], "big"),
            int.from_bytes(values.get(b"rsa,exponent", b"\0\1\0\1")[:8], "big"),
        )
        if key is not None:
            state = UpdateKey("u-boot", "present", "", key.kind, key.bits, key.public_digest)
            yield Seen(state, start, size)


def _text(value: bytes) -> str:
    return printable(value.rstrip(b"\0"))[:60]


def android_certificate(look: Look) -> Iterator[Seen | object]:
    """Give a certificate by which Android checks updates: of the store `otacerts.zip`, or the key of update_engine."""
    yield Seen(UpdateClient("android-ota", "conditional"))
    for key in read_public_keys(look.data):
        yield Seen(UpdateTrust("android-ota", "signature", "on", ""))
        path = printable(look.path)
        yield Seen(UpdateKey("android-ota", "present", path, key.kind, key.bits, key.public_digest))


def is_android_certificate(look: Look) -> bool:
    """Tell whether a file is trusted for updates of Android by where it stands."""
    if not look.name.endswith(b".pem"):
        return False
    if look.path.endswith(b"etc/update_engine/update-payload-key.pub.pem"):
        return True
    last = next((one for one in reversed(look.file.tree.stem.steps) if isinstance(one, Member)), None)
    return last is not None and last.path.rpartition(b"/")[2] in _OTA_KEYS


def android_properties(look: Look) -> Iterator[Seen | object]:
    """Give that the product has two places for its system, by the properties of its build."""
    for offset, line in look.lines(limit=5_000):
        if line.strip() == b"ro.build.ab_update=true":
            yield Seen(UpdateGuard("android-ota", "slots", "on", "ro.build.ab_update"), offset, len(line))

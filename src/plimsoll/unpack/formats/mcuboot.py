"""Opens images for MCUboot, the boot loader of Zephyr, nRF Connect and many other systems on microcontrollers.

Source: the chapter on images in the documentation of MCUboot, which is Apache-licensed; images made with its imgtool.
All numbers are little-endian.

offset  size  header                             offset  size  area of entries, behind the content
0       4     magic 96F3B83D                     0       2     magic 6908 of the protected, 6907 of the others
4       4     load address                       2       2     length of the area
8       2     length of the header               4             entries: type (2 bytes), length (2), value
10      2     length of the protected entries
12      4     length of the content              offset  size  end of a slot
16      4     flags                              -32           length to swap, progress, confirmed: 8 each
20      8     version: 1, 1, 2 and 4 bytes       -16     16    magic 77C295F360D2EF7F3552500F2CB67980
28      4     zeros

The digest is that of header, content and protected entries, before encryption. Signatures are told and not verified:
their key is elsewhere, and an entry before each names it by digest. They are over what the digest is over, but for
Ed25519, which is over the digest itself unless an entry says that it is pure.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.sources.signed import SignatureForm, SignatureParts, Signed
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x3d\xb8\xf3\x96"
TRAILER_MAGIC = bytes.fromhex("77c295f360d2ef7f3552500f2cb67980")

_HEADER = struct.Struct("<4sIHHIIBBHII")
_ENCRYPTED, _COMPRESSED = 0x04 | 0x08, 0x200 | 0x400
_FLAGS = {
    0x01: "independent of its place",
    0x04: "encrypted with AES-128",
    0x08: "encrypted with AES-256",
    0x10: "not bootable",
    0x20: "loaded to RAM",
    0x100: "at a fixed place in ROM",
    0x200: "compressed with LZMA1",
    0x400: "compressed with LZMA2",
    0x800: "filtered for ARM Thumb",
}
_LARGEST = 64 << 20
_LONGEST_HEADER = 1 << 15
_PROTECTED, _PLAIN = 0x6908, 0x6907
_DIGESTS = {0x10: "sha256", 0x11: "sha384", 0x12: "sha512"}
_SIGNATURES = {0x20: "RSA-2048", 0x21: "ECDSA P-224", 0x22: "ECDSA", 0x23: "RSA-3072", 0x24: "Ed25519"}
_FORMS: dict[int, SignatureForm] = {
    0x20: "rsa-pss", 0x21: "ecdsa-der", 0x22: "ecdsa-der", 0x23: "rsa-pss", 0x24: "ed25519"
}  # fmt: skip
_KEY_DIGEST, _KEY, _PURE, _SECURITY_COUNTER = 0x01, 0x02, 0x25, 0x50
_SHOWN_DIGEST_BYTES = 8
_MOST_SIGNATURES = 16
_SLOT_BYTES = 4 << 20
_STATE_BYTES = 4096
"""Longest record of a swap before the end of a slot."""


class Entry(msgspec.Struct, frozen=True):
    """One entry behind the content."""

    type: int
    value: bytes
    offset: int = 0
    """Where its value lies in the image."""


def open_mcuboot(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when header or entries make no sense."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, _, start, protected, size, flags, major, minor, revision, build, zeros = _HEADER.unpack(
        view.slice(0, _HEADER.size)
    )
    if magic != MAGIC or zeros or flags & ~sum(_FLAGS) or not _HEADER.size <= start <= _LONGEST_HEADER:
        raise NotThisFormat
    if not 0 < size <= _LARGEST:
        raise NotThisFormat
    said = [f"version {major}.{minor}.{revision}+{build}", *(name for bit, name in _FLAGS.items() if flags & bit)]
    content: Content = "encrypted" if flags & _ENCRYPTED else "image" if flags & _COMPRESSED else "known"
    end = start + size
    if end + 4 > view.size:
        there = min(end, view.size) - start
        problem = message("cut short: {missing} bytes and its entries are missing", missing=max(end - view.size, 0))
        parts = (Part(start, there, "content", content),) if there > 0 else ()
        return Container(view.size, parts, "; ".join(said), (problem,))
    position, problems, entries = end, list[Message](), list[Entry]()
    for kind in (_PROTECTED, _PLAIN) if protected else (_PLAIN,):
        position = _read_area(view, position, kind, entries, problems)
    if flags & _ENCRYPTED == 0:
        problems += _check_digest(view, end + protected, entries, budget)
    said += [_name_signatures(entries), *_name_key(entries)]
    position, trailer = _read_trailer(view, position, budget)
    label = "; ".join(filter(None, [*said, trailer]))
    signed = _find_signatures(view.slice(0, end + protected), entries, bool(problems), bool(flags & _ENCRYPTED))
    return Container(position, (Part(start, size, "content", content),), label, tuple(problems), (signed,))


FORMAT = Format("mcuboot", "image for MCUboot", (Magic(MAGIC),), open_mcuboot)


def _read_area(view: View, position: int, kind: int, entries: list[Entry], problems: list[Message]) -> int:
    """Collect the entries of an area; give where it ends."""
    if position + 4 > view.size:
        raise NotThisFormat
    magic, length = (int.from_bytes(view.slice(at, 2), "little") for at in (position, position + 2))
    if magic != kind or length < 4:
        raise NotThisFormat
    if position + length > view.size:
        problems.append(message("cut short: {missing} bytes are missing", missing=position + length - view.size))
        return view.size
    try:
        entries += _entries(view.read(position + 4, length - 4), position + 4)
    except struct.error:
        problems.append(message("the entries at {offset} are damaged", offset=hex(position)))
    return position + length


def _entries(area: bytes, start: int) -> Iterator[Entry]:
    position = 0
    while position < len(area):
        kind, length = struct.unpack_from("<HH", area, position)
        value = area[position + 4 : position + 4 + length]
        if len(value) < length:
            raise struct.error
        yield Entry(kind, value, start + position + 4)
        position += 4 + length


def _check_digest(view: View, end: int, entries: list[Entry], budget: Budget) -> list[Message]:
    problems: list[Message] = []
    for one in {entry.type: entry for entry in entries if entry.type in _DIGESTS}.values():
        budget.take_search(end)
        algorithm = _DIGESTS[one.type]
        if hashlib.new(algorithm, view.slice(0, end), usedforsecurity=False).digest() != one.value:
            problems.append(message("its {algorithm} is wrong", algorithm=algorithm))
    return problems


def _find_signatures(covered: memoryview, entries: list[Entry], has_faults: bool, is_encrypted: bool) -> Signed:
    """Give the parts of each signature; an entry before it may name or bring its key."""
    digests = {_DIGESTS[one.type]: one.value for one in entries if one.type in _DIGESTS}
    hash = next(iter(digests), "sha256")
    is_pure = any(one.type == _PURE for one in entries)
    found: list[SignatureParts] = []
    key_hash = key = b""
    for one in entries:
        if one.type == _KEY_DIGEST:
            key_hash = one.value
        elif one.type == _KEY:
            key = one.value
        elif one.type in _FORMS and len(found) < _MOST_SIGNATURES:
            form = _FORMS[one.type]
            parts = SignatureParts(
                form, one.value, (covered,), "sha256" if form == "rsa-pss" else hash,
                is_digest_signed=form == "ed25519" and not is_pure,
                stated_digest=digests.get(hash, b"") if is_encrypted and not is_pure else b"",
                offset=one.offset, length=len(one.value), key=key, key_hash=key_hash,
            )  # fmt: skip
            found.append(parts)
            key_hash = key = b""
    return Signed("mcuboot", "", tuple(found), ("the digest of the image",) if has_faults else (), is_encrypted)


def _name_signatures(entries: list[Entry]) -> str:
    names = dict.fromkeys(_SIGNATURES[one.type] for one in entries if one.type in _SIGNATURES)
    return f"signature {', '.join(names)}" if names else "no signature"


def _name_key(entries: list[Entry]) -> Iterator[str]:
    """Name the key of the signature by the beginning of its digest, and the counter below which nothing may be put."""
    for one in entries:
        if one.type == _KEY_DIGEST and len(one.value) == hashlib.sha256().digest_size:
            yield f"key {one.value[:_SHOWN_DIGEST_BYTES].hex()}"
        elif one.type == _SECURITY_COUNTER and len(one.value) == 4:
            yield f"security counter {int.from_bytes(one.value, 'little')}"


def _read_trailer(view: View, position: int, budget: Budget) -> tuple[int, str]:
    """Give where the slot ends when there is nothing between the image and its end, and whether it was confirmed."""
    first = _end_of_erased(view, position, budget)
    if first == position:
        return position, ""
    at = view.read(first, min(_STATE_BYTES, view.size - first)).find(TRAILER_MAGIC)
    if at < 0 or first + at < position + 32:
        return position, ""
    state = "confirmed" if view.buffer[first + at - 8] == 1 else "to be tried once"
    return first + at + len(TRAILER_MAGIC), f"slot with trailer, {state}"


def _end_of_erased(view: View, position: int, budget: Budget) -> int:
    """Give where FF ends that begins at a position; not further than a slot may reach."""
    reach = min(view.size, position + _SLOT_BYTES)
    while position < reach:
        budget.check_time()
        part = view.read(position, min(_STATE_BYTES, reach - position))
        rest = part.lstrip(b"\xff")
        position += len(part) - len(rest)
        if rest:
            break
    return position

"""Opens GBL files of the third version, upgrades for the Gecko boot loader of Silicon Labs' wireless chips.

Source: Silicon Labs' public description of the file format in its guide to the Gecko boot loader; files made with
pygbl. All numbers are little-endian.

offset  size  tag                                0xFE0101FE  program: address, content
0       4     id                                 0xFD0303FD  the same, erased before
4       4     length                             0xFD0505FD  address, LZ4 block; 0xFD0707FD address, LZMA stream
8             value                              0xF50909F5  boot loader: version, address, content
                                                 0xF60808F6  metadata of the maker
0x03A617EB  header: version, kind                0x5EA617EB  upgrade of the secure element, encrypted
0xF40A0AF4  application: type, version, ...      0xF90707F9  encrypted tags
0xF70A0AF7  signature, 0xF30B0BF3 certificate    0xFC0404FC  end: CRC-32 of everything before

Bit 0 of the kind says encrypted, bit 8 signed. Signatures are told and not verified. Tags that are a difference to an
earlier version are told and not applied.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.codecs import Undecodable, decode_lz4, decode_lzma
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries, Stretch
from plimsoll.unpack.formats._silabs_program import Pieces, Tag, Tags, archive, encrypted, read_tags
from plimsoll.unpack.limits import Budget

MAGIC = b"\xeb\x17\xa6\x03\x08\0\0\0"

_HEADER = struct.Struct("<8s4sI")
_VERSIONS = (b"\0\0\0\x03", b"\x03\0\0\0")
"""Version 3.0.0.0 in both byte orders, since tools differ in it."""

_END = 0xFC0404FC
_APPLICATION, _BOOTLOADER, _METADATA, _SECURE_ELEMENT = 0xF40A0AF4, 0xF50909F5, 0xF60808F6, 0x5EA617EB
_SIGNATURE, _CERTIFICATE, _DEPENDENCY = 0xF70A0AF7, 0xF30B0BF3, 0x76A617EB
_PLAIN = frozenset({0xFE0101FE, 0xFD0303FD})
_PACKED = {0xFD0505FD: decode_lz4, 0xFD0707FD: decode_lzma}
_DELTAS = frozenset({0xF80A0AF8, 0xF80B0BF8, 0xF80C0CF8})
_INIT, _ENCRYPTED_DATA, _ENCRYPTED_HEADER = 0xFA0606FA, 0xF90707F9, 0xFB0505FB
_HEADER_ID = 0x03A617EB
_KNOWN = frozenset(
    {_HEADER_ID, _END, _APPLICATION, _BOOTLOADER, _METADATA, _SECURE_ELEMENT, _SIGNATURE, _CERTIFICATE, _DEPENDENCY}
    | {_INIT, _ENCRYPTED_DATA, _ENCRYPTED_HEADER}
    | _PLAIN
    | set(_PACKED)
    | _DELTAS
)
_IS_ENCRYPTED, _IS_SIGNED = 0x01, 0x100
_MEMORY_BYTES = 4 << 20
"""Most memory of the chips: what a packed program may hold."""
_GROWTH = 2_000
"""Most that is believed to come of one packed byte."""


def open_gbl(view: View, budget: Budget) -> Archive | Container:
    """Open the file at the beginning of a view; raise NotThisFormat when its header or second tag makes no sense."""
    if view.size < _HEADER.size + 8:
        raise NotThisFormat
    magic, version, kind = _HEADER.unpack(view.slice(0, _HEADER.size))
    second = int.from_bytes(view.slice(_HEADER.size, 4), "little")
    if magic != MAGIC or version not in _VERSIONS or kind & ~(_IS_ENCRYPTED | _IS_SIGNED) or second not in _KNOWN:
        raise NotThisFormat
    found = read_tags(view, 4, "little", _KNOWN, _END, budget)
    label = _label(view, found, kind)
    if kind & _IS_ENCRYPTED:
        return encrypted(found, _ENCRYPTED_DATA, label)
    entries, pieces = Entries(budget), Pieces(budget)
    for tag in found.tags[1:]:
        _add(view, tag, entries, pieces, budget)
    return archive(view, found, pieces, entries, label)


FORMAT = Format("gbl", "upgrade for Silicon Labs' Gecko boot loader", (Magic(MAGIC),), open_gbl)


def _label(view: View, found: Tags, kind: int) -> str:
    said = []
    for tag in found.tags:
        if tag.id == _APPLICATION and tag.length >= 8:
            said.append(f"application version {int.from_bytes(view.slice(tag.offset + 4, 4), 'little'):#x}")
    if any(tag.id == _BOOTLOADER for tag in found.tags):
        said.append("boot loader")
    if any(tag.id == _SECURE_ELEMENT for tag in found.tags):
        said.append("encrypted upgrade of the secure element")
    said.append("encrypted" if kind & _IS_ENCRYPTED else "")
    is_signed = kind & _IS_SIGNED or any(tag.id == _SIGNATURE for tag in found.tags)
    said.append("signature ECDSA P-256" if is_signed else "no signature")
    return "; ".join(filter(None, said))


def _add(view: View, tag: Tag, entries: Entries, pieces: Pieces, budget: Budget) -> None:
    """List what a tag holds; most hold nothing for a tree."""
    value = view.slice(tag.offset, tag.length)
    if tag.id in _PLAIN and tag.length > 4:
        pieces.add("program", int.from_bytes(value[:4], "little"), tag.offset + 4, value[4:])
    elif tag.id == _BOOTLOADER and tag.length > 8:
        pieces.add("boot loader", int.from_bytes(value[4:8], "little"), tag.offset + 8, value[8:])
    elif tag.id in _PACKED and tag.length > 4:
        try:
            content = _unpack(tag, value[4:], budget)
        except Undecodable as error:
            reason = message("the program at {offset} cannot be unpacked: {error}", offset=hex(tag.offset),
                             error=str(error))  # fmt: skip
            entries.problem(b"", reason)
            return
        pieces.add("program", int.from_bytes(value[:4], "little"), tag.offset + 4, content)
    elif tag.id == _METADATA:
        entries.add(Node(b"metadata", "file", 0o644, size=tag.length), Stretch(tag.offset, tag.length))
    elif tag.id in _DELTAS:
        entries.problem(b"", message("a difference to an earlier version; not applied"))


def _unpack(tag: Tag, block: memoryview, budget: Budget) -> bytes:
    limit = min(_MEMORY_BYTES, budget.limits.file_bytes, len(block) * _GROWTH)
    content = _PACKED[tag.id](block, limit)
    budget.take_output(len(content), len(block))
    return content

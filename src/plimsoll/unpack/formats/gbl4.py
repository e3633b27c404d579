"""Opens GBL files of the fourth version, upgrades for Silicon Labs' wireless chips of series 3.

Sources: Silicon Labs' public description of the file format in its guide to the boot loader of series 3; the libraries
pygbl (Apache-2.0) and gblv4 (MIT), which tell what the guide leaves open. All numbers are little-endian.

A tag is an id of 4 bytes, a length of 4 bytes and a value. Some hold tags in their turn:

0x84A617EB  the file
  0xAA01012A  manifest: 0x2B01012B certificate, 0x2B02022B signature, 0x2B03032B version and features, 0x2B04042B
              product, version, least version; 0x2B05052B kind and hash of everything after the manifest
    0xAB06062B  updates
      0x2C03032C  section of memory: 1 byte memory, 3 bytes length when unpacked, then address, kind, version,
                  capabilities, position of its content from the file's first byte, hash
      0x2C02022C  secure element; 0x2C04042C end
  0xBA01013A  content of a section
    0x3B01013B  0 compression: 0 none, 1 LZ4, 2 LZMA; 1 encryption: 0 none, 1 AES-CCM; at 20 SHA-256 when unpacked
    0x3B02023B  the content
  0x3A02023A  content for the secure element, encrypted; 0xEE0101EE filling

How LZ4 is framed is not described; a block that unpacks to the hash is believed. Signatures are told and not verified.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.codecs import Decode, Undecodable, decode_lz4, decode_lzma
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._archive import Archive, Entries
from plimsoll.unpack.formats._silabs_program import Pieces
from plimsoll.unpack.limits import Budget

MAGIC = b"\xeb\x17\xa6\x84"

_TAG = struct.Struct("<II")
_MANIFEST, _SIGNATURE, _BUNDLE, _CONTENT_HASH = 0xAA01012A, 0x2B02022B, 0x2B04042B, 0x2B05052B
_INFO, _UPDATES, _UPDATE = 0x2B03032B, 0xAB06062B, 0x2C03032C
_SECTION, _SECTION_INFO, _BLOB, _SECURE_ELEMENT = 0xBA01013A, 0x3B01013B, 0x3B02023B, 0x3A02023A
_HOLDERS = frozenset({_MANIFEST, _UPDATES, _SECTION})
_LARGEST = 64 << 20
_MOST_TAGS = 1024
_SHA256 = 1
_PACKED: dict[int, Decode] = {1: decode_lz4, 2: decode_lzma}


class _Tag(msgspec.Struct, frozen=True):
    """One tag; where its value lies."""

    id: int
    offset: int
    length: int


class _Content(msgspec.Struct, frozen=True):
    """One section of memory: what the manifest says, and how it is packed."""

    address: int
    size: int
    compression: int
    is_encrypted: bool
    digest: bytes
    blob: _Tag


def open_gbl4(view: View, budget: Budget) -> Archive | Container:
    """Open the file at the beginning of a view; raise NotThisFormat when it does not begin with a manifest."""
    if view.size < 3 * _TAG.size or view.slice(0, 4) != MAGIC:
        raise NotThisFormat
    end = _TAG.size + int.from_bytes(view.slice(4, 4), "little")
    there = view.cut(0, min(end, view.size))
    tags = list(_tags(there, _TAG.size, there.size, budget))
    if end > _LARGEST or not tags or tags[0].id != _MANIFEST or not {_INFO, _CONTENT_HASH} <= {tag.id for tag in tags}:
        raise NotThisFormat
    entries, pieces = Entries(budget), Pieces(budget)
    if there.size < end:
        entries.problem(b"", message("cut short: {missing} bytes are missing", missing=end - there.size))
    elif not _is_whole(there, tags, budget):
        entries.problem(b"", message("the SHA-256 of its content is wrong"))
    contents = list(_contents(there, tags))
    label = _label(there, tags)
    closed = [one.blob for one in contents if one.is_encrypted]
    closed += [tag for tag in tags if tag.id == _SECURE_ELEMENT]
    if closed and len(contents) == sum(one.is_encrypted for one in contents):
        parts = tuple(Part(tag.offset, tag.length, "", "encrypted") for tag in closed if tag.length)
        return Container(there.size, parts, f"{label}; encrypted")
    for one in contents:
        if one.is_encrypted:
            pieces.add("encrypted program", one.address, one.blob.offset, there.slice(one.blob.offset, one.blob.length))
        else:
            _add(there, one, entries, pieces, budget)
    pieces.into(entries)
    return entries.archive(there, there.size, label)


FORMAT = Format("gbl4", "upgrade for Silicon Labs' chips of series 3", (Magic(MAGIC),), open_gbl4)


def _tags(view: View, start: int, end: int, budget: Budget, depth: int = 0) -> Iterator[_Tag]:
    """Give the tags of a stretch and those in them, in order; the last one as far as it is there."""
    position = start
    count = 0
    while position + _TAG.size <= end and count < _MOST_TAGS:
        id_, length = _TAG.unpack(view.slice(position, _TAG.size))
        position += _TAG.size
        tag = _Tag(id_, position, min(length, end - position))
        budget.take_entries(1)
        count += 1
        yield tag
        if id_ in _HOLDERS and depth < 2:
            yield from _tags(view, position, position + tag.length, budget, depth + 1)
        position += tag.length


def _is_whole(view: View, tags: list[_Tag], budget: Budget) -> bool:
    start = tags[0].offset + tags[0].length
    said = next(tag for tag in tags if tag.id == _CONTENT_HASH)
    value = view.read(said.offset, said.length)
    if int.from_bytes(value[:4], "little") != _SHA256:
        return True
    budget.take_search(view.size - start)
    return hashlib.sha256(view.slice(start, view.size - start)).digest() == value[4:36]


def _contents(view: View, tags: list[_Tag]) -> Iterator[_Content]:
    """Join what the manifest says of each section with its content, by the position of that."""
    updates = {}
    for tag in tags:
        if tag.id == _UPDATE and tag.length >= 24:
            fields = view.read(tag.offset, 24)
            size, address = int.from_bytes(fields[1:4], "little"), int.from_bytes(fields[4:8], "little")
            updates[int.from_bytes(fields[20:24], "little")] = (address, size)
    for number, tag in enumerate(tags):
        found = {one.id: one for one in tags[number + 1 : number + 5] if one.offset < tag.offset + tag.length}
        info, blob = found.get(_SECTION_INFO), found.get(_BLOB)
        if tag.id != _SECTION or info is None or blob is None or info.length < 52:
            continue
        said = view.read(info.offset, 52)
        address, size = updates.get(tag.offset - _TAG.size, (0, 0))
        yield _Content(address, size, said[0], said[1] != 0, said[20:52], blob)


def _label(view: View, tags: list[_Tag]) -> str:
    said = []
    bundle = next((tag for tag in tags if tag.id == _BUNDLE and tag.length >= 24), None)
    if bundle is not None:
        said.append(f"version {int.from_bytes(view.slice(bundle.offset + 16, 4), 'little')}")
    if any(tag.id == _SECURE_ELEMENT for tag in tags):
        said.append("encrypted upgrade of the secure element")
    is_signed = any(tag.id == _SIGNATURE for tag in tags)
    return "; ".join([*said, "signature ECDSA P-256" if is_signed else "no signature"])


def _add(view: View, one: _Content, entries: Entries, pieces: Pieces, budget: Budget) -> None:
    """List what a section holds, unpacked where it can be."""
    block = view.slice(one.blob.offset, one.blob.length)
    if not one.compression:
        pieces.add("program", one.address, one.blob.offset, block)
        return
    decode = _PACKED.get(one.compression)
    try:
        if decode is None:
            raise Undecodable("packed in a way that is not known")
        budget.take_output(one.size, len(block))
        content = bytes(decode(block, one.size))
        if hashlib.sha256(content).digest() != one.digest and (any(one.digest) or len(content) != one.size):
            raise Undecodable("its SHA-256 is wrong")
    except Undecodable as error:
        reason = message("the program at {offset} cannot be unpacked: {error}", offset=hex(one.blob.offset),
                         error=str(error))  # fmt: skip
        entries.problem(b"", reason)
        pieces.add("packed program", one.address, one.blob.offset, block)
        return
    pieces.add("program", one.address, one.blob.offset, content)

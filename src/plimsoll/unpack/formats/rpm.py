"""Opens RPM packages: a lead, a header of signatures, a header that describes the package, and the packed files.

Source: the Linux Standard Base, core specification, on the package file format; the public manual of RPM on its tags.
All numbers are big-endian. The signatures are told and not verified: their key is elsewhere; digests are verified.

offset  size  lead                             offset  size  header
0       4     magic ed ab ee db                0       4     magic 8e ad e8 01
4       2     version, 3 or 4 before the dot   4       4     reserved
6       2     0 for programs, 1 for sources    8       4     entries
8       2     number of the processor          12      4     bytes of the values
10      66    name                             16            entries of 16 bytes: tag, type, offset, count
76      2     number of the system                           then the values
78      2     5: a header of signatures follows
80      16    reserved

The header of signatures is filled up to a multiple of 8. The payload follows the second header: a cpio archive,
compressed.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import NamedTuple

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\xed\xab\xee\xdb"
MOST_ENTRIES = 65_535
"""Most entries of a header that is believed."""

_LEAD = struct.Struct(">4sBBHH66sHH16x")
_HEADER = struct.Struct(">4s4xII")
_ENTRY = struct.Struct(">4I")
_HEADER_MAGIC = b"\x8e\xad\xe8\x01"
_HIGHEST_TYPE = 9
_TEXT, _TEXTS = 6, 8
_SHOWN_BYTES = 255
_NUMBERS = {4: 4, 5: 8}
_SHA256_BY_NUMBER = 8

# Of the header of signatures.
_SIZE, _LONG_SIZE, _MD5, _SHA1, _SHA256 = 1000, 270, 1004, 269, 273
_SIGNATURES = (267, 268, 278, 1002, 1005)
# Of the header of the package.
_NAME, _VERSION, _RELEASE, _PROCESSOR, _PAYLOAD, _COMPRESSION = 1000, 1001, 1002, 1022, 1124, 1125
_LONG_FILE_SIZES, _PAYLOAD_DIGEST, _PAYLOAD_ALGORITHM, _PAYLOAD_SIZE = 5008, 5092, 5093, 5112


class Header(NamedTuple):
    """One of the two headers: where it lies, and the values of the entries that are used."""

    start: int
    end: int
    texts: dict[int, str]
    numbers: dict[int, int]
    blobs: dict[int, bytes]
    tags: frozenset[int]


def open_rpm(view: View, budget: Budget) -> Container:
    """Open the package at the beginning of a view; raise NotThisFormat when a header is not sound.

    A package that is cut short, or has a wrong digest, is a problem, and what there is of its payload is still a part.
    """
    if view.size < _LEAD.size:
        raise NotThisFormat
    magic, major, _, kind, _, _, _, signed = _LEAD.unpack(view.slice(0, _LEAD.size))
    if magic != MAGIC or major not in (3, 4) or kind not in (0, 1) or signed != 5:
        raise NotThisFormat
    budget.check_time()
    signatures = _read_header(view, _LEAD.size)
    header = _read_header(view, -(-signatures.end // 8) * 8)
    length, problems = _measure(view, signatures, header)
    budget.take_search(2 * (length - header.start))
    problems += _verify(view, signatures, header, length)
    parts = [Part(header.start, header.end - header.start, "header", "known")]
    if length > header.end:
        parts.append(Part(header.end, length - header.end, "payload"))
    return Container(length, tuple(parts), _label(signatures, header, kind), tuple(problems))


FORMAT = Format("rpm", "RPM package", (Magic(MAGIC),), open_rpm)


def _read_header(view: View, start: int) -> Header:
    """Read a header; raise NotThisFormat when it is not sound in every entry."""
    magic, count, size = _HEADER.unpack(view.slice(start, _HEADER.size))
    if magic != _HEADER_MAGIC or not 0 < count <= MOST_ENTRIES:
        raise NotThisFormat
    entries = view.slice(start + _HEADER.size, count * _ENTRY.size)
    values = view.cut(start + _HEADER.size + count * _ENTRY.size, size)
    texts: dict[int, str] = {}
    numbers: dict[int, int] = {}
    blobs: dict[int, bytes] = {}
    tags = set()
    for tag, kind, offset, length in _ENTRY.iter_unpack(entries):
        if kind > _HIGHEST_TYPE or offset > size:
            raise NotThisFormat
        tags.add(tag)
        if kind in (_TEXT, _TEXTS):
            text = bytes(values.buffer[offset : offset + _SHOWN_BYTES]).partition(b"\0")[0]
            texts.setdefault(tag, "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text))
        elif kind in _NUMBERS:
            numbers.setdefault(tag, int.from_bytes(values.buffer[offset : offset + _NUMBERS[kind]], "big"))
        else:
            blobs.setdefault(tag, bytes(values.buffer[offset : offset + min(length, _SHOWN_BYTES)]))
    end = start + _HEADER.size + count * _ENTRY.size + size
    return Header(start, end, texts, numbers, blobs, frozenset(tags))


def _measure(view: View, signatures: Header, header: Header) -> tuple[int, list[Message]]:
    """Give the bytes that the package takes: to the end of the view when it does not say."""
    stated = signatures.numbers.get(_SIZE) or signatures.numbers.get(_LONG_SIZE)
    end = header.start + stated if stated else view.size
    if not stated and _PAYLOAD_SIZE in header.numbers:
        end = header.end + header.numbers[_PAYLOAD_SIZE]
    problems: list[Message] = []
    if end < header.end:
        problems.append(message("the package states fewer bytes than its header takes"))
    elif end > view.size:
        problems.append(message("cut short: {missing} bytes are missing", missing=end - view.size))
    if _LONG_FILE_SIZES in header.tags:
        problems.append(message("files of more than 4 GiB: the payload is a kind of cpio that is not read"))
    return min(max(end, header.end), view.size), problems


def _verify(view: View, signatures: Header, header: Header, length: int) -> Iterator[Message]:
    """Compare the digests that are there; nothing else covers the headers."""
    own = view.slice(header.start, header.end - header.start)
    for tag, name in ((_SHA256, "sha256"), (_SHA1, "sha1")):
        stated = signatures.texts.get(tag)
        if stated and hashlib.new(name, own, usedforsecurity=False).hexdigest() != stated:
            yield message("the {name} of the header is wrong", name=name)
    payload = view.slice(header.end, length - header.end)
    digest = header.texts.get(_PAYLOAD_DIGEST)
    if digest and header.numbers.get(_PAYLOAD_ALGORITHM) == _SHA256_BY_NUMBER:
        if hashlib.sha256(payload).hexdigest() != digest:
            yield message("the {name} of the payload is wrong", name="sha256")
        return
    both = hashlib.md5(view.slice(header.start, length - header.start), usedforsecurity=False)
    if signatures.blobs.get(_MD5, both.digest()) != both.digest():
        yield message("the {name} of header and payload is wrong", name="md5")


def _label(signatures: Header, header: Header, kind: int) -> str:
    """Give name, version, release and processor, then what is said of the payload."""
    name = "-".join(header.texts.get(tag, "") for tag in (_NAME, _VERSION, _RELEASE))
    processor = "src" if kind else header.texts.get(_PROCESSOR, "")
    notes = [f"{name}.{processor}".strip(".-"), header.texts.get(_COMPRESSION, "")]
    payload = header.texts.get(_PAYLOAD, "cpio")
    if payload != "cpio":
        notes.append(f"payload {payload}")
    if any(tag in signatures.tags for tag in _SIGNATURES):
        notes.append("signed")
    return ", ".join(note for note in notes if note)

"""Opens programs that Qualcomm processors start: ELF files with a segment of hashes over the others, and a signature.

Source: Qualcomm's paper on secure boot and image authentication; the System V ABI for ELF. All numbers are
little-endian. What a segment is, bits 24 to 26 of its flags say:

kind  segment
2     hashes: a header, a hash for each segment of the file (zeros for its own), signature, certificates
7     header of the file and table of segments

The length of the header of the hashes depends on its version, so the hashes are found by that of the file's header.
Without it, a file is an ordinary ELF file. Signatures are told and not verified: their root is in the processor.
"""

from __future__ import annotations

import hashlib
import struct

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

MAGIC = b"\x7fELF"
MOST_SEGMENTS = 128
LARGEST_HASHES = 1 << 20
"""Longest segment of hashes that is believed."""

_IDENT_BYTES = 16
_HEADERS = {1: struct.Struct("<16sHHIIIIIHHH"), 2: struct.Struct("<16sHHIQQQIHHH")}
_SEGMENTS = {1: struct.Struct("<8I"), 2: struct.Struct("<IIQQQQQQ")}
_LITTLE_ENDIAN = 1
_HASHES, _FILE_HEADER = 2, 7
_ALGORITHMS = ("sha256", "sha384", "sha1")


class _Segment(msgspec.Struct, frozen=True):
    kind: int
    offset: int
    length: int


def open_qualcomm_elf(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when it has no hash of its own header."""
    segments = _read_segments(view)
    hashes = next((one for one in segments if one.kind == _HASHES), None)
    header = next((one for one in segments if one.kind == _FILE_HEADER), None)
    if hashes is None or header is None or header.offset or not 0 < hashes.length <= LARGEST_HASHES:
        raise NotThisFormat
    if header.length > view.size or hashes.offset + hashes.length > view.size:
        raise NotThisFormat
    table = view.read(hashes.offset, hashes.length)
    budget.take_search(header.length + len(table))
    algorithm, start = _find_table(table, view.slice(0, header.length), segments.index(header))
    problems: list[Message] = []
    end = max(one.offset + one.length for one in segments)
    length = min(end, view.size)
    if length < end:
        problems.append(message("cut short: {missing} bytes are missing", missing=end - length))
    digest_bytes = hashlib.new(algorithm).digest_size
    claims: list[Claim] = []
    for number, one in enumerate(segments):
        if one is header or not one.length:
            continue
        claims.append(Claim("hashes" if one is hashes else f"segment {number}", one.offset, one.length, "known"))
        if one is not hashes and one.offset + one.length <= view.size:
            budget.take_search(one.length)
            found = hashlib.new(algorithm, view.slice(one.offset, one.length), usedforsecurity=False).digest()
            if found != table[start + number * digest_bytes : start + (number + 1) * digest_bytes]:
                problems.append(message("the hash of segment {number} is wrong", number=number))
    rest = len(table) - start - len(segments) * digest_bytes
    signed = f"signature and certificates of {rest} bytes" if rest > 0 else "not signed"
    return Container(length, parts_of(claims, length, problems), f"{algorithm}, {signed}", tuple(problems))


FORMAT = Format("qualcomm-elf", "Qualcomm boot program", (Magic(MAGIC),), open_qualcomm_elf)


def _read_segments(view: View) -> list[_Segment]:
    if view.size < _IDENT_BYTES or view.read(0, 4) != MAGIC or view.buffer[5] != _LITTLE_ENDIAN:
        raise NotThisFormat
    bits = view.buffer[4]
    header, segment = _HEADERS.get(bits), _SEGMENTS.get(bits)
    if header is None or segment is None or view.size < header.size:
        raise NotThisFormat
    *_, place, _, _, _, entry_bytes, count = header.unpack(view.slice(0, header.size))
    if entry_bytes != segment.size or not 1 < count <= MOST_SEGMENTS or place + count * entry_bytes > view.size:
        raise NotThisFormat
    found: list[_Segment] = []
    for fields in segment.iter_unpack(view.slice(place, count * entry_bytes)):
        flags, offset, length = (fields[6], fields[1], fields[4]) if bits == 1 else (fields[1], fields[2], fields[5])
        found.append(_Segment(flags >> 24 & 7, offset, length))
    return found


def _find_table(table: bytes, header: memoryview, number: int) -> tuple[str, int]:
    """Give the algorithm and where the hashes begin, by the hash of the file's header."""
    for algorithm in _ALGORITHMS:
        digest = hashlib.new(algorithm, header, usedforsecurity=False).digest()
        at = table.find(digest) - number * len(digest)
        if at >= 0:
            return algorithm, at
    raise NotThisFormat

"""Opens kernels that are ELF programs, `vmlinux`, and those that undo themselves from one, `vmlinuz` of MIPS.

Sources: the System V Application Binary Interface, chapters 4 and 5, for ELF; kernels of Debian for MIPS, in which the
compressed kernel is one stream with its size behind it, as in `_kernel_payload`.

offset  size  32 bits           offset  size  64 bits
0       16    magic 7f `ELF`, 1 or 2 for 32 or 64 bits, 1 or 2 for the byte order, version 1
16      2     kind, 2 is a program that is not moved
28      4     program headers   32      8     program headers
32      4     sections          40      8     sections
42      8     size and number of program headers; size and number of sections (54 in 64 bits)

What makes a program a kernel is its banner, `Linux version`, in itself or in what it undoes; and that it has no loader.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Container, Decoded, Format, Magic, NotThisFormat, Opened, Part, View
from plimsoll.unpack.formats._kernel_payload import find_banner, find_payload
from plimsoll.unpack.limits import Budget

MAGIC = b"\x7fELF"

SMALLEST_BYTES, LARGEST_BYTES = 4096, 1 << 30
"""Lengths of the file that are believed."""

_PROGRAM = 2
_MOST_HEADERS = 128
_MOST_SECTIONS = 8192
_DYNAMIC, _LOADER = 2, 3
_WITHOUT_BYTES = 8


class _Layout(msgspec.Struct, frozen=True):
    """Where the fields of a class lie."""

    header: str
    header_bytes: int
    segment: str
    """Kind, offset, bytes in the file."""
    section: str
    """Kind, offset, bytes."""


_LAYOUTS = {
    1: _Layout("16xHHIIIIIHHHHHH", 52, "II8xI12x", "4xI8xII16x"),
    2: _Layout("16xHHIQQQIHHHHHH", 64, "I4xQ16xQ16x", "4xI16xQQ24x"),
}


def open_vmlinux(view: View, budget: Budget) -> Opened:
    """Open the kernel at the beginning of a view, or undo the one in it; raise NotThisFormat for any other program."""
    header_bytes, end = _read_extent(view)
    there = min(end, view.size)
    problems = (message("cut short: {missing} bytes are missing", missing=end - there),) if there < end else ()
    budget.take_search(there)
    release, banner = find_banner(view.slice(0, there))
    # NOTE: LZ4 and its kin leave text that is met once as it is, so the banner may be seen in the compressed kernel.
    payload = find_payload(view, budget, header_bytes, there, is_banner_needed=True)
    if payload is not None and (not release or payload.offset <= banner < payload.end):
        return Decoded(there, payload.data, payload.label(), (*problems, *payload.problems))
    if not release:
        raise NotThisFormat
    part = Part(header_bytes, there - header_bytes, "kernel", "known")
    return Container(there, (part,), f"Linux {release}", problems)


FORMAT = Format("vmlinux", "kernel that is an ELF program", (Magic(MAGIC),), open_vmlinux)


def _read_extent(view: View) -> tuple[int, int]:
    """Give the bytes of the header and where the file ends; raise NotThisFormat when it is no program of its own."""
    sign = view.read(0, 7)
    if sign[:4] != MAGIC or sign[4] not in _LAYOUTS or sign[5] not in (1, 2) or sign[6] != 1:
        raise NotThisFormat
    layout, order = _LAYOUTS[sign[4]], "<" if sign[5] == 1 else ">"
    (
        kind, _, _, _, segments_at, sections_at, _, header_bytes, segment_bytes, segments, section_bytes, sections, _
    ) = struct.unpack(order + layout.header, view.read(0, layout.header_bytes))  # fmt: skip
    segment, section = struct.Struct(order + layout.segment), struct.Struct(order + layout.section)
    if kind != _PROGRAM or header_bytes != layout.header_bytes or segment_bytes != segment.size:
        raise NotThisFormat
    if not 0 < segments <= _MOST_HEADERS or sections > _MOST_SECTIONS or (sections and section_bytes != section.size):
        raise NotThisFormat
    found = list(segment.iter_unpack(view.slice(segments_at, segments * segment.size)))
    if any(kind in (_DYNAMIC, _LOADER) for kind, _, _ in found):
        raise NotThisFormat
    end = max(segments_at + segments * segment.size, *(offset + size for _, offset, size in found))
    if sections:
        table_end = sections_at + sections * section.size
        end = max(end, table_end)
        if table_end <= view.size:
            listed = section.iter_unpack(view.slice(sections_at, sections * section.size))
            end = max(end, *(offset + size for kind, offset, size in listed if kind not in (0, _WITHOUT_BYTES)), 0)
    if not SMALLEST_BYTES <= end <= LARGEST_BYTES:
        raise NotThisFormat
    return header_bytes, end

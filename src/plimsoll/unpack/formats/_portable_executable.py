"""Reads how far a portable executable reaches, for kernels that are EFI programs too, and its signature.

Source: Microsoft's "PE Format". All numbers are little-endian.

offset  size  beginning                     offset  size  behind `PE` 00 00
0       2     `MZ`                          2       2     number of sections
60      4     offset of `PE` 00 00          16      2     bytes of the optional header
                                            20      2     010b (32 bits) or 020b (64 bits)

The optional header's directory 4 has offset and bytes of the signature; it stands at 128 of the 32-bit header and at
144 of the 64-bit one. Sections are described behind it, 40 bytes each: their bytes in the file at 16, their offset at
20. A signature begins with its length, then revision 0200 and kind 0002.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.unpack.format import View

_MOST_SECTIONS = 96
_DIRECTORY = {0x10B: 128, 0x20B: 144}
_SECTION_BYTES = 40
_SIGNED = struct.pack("<HH", 0x0200, 0x0002)


class PortableExecutable(msgspec.Struct, frozen=True):
    """How far a program reaches."""

    end: int
    """Behind its last section, in the file."""
    signature: range
    """Where its signature lies; empty when there is none or it is not all there."""


def read_portable_executable(view: View) -> PortableExecutable | None:
    """Read the program at the beginning of a view; nothing when it is none."""
    try:
        if view.read(0, 2) != b"MZ":
            return None
        (start,) = struct.unpack("<I", view.read(60, 4))
        if view.read(start, 4) != b"PE\0\0":
            return None
        _, sections, optional_bytes, _, magic = struct.unpack("<HH12xHHH", view.read(start + 4, 22))
        if magic not in _DIRECTORY or not 0 < sections <= _MOST_SECTIONS:
            return None
        table = view.read(start + 24 + optional_bytes, sections * _SECTION_BYTES)
        stretches = [struct.unpack_from("<II", table, at + 16) for at in range(0, len(table), _SECTION_BYTES)]
        end = max((offset + size for size, offset in stretches if size), default=0)
        has_directory = optional_bytes >= _DIRECTORY[magic] + 8
        signature = _read_signature(view, start + 24 + _DIRECTORY[magic], end) if has_directory else range(0)
    except EOFError:
        return None
    return PortableExecutable(end, signature)


def _read_signature(view: View, entry: int, end: int) -> range:
    offset, size = struct.unpack("<II", view.read(entry, 8))
    if size < 8 or offset < end or offset + size > view.size:
        return range(0)
    length, kind = struct.unpack("<I4s", view.read(offset, 8))
    return range(offset, offset + size) if kind == _SIGNED and 8 < length <= size else range(0)

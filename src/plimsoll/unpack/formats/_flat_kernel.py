"""What the uncompressed kernels of 64-bit ARM and RISC-V share: 64 bytes of header, then the kernel as it runs.

Sources: the published descriptions of the boot protocols. All numbers are little-endian.

offset  size  header
0       8     two instructions, one of them a jump; `MZ` begins the first when the image is an EFI program too
8       8     where it is to be loaded, after a boundary of 2 MiB
16      8     bytes that it takes in memory, with those that are not in the file; 0 in ARM kernels before 3.17
24      8     flags
48      16    magic and a few numbers more, which differ
60      4     offset of `PE` 00 00 when the image is an EFI program too

The file ends with the last section of the EFI program. Without one its end is not known, and what it takes in memory
is the most that it can be.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Container, NotThisFormat, Part, View
from plimsoll.unpack.formats._kernel_payload import find_release
from plimsoll.unpack.formats._portable_executable import PortableExecutable, read_portable_executable
from plimsoll.unpack.limits import Budget

HEADER_BYTES = 64
LARGEST_BYTES = 1 << 30
"""Most bytes in memory that are believed."""

_SMALLEST_BYTES = 4096


class Header(msgspec.Struct, frozen=True):
    """The fields that both kinds have."""

    code: tuple[int, int]
    load_offset: int
    memory_bytes: int
    flags: int
    magic: bytes
    """Bytes 32 to 60."""


def open_flat(view: View, budget: Budget, is_sound: Callable[[Header], bool], label: str) -> Container:
    """Open the kernel at the beginning of a view; raise NotThisFormat when its header is not sound."""
    code, second, load_offset, memory_bytes, flags, magic = struct.unpack("<IIQQQ28s", view.read(0, 60))
    header = Header((code, second), load_offset, memory_bytes, flags, magic)
    if view.size < _SMALLEST_BYTES or load_offset % 4096 or memory_bytes > LARGEST_BYTES or not is_sound(header):
        raise NotThisFormat
    program = read_portable_executable(view)
    if program is None and view.read(0, 2) == b"MZ":
        raise NotThisFormat
    end = program.end if program is not None else memory_bytes or view.size
    there = min(end, view.size)
    if there < _SMALLEST_BYTES:
        raise NotThisFormat
    missing = end - there if program is not None else 0
    problems = (message("cut short: {missing} bytes are missing", missing=missing),) if missing else ()
    is_end_known = bool(program is not None or memory_bytes)
    part = Part(HEADER_BYTES, there - HEADER_BYTES, "kernel", "known" if is_end_known else "image")
    budget.take_search(there)
    release = find_release(view.slice(0, there))
    return Container(
        _with_signature(program, there), (part,), f"{label}, Linux {release}" if release else label, problems
    )


def _with_signature(program: PortableExecutable | None, end: int) -> int:
    if program is None or not program.signature or program.signature.start - end not in range(8):
        return end
    return program.signature.stop

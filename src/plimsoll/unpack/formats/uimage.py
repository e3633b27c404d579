"""Opens legacy images of the boot loader U-Boot: kernels, initial file systems and scripts behind 64 bytes of header.

Source: the public manual of U-Boot on its image types; the numbers of systems, processors, kinds and compressions as
the real mkimage writes them. All numbers are big-endian.

offset  size  header
0       4     magic 27 05 19 56
4       4     CRC-32 of the header, this field taken as zero
8       4     time of making
12      4     length of the data
16      8     load address, entry point
24      4     CRC-32 of the data
28      4     system, processor, kind, compression: one byte each
32      32    name, filled up with zeros

The data of a multi-file image and of a script begins with the length of each file and a zero, 4 bytes each; the files
follow, each filled up to a multiple of 4. A script is such a list of one file. The payload stays compressed.
"""

from __future__ import annotations

import struct
import zlib
from itertools import accumulate, pairwise

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x27\x05\x19\x56"
MOST_FILES = 1024
"""Most files of a multi-file image that are told apart."""

_HEADER = struct.Struct(">4s6I4B32s")
_MULTI, _SCRIPT = 4, 6
_SYSTEMS = {
    1: "OpenBSD", 2: "NetBSD", 3: "FreeBSD", 4: "4.4BSD", 5: "Linux", 6: "SVR4", 7: "Esix", 8: "Solaris", 9: "Irix",
    10: "SCO", 11: "Dell", 12: "NCR", 14: "VxWorks", 15: "pSOS", 16: "QNX", 17: "U-Boot", 18: "RTEMS",
    21: "Integrity", 22: "OSE", 23: "Plan 9", 24: "OpenRTOS", 25: "Arm Trusted Firmware",
    26: "trusted execution environment", 27: "OpenSBI", 28: "EFI",
}  # fmt: skip
_PROCESSORS = {
    1: "Alpha", 2: "ARM", 3: "x86", 4: "IA-64", 5: "MIPS", 6: "MIPS64", 7: "PowerPC", 8: "S/390", 9: "SuperH",
    10: "SPARC", 11: "SPARC64", 12: "M68K", 14: "MicroBlaze", 15: "Nios II", 16: "Blackfin", 17: "AVR32",
    19: "sandbox", 20: "NDS32", 21: "OpenRISC", 22: "ARM64", 23: "ARC", 24: "x86-64", 25: "Xtensa", 26: "RISC-V",
}  # fmt: skip
_KINDS = {
    1: "standalone program", 2: "kernel", 3: "initial file system", 4: "several files", 5: "firmware", 6: "script",
    7: "file system", 8: "device tree", 14: "kernel", 32: "firmware",
}  # fmt: skip
_COMPRESSIONS = {0: "", 1: "gzip", 2: "bzip2", 3: "LZMA", 4: "LZO", 5: "LZ4", 6: "zstd"}


def open_uimage(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when the checksum of its header is wrong.

    Data that is cut short or has a wrong checksum is a problem, and what there is of it is still a part.
    """
    header = view.read(0, _HEADER.size) if view.size >= _HEADER.size else b""
    if header[:4] != MAGIC or zlib.crc32(header[:4] + bytes(4) + header[8:]) != int.from_bytes(header[4:8], "big"):
        raise NotThisFormat
    return open_image(view, budget)


FORMAT = Format("uimage", "U-Boot image", (Magic(MAGIC),), open_uimage)


def open_image(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view, whose header was found to be sound."""
    header = view.slice(0, _HEADER.size)
    _, _, _, size, _, _, checksum, system, processor, kind, compression, name = _HEADER.unpack(header)
    budget.check_time()
    data = view.cut(_HEADER.size, min(size, view.size - _HEADER.size))
    problems: list[Message] = []
    if data.size < size:
        problems.append(message("cut short: {missing} bytes are missing", missing=size - data.size))
    elif zlib.crc32(data.buffer) != checksum:
        problems.append(message("the checksum of the data is wrong"))
    files = _read_files(data, size, problems) if kind in (_MULTI, _SCRIPT) else [(0, data.size)]
    parts = tuple(
        Part(_HEADER.size + start, min(length, data.size - start), _KINDS.get(kind, ""))
        for start, length in files
        if length and start < data.size
    )
    label = _label(system, processor, kind, compression, name)
    return Container(_HEADER.size + data.size, parts, label, tuple(problems))


def _read_files(data: View, size: int, problems: list[Message]) -> list[tuple[int, int]]:
    """Give offset and length of each file in the data, by its list; all of it as one when the list is not sound.

    `size` is the length of the data as the header has it. What follows the last file is given too.
    """
    lengths: list[int] = []
    for position in range(0, min(data.size - 3, 4 * MOST_FILES + 4), 4):
        length = int.from_bytes(data.slice(position, 4), "big")
        if not length:
            break
        lengths.append(length)
    else:
        problems.append(message("the list of files has no end"))
        return [(0, data.size)]
    starts = list(accumulate((-(-length // 4) * 4 for length in lengths), initial=4 * len(lengths) + 4))
    ends = [start + length for start, length in zip(starts, lengths, strict=False)]
    if any(end > size for end in ends):
        problems.append(message("the files are longer than the data"))
        return [(0, data.size)]
    rest = max(data.size - starts[-1], 0)
    return [(start, end - start) for (start, _), end in zip(pairwise(starts), ends, strict=True)] + [(starts[-1], rest)]


def _label(system: int, processor: int, kind: int, compression: int, name: bytes) -> str:
    notes = [
        _KINDS.get(kind, f"kind {kind}"),
        _SYSTEMS.get(system, f"system {system}"),
        _PROCESSORS.get(processor, f"processor {processor}"),
        _COMPRESSIONS.get(compression, f"compression {compression}"),
    ]
    shown = name.partition(b"\0")[0]
    return ", ".join([note for note in notes if note] + ([f"name {escape_name(shown)}"] if shown else []))

"""Opens images for Realtek's RTL819x processors: a header of 16 bytes before kernel, root file system or web pages.

Source: the description that the authors of the 8level WRT-1200AC firmware tools have published. All numbers are
big-endian.

offset  size  header
0       4     kind: cs6c, cr6c a kernel; r6cr a root file system; w6cg web pages; with b for c in older processors
4       4     address that it is loaded to
8       4     address in flash
12      4     length of the content
16            content

The sum of the content in numbers of 16 bits is zero, of web pages also that of its bytes; without that it is something
else. A file for an update is several of these after each other.
"""

from __future__ import annotations

import struct
import sys
from array import array

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST
from plimsoll.unpack.limits import Budget

KINDS = {
    b"cs6c": "kernel", b"cr6c": "kernel", b"r6cr": "root file system", b"w6cg": "web pages",
    b"cs6b": "kernel", b"cr6b": "kernel", b"r6br": "root file system", b"w6bg": "web pages",
}  # fmt: skip

_HEADER = struct.Struct(">4sIII")
_SMALLEST = 64
_IN_MEMORY = 0x80000000


def open_realtek(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its sum is wrong or it is not all there."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    kind, address, flash, size = _HEADER.unpack(view.slice(0, _HEADER.size))
    end = _HEADER.size + size
    if kind not in KINDS or not _SMALLEST <= size <= LARGEST or end > view.size or flash > LARGEST:
        raise NotThisFormat
    if KINDS[kind] == "kernel" and not address & _IN_MEMORY:
        raise NotThisFormat
    content = view.slice(_HEADER.size, size)
    if len(set(content[:_SMALLEST])) == 1:
        raise NotThisFormat
    budget.take_search(size)
    if not _is_sum_zero(content) and not (KINDS[kind] == "web pages" and sum(content) % 256 == 0):
        raise NotThisFormat
    label = f"{kind.decode('ascii')}, flash {flash:#x}"
    return Container(end, (Part(_HEADER.size, size, KINDS[kind]),), label)


FORMAT = Format("realtek", "Realtek RTL819x image", tuple(map(Magic, KINDS)), open_realtek)


def _is_sum_zero(content: memoryview) -> bool:
    """Tell whether the big-endian numbers of 16 bits add up to zero; a last odd byte is the high one."""
    numbers = array("H", bytes(content) + bytes(len(content) % 2))
    if sys.byteorder == "little":
        numbers.byteswap()
    return sum(numbers) % 65536 == 0

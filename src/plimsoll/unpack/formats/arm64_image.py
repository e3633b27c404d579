"""Opens the uncompressed kernels of 64-bit ARM, `Image` in the kernel's own words.

Source: the published description of how 64-bit ARM kernels are booted. The header is that of `_flat_kernel`, and:

offset  size  header
24      8     flags: bit 0 byte order, bits 1 and 2 pages, bit 3 placement; the others are zero
32      24    zero
56      4     magic `ARM` 64
"""

from __future__ import annotations

from plimsoll.unpack.format import Container, Format, Magic, View
from plimsoll.unpack.formats._flat_kernel import Header, open_flat
from plimsoll.unpack.limits import Budget

MAGIC = b"ARM\x64"

_AT = 56
_FLAGS = 0xF
_PAGES = ("", ", 4 KiB pages", ", 16 KiB pages", ", 64 KiB pages")


def open_arm64_image(view: View, budget: Budget) -> Container:
    """Open the kernel at the beginning of a view; what lies in it is found."""
    flags = view.read(24, 1)[0]
    order = "big-endian" if flags & 1 else "little-endian"
    return open_flat(view, budget, _is_sound, f"{order}{_PAGES[flags >> 1 & 3]}")


FORMAT = Format("arm64-image", "kernel image for 64-bit ARM", (Magic(MAGIC, _AT),), open_arm64_image)


def _is_sound(header: Header) -> bool:
    is_jump = any(code >> 26 == 0b000101 for code in header.code)
    is_old = not header.memory_bytes and header.load_offset == 0x80000 and not header.flags
    is_new = header.memory_bytes > 0 and header.load_offset < 2 << 20 and header.flags <= _FLAGS
    return is_jump and (is_old or is_new) and header.magic == bytes(24) + MAGIC

"""Opens the uncompressed kernels of RISC-V, `Image` in the kernel's own words.

Source: the published description of the boot image header in RISC-V Linux, version 0.2. The header is that of
`_flat_kernel`, and:

offset  size  header
24      8     flags: bit 0 byte order; the others are zero
32      4     version, major number in the upper half
36      12    zero
48      8     `RISCV` 00 00 00; to be left out in time
56      4     magic `RSC` 05
"""

from __future__ import annotations

from plimsoll.unpack.format import Container, Format, Magic, View
from plimsoll.unpack.formats._flat_kernel import Header, open_flat
from plimsoll.unpack.limits import Budget

MAGIC = b"RSC\x05"

_AT = 56
_OLD_MAGICS = (b"RISCV\0\0\0", bytes(8))
_NEWEST = 16


def open_riscv_image(view: View, budget: Budget) -> Container:
    """Open the kernel at the beginning of a view; what lies in it is found."""
    minor, major = (int.from_bytes(view.read(at, 2), "little") for at in (32, 34))
    return open_flat(view, budget, _is_sound, f"header version {major}.{minor}")


FORMAT = Format("riscv-image", "kernel image for RISC-V", (Magic(MAGIC, _AT),), open_riscv_image)


def _is_sound(header: Header) -> bool:
    magic = header.magic
    minor, major = (int.from_bytes(magic[at : at + 2], "little") for at in (0, 2))
    return (
        header.memory_bytes > 0
        and header.flags <= 1
        and header.load_offset < 1 << 30
        and max(minor, major) < _NEWEST
        and magic[4:16] == bytes(12)
        and magic[16:24] in _OLD_MAGICS
        and magic[24:] == MAGIC
        # The second word is a jump, jal with no register kept; the first may be one as well, or `MZ`.
        and any(code & 0xFFF == 0x06F for code in header.code)
    )

"""Recognises the suffix of firmware for USB upgrades (DFU): the last 16 bytes of a file, after the firmware itself.

Source: USB Device Class for Device Firmware Upgrade, version 1.1, appendix B. Numbers are little-endian.

offset  size  suffix
0       2     version of the device
2       2     product
4       2     vendor
6       2     version of the class, 0100; 011A when the firmware is a DfuSe file
8       4     `UFD` and the length, 16
12      4     CRC-32 of everything before, without its last inversion

It counts only when nothing follows it. What lies before it is not in its view, so the checksum is not looked at; that
of a DfuSe file is, where `dfuse.py` opens it.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget

MAGIC = b"UFD\x10"

_SUFFIX = struct.Struct("<HHHH4sI")
_VERSIONS = (0x0100, 0x0101, 0x0110, 0x011A)


def open_dfu_suffix(view: View, budget: Budget) -> Container:
    """Read the suffix that is all of a view; raise NotThisFormat when more follows."""
    budget.check_time()
    if view.size != _SUFFIX.size:
        raise NotThisFormat
    _, product, vendor, version, magic, _ = _SUFFIX.unpack(view.slice(0, _SUFFIX.size))
    if magic != MAGIC or version not in _VERSIONS:
        raise NotThisFormat
    return Container(_SUFFIX.size, (), f"vendor {vendor:#06x}, product {product:#06x}")


FORMAT = Format(
    "dfu-suffix", "suffix of firmware for USB upgrades", (Magic(MAGIC, 8),), open_dfu_suffix, only_recognised=True
)

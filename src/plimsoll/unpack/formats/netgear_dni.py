r"""Opens the header in text that Netgear and its maker DNI put before firmware.

Source: the publicly known form of the header. It is 128 bytes: lines of `key:value`, of which the first
is `device:` and one is `version:`, filled up with zeros. It says nothing of the length of what follows, which is looked
at on its own; one byte of checksum ends the file and is not verified.
"""

from __future__ import annotations

import re

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget

MAGIC = b"device:"
HEADER_BYTES = 128

_LINES = re.compile(rb"((?:[a-z_]+:[\x20-\x7e]*\r?\n)+)\x00{8,}\Z")


def open_dni(view: View, budget: Budget) -> Container:
    """Open the header at the beginning of a view; raise NotThisFormat when it is no such text."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    found = _LINES.match(view.read(0, HEADER_BYTES))
    if found is None or not found[1].startswith(MAGIC):
        raise NotThisFormat
    budget.check_time()
    values = [line.partition(":") for line in found[1].decode("ascii").split("\n") if line]
    shown = {key: value.strip() for key, _, value in values}
    if not shown["device"] or not shown.get("version"):
        raise NotThisFormat
    return Container(HEADER_BYTES, (), f"device {shown['device']}, version {shown['version']}")


FORMAT = Format("netgear-dni", "Netgear firmware header", (Magic(MAGIC),), open_dni)

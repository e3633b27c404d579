"""Opens the environment of the boot loader U-Boot: what it starts, from where, and with which command line.

Source: U-Boot's public manual; environments that the real mkenvimage made.

offset  size  block
0       4     CRC-32 of all that follows the flag, in the byte order of the processor
4       0, 1  flag, only where two copies are kept: which of them counts
4, 5          `name=value` and a zero, several times; a zero; filled up

The length of the block is nowhere told: it is the one with which the CRC is right, a multiple of 1 KiB. The tree has
one file, `env`, with a line for each variable. An environment is found by the names that mostly come first.
"""

from __future__ import annotations

import zlib

from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.limits import Budget

NAMES = (
    b"addip=", b"addmisc=", b"altbootcmd=", b"arch=", b"autoload=", b"baudrate=", b"bootargs=", b"bootcmd=",
    b"bootdelay=", b"ethaddr=",
)  # fmt: skip
"""First variables to find an environment by: those of the default environment, and the first of a sorted one."""

STEP_BYTES = 1 << 10
MOST_BYTES = 256 << 10
FILE = b"env"

_CHECKSUM_BYTES = 4
_HEADERS = (4, 5)
_TEXT = bytes({9, 10, 13} | set(range(0x20, 0x7F)))
_PEEK = 256


def open_uboot_env(view: View, budget: Budget) -> Environment:
    """Open the environment at the beginning of a view; raise NotThisFormat when its CRC is right with no length."""
    for start in _HEADERS:
        if start < view.size and view.read(start, min(_PEEK, view.size - start)).startswith(NAMES):
            return _open(view, start, budget)
    raise NotThisFormat


FORMAT = Format(
    "uboot-env",
    "U-Boot environment",
    tuple(Magic(name, start) for name in NAMES for start in _HEADERS),
    open_uboot_env,
)


class Environment:
    """An opened environment; a FileSystem."""

    def __init__(self, length: int, label: str, variables: list[bytes], start: int, budget: Budget) -> None:
        self.length = length
        self.label = label
        self._content = b"".join(variable + b"\n" for variable in variables)
        self._start = start
        self._budget = budget
        self.nodes: tuple[Node, ...] = (Node(FILE, "file", size=len(self._content)),)
        odd = sum(b"=" not in variable for variable in variables)
        reason = message("{count} variables have no value", count=odd)
        self.problems: tuple[tuple[bytes, Message], ...] = ((FILE, reason),) if odd else ()

    def position(self, node: Node) -> int:
        """Give where the first variable stands."""
        return self._start

    def read(self, node: Node) -> bytes:
        """Give all variables, one in a line."""
        if node.path != FILE:
            raise Malformed(message("no content is known of this file"))
        self._budget.take_output(len(self._content), self.length)
        return self._content


def _open(view: View, start: int, budget: Budget) -> Environment:
    data = bytes(view.slice(start, min(MOST_BYTES, view.size) - start))
    end = data.find(b"\0\0")
    if end < 0 or data[:_PEEK].partition(b"\0")[0].translate(None, _TEXT):
        raise NotThisFormat
    variables = data[:end].split(b"\0")
    length, order = _find_length(view, start, start + end + 2, budget)
    budget.take_entries(1)
    said = [f"{len(variables)} variables", f"{length // STEP_BYTES} KiB", order]
    if start > _CHECKSUM_BYTES:
        said.append(f"flag {view.buffer[_CHECKSUM_BYTES]}")
    return Environment(length, ", ".join(said), variables, start, budget)


def _find_length(view: View, start: int, least: int, budget: Budget) -> tuple[int, str]:
    """Give the length of the block with which its CRC is right, and the byte order of the CRC."""
    stored = view.read(0, _CHECKSUM_BYTES)
    wanted = {int.from_bytes(stored, "big"): "big-endian", int.from_bytes(stored, "little"): "little-endian"}
    crc, position = 0, start
    budget.take_search(min(MOST_BYTES, view.size))
    for end in range(STEP_BYTES, min(MOST_BYTES, view.size) + 1, STEP_BYTES):
        crc = zlib.crc32(view.slice(position, end - position), crc)
        position = end
        if crc in wanted and end >= least:
            return end, wanted[crc]
    raise NotThisFormat

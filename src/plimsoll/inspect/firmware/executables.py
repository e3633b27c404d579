"""Which programs and libraries there are, for which machine, what they load, and which defences they were built with.

Source: the ELF format, by our own reader.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.elf import Elf, MalformedElf, NotElf, read_elf
from plimsoll.inspect.inspector import Inspector, Look, Seen
from plimsoll.model.facts import Executable
from plimsoll.model.locator import escape_name


class Executables(Inspector):
    """Records each program and library, as its own headers describe it."""

    id = "executables"
    title = "For which machine are programs and libraries built, and with which defences?"
    what = (
        "The ELF headers and the dynamic segment of each program and library: machine, libraries that it loads, and "
        "the marks that position independence, read-only relocations, a stack that is not executable, the stack "
        "protector and checked library functions leave."
    )
    limits = (
        "Kernel modules, objects and files that are cut off are left out. The stack protector and checked functions of "
        "a program that loads no library leave no names to tell them by."
    )
    without_match = ("elf",)

    def wants(self, look: Look) -> bool:
        """Take ELF files."""
        return look.kind == "elf"

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the one fact of a program or library."""
        try:
            elf = read_elf(look.data)
        except (NotElf, MalformedElf):
            return
        if elf.kind in ("program", "library"):
            yield Seen(_fact(elf))


def _fact(elf: Elf) -> Executable:
    return Executable(
        machine=elf.machine,
        bits=elf.bits,
        endian=elf.endian,
        kind=elf.kind,
        needed=tuple(map(escape_name, elf.needed)),
        soname=escape_name(elf.soname),
        pie=elf.pie,
        relro=elf.relro,
        nx=elf.nx,
        canary=elf.canary,
        fortify=elf.fortify,
        stripped=elf.stripped,
        static=elf.static,
    )

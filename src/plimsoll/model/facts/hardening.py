"""What programs are built of: architecture, what they load, and the compiler's defences."""

from __future__ import annotations

from typing import Literal

import msgspec


class Executable(msgspec.Struct, frozen=True, tag="executable"):
    """An ELF program or library."""

    machine: str
    """arm, aarch64, mips, x86, x86-64, ppc, riscv ... ; lower case."""
    bits: Literal[32, 64]
    endian: Literal["little", "big"]
    kind: Literal["program", "library", "module", "object", "core"]
    needed: tuple[str, ...] = ()
    """Libraries it names, escaped, in the file's order."""
    soname: str = ""
    pie: bool | None = None
    """None for a library, a module or an object."""
    relro: Literal["none", "partial", "full"] | None = None
    nx: bool | None = None
    """None where the file cannot tell, as on MIPS."""
    canary: bool | None = None
    """Whether the stack protector's symbol is imported or defined; None when there are no dynamic symbols to read."""
    fortify: bool | None = None
    stripped: bool = True
    static: bool = False


class Sensor(msgspec.Struct, frozen=True, tag="sensor"):
    """A sign that the product senses its surroundings."""

    kind: Literal["camera", "microphone", "location", "motion", "biometric", "radar", "bluetooth"]
    ground: str
    """What says so: a kernel module, a program, a library; escaped name."""

"""What single machine instructions do to a register and to the flow, as far as constants of arguments need it.

Source: the instruction sets' public manuals: ARM ARM (A32, T32, A64), MIPS32 volume II, with the calling conventions
AAPCS, AAPCS64 and MIPS o32. Whatever is not known counts as writing anything, so that no constant is made up.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

Flow = Literal["next", "branch", "jump", "call", "return", "indirect"]
"""branch: under a condition; jump: always; indirect: to a place that is not in the instruction."""


class Insn(msgspec.Struct, frozen=True):
    """One instruction; one that stands in a delay slot comes before its branch."""

    address: int
    word: int
    """Its bits; for T32 the first halfword in the upper half when it has two."""
    size: int
    conditional: bool = False
    """Whether it may be skipped."""


class Effect(msgspec.Struct, frozen=True):
    """What an instruction does to one register."""

    kind: Literal["none", "constant", "copy", "literal", "unknown"]
    value: int = 0
    """The constant, the number of the register copied, or the address of the word that is loaded."""


class Machine(msgspec.Struct, frozen=True):
    """An instruction set with its calling convention."""

    arguments: tuple[int, ...]
    """Registers of the first arguments."""
    preserved: frozenset[int]
    """Registers that a call leaves as they were."""
    read: Callable[[bytes, int], Iterator[Insn]]
    """Read instructions from some bytes that begin at an address."""
    effect: Callable[[Insn, int], Effect]
    flow: Callable[[Insn], tuple[Flow, int]]
    """How it goes on, and where a direct branch or call leads."""
    begins: Callable[[Insn], bool]
    """Tells the instruction by which a function that calls others saves where it goes back to."""


NONE, UNKNOWN = Effect("none"), Effect("unknown")


def signed(value: int, bits: int) -> int:
    """Read a number in two's complement."""
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def fixed_words(form: str) -> Callable[[bytes, int], Iterator[Insn]]:
    """Give what reads instructions of four bytes each, in a byte order."""
    unpack = struct.Struct(form)

    def read(code: bytes, address: int) -> Iterator[Insn]:
        for number, (word,) in enumerate(unpack.iter_unpack(code[: len(code) // 4 * 4])):
            yield Insn(address + 4 * number, word, 4)

    return read

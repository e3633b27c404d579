"""How A32 and A64 instructions change a register and go on, by the ARM Architecture Reference Manual and AAPCS."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.inspect._code import NONE, UNKNOWN, Effect, Flow, Insn, Machine, fixed_words, signed


def _rotated(word: int) -> int:
    turn, value = (word >> 8 & 15) * 2, word & 0xFF
    return (value >> turn | value << (32 - turn)) & 0xFFFFFFFF


def _arm_effect(insn: Insn, register: int) -> Effect:
    word = insn.word
    target = word >> 12 & 15
    if word >> 28 == 15:
        return NONE
    kind = _arm_constant(insn) if target == register else None
    if kind is not None:
        return kind if word >> 28 == 14 else UNKNOWN
    return UNKNOWN if register in _arm_written(word) else NONE


def _arm_constant(insn: Insn) -> Effect | None:
    word = insn.word
    if word & 0x0FEF0000 == 0x03A00000:
        return Effect("constant", _rotated(word))
    if word & 0x0FEF0000 == 0x03E00000:
        return Effect("constant", ~_rotated(word) & 0xFFFFFFFF)
    if word & 0x0FF00000 == 0x03000000:
        return Effect("constant", word >> 4 & 0xF000 | word & 0xFFF)
    if word & 0x0FEF0FF0 == 0x01A00000:
        return Effect("copy", word & 15)
    if word & 0x0F7F0000 == 0x051F0000:
        step = word & 0xFFF
        return Effect("literal", insn.address + 8 + (step if word & 0x00800000 else -step))
    return None


def _arm_written(word: int) -> Sequence[int]:
    """Name the registers that an instruction may write, rather too many than too few."""
    first, second = word >> 12 & 15, word >> 16 & 15
    if word & 0x0E000000 == 0x08000000:
        listed = tuple(number for number in range(16) if word >> number & 1) if word & 0x00100000 else ()
        return (*listed, second) if word & 0x00200000 else listed
    if word & 0x0C000000 == 0x04000000 and word & 0x0E000010 != 0x06000010:
        moved = (second,) if not word & 0x01000000 or word & 0x00200000 else ()
        return (first, *moved) if word & 0x00100000 else moved
    if word & 0x0C000000 == 0 and word & 0x0E000090 != 0x00000090 and word & 0x01900000 == 0x01100000:
        return ()  # a comparison
    if word & 0x0E000000 == 0x0A000000:
        return ()
    return (first, second)


def _arm_flow(insn: Insn) -> tuple[Flow, int]:
    word = insn.word
    always = word >> 28 == 14
    target = insn.address + 8 + signed(word & 0xFFFFFF, 24) * 4
    if word & 0xFE000000 == 0xFA000000:
        return "call", target + (word >> 23 & 2) + 1
    if word >> 28 == 15:
        return "next", 0
    if word & 0x0F000000 == 0x0B000000:
        return "call", target
    if word & 0x0F000000 == 0x0A000000:
        return ("jump" if always else "branch"), target
    if word & 0x0FFFFFF0 == 0x012FFF30:
        return "call", 0
    is_pop = word & 0x0E108000 == 0x08108000
    if is_pop or word & 0x0FFFFFFF == 0x012FFF1E or word & 0x0FFFFFFF == 0x01A0F00E:
        return ("return" if always else "next"), 0
    is_core = word & 0x0C000000 != 0x0C000000
    if word & 0x0FFFFFF0 == 0x012FFF10 or (is_core and word >> 12 & 15 == 15 and 15 in _arm_written(word)):
        return "indirect", 0
    return "next", 0


def _a64_effect(insn: Insn, register: int) -> Effect:
    word = insn.word
    if word & 31 == register:
        if word & 0x7F800000 == 0x52800000:
            return Effect("constant", (word >> 5 & 0xFFFF) << (word >> 21 & 3) * 16)
        if word & 0x7F800000 == 0x12800000:
            return Effect("constant", ~((word >> 5 & 0xFFFF) << (word >> 21 & 3) * 16) & 0xFFFFFFFF)
        if word & 0x7FE0FFE0 == 0x2A0003E0:
            other = word >> 16 & 31
            return Effect("constant", 0) if other == 31 else Effect("copy", other)
    return UNKNOWN if register in _a64_written(word) else NONE


def _a64_written(word: int) -> Sequence[int]:
    first, base, second = word & 31, word >> 5 & 31, word >> 10 & 31
    if word & 0x1C000000 == 0x14000000:
        return ()  # branches and system
    if word & 0x3A000000 == 0x28000000:
        moved = (base,) if word & 0x00800000 else ()
        return (first, second, *moved) if word & 0x00400000 else moved
    if word & 0x3A000000 == 0x38000000:
        is_moved = word & 0x01200400 == 0x00000400
        loaded = (first,) if word & 0x00C00000 else ()
        return (*loaded, base) if is_moved else loaded
    return (first, word >> 16 & 31) if word & 0x3F000000 == 0x08000000 else (first,)


def _a64_flow(insn: Insn) -> tuple[Flow, int]:
    word = insn.word
    if word & 0x7C000000 == 0x14000000:
        target = insn.address + signed(word & 0x3FFFFFF, 26) * 4
        return ("call" if word >> 31 else "jump"), target
    if word & 0xFF000010 == 0x54000000 or word & 0x7E000000 == 0x34000000:
        return "branch", insn.address + signed(word >> 5 & 0x7FFFF, 19) * 4
    if word & 0x7E000000 == 0x36000000:
        return "branch", insn.address + signed(word >> 5 & 0x3FFF, 14) * 4
    if word & 0xFE000000 == 0xD6000000:
        kinds: dict[int, Flow] = {0: "indirect", 1: "call", 2: "return"}
        return kinds.get(word >> 21 & 3, "indirect"), 0
    return "next", 0


def _arm_begins(insn: Insn) -> bool:
    return insn.word & 0xFFFF4000 == 0xE92D4000 or insn.word == 0xE52DE004


def _a64_begins(insn: Insn) -> bool:
    return insn.word & 0xFFC07FFF == 0xA9807BFD


ARM = Machine((0, 1, 2, 3), frozenset(range(4, 12)), fixed_words("<I"), _arm_effect, _arm_flow, _arm_begins)
AARCH64 = Machine((0, 1, 2, 3), frozenset(range(19, 29)), fixed_words("<I"), _a64_effect, _a64_flow, _a64_begins)

"""How T32 instructions change a register and go on, by the ARM Architecture Reference Manual and AAPCS."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from plimsoll.inspect._code import NONE, UNKNOWN, Effect, Flow, Insn, Machine, signed


def read_thumb(code: bytes, address: int) -> Iterator[Insn]:
    """Read T32 instructions; those in an IT block may be skipped."""
    halves = [half for (half,) in struct.iter_unpack("<H", code[: len(code) // 2 * 2])]
    position = block = 0
    while position < len(halves):
        half = halves[position]
        is_long = half >> 11 in (0b11101, 0b11110, 0b11111)
        if is_long and position + 1 >= len(halves):
            return
        word = half << 16 | halves[position + 1] if is_long else half
        yield Insn(address + 2 * position, word, 4 if is_long else 2, block > 0)
        block = max(0, block - 1)
        if not is_long and half & 0xFF00 == 0xBF00 and half & 15:
            block = 4 - (half & -half & 15).bit_length() + 1
        position += 2 if is_long else 1


def _thumb_effect(insn: Insn, register: int) -> Effect:
    found = _thumb_long(insn, register) if insn.size == 4 else _thumb_short(insn, register)
    return UNKNOWN if insn.conditional and found.kind != "none" else found


def _thumb_short(insn: Insn, register: int) -> Effect:
    half, top = insn.word, insn.word >> 12
    low, middle = half & 7, half >> 8 & 7
    if half & 0xF800 == 0x2000:
        return Effect("constant", half & 0xFF) if middle == register else NONE
    if half & 0xFF00 == 0x4600:
        return Effect("copy", half >> 3 & 15) if (low | half >> 4 & 8) == register else NONE
    if half & 0xFFC0 == 0x0000:
        return Effect("copy", half >> 3 & 7) if low == register else NONE
    if half & 0xF800 == 0x4800:
        place = (insn.address + 4 & ~3) + (half & 0xFF) * 4
        return Effect("literal", place) if middle == register else NONE
    return UNKNOWN if register in _thumb_short_written(half, top, low, middle) else NONE


def _thumb_short_written(half: int, top: int, low: int, middle: int) -> Sequence[int]:
    listed = tuple(number for number in range(8) if half >> number & 1)
    if top < 2:
        return (low,)
    if top in (3, 9, 10):
        is_written = top != 9 or half & 0x0800
        return (middle,) if is_written else ()
    if half & 0xFC00 == 0x4000:
        return () if half & 0xFFC0 in (0x4200, 0x4280, 0x42C0) else (low,)
    if half & 0xFF00 == 0x4400:
        return (low | half >> 4 & 8,)
    if top == 5:
        return (low,) if half & 0xFE00 >= 0x5600 else ()
    if top in (6, 7, 8):
        return (low,) if half & 0x0800 else ()
    if top == 11:
        return listed if half & 0xFE00 == 0xBC00 else (low,) if half & 0xFD00 in (0xB000, 0xB800, 0xBA00) else ()
    if top == 12:
        return (*listed, middle) if half & 0x0800 else (middle,)
    return ()


def _thumb_long(insn: Insn, register: int) -> Effect:
    first, second = insn.word >> 16, insn.word & 0xFFFF
    target = second >> 8 & 15
    if first & 0xF800 == 0xF000 and second & 0x8000:
        return NONE  # a branch; calls are dealt with by the flow
    if target == register and not second & 0x8000:
        whole = first >> 10 & 1, second >> 12 & 7, second & 0xFF
        if first & 0xFBEF == 0xF04F:
            return _expanded(*whole)
        if first & 0xFBF0 == 0xF240:
            return Effect("constant", (first & 15) << 12 | whole[0] << 11 | whole[1] << 8 | whole[2])
        if first == 0xEA4F and second & 0x70F0 == 0:
            return Effect("copy", second & 15)
    if first & 0xFF7F == 0xF85F and second >> 12 == register:
        step = second & 0xFFF
        return Effect("literal", (insn.address + 4 & ~3) + (step if first & 0x80 else -step))
    written = (target, second >> 12, first & 15, second & 15)
    if first & 0xFE00 == 0xE800 and first & 0x0050 == 0x0010:
        return UNKNOWN if second >> register & 1 or register == first & 15 else NONE
    return UNKNOWN if register in written[:3] else NONE


def _expanded(high: int, middle: int, low: int) -> Effect:
    """Give the constant of an immediate of T32 that is one byte; of those that repeat or turn it, nothing."""
    return Effect("constant", low) if not high and not middle else UNKNOWN


def _thumb_flow(insn: Insn) -> tuple[Flow, int]:
    word, at = insn.word, insn.address + 4
    if insn.size == 4:
        return _thumb_long_flow(word >> 16, word & 0xFFFF, at)
    if word & 0xF000 == 0xD000 and word & 0x0E00 != 0x0E00:
        return "branch", at + signed(word & 0xFF, 8) * 2
    if word & 0xF800 == 0xE000:
        return ("branch" if insn.conditional else "jump"), at + signed(word & 0x7FF, 11) * 2
    if word & 0xF500 == 0xB100:
        return "branch", at + ((word >> 3 & 0x40) | (word >> 2 & 0x3E))
    if word & 0xFF87 == 0x4780:
        return "call", 0
    if word & 0xFF00 == 0xBD00 or word == 0x4770:
        return ("next" if insn.conditional else "return"), 0
    if word & 0xFF87 == 0x4700 or word & 0xFF87 == 0x4687:
        return "indirect", 0
    return "next", 0


def _thumb_long_flow(first: int, second: int, at: int) -> tuple[Flow, int]:
    if first & 0xFFF0 == 0xE8D0 and second & 0xFFE0 == 0xF000:
        return "indirect", 0  # a table of branches
    if first & 0xFFFF == 0xE8BD and second & 0x8000:
        return "return", 0
    if first & 0xF800 != 0xF000 or not second & 0x8000:
        return ("indirect", 0) if first & 0xFFF0 == 0xF8D0 and second >> 12 == 15 else ("next", 0)
    sign, one, two = first >> 10 & 1, second >> 13 & 1, second >> 11 & 1
    far = (1 - (one ^ sign)) << 23 | (1 - (two ^ sign)) << 22 | (first & 0x3FF) << 12 | (second & 0x7FF) << 1
    target = at + far - (sign << 24)
    if second & 0xD000 == 0xD000:
        return "call", target | 1
    if second & 0xD000 == 0xC000:
        return "call", target & ~3
    if second & 0xD000 == 0x9000:
        return "jump", target
    if second & 0xD000 == 0x8000 and first & 0x0380 != 0x0380:
        near = two << 19 | one << 18 | (first & 0x3F) << 12 | (second & 0x7FF) << 1
        return "branch", at + near - (sign << 20)
    return "next", 0


def _thumb_begins(insn: Insn) -> bool:
    return insn.word & 0xFFFF4000 == 0xE92D4000 if insn.size == 4 else insn.word & 0xFF00 == 0xB500


THUMB = Machine((0, 1, 2, 3), frozenset(range(4, 12)), read_thumb, _thumb_effect, _thumb_flow, _thumb_begins)

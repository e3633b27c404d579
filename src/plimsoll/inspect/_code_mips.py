"""How MIPS instructions change a register and go on, by MIPS32 volume II and the calling convention o32."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plimsoll.inspect._code import NONE, UNKNOWN, Effect, Flow, Insn, Machine, fixed_words, signed


def _read_mips(form: str) -> Callable[[bytes, int], Iterator[Insn]]:
    words = fixed_words(form)

    def read(code: bytes, address: int) -> Iterator[Insn]:
        held: Insn | None = None
        for insn in words(code, address):
            if held is not None:
                is_likely = held.word >> 26 in (20, 21, 22, 23)
                yield Insn(insn.address, insn.word, 4, is_likely)
                yield held
                held = None
            elif _mips_flow(insn)[0] != "next":
                held = insn
            else:
                yield insn

    return read


def _mips_effect(insn: Insn, register: int) -> Effect:
    word = insn.word
    code, source, other, target = word >> 26, word >> 21 & 31, word >> 16 & 31, word >> 11 & 31
    found = NONE
    if code in (0, 28) and target == register and not (code == 0 and word & 63 in (8, 0x11, 0x13)):
        found = UNKNOWN
        if code == 0 and word & 0x7FF in (0x21, 0x25) and 0 in (source, other):
            number = source or other
            found = Effect("copy", number) if number else Effect("constant", 0)
    elif (8 <= code <= 15 or 32 <= code <= 38 or code == 48) and other == register:
        found = UNKNOWN
        if code in (9, 13) and source == 0:
            value = word & 0xFFFF
            found = Effect("constant", value if code == 13 else signed(value, 16) & 0xFFFFFFFF)
    elif code in (31, 16, 17, 18) and register in (other, target):
        found = UNKNOWN
    return UNKNOWN if insn.conditional and found is not NONE else found


def _mips_flow(insn: Insn) -> tuple[Flow, int]:
    word = insn.word
    code, source, other = word >> 26, word >> 21 & 31, word >> 16 & 31
    near = insn.address + 4 + signed(word & 0xFFFF, 16) * 4
    if code == 0 and word & 63 == 8:
        return ("return" if source == 31 else "jump" if source == 25 else "indirect"), 0
    if code == 0 and word & 63 == 9:
        return "call", 0
    if code in (2, 3):
        return ("jump" if code == 2 else "call"), (insn.address & 0xF0000000) | (word & 0x3FFFFFF) << 2
    if code == 1 and other in (0x10, 0x11, 0x12, 0x13):
        return "call", near
    if code == 4 and source == other:
        return "jump", near
    if code in (1, 4, 5, 6, 7, 20, 21, 22, 23) or (code == 17 and source == 8):
        return "branch", near
    return "next", 0


def _mips_begins(insn: Insn) -> bool:
    return insn.word & 0xFFFF8000 == 0x27BD8000


_KEPT = frozenset((16, 17, 18, 19, 20, 21, 22, 23, 30))
MIPS_BIG = Machine((4, 5, 6, 7), _KEPT, _read_mips(">I"), _mips_effect, _mips_flow, _mips_begins)
MIPS_LITTLE = Machine((4, 5, 6, 7), _KEPT, _read_mips("<I"), _mips_effect, _mips_flow, _mips_begins)

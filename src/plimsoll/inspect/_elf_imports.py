"""Where the code of an ELF file reaches the functions that it imports: slots of the global offset table and stubs.

Source: System V ABI (relocations) and its supplements for ARM, AArch64, MIPS, i386 and x86-64; the stubs of procedure
linkage tables as the GNU linker writes them, which are read as code, since firmware is often stripped of sections.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping

from plimsoll.inspect._code import signed
from plimsoll.inspect._elf_layout import PT_LOAD, text_at
from plimsoll.inspect.elf import Elf

MOST_SYMBOLS = 65_536
MOST_RELOCATIONS = 65_536
MOST_STUBS = 20_000
LARGEST_CODE = 16 << 20
"""Bytes of code that are looked through."""

_PLTRELSZ, _PLTGOT, _SYMTAB, _RELA, _RELASZ, _REL, _RELSZ, _PLTREL, _JMPREL = 2, 3, 6, 7, 8, 17, 18, 20, 23
_LOCAL_GOTNO, _SYMTABNO, _GOTSYM = 0x7000000A, 0x70000011, 0x70000013
_EXECUTABLE = 1
_FUNCTION = 2
"""The type of a symbol of a function, STT_FUNC."""


class Code:
    """The code of a file, as stretches of bytes with their addresses."""

    def __init__(self, elf: Elf) -> None:
        self.stretches: list[tuple[int, int, bytes]] = []
        """Address, offset in the file, and bytes."""
        self.is_cut = False
        left = LARGEST_CODE
        for one in elf._segments:
            if one.type == PT_LOAD and one.flags & _EXECUTABLE and left > 0:
                taken = bytes(elf._data[one.offset : one.offset + min(one.size, left)])
                self.is_cut |= one.size > left
                left -= len(taken)
                self.stretches.append((one.address, one.offset, taken))

    def at(self, start: int, end: int) -> tuple[int, bytes]:
        """Give the bytes between two addresses as far as they are there, with the address at which they begin."""
        for address, _, code in self.stretches:
            if address < end and start < address + len(code):
                first = max(start, address)
                return first, code[first - address : max(0, end - address)]
        return start, b""

    def offset_of(self, address: int) -> int | None:
        """Give the offset in the file of an address of code."""
        for start, offset, code in self.stretches:
            if start <= address < start + len(code):
                return offset + address - start
        return None


def import_slots(elf: Elf, names: frozenset[bytes]) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Give the addresses of slots that hold imported functions of some names, and of stubs that symbols name."""
    dynamic = elf._dynamic
    if dynamic is None or _SYMTAB not in dynamic.entries:
        return {}, {}
    numbers, stubs = _numbers(elf, names)
    slots = {address: numbers[number] for address, number in _relocated(elf) if number in numbers}
    if elf.machine == "mips" and elf.bits == 32:
        slots |= _global_slots(dynamic.entries, numbers)
    return slots, stubs


def linked_functions(elf: Elf, names: frozenset[bytes]) -> dict[int, bytes]:
    """Give the addresses of functions of some names that were linked in, by the symbols that were left in the file."""
    layout, table, strings = elf._layout, elf.section(b".symtab"), elf.section(b".strtab")
    size = layout.symbol.size
    found: dict[int, bytes] = {}
    for values in layout.symbol.iter_unpack(table[: min(len(table) // size, MOST_SYMBOLS) * size]):
        value, info, section = (
            (values[1], values[3], values[5]) if layout.bits == 32 else (values[4], values[1], values[3])
        )
        if section and info & 0xF == _FUNCTION and (name := text_at(strings, values[0], 128)) in names:
            found[value] = name
    return found


def _numbers(elf: Elf, names: frozenset[bytes]) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Give the numbers of the symbols, and the addresses of those that have one though they are not defined here."""
    dynamic, layout = elf._dynamic, elf._layout
    assert dynamic is not None
    start = elf.offset_of(dynamic.entries[_SYMTAB])
    if start is None:
        return {}, {}
    size = layout.symbol.size
    count = min(len(elf.symbols) + 4096, MOST_SYMBOLS, max(0, len(elf._data) - start) // size)
    numbers, stubs, missing = {}, {}, set(names)
    for number, values in enumerate(layout.symbol.iter_unpack(elf._data[start : start + count * size])):
        value, section = (values[1], values[5]) if layout.bits == 32 else (values[4], values[3])
        if section == 0 and values[0] and (name := text_at(dynamic.strings, values[0], 128)) in missing:
            missing.discard(name)
            numbers[number] = name
            if value:
                stubs[value] = name
    return numbers, stubs


def _relocated(elf: Elf) -> Iterator[tuple[int, int]]:
    """Give address and symbol of each relocation."""
    entries = elf._dynamic.entries if elf._dynamic else {}
    with_addend = entries.get(_PLTREL, _RELA if elf.bits == 64 else _REL) == _RELA
    tables = ((_JMPREL, _PLTRELSZ, with_addend), (_RELA, _RELASZ, True), (_REL, _RELSZ, False))
    order = "<" if elf.endian == "little" else ">"
    word = "Q" if elf.bits == 64 else "I"
    for table, length, addend in tables:
        start = elf.offset_of(entries.get(table, 0)) if table in entries else None
        if start is None:
            continue
        entry = struct.Struct(order + word * (3 if addend else 2))
        size = min(entries.get(length, 0), MOST_RELOCATIONS * entry.size, len(elf._data) - start)
        raw = elf._data[start : start + size // entry.size * entry.size]
        for values in entry.iter_unpack(raw):
            yield values[0], values[1] >> 32 if elf.bits == 64 else values[1] >> 8


def _global_slots(entries: Mapping[int, int], numbers: Mapping[int, bytes]) -> dict[int, bytes]:
    """MIPS keeps the slots of symbols in their order, behind the local ones, without relocations."""
    table, local, first = (entries.get(tag) for tag in (_PLTGOT, _LOCAL_GOTNO, _GOTSYM))
    if table is None or local is None or first is None:
        return {}
    return {table + 4 * (local + number - first): name for number, name in numbers.items() if number >= first}


def stub_addresses(elf: Elf, code: Code, slots: Mapping[int, bytes]) -> dict[int, bytes]:
    """Give the addresses at which code calls the functions of some slots."""
    reader = {"arm": _arm, "aarch64": _a64, "mips": _mips, "x86": _x86, "x86-64": _x86}.get(elf.machine)
    found: dict[int, bytes] = {}
    for address, _, data in code.stretches if reader else ():
        assert reader is not None
        for stub, slot in reader(elf, address, data):
            if slot in slots and len(found) < MOST_STUBS:
                found[stub] = slots[slot]
    return found


def _aligned(pattern: bytes, data: bytes, step: int) -> Iterator[int]:
    for match in re.finditer(pattern, data, re.DOTALL):
        if match.start() % 4 == step % 4:
            yield match.start() - step


def _word(data: bytes, at: int, order: str = "<") -> int:
    value: int = struct.unpack_from(order + "I", data, at)[0] if 0 <= at <= len(data) - 4 else 0
    return value


def _arm(elf: Elf, address: int, data: bytes) -> Iterator[tuple[int, int]]:
    """`add ip, pc, #a`, one or two `add ip, ip, #b`, `ldr pc, [ip, #c]!`; before it `bx pc` for callers in T32."""
    if elf.endian != "little":
        return
    for last in _aligned(rb"[\xf0-\xff]\xbc\xe5", data, 1):
        total = _word(data, last) & 0xFFF
        for at in range(last - 4, max(-1, last - 16), -4):
            word = _word(data, at)
            if word & 0xFFFEF000 != 0xE28CC000 and word & 0xFFFFF000 != 0xE28FC000:
                break
            turn, value = (word >> 8 & 15) * 2, word & 0xFF
            total += (value >> turn | value << (32 - turn)) & 0xFFFFFFFF
            if word & 0xFFFFF000 == 0xE28FC000:
                slot = address + at + 8 + total & 0xFFFFFFFF
                yield address + at, slot
                if data[at - 4 : at - 2] == b"\x78\x47":
                    yield address + at - 4 | 1, slot
                break


def _a64(elf: Elf, address: int, data: bytes) -> Iterator[tuple[int, int]]:
    """`adrp x16, page`, `ldr x17, [x16, #a]`, `add`, `br x17`; before it `bti c` in some."""
    for last in _aligned(rb"\x20\x02\x1f\xd6", data, 0):
        page, load = _word(data, last - 12), _word(data, last - 8)
        if page & 0x9F00001F == 0x90000010 and load & 0xFFC003FF == 0xF9400211:
            at = address + last - 12
            step = signed((page >> 5 & 0x7FFFF) << 2 | page >> 29 & 3, 21) << 12
            slot = (at & ~0xFFF) + step + (load >> 10 & 0xFFF) * 8
            yield at, slot
            if _word(data, last - 16) == 0xD503245F:
                yield at - 4, slot


def _mips(elf: Elf, address: int, data: bytes) -> Iterator[tuple[int, int]]:
    """`lui t7, a`, `lw t9, b(t7)`, then `jr t9`: the stubs of programs that stand at a fixed address."""
    big = elf.endian == "big"
    order, load = (">", rb"\x8d\xf9..") if big else ("<", rb"..\xf9\x8d")
    for at in _aligned(load, data, 0):
        high, low = _word(data, at - 4, order), _word(data, at, order)
        if high >> 16 == 0x3C0F:
            yield address + at - 4, ((high & 0xFFFF) << 16) + signed(low & 0xFFFF, 16) & 0xFFFFFFFF


def _x86(elf: Elf, address: int, data: bytes) -> Iterator[tuple[int, int]]:
    """`jmp *slot`, by its address, from here, or from the table in ebx; before it `endbr` in some."""
    base = elf._dynamic.entries.get(_PLTGOT, 0) if elf._dynamic else 0
    for match in re.finditer(rb"\xff(?=([\x25\xa3])(....))", data, re.DOTALL):
        start, end = match.start(), match.end(2)
        value = struct.unpack("<I", match[2])[0]
        if elf.bits == 64:
            slot = address + end + signed(value, 32)
        else:
            slot = base + value & 0xFFFFFFFF if match[1] == b"\xa3" else value
        start -= data.startswith(b"\xf2", max(0, start - 1))
        start -= 4 * data.startswith((b"\xf3\x0f\x1e\xfa", b"\xf3\x0f\x1e\xfb"), max(0, start - 4))
        yield address + start, slot

"""The fixed layouts of ELF, for both word sizes and both byte orders, and the reads that they need, all bounded.

Source: System V ABI, chapters 4 and 5 (ELF header, program header, section header, dynamic section, symbol table), and
the machine numbers of its registry.
"""

from __future__ import annotations

import struct
from typing import Literal

import msgspec

MACHINES = {
    2: "sparc", 3: "x86", 4: "m68k", 8: "mips", 10: "mips", 18: "sparc", 20: "ppc", 21: "ppc", 22: "s390", 40: "arm",
    42: "sh", 43: "sparc", 45: "arc", 62: "x86-64", 88: "m32r", 92: "openrisc", 93: "arc", 94: "xtensa",
    106: "blackfin", 113: "nios2", 140: "tms320c6000", 164: "hexagon", 167: "nds32", 183: "aarch64", 189: "microblaze",
    195: "arc", 243: "riscv", 247: "bpf", 252: "csky", 258: "loongarch",
}  # fmt: skip

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
PT_GNU_STACK, PT_GNU_RELRO = 0x6474E551, 0x6474E552
ET_REL, ET_EXEC, ET_DYN, ET_CORE = 1, 2, 3, 4
SHT_SYMTAB, SHT_NOBITS = 2, 8

MOST_HEADERS = 4_096
"""Most program headers, section headers or dynamic entries that are read; real files have fewer than a hundred."""


class Layout(msgspec.Struct, frozen=True):
    """How the structures of one class and byte order are laid out."""

    bits: Literal[32, 64]
    endian: Literal["little", "big"]
    header: struct.Struct
    """From e_type to e_shstrndx, at 16."""
    program: struct.Struct
    section: struct.Struct
    entry: struct.Struct
    """Tag and value of the dynamic section."""
    symbol: struct.Struct
    word: struct.Struct


class Segment(msgspec.Struct, frozen=True):
    """One program header."""

    type: int
    flags: int
    offset: int
    address: int
    size: int
    """Bytes in the file."""


def layout_of(identity: bytes) -> Layout | None:
    """Choose the layout by e_ident; None when class or byte order are not of ELF."""
    return _LAYOUTS.get(identity[4:6])


def segment(layout: Layout, values: tuple[int, ...]) -> Segment:
    """Order the fields of a program header, which differ by class."""
    if layout.bits == 64:
        return Segment(values[0], values[1], values[2], values[3], values[5])
    return Segment(values[0], values[6], values[1], values[2], values[4])


def text_at(table: bytes, offset: int, longest: int = 4096) -> bytes:
    """Give the string at an offset of a string table, cut at `longest`; empty when it lies outside."""
    if offset >= len(table):
        return b""
    end = table.find(b"\0", offset, offset + longest)
    return table[offset : end if end >= 0 else offset + longest]


def _layout(bits: Literal[32, 64], endian: Literal["little", "big"]) -> Layout:
    order = "<" if endian == "little" else ">"
    forms = (
        ("HHIIIIIHHHHHH", "IIIIIIII", "IIIIIIIIII", "II", "IIIBBH")
        if bits == 32
        else ("HHIQQQIHHHHHH", "IIQQQQQQ", "IIQQQQIIQQ", "QQ", "IBBHQQ")
    )
    header, program, section, entry, symbol = (struct.Struct(order + form) for form in forms)
    return Layout(bits, endian, header, program, section, entry, symbol, struct.Struct(order + "I"))


_LAYOUTS = {
    b"\1\1": _layout(32, "little"),
    b"\1\2": _layout(32, "big"),
    b"\2\1": _layout(64, "little"),
    b"\2\2": _layout(64, "big"),
}

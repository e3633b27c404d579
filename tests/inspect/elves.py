"""Small ELF files for tests, built from the layouts of the System V ABI, for any machine, word size and byte order."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

BASE = 0x10000
ARM, MIPS, X86_64, AARCH64, RISCV, PPC = 40, 8, 62, 183, 243, 20


def elf(
    *,
    type: int = 3,
    machine: int = MIPS,
    bits: int = 32,
    order: str = ">",
    needed: Sequence[bytes] = (),
    soname: bytes = b"",
    interpreter: bytes = b"",
    imports: Sequence[bytes] = (),
    exports: Sequence[bytes] = (),
    flags: Mapping[int, int] = {},
    stack: int | None = None,
    relro: bool = False,
    hashed: bool = True,
    dynamic: bool = True,
    tail: bytes = b"",
) -> bytes:
    """Build a file without section headers; `flags` are further dynamic entries, `tail` is put at the end."""
    names = [*imports, *exports]
    strings, offsets = b"\0", {}
    for name in [*needed, soname, *names]:
        offsets[name] = len(strings)
        strings += name + b"\0"
    wide = bits == 64
    word, pair, header_size, program_size = ("Q", 16, 64, 56) if wide else ("I", 8, 52, 32)
    symbols = [_symbol(order, wide, 0, 0)]
    symbols += [_symbol(order, wide, offsets[name], int(name in exports)) for name in names]
    entries = (
        [(1, offsets[name]) for name in needed] + ([(14, offsets[soname])] if soname else []) + list(flags.items())
    )
    segments = 2 + bool(interpreter) + (stack is not None) + relro
    at = header_size + segments * program_size
    table_size = (len(entries) + 5) * pair
    places = {"dynamic": at, "symbols": at + table_size}
    places["hash"] = places["symbols"] + sum(map(len, symbols))
    places["strings"] = places["hash"] + 12
    places["interpreter"] = places["strings"] + len(strings)
    entries += [(5, BASE + places["strings"]), (6, BASE + places["symbols"]), (10, len(strings))]
    entries += [(4, BASE + places["hash"])] if hashed else [(0x6FFFFEF5, BASE + places["hash"])]
    table = b"".join(struct.pack(f"{order}{word}{word}", *entry) for entry in [*entries, (0, 0)])
    body = table + b"".join(symbols) + struct.pack(f"{order}III", 1, len(symbols), 0) + strings
    body += interpreter + b"\0" + tail
    total = at + len(body)
    programs = [_program(order, wide, 1, 5, 0, BASE, total)]
    programs.append(
        _program(order, wide, 2 if dynamic else 0, 6, places["dynamic"], BASE + places["dynamic"], table_size)
    )
    if interpreter:
        programs.append(_program(order, wide, 3, 4, places["interpreter"], BASE, len(interpreter) + 1))
    if stack is not None:
        programs.append(_program(order, wide, 0x6474E551, stack, 0, 0, 0))
    if relro:
        programs.append(_program(order, wide, 0x6474E552, 4, 0, BASE, 1))
    identity = b"\x7fELF" + bytes((2 if wide else 1, 1 if order == "<" else 2, 1)) + bytes(9)
    head = struct.pack(
        f"{order}HHI{word}{word}{word}IHHHHHH",
        type, machine, 1, 0, header_size, 0, 0, header_size, program_size, len(programs), 0, 0, 0,
    )  # fmt: skip
    return identity + head + b"".join(programs) + body


def module(info: Mapping[bytes, bytes], *, machine: int = MIPS, order: str = ">") -> bytes:
    """Build a 32-bit kernel module: an object with the section `.modinfo` alone."""
    content = b"".join(key + b"=" + value + b"\0" for key, value in info.items())
    names = b"\0.modinfo\0.shstrtab\0"
    body = content + names
    sections = [(0,) * 10]
    sections.append((1, 1, 2, 0, 52, len(content), 0, 0, 1, 0))
    sections.append((10, 3, 0, 0, 52 + len(content), len(names), 0, 0, 1, 0))
    identity = b"\x7fELF" + bytes((1, 1 if order == "<" else 2, 1)) + bytes(9)
    head = struct.pack(f"{order}HHIIIIIHHHHHH", 1, machine, 1, 0, 0, 52 + len(body), 0, 52, 0, 0, 40, len(sections), 2)
    return identity + head + body + b"".join(struct.pack(f"{order}10I", *one) for one in sections)


def _symbol(order: str, wide: bool, name: int, section: int) -> bytes:
    if wide:
        return struct.pack(f"{order}IBBHQQ", name, 0x12, 0, section, 0, 0)
    return struct.pack(f"{order}IIIBBH", name, 0, 0, 0x12, 0, section)


def _program(order: str, wide: bool, type: int, flags: int, offset: int, address: int, size: int) -> bytes:
    if wide:
        return struct.pack(f"{order}IIQQQQQQ", type, flags, offset, address, address, size, size, 4)
    return struct.pack(f"{order}IIIIIIII", type, offset, address, address, size, size, flags, 4)

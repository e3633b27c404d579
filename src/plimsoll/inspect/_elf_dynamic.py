"""The dynamic segment of an ELF file: libraries, flags, and the tables of dynamic symbols, without section headers.

Source: System V ABI, chapter 5 (dynamic section, hash table); the GNU extensions DT_GNU_HASH and DT_FLAGS_1 as the
GNU linker writes them; DT_MIPS_* of the MIPS supplement.

The number of dynamic symbols is nowhere stated plainly. It is taken from DT_HASH, from DT_MIPS_SYMTABNO, or else from
the string table's beginning: linkers put it right behind the symbols or behind tables that follow them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect._elf_layout import MOST_HEADERS, PT_LOAD, Layout, Segment, text_at
from plimsoll.regex import regex

LARGEST_STRINGS = 16 << 20
"""Bytes of the dynamic string table that are read."""

MOST_SYMBOLS = 65_536
LONGEST_SYMBOL = 512
MOST_LIBRARIES = 512

_NEEDED, _HASH, _STRTAB, _SYMTAB, _STRSZ, _SONAME, _DEBUG, _BIND_NOW, _FLAGS = 1, 4, 5, 6, 10, 14, 21, 24, 30
_FLAGS_1, _MIPS_RLD_MAP, _MIPS_SYMTABNO, _MIPS_RLD_MAP_REL = 0x6FFFFFFB, 0x70000016, 0x70000011, 0x70000035
_DF_BIND_NOW, _DF_1_NOW, _DF_1_PIE = 0x8, 0x1, 0x08000000

_CANARY = regex(rb"\0__stack_(?:chk_fail|chk_guard|smash_handler)\0")
_FORTIFY = regex(rb"\0__[a-z0-9_]{1,40}_chk\0")


class Dynamic(msgspec.Struct, frozen=True):
    """What the dynamic segment says."""

    entries: dict[int, int]
    """First value of each tag but DT_NEEDED."""
    needed: tuple[bytes, ...]
    soname: bytes
    strings: bytes
    """The dynamic string table; empty when it lies outside the file."""

    @property
    def bind_now(self) -> bool:
        """Whether all symbols are bound before the program starts."""
        entries = self.entries
        if _BIND_NOW in entries or entries.get(_FLAGS, 0) & _DF_BIND_NOW:
            return True
        return bool(entries.get(_FLAGS_1, 0) & _DF_1_NOW)

    @property
    def is_program(self) -> bool:
        """Whether the linker marked it as a program; tags for debuggers stand in for the flag before binutils 2.27."""
        if self.entries.get(_FLAGS_1, 0) & _DF_1_PIE:
            return True
        return not self.soname and not self.entries.keys().isdisjoint((_DEBUG, _MIPS_RLD_MAP, _MIPS_RLD_MAP_REL))

    @property
    def has_symbols(self) -> bool:
        """Whether there are names of dynamic symbols to read."""
        return _SYMTAB in self.entries and len(self.strings) > 1

    def has_canary(self) -> bool:
        """Tell whether a symbol of the stack protector is named."""
        return _CANARY.search(self.strings) is not None

    def has_fortify(self) -> bool:
        """Tell whether a checked form of a library function is named."""
        return _FORTIFY.search(self.strings) is not None


def read_dynamic(data: memoryview, layout: Layout, segments: Sequence[Segment], here: Segment) -> Dynamic | None:
    """Read the dynamic segment; None when it lies outside the file."""
    if here.offset + here.size > len(data):
        return None
    size = min(here.size, MOST_HEADERS * layout.entry.size) // layout.entry.size * layout.entry.size
    entries: dict[int, int] = {}
    needed: list[int] = []
    for tag, value in layout.entry.iter_unpack(data[here.offset : here.offset + size]):
        if tag == 0:
            break
        if tag == _NEEDED:
            needed.append(value)
        else:
            entries.setdefault(tag, value)
    strings = _strings(data, segments, entries)
    names = (text_at(strings, offset) for offset in needed[:MOST_LIBRARIES])
    return Dynamic(entries, tuple(filter(None, names)), text_at(strings, entries.get(_SONAME, 1 << 63)), strings)


def read_symbols(
    data: memoryview, layout: Layout, segments: Sequence[Segment], dynamic: Dynamic
) -> Iterator[tuple[bytes, bool]]:
    """Give the name of each dynamic symbol and whether it is defined here; nothing where the tables are damaged."""
    size = layout.symbol.size
    start = offset_of(segments, dynamic.entries[_SYMTAB]) if _SYMTAB in dynamic.entries else None
    if start is None:
        return
    count = min(_symbol_count(data, layout, segments, dynamic.entries), MOST_SYMBOLS, (len(data) - start) // size)
    for values in layout.symbol.iter_unpack(data[start : start + max(0, count) * size]):
        name = text_at(dynamic.strings, values[0], LONGEST_SYMBOL)
        if name:
            yield name, values[5 if layout.bits == 32 else 3] != 0


def offset_of(segments: Sequence[Segment], address: int) -> int | None:
    """Give the offset in the file of an address; None when no segment of the file holds it."""
    for one in segments:
        if one.type == PT_LOAD and one.address <= address < one.address + one.size:
            return one.offset + address - one.address
    return None


def _strings(data: memoryview, segments: Sequence[Segment], entries: dict[int, int]) -> bytes:
    start = offset_of(segments, entries.get(_STRTAB, 0))
    if start is None or start >= len(data):
        return b""
    return bytes(data[start : start + min(entries.get(_STRSZ, 0), LARGEST_STRINGS)])


def _symbol_count(data: memoryview, layout: Layout, segments: Sequence[Segment], entries: dict[int, int]) -> int:
    hashes = offset_of(segments, entries.get(_HASH, 0)) if _HASH in entries else None
    if hashes is not None and hashes + 8 <= len(data):
        count: int = layout.word.unpack_from(data, hashes + 4)[0]
        return count
    if _MIPS_SYMTABNO in entries:
        return entries[_MIPS_SYMTABNO]
    behind = [value for tag, value in entries.items() if tag in _BEHIND and value > entries[_SYMTAB]]
    return (min(behind) - entries[_SYMTAB]) // layout.symbol.size if behind else 0


_BEHIND = frozenset((_STRTAB, 7, 17, 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFE))
"""Tags of tables that may follow the symbols: strings, relocations, GNU hash, versions."""

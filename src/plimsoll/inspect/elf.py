"""What an ELF file says of itself: machine, libraries, defences of the compiler, dynamic symbols.

Source: System V ABI (see the neighbours for the parts). Everything but the sections is read from the program headers
and the dynamic segment, as the loader does, since firmware is often stripped of section headers. Whatever is read is
bounded by the file and by constants; damage in a part that is read late gives an empty answer and never an error.
"""

from __future__ import annotations

import struct
from functools import cached_property
from typing import Literal

import msgspec

from plimsoll.inspect._elf_dynamic import Dynamic, offset_of, read_dynamic, read_symbols
from plimsoll.inspect._elf_layout import (
    ET_CORE,
    ET_DYN,
    ET_EXEC,
    ET_REL,
    MACHINES,
    MOST_HEADERS,
    PT_DYNAMIC,
    PT_GNU_RELRO,
    PT_GNU_STACK,
    PT_INTERP,
    SHT_SYMTAB,
    Layout,
    Segment,
    layout_of,
    segment,
)
from plimsoll.inspect._elf_sections import (
    Section,
    SectionTable,
    build_id,
    modinfo,
    read_sections,
    section_named,
)

ElfKind = Literal["program", "library", "module", "object", "core"]

_EXECUTABLE = 1
"""Flag of a segment that may be executed."""

_EXECUTABLE_BY_DEFAULT = frozenset(("x86", "arm"))
"""Machines on which Linux gives a program without a word on its stack an executable one."""


class NotElf(ValueError):
    """The bytes do not begin with an ELF header."""


class MalformedElf(ValueError):
    """The bytes begin with an ELF header whose tables lie outside the file or are of another shape."""


class Elf(msgspec.Struct, frozen=True, dict=True, eq=False):
    """An ELF file. What costs time is read when it is asked for."""

    machine: str
    """Lower-case name, such as mips or x86-64; `machine-<number>` when it has none here."""
    bits: Literal[32, 64]
    endian: Literal["little", "big"]
    kind: ElfKind
    needed: tuple[bytes, ...]
    """Libraries it loads, in its order."""
    soname: bytes
    interpreter: bytes
    """Path of the dynamic loader; empty for what is not started by one."""
    pie: bool | None
    """Whether a program can be loaded anywhere; None for what is no program."""
    relro: Literal["none", "partial", "full"] | None
    """None for modules, objects and core files."""
    nx: bool | None
    """Whether it asks for a stack that is not executable; None where it says nothing and the machine decides."""
    canary: bool | None
    """Whether a symbol of the stack protector is named; None without dynamic symbols."""
    fortify: bool | None
    """Whether a checked form of a library function is named; None without dynamic symbols."""
    stripped: bool
    static: bool
    """Whether a program loads nothing."""
    _data: memoryview
    _layout: Layout
    _segments: tuple[Segment, ...]
    _sections: tuple[Section, ...]
    _section_table: SectionTable
    _dynamic: Dynamic | None

    @cached_property
    def symbols(self) -> tuple[tuple[bytes, bool], ...]:
        """Names of dynamic symbols and whether each is defined here; 65,536 at most."""
        if self._dynamic is None:
            return ()
        return tuple(read_symbols(self._data, self._layout, self._segments, self._dynamic))

    @property
    def imported(self) -> frozenset[bytes]:
        """Names of dynamic symbols that come from elsewhere."""
        return frozenset(name for name, defined in self.symbols if not defined)

    @property
    def defined(self) -> frozenset[bytes]:
        """Names of dynamic symbols that are defined here."""
        return frozenset(name for name, defined in self.symbols if defined)

    @property
    def build_id(self) -> str:
        """Hexadecimal build id of the GNU linker; empty when there is none."""
        return build_id(self._data, self._layout, self._segments).hex()

    @property
    def comment(self) -> tuple[bytes, ...]:
        """Compilers that took part, as they name themselves; empty when stripped."""
        section = section_named(self._data, self._sections, self._section_table, b".comment")
        return tuple(sorted(set(filter(None, section.split(b"\0")))))

    def section(self, name: bytes) -> bytes:
        """Give the first MiB of a section; empty when there is none of that name, or no section headers at all."""
        return section_named(self._data, self._sections, self._section_table, name)

    def offset_of(self, address: int) -> int | None:
        """Give the offset in the file of an address; None when no segment of the file holds it."""
        return offset_of(self._segments, address)

    @cached_property
    def modinfo(self) -> tuple[tuple[bytes, bytes], ...]:
        """Keys and values by which a kernel module describes itself, in its order; keys may come more than once."""
        return tuple(modinfo(section_named(self._data, self._sections, self._section_table, b".modinfo")))


def read_elf(data: bytes | memoryview) -> Elf:
    """Read an ELF file; raise NotElf or MalformedElf, and nothing else, on any bytes."""
    view = memoryview(data).cast("B")
    layout = layout_of(bytes(view[:6])) if bytes(view[:4]) == b"\x7fELF" else None
    if layout is None:
        raise NotElf("no ELF header")
    try:
        values = layout.header.unpack_from(view, 16)
    except struct.error as error:
        raise MalformedElf("the ELF header is cut off") from error
    return _read(view, layout, values)


def _read(view: memoryview, layout: Layout, values: tuple[int, ...]) -> Elf:
    type, machine, _, _, program_offset, section_offset = values[:6]
    segments = _segments(view, layout, program_offset, values[8], values[9])
    table = SectionTable(section_offset, values[10], values[11], values[12])
    sections = read_sections(view, layout, table)
    dynamic = _dynamic(view, layout, segments)
    interpreter = _interpreter(view, segments)
    kind = _kind(view, type, sections, table, dynamic, interpreter)
    loaded = type in (ET_EXEC, ET_DYN)
    names = dynamic if dynamic is not None and dynamic.has_symbols else None
    needed = dynamic.needed if dynamic else ()
    machine_name = MACHINES.get(machine, f"machine-{machine}")
    return Elf(
        machine=machine_name,
        bits=layout.bits,
        endian=layout.endian,
        kind=kind,
        needed=needed,
        soname=dynamic.soname if dynamic else b"",
        interpreter=interpreter,
        pie=type == ET_DYN if kind == "program" else None,
        relro=_relro(segments, dynamic) if loaded else None,
        nx=_nx(segments, machine_name) if loaded else None,
        canary=names.has_canary() if names else None,
        fortify=names.has_fortify() if names else None,
        stripped=all(one.type != SHT_SYMTAB for one in sections),
        static=kind == "program" and not interpreter and not needed,
        _data=view,
        _layout=layout,
        _segments=segments,
        _sections=sections,
        _section_table=table,
        _dynamic=dynamic,
    )


def _segments(view: memoryview, layout: Layout, offset: int, entry_size: int, count: int) -> tuple[Segment, ...]:
    if count == 0:
        return ()
    size = layout.program.size
    if entry_size != size or count > MOST_HEADERS or offset + count * size > len(view):
        raise MalformedElf(f"{count} program headers of {entry_size} bytes at {offset:#x} in {len(view)} bytes")
    raw = view[offset : offset + count * size]
    return tuple(segment(layout, values) for values in layout.program.iter_unpack(raw))


def _dynamic(view: memoryview, layout: Layout, segments: tuple[Segment, ...]) -> Dynamic | None:
    here = next((one for one in segments if one.type == PT_DYNAMIC), None)
    if here is None:
        return None
    dynamic = read_dynamic(view, layout, segments, here)
    if dynamic is None:
        raise MalformedElf(f"a dynamic segment of {here.size} bytes at {here.offset:#x} in {len(view)} bytes")
    return dynamic


def _interpreter(view: memoryview, segments: tuple[Segment, ...]) -> bytes:
    here = next((one for one in segments if one.type == PT_INTERP), None)
    if here is None:
        return b""
    return bytes(view[here.offset : here.offset + min(here.size, 4096)]).partition(b"\0")[0]


def _kind(
    view: memoryview,
    type: int,
    sections: tuple[Section, ...],
    table: SectionTable,
    dynamic: Dynamic | None,
    interpreter: bytes,
) -> ElfKind:
    """A program that can be loaded anywhere has the type of a library; so has a loader, which names itself."""
    if type == ET_REL:
        return "module" if section_named(view, sections, table, b".modinfo") else "object"
    if type == ET_DYN:
        is_program = dynamic is not None and (dynamic.is_program or bool(interpreter and not dynamic.soname))
        return "program" if is_program else "library"
    if type in (ET_EXEC, ET_CORE):
        return "program" if type == ET_EXEC else "core"
    raise MalformedElf(f"a file of type {type}")


def _relro(segments: tuple[Segment, ...], dynamic: Dynamic | None) -> Literal["none", "partial", "full"]:
    if all(one.type != PT_GNU_RELRO for one in segments):
        return "none"
    return "full" if dynamic is not None and dynamic.bind_now else "partial"


def _nx(segments: tuple[Segment, ...], machine: str) -> bool | None:
    stack = next((one for one in segments if one.type == PT_GNU_STACK), None)
    if stack is not None:
        return not stack.flags & _EXECUTABLE
    return False if machine in _EXECUTABLE_BY_DEFAULT else None

"""The section headers of an ELF file, where they were left in, and the notes of its segments.

Source: System V ABI, chapter 4 (sections) and chapter 5 (note section); `.modinfo` observed in kernel modules: strings
`key=value`, each closed by a zero byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect._elf_layout import MOST_HEADERS, PT_NOTE, SHT_NOBITS, Layout, Segment, text_at

LARGEST_SECTION = 1 << 20
"""Bytes of one section, segment of notes or table of section names that are read."""

MOST_NOTES = 64
_NT_GNU_BUILD_ID = 3


class Section(msgspec.Struct, frozen=True):
    """One section header."""

    name: int
    """Offset of the name in the table of names."""
    type: int
    offset: int
    size: int


class SectionTable(msgspec.Struct, frozen=True):
    """Where the section headers lie, as the ELF header says."""

    offset: int
    entry_size: int
    count: int
    names: int
    """Number of the section that holds the names."""


def read_sections(data: memoryview, layout: Layout, table: SectionTable) -> tuple[Section, ...]:
    """Read all section headers; none when they lie outside the file, as in one that was cut or stripped of them."""
    size = layout.section.size
    end = table.offset + table.count * size
    if not table.offset or table.entry_size != size or table.count > MOST_HEADERS or end > len(data):
        return ()
    return tuple(
        Section(values[0], values[1], values[4], values[5])
        for values in layout.section.iter_unpack(data[table.offset : end])
    )


def section_named(data: memoryview, sections: Sequence[Section], table: SectionTable, name: bytes) -> bytes:
    """Give the first bytes of a section; empty when there is none of that name."""
    if table.names >= len(sections):
        return b""
    names = _content(data, sections[table.names])
    wanted = (one for one in sections if text_at(names, one.name, 64) == name)
    return next((_content(data, one) for one in wanted), b"")


def modinfo(section: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give keys and values of a kernel module's own description."""
    for line in section.split(b"\0"):
        key, equals, value = line.partition(b"=")
        if equals:
            yield key, value


def build_id(data: memoryview, layout: Layout, segments: Sequence[Segment]) -> bytes:
    """Give the linker's build id; empty when there is none."""
    for one in segments:
        if one.type != PT_NOTE:
            continue
        for kind, name, value in _notes(bytes(data[one.offset : one.offset + min(one.size, LARGEST_SECTION)]), layout):
            if kind == _NT_GNU_BUILD_ID and name == b"GNU\0":
                return value
    return b""


def _content(data: memoryview, section: Section) -> bytes:
    if section.type == SHT_NOBITS:
        return b""
    return bytes(data[section.offset : section.offset + min(section.size, LARGEST_SECTION)])


def _notes(data: bytes, layout: Layout) -> Iterator[tuple[int, bytes, bytes]]:
    """Read name size, value size, type, then name and value, each filled up to four bytes."""
    at = 0
    for _ in range(MOST_NOTES):
        if at + 12 > len(data):
            return
        name_size, size, kind = (layout.word.unpack_from(data, at + step)[0] for step in (0, 4, 8))
        name, value = at + 12, at + 12 + (name_size + 3 & ~3)
        yield kind, data[name : name + name_size], data[value : value + size]
        at = value + (size + 3 & ~3)

"""The modules that a Go program was built of, by what the Go linker writes into it.

Source: the documentation of Go's package debug/buildinfo and of `go version -m`; observed in programs of
Go 1.16 to 1.23 for several machines, in both forms.

| offset | size | name | meaning |
| 0 | 14 | magic | `\\xff Go buildinf:` at a multiple of 16 |
| 14 | 1 | pointer size | 4 or 8 |
| 15 | 1 | flags | 1: big-endian; 2: strings follow at 32, each behind its length as a varint (Go 1.18) |
| 16 | 2 pointers | strings | else addresses of two string headers (address, length): release, modules |

The modules come between two marks of 16 bytes, a line each: `path`, `mod`, `dep`, `=>` (in place of the line before)
and `build`, parted by tabs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from plimsoll.inspect.elf import Elf, MalformedElf, NotElf, read_elf
from plimsoll.inspect.firmware._packages.package import MOST_PACKAGES, Package, Reader, text
from plimsoll.inspect.inspector import Look, Pattern
from plimsoll.regex import regex

MAGIC = b"\xff Go buildinf:"
LARGEST_MODULES = 4 << 20
LONGEST_RELEASE = 256
_INLINE = 2
_BIG = 1
_MARK = 16
_FROM_A_FOLDER = b"(devel)"
_RELEASE = regex(rb"go(1\.\d{1,3}(?:\.\d{1,3})?(?:(?:rc|beta)\d{1,2})?)(?:[ +-][^\n]*)?")
_VERSION = regex(r"v(\d[\w.+-]{0,120})")
_PATTERN = Pattern("go-build-info", rb"\xff Go buildinf:", (MAGIC,), longest=16, kinds=("elf",))


def _read(look: Look) -> Iterator[Package]:
    try:
        elf = read_elf(look.data)
    except (NotElf, MalformedElf):
        return
    for match in look.matches[_PATTERN.name]:
        found = _strings(look.data, elf, match.start())
        if found is not None and (release := _RELEASE.fullmatch(found[0])):
            yield Package("stdlib", release[1].decode(), match.start(), 32)
            yield from _modules(*found[1:])
            return


def _strings(data: bytes, elf: Elf, at: int) -> tuple[bytes, int, bytes] | None:
    """Give the release, and the modules with their offset; None where the magic is a constant of a program."""
    head = data[at : at + 32]
    if at % 16 or len(head) < 32 or head[14] not in (0, 4, 8):
        return None
    if head[15] & _INLINE:
        release = _inline(data, at + 32, LONGEST_RELEASE)
        return (release[1], *_inside(_inline(data, sum(release[2:]), LARGEST_MODULES))) if release else None
    word = {4: "I", 8: "Q"}.get(head[14])
    if word is None:
        return None
    order = ">" if head[15] & _BIG else "<"
    pair = struct.Struct(f"{order}2{word}")
    texts = [_pointed(data, elf, address, pair) for address in pair.unpack_from(head, 16)]
    release_text, modules = texts
    return (release_text[1][:LONGEST_RELEASE], *_inside(modules)) if release_text else None


_Text = tuple[int, bytes, int, int]
"""Offset, bytes, and again offset and length."""


def _inline(data: bytes, at: int, longest: int) -> _Text | None:
    length = shift = 0
    for step in range(4):
        if at + step >= len(data):
            return None
        byte = data[at + step]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            start = at + step + 1
            return (start, data[start : start + length], start, length) if length <= longest else None
    return None


def _pointed(data: bytes, elf: Elf, address: int, pair: struct.Struct) -> _Text | None:
    header = elf.offset_of(address)
    if header is None or header + pair.size > len(data):
        return None
    where, length = pair.unpack_from(data, header)
    start = elf.offset_of(where)
    if start is None or length > LARGEST_MODULES:
        return None
    return start, data[start : start + length], start, length


def _inside(modules: _Text | None) -> tuple[int, bytes]:
    """Take the marks off; a program built without modules has none."""
    if modules is None or len(modules[1]) < 2 * _MARK + 1 or modules[1][-_MARK - 1 : -_MARK] != b"\n":
        return 0, b""
    return modules[0] + _MARK, modules[1][_MARK:-_MARK]


def _modules(offset: int, lines: bytes) -> Iterator[Package]:
    kept: Package | None = None
    for number, line in enumerate(lines.split(b"\n")):
        if number >= MOST_PACKAGES:
            break
        kind, *fields = line.split(b"\t")
        if kind in (b"mod", b"dep", b"=>") and len(fields) >= 2:
            if kept is not None and kind != b"=>":
                yield kept
            kept = _module(fields[0], fields[1], offset, len(line))
        offset += len(line) + 1
    if kept is not None:
        yield kept


def _module(path: bytes, stated: bytes, offset: int, length: int) -> Package | None:
    """Give a module; what was built from a folder has no version."""
    version = _VERSION.fullmatch(text(stated))
    namespace, _, name = text(path).rpartition("/")
    if not name or (version is None and stated != _FROM_A_FOLDER):
        return None
    return Package(name, version[1] if version else "", offset, length, namespace=namespace)


GO = Reader(
    "golang",
    "build-info",
    lambda look: _PATTERN.name in look.matches,
    _read,
    patterns=(_PATTERN,),
)

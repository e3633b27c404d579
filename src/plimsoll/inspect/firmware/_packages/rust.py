"""The crates that a Rust program was built of, where it was built with cargo-auditable.

Source: cargo-auditable's description of its format: an ELF section `.dep-v0` with JSON compressed by zlib; `packages`
with `name`, `version`, `source`, `kind` (`build` for what only the build needed) and `root`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.elf import MalformedElf, NotElf, read_elf
from plimsoll.inspect.firmware._packages.package import MOST_PACKAGES, Package, Reader, text
from plimsoll.inspect.inspector import Look, Pattern
from plimsoll.regex import regex

LARGEST_LIST = 8 << 20
_SECTION = b".dep-v0"
_PATTERN = Pattern("cargo-auditable", rb"\0\.dep-v0\0", (_SECTION,), longest=16, kinds=("elf",))
_NAME = regex(r"[A-Za-z0-9_-]{1,100}")
_VERSION = regex(r"\d[\w.+-]{0,100}")


class _Crate(msgspec.Struct):
    name: str
    version: str
    kind: str = "runtime"


class _Crates(msgspec.Struct):
    packages: list[_Crate]


def _read(look: Look) -> Iterator[Package]:
    try:
        section = read_elf(look.data).section(_SECTION)
        unpacker = zlib.decompressobj()
        listed = unpacker.decompress(section, LARGEST_LIST)
        crates = msgspec.json.decode(listed, type=_Crates).packages
    except (NotElf, MalformedElf, zlib.error, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    offset = look.data.find(section)
    for one in crates[:MOST_PACKAGES]:
        if one.kind != "build" and _NAME.fullmatch(one.name) and _VERSION.fullmatch(one.version):
            yield Package(text(one.name.encode()), text(one.version.encode()), offset, len(section))


RUST = Reader("cargo", "build-info", lambda look: _PATTERN.name in look.matches, _read, patterns=(_PATTERN,))

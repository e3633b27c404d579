"""One package's header as rpm keeps it.

Source: Linux Standard Base Core specification, "Package File Format", header structure.

| offset | size | name | meaning |
| 0 | 4 | entries | number of index entries, big-endian |
| 4 | 4 | length | bytes of the store behind the index |
| 8 | 16 each | index | tag, type, offset in the store, count |
"""

from __future__ import annotations

import struct

from plimsoll.inspect.firmware._packages.package import LONGEST_VALUE, Package, text

MOST_ENTRIES = 4_096
_PREAMBLE = struct.Struct(">II")
_ENTRY = struct.Struct(">IIII")
_NAME, _VERSION, _RELEASE, _EPOCH, _ARCH, _SOURCE = 1000, 1001, 1002, 1003, 1022, 1044
_STRINGS = frozenset((_NAME, _VERSION, _RELEASE, _ARCH, _SOURCE))
_STRING, _INT32 = 6, 4


def read_header(header: bytes, offset: int, length: int) -> Package | None:
    """Read a header; None for what is damaged, and for a key that stands where packages stand and is none."""
    if len(header) < _PREAMBLE.size:
        return None
    entries, size = _PREAMBLE.unpack_from(header)
    store = _PREAMBLE.size + entries * _ENTRY.size
    if entries > MOST_ENTRIES or store + size > len(header):
        return None
    values: dict[int, str] = {}
    for tag, kind, at, _ in _ENTRY.iter_unpack(header[_PREAMBLE.size : store]):
        if tag in _STRINGS and kind == _STRING and at < size:
            values[tag] = text(header[store + at : store + min(at + LONGEST_VALUE, size)].partition(b"\0")[0])
        elif tag == _EPOCH and kind == _INT32 and at + 4 <= size:
            values[tag] = str(int.from_bytes(header[store + at : store + at + 4], "big"))
    name, version, release = (values.get(tag, "") for tag in (_NAME, _VERSION, _RELEASE))
    if not name or not version or name == "gpg-pubkey":
        return None
    stated = f"{version}-{release}" if release else version
    epoch = values.get(_EPOCH, "0")
    return Package(
        name=name,
        version=stated if epoch == "0" else f"{epoch}:{stated}",
        offset=offset,
        length=length,
        architecture=values.get(_ARCH, ""),
        source=_source(values.get(_SOURCE, "")),
    )


def _source(file: str) -> str:
    """Take the name out of `<name>-<version>-<release>.src.rpm`."""
    return file.rsplit("-", 2)[0] if file.endswith(".rpm") and file.count("-") >= 2 else ""

"""Opens boot images of Android, in which a boot loader finds a kernel and its first file system; versions 0 to 4.

Source: the description of the boot image header in the documentation of the Android Open Source Project; images that
its mkbootimg made. All numbers are little-endian. Each part begins on a page, in the order of their sizes.

offset  size  versions 0 to 2                       size  versions 3 and 4
0       8     magic ANDROID!                        8     magic ANDROID!
8       8     kernel: length, address               4     kernel: length
12                                                  4     first file system: length
16      8     first file system: length, address    4     version and patch level of the system
20                                                  4     length of the header
24      8     second stage: length, address
32      4     address of tags
36      4     length of a page
40      4     version of the header                 4     version of the header
44      4     version and patch level of the system 1536  command line
48      16    name
64      512   command line
576     32    id, mostly the SHA-1 of all parts, each followed by its length
608     1024  rest of the command line
1632    16    since 1: recovery tables: length, offset (8); length of the header
1648    12    since 2: device tree: length, address (8)
1580                                                4     since 4: length of the signature

In version 0 the field of the version was unused, and Qualcomm puts the length of device trees there.
"""

from __future__ import annotations

import hashlib
import struct

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, padded, parts_of, text_field
from plimsoll.unpack.limits import Budget

MAGIC = b"ANDROID!"
LARGEST = 1 << 30
"""Longest part that is believed."""

_OLD = struct.Struct("<8s10I16s512s32s1024s")
_RECOVERY = struct.Struct("<IQI")
_TREE = struct.Struct("<IQ")
_NEW = struct.Struct("<8s4I16xI1536s")
_WORD = struct.Struct("<I")
_NEW_PAGE = 4096
_OLD_BYTES = 1660
# The tool of the first release with version 3 wrote a length that is 16 too large.
_HEADER_BYTES = {1: (1648,), 2: (_OLD_BYTES,), 3: (1580, 1596), 4: (1584,)}
_PAGES = tuple(1 << power for power in range(11, 18))
_SHA1_BYTES = 20

_Sizes = list[tuple[str, int, Content]]
"""Name, length and content of each part, in their order."""


class _Layout(msgspec.Struct, frozen=True):
    version: int
    page: int
    sizes: _Sizes
    system: int
    name: str
    line_start: int
    line: bytes
    id: bytes


def open_android_boot(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its fields make no sense."""
    if view.size < _NEW.size + _WORD.size or view.read(0, 8) != MAGIC:
        raise NotThisFormat
    (version,) = _WORD.unpack(view.slice(40, 4))
    layout = _read_new(view, version) if version in (3, 4) else _read_old(view, version)
    if not any(size for _, size, _ in layout.sizes) or any(size > LARGEST for _, size, _ in layout.sizes):
        raise NotThisFormat
    position = layout.page
    claims: list[Claim] = []
    for name, size, content in layout.sizes:
        claims.append(Claim(name, position, size, content))
        position += padded(size, layout.page)
    if layout.page >= view.size:
        raise NotThisFormat
    problems: list[Message] = []
    # The last page need not be filled up.
    length = min(position, view.size)
    parts = parts_of([*claims, _command_line(layout)], length, problems)
    if not problems and not _has_its_id(view, layout, claims, budget):
        problems.append(message("its id is not the SHA-1 of its parts"))
    return Container(length, parts, _label(layout), tuple(problems))


FORMAT = Format("android-boot", "Android boot image", (Magic(MAGIC),), open_android_boot)


def _read_new(view: View, version: int) -> _Layout:
    _, kernel, ramdisk, system, header_bytes, _, line = _NEW.unpack(view.slice(0, _NEW.size))
    if header_bytes not in _HEADER_BYTES[version]:
        raise NotThisFormat
    sizes: _Sizes = [("kernel", kernel, "known"), ("first file system", ramdisk, "image")]
    if version == 4:
        sizes.append(("signature", *_WORD.unpack(view.slice(_NEW.size, 4)), "known"))
    text_field(line)
    return _Layout(version, _NEW_PAGE, sizes, system, "", _NEW.size - len(line), line, b"")


def _read_old(view: View, version: int) -> _Layout:
    if view.size < _OLD_BYTES:
        raise NotThisFormat
    _, kernel, _, ramdisk, _, second, _, _, page, _, system, name, line, id, rest = _OLD.unpack(
        view.slice(0, _OLD.size)
    )
    if page not in _PAGES or not kernel + ramdisk:
        raise NotThisFormat
    text_field(line)
    text_field(rest)
    sizes: _Sizes = [("kernel", kernel, "known"), ("first file system", ramdisk, "image"), ("second", second, "image")]
    if version in (1, 2):
        recovery, place, header_bytes = _RECOVERY.unpack(view.slice(_OLD.size, _RECOVERY.size))
        if header_bytes not in _HEADER_BYTES[version]:
            raise NotThisFormat
        sizes.append(("recovery tables", recovery, "known"))
        if recovery and place != page + sum(padded(size, page) for _, size, _ in sizes[:3]):
            raise NotThisFormat
    if version == 2:
        sizes.append(("device tree", _TREE.unpack(view.slice(_OLD.size + _RECOVERY.size, _TREE.size))[0], "known"))
    if version > 4:
        sizes.append(("device trees", version, "known"))
        version = 0
    return _Layout(version, page, sizes, system, text_field(name), 64, line, id)


def _command_line(layout: _Layout) -> Claim:
    """Give the command line as a part, for those who look at settings."""
    return Claim("command line", layout.line_start, len(layout.line.partition(b"\0")[0]), "known")


def _has_its_id(view: View, layout: _Layout, claims: list[Claim], budget: Budget) -> bool:
    """Tell whether an id of 20 bytes is the SHA-1 of the parts; makers may put anything else there."""
    id = layout.id[:_SHA1_BYTES]
    if not any(id) or any(layout.id[_SHA1_BYTES:]):
        return True
    budget.take_search(sum(claim.length for claim in claims))
    digest = hashlib.sha1(usedforsecurity=False)
    for claim in claims:
        digest.update(view.slice(claim.offset, claim.length))
        digest.update(_WORD.pack(claim.length))
    return digest.digest() == id


def _label(layout: _Layout) -> str:
    said = [f"version {layout.version}"]
    if layout.name:
        said.append(f"name {layout.name}")
    if layout.system:
        release, level = layout.system >> 11, layout.system & 0x7FF
        said.append(f"system {release >> 14}.{release >> 7 & 0x7F}.{release & 0x7F}")
        said.append(f"patch level {2000 + (level >> 4)}-{level & 0xF:02}")
    return ", ".join(said)

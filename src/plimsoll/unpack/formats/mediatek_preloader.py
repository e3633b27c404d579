"""Opens the first program that Mediatek processors start, with or without the header of its storage.

Source: images that the real mkimage made; published dumps of devices. All numbers are little-endian.

offset  size  header of storage                      offset  size  file header, GFH
0       12    EMMC_BOOT, UFS_BOOT, SF_BOOT and kin   0       4     magic MMM and 01
12      4     version, 1                             4       4     length of this header, 56; its kind, 0
16      4     place of the layout, or of the file    8       12    FILE_INFO
                                                     20      4     version, 1
offset  size  layout                                 24      4     kind (2), storage, kind of signature
0       8     BRLYT                                  28      4     load address
8       4     version, 1                             32      8     length of the file, most that it may take
12      8     place and end of the file              40      12    place of the program, length of the signature,
                                                                   place of the first instruction

NAND flash has a header of another kind, from which the file header is found by itself. A signature of kind 1 is the
SHA-256 of the file before it.
"""

from __future__ import annotations

import hashlib
import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

FILE_MAGIC = b"MMM\x01\x38\0\0\0FILE_INFO\0\0\0"
STORAGE_MAGICS = (b"EMMC_BOOT\0", b"UFS_BOOT\0", b"SF_BOOT\0", b"COMBO_BOOT\0", b"SDMMC_BOOT\0")
LARGEST = 16 << 20
"""Longest file that is believed."""

_STORAGE = struct.Struct("<12sII")
_LAYOUT = struct.Struct("<8sII")
_FILE = struct.Struct("<20sIHBB6I")
_LAYOUT_MAGIC = b"BRLYT\0\0\0"
_HASHED, _HASH_BYTES = 1, 32
_FARTHEST = 64 << 10


def open_mediatek_preloader(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when its headers contradict each other."""
    start, label = _find_file(view)
    if start + _FILE.size > view.size:
        raise NotThisFormat
    magic, version, kind, _, signed, address, size, most, program, signature, jump = _FILE.unpack(
        view.slice(start, _FILE.size)
    )
    if magic != FILE_MAGIC or version != 1 or not _FILE.size <= program <= jump < size <= LARGEST:
        raise NotThisFormat
    if signature > size - program or most < size:
        raise NotThisFormat
    length = min(start + size, view.size)
    problems: list[Message] = []
    if length < start + size:
        problems.append(message("cut short: {missing} bytes are missing", missing=start + size - length))
    elif signed == _HASHED and signature == _HASH_BYTES and not _hash_holds(view.cut(start, size), budget):
        problems.append(message("the SHA-256 of the file is wrong"))
    claims = [
        Claim("program", start + program, size - program - signature, "known"),
        Claim("signature", start + size - signature, signature, "known"),
    ]
    said = [*([label] if label else []), f"kind {kind}, load address {address:#x}"]
    return Container(length, parts_of(claims, length, problems), ", ".join(said), tuple(problems))


FORMAT = Format(
    "mediatek-preloader",
    "Mediatek preloader",
    tuple(map(Magic, (*STORAGE_MAGICS, FILE_MAGIC))),
    open_mediatek_preloader,
)


def _find_file(view: View) -> tuple[int, str]:
    """Give where the file header stands, and the name of the header before it."""
    if view.size < _STORAGE.size:
        raise NotThisFormat
    if view.slice(0, 4) == FILE_MAGIC[:4]:
        return 0, ""
    name, version, place = _STORAGE.unpack(view.slice(0, _STORAGE.size))
    if not name.startswith(STORAGE_MAGICS) or version != 1 or place > _FARTHEST or place + _LAYOUT.size > view.size:
        raise NotThisFormat
    magic, version, file_place = _LAYOUT.unpack(view.slice(place, _LAYOUT.size))
    if magic == _LAYOUT_MAGIC:
        if version != 1 or not place < file_place <= _FARTHEST:
            raise NotThisFormat
        place = file_place
    return place, name.partition(b"\0")[0].decode("ascii")


def _hash_holds(file: View, budget: Budget) -> bool:
    budget.take_search(file.size)
    end = file.size - _HASH_BYTES
    return hashlib.sha256(file.slice(0, end)).digest() == file.slice(end, _HASH_BYTES)

"""Recognises UEFI firmware volumes, in which the programs lie that start a PC; what is in them is carved, not listed.

Source: the UEFI Platform Initialization Specification, volume 3, on the firmware volume header. All numbers are
little-endian.

offset  size  header
0       16    zeros, or the vector that a processor starts at
16      16    kind of file system, a GUID
32      8     bytes of the volume
40      4     magic _FVH
44      4     attributes
48      2     bytes of the header
50      2     makes the sum of the header's 16-bit words zero
52      2     offset of a further header, or zero
54      2     reserved, revision 1 or 2
56            number and length of blocks, 4 bytes each; zeros end the list
"""

from __future__ import annotations

import struct
import uuid

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"_FVH"

_MAGIC_AT = 40
_HEADER = struct.Struct("<16s16sQ4sIHHHBB")
_BLOCKS = struct.Struct("<II")
_LARGEST_HEADER = 4096
_KINDS = {
    uuid.UUID("7a9354d9-0468-444a-81ce-0bf617d890df"): "FFS 1",
    uuid.UUID("8c8ce578-8a3d-4f1c-9935-896185c32dd3"): "FFS 2",
    uuid.UUID("5473c07a-3dcb-4dca-bd6f-1e9689e7349a"): "FFS 3",
    uuid.UUID("fff12b8d-7696-4c8b-a985-2747075b4f50"): "variables",
}
_VARIABLES = "variables"


def open_uefi_volume(view: View, budget: Budget) -> Container:
    """Open the volume at the beginning of a view; raise NotThisFormat unless header, sum and blocks are sound."""
    if view.size < _HEADER.size + 2 * _BLOCKS.size:
        raise NotThisFormat
    _, kind, length, magic, _, header, _, _, reserved, revision = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or reserved or revision not in (1, 2):
        raise NotThisFormat
    if header % 2 or not _HEADER.size + 2 * _BLOCKS.size <= header <= min(_LARGEST_HEADER, length - 1, view.size):
        raise NotThisFormat
    data = view.read(0, header)
    if sum(word for (word,) in struct.iter_unpack("<H", data)) & 0xFFFF or _blocks(data) != length:
        raise NotThisFormat
    budget.check_time()
    problems: list[Message] = []
    if length > view.size:
        problems.append(message("cut short: {missing} bytes are missing", missing=length - view.size))
    end = min(length, view.size)
    name = _KINDS.get(uuid.UUID(bytes_le=kind), str(uuid.UUID(bytes_le=kind)))
    if name != _VARIABLES:
        problems.append(message("the files of the volume are not listed"))
    return Container(end, (Part(header, end - header, "files"),), name, tuple(problems))


FORMAT = Format(
    "uefi-volume", "UEFI firmware volume", (Magic(MAGIC, _MAGIC_AT),), open_uefi_volume, only_recognised=True
)


def _blocks(header: bytes) -> int:
    """Add up the lengths of blocks; raise NotThisFormat when nothing ends their list."""
    total = 0
    for count, size in _BLOCKS.iter_unpack(header[_HEADER.size : len(header) - (len(header) - _HEADER.size) % 8]):
        if not count and not size:
            return total
        total += count * size
    raise NotThisFormat

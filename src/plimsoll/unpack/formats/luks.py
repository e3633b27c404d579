"""Tells LUKS volumes, in which storage servers and set-top boxes keep what they encrypt: by their header, not by guess.

Source: "LUKS On-Disk Format Specification", version 1.2.3, and "LUKS2 On-Disk Format Specification", version 1.1.0,
both public. All numbers of the header are big-endian.

offset  size  version 1                          version 2
0       6     LUKS BA BE                         likewise
6       2     1                                  2
8       32    cipher, text                       length of the header with its text (8); sequence number (8)
40      32    its mode, text                     label at 24 (48), algorithm of the checksum at 72 (32)
72      32    digest, text
104     4     first sector of the content
108     4     length of the key
168     40    UUID, text                         likewise
4096                                             text in JSON; `"offset"` of a segment is where its content begins

Where the content ends the header does not say of either, so only what lies before the content is taken: the rest is
looked at as it is, and found to look encrypted.
"""

from __future__ import annotations

import re
import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"LUKS\xba\xbe"

_FIRST = struct.Struct(">6sH32s32s32sII56x40s")
_SECOND = struct.Struct(">6sHQQ48s32s64x40s")
_HEAD_BYTES = 8
_SECTOR_BYTES = 512
_TEXT_AT = 4096
_HEADER_BYTES = range(16 << 10, (4 << 20) + 1)
_UUID = re.compile(r"[0-9A-Fa-f-]{36}\Z")
_OFFSET = re.compile(rb'"offset"\s*:\s*"(\d{1,15})"')
_CIPHER = re.compile(rb'"encryption"\s*:\s*"([\x21\x23-\x7e]{1,64})"')
_MOST_KEY_BYTES = 512


def open_luks(view: View, budget: Budget) -> Container:
    """Tell the volume at the beginning of a view; raise NotThisFormat when its header is not sound."""
    budget.check_time()
    head = view.read(0, min(_HEAD_BYTES, view.size))
    if head[: len(MAGIC)] != MAGIC:
        raise NotThisFormat
    version = int.from_bytes(head[len(MAGIC) :], "big")
    if version == 1:
        start, label = _read_first(view)
    elif version == 2:
        start, label = _read_second(view)
    else:
        raise NotThisFormat
    if not 0 < start < view.size:
        raise NotThisFormat
    header = min(_TEXT_AT, start)
    parts = (Part(header, start - header, "keys", "encrypted"),) if start > header else ()
    return Container(start, parts, f"version {version}, {label}")


FORMAT = Format(
    "luks", "LUKS encrypted volume", (Magic(MAGIC + b"\0\1"), Magic(MAGIC + b"\0\2")), open_luks, only_recognised=True
)


def _read_first(view: View) -> tuple[int, str]:
    if view.size < _FIRST.size:
        raise NotThisFormat
    _, _, *texts, sector, key_bytes, uuid = _FIRST.unpack(view.slice(0, _FIRST.size))
    cipher, mode, digest = map(read_text, texts)
    if not (cipher and mode and digest and _UUID.match(read_text(uuid)) and 0 < key_bytes <= _MOST_KEY_BYTES):
        raise NotThisFormat
    return sector * _SECTOR_BYTES, f"{cipher}-{mode}, {digest}"


def _read_second(view: View) -> tuple[int, str]:
    if view.size < _SECOND.size:
        raise NotThisFormat
    _, _, size, _, _, digest, uuid = _SECOND.unpack(view.slice(0, _SECOND.size))
    if size not in _HEADER_BYTES or size > view.size or not read_text(digest) or not _UUID.match(read_text(uuid)):
        raise NotThisFormat
    text = view.read(_TEXT_AT, size - _TEXT_AT).partition(b"\0")[0]
    segments = text.partition(b'"segments"')[2]
    offset, cipher = _OFFSET.search(segments), _CIPHER.search(segments)
    if not text.startswith(b"{") or offset is None:
        raise NotThisFormat
    return int(offset[1]), cipher[1].decode("ascii") if cipher is not None else "cipher not told"

"""Opens LZ4 streams, in the frame format and in the older one of Linux kernels, wherever they lie.

Source: the LZ4 frame format description, version 1.6.4, and its section on the legacy format.

offset  size  frame                                   legacy stream
0       4     magic 04 22 4d 18                       magic 02 21 4c 18
4       2     flags, block size                       then for each block: stored length 4, block;
6       0-12  size of the content, dictionary         every block but the last gives 8 MiB
6-18    1     second byte of the header's xxHash

All numbers are little-endian.
"""

from __future__ import annotations

import lz4.frame

from plimsoll.model.message import Message, message
from plimsoll.unpack.codecs import Undecodable, decode_lz4
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._stream import Codec, Decoder, read_stream
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"\x04\x22\x4d\x18"
LEGACY_MAGIC = b"\x02\x21\x4c\x18"

_LONGEST_HEADER = 19
_LEGACY_BLOCK = 8 << 20
_LEGACY_STORED = _LEGACY_BLOCK + _LEGACY_BLOCK // 255 + 16
"""Most bytes that a block that cannot be made smaller takes."""


def open_lz4(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; checksums are verified where there are any."""
    if view.read(0, 4) == LEGACY_MAGIC:
        return _read_legacy(view, budget)
    return read_stream(view, budget, Codec(_begin, (RuntimeError,), strong=True))


FORMAT = Format("lz4", "LZ4 stream", (Magic(MAGIC), Magic(LEGACY_MAGIC)), open_lz4)


def _begin(view: View) -> Decoder:
    if view.read(0, 4) != MAGIC:
        raise NotThisFormat
    try:
        lz4.frame.get_frame_info(view.read(0, min(_LONGEST_HEADER, view.size)))
    except RuntimeError as error:
        raise NotThisFormat from error
    decoder: Decoder = lz4.frame.LZ4FrameDecompressor()
    return decoder


def _read_legacy(view: View, budget: Budget) -> Decoded:
    """Undo blocks until one is short, or until what follows is no block."""
    parts: list[bytes] = []
    problems: list[Message] = []
    position, size = 4, 0
    while (stored := _stored(view, position)) and (not parts or len(parts[-1]) == _LEGACY_BLOCK):
        try:
            content = decode_lz4(view.slice(position + 4, stored), _LEGACY_BLOCK)
        except (EOFError, Undecodable) as error:
            if stored == size:
                # NOTE: behind the stream of a kernel stands its size, here that of one block.
                break
            problems.append(message("breaks off after {size} bytes of content: {error}", size=size, error=str(error)))
            break
        position += 4 + stored
        size += len(content)
        if size > budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes in one piece", limit=budget.limits.file_bytes))
        budget.take_output(len(content), stored)
        parts.append(bytes(content))
    if not size:
        raise NotThisFormat
    return Decoded(position, b"".join(parts), "legacy", tuple(problems))


def _stored(view: View, position: int) -> int:
    """Give the stored length of the block at a position; 0 when none can begin there."""
    if position + 4 > view.size:
        return 0
    stored = int.from_bytes(view.slice(position, 4), "little")
    return stored if stored <= _LEGACY_STORED else 0

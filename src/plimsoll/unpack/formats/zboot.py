"""Opens EFI zboot images, kernels that undo themselves under EFI on any processor, and gives the kernel.

Sources: the messages of changes to QEMU and iPXE that tell what the header holds; Microsoft's "PE Format". No image was
at hand when this was written. All numbers are little-endian.

offset  size  header
0       4     `MZ` 00 00
4       4     magic `zimg`
8       4     offset of the compressed kernel
12      4     its bytes
24            name of the compression, up to a zero
60      4     offset of `PE` 00 00
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Decoded, Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._kernel_payload import undo_payload
from plimsoll.unpack.formats._portable_executable import read_portable_executable
from plimsoll.unpack.limits import Budget

MAGIC = b"MZ\0\0zimg"

_HEADER_BYTES = 64


def open_zboot(view: View, budget: Budget) -> Decoded:
    """Undo the kernel of the image at the beginning of a view.

    Raise NotThisFormat when it is no EFI program with a payload inside, Malformed when that cannot be undone.
    """
    magic, offset, length = struct.unpack("<8sII", view.read(0, 16))
    program = read_portable_executable(view)
    if magic != MAGIC or program is None or offset < _HEADER_BYTES or not length or offset + length > program.end:
        raise NotThisFormat
    there = min(program.end, view.size)
    if offset >= there:
        raise NotThisFormat
    problems: list[Message] = []
    if there < program.end:
        problems.append(message("cut short: {missing} bytes are missing", missing=program.end - there))
    try:
        payload = undo_payload(view, budget, offset, min(offset + length, there))
    except Malformed as broken:
        raise Malformed(broken.reason, there) from None
    end = there
    if program.signature and program.signature.start - end in range(8):
        end = program.signature.stop
    return Decoded(end, payload.data, payload.label(), (*problems, *payload.problems))


FORMAT = Format("zboot", "EFI zboot image, a self-extracting kernel", (Magic(MAGIC),), open_zboot)

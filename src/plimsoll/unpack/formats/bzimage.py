"""Opens bzImages and zImages of x86, kernels as a PC's boot loader takes them, and gives the kernel.

Source: the published description of the Linux/x86 boot protocol, versions 2.00 to 2.15. All numbers are little-endian.

offset  size  header
0x1f1   1     sectors of 512 bytes of the setup code after the first; 0 stands for 4
0x1f4   4     bytes of the code behind them divided by 16; 2 bytes only before version 2.04
0x1fe   2     55 aa
0x202   4     magic `HdrS`
0x206   2     version of the protocol
0x20e   2     where the kernel's release lies, after 0x200; 0 for nowhere
0x248   4     offset of the compressed kernel in the code, from version 2.08
0x24c   4     its bytes, from version 2.08

The compressed kernel is a stream with its size behind it, undone to an ELF program; it may be one from the start. The
image may be an EFI program too, and have its signature behind it.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Decoded, Format, Magic, Malformed, NotThisFormat, Opened, Part, View
from plimsoll.unpack.formats._kernel_payload import Payload, find_payload, undo_payload
from plimsoll.unpack.formats._portable_executable import read_portable_executable
from plimsoll.unpack.limits import Budget

MAGIC = b"HdrS"
VERSIONS = range(0x200, 0x220)
"""Versions of the protocol that are believed."""

_AT = 0x202
_HEADER_BYTES = 0x250
_SECTOR = 512
_ELF = b"\x7fELF"


class Header(msgspec.Struct, frozen=True):
    """What the protocol says of the image."""

    version: int
    code: int
    """Where the code behind the setup begins."""
    end: int
    """Where it ends; as far as the view reaches when the header does not say."""
    payload: range
    """Where the compressed kernel lies; empty when the header does not say."""

    def label(self) -> str:
        """Say the version."""
        return f"protocol {self.version >> 8}.{self.version & 0xFF:02}"


def open_bzimage(view: View, budget: Budget) -> Opened:
    """Undo the kernel of the image at the beginning of a view; one that is not compressed is a part.

    Raise NotThisFormat when the header is not sound or no kernel can be found, Malformed when it cannot be undone where
    the header says.
    """
    header = _read_header(view)
    there = min(header.end, view.size)
    problems: list[Message] = []
    if there < header.end:
        problems.append(message("cut short: {missing} bytes are missing", missing=header.end - there))
    if header.payload and view.buffer[header.payload.start : header.payload.start + 4] == _ELF:
        stop = min(header.payload.stop, there)
        part = Part(header.payload.start, stop - header.payload.start, "kernel", "known")
        return Container(_end(view, there), (part,), header.label(), tuple(problems))
    payload = _find(view, budget, header, there)
    if header.payload and payload.end != header.payload.stop and there == header.end and not payload.problems:
        problems.append(message("the compressed kernel is not as long as the header says"))
    end = payload.end if header.version < 0x204 else there
    label = f"{header.label()}, {payload.label()}"
    return Decoded(_end(view, end), payload.data, label, (*problems, *payload.problems))


FORMAT = Format("bzimage", "bzImage, a self-extracting kernel for x86", (Magic(MAGIC, _AT),), open_bzimage)


def _read_header(view: View) -> Header:
    header = view.read(0, _HEADER_BYTES)
    if header[_AT : _AT + 4] != MAGIC or header[0x1FE:0x200] != b"\x55\xaa":
        raise NotThisFormat
    version, release = struct.unpack_from("<H6xH", header, 0x206)
    code = ((header[0x1F1] or 4) + 1) * _SECTOR
    if version not in VERSIONS or code >= view.size or (release and 0x200 + release >= code):
        raise NotThisFormat
    end = view.size
    if version >= 0x204:
        end = code + 16 * int.from_bytes(header[0x1F4:0x1F8], "little")
    payload = range(0)
    if version >= 0x208:
        offset, length = struct.unpack_from("<II", header, 0x248)
        payload = range(code + offset, code + offset + length) if offset else payload
        if payload.stop > end:
            raise NotThisFormat
    if end <= code:
        raise NotThisFormat
    return Header(version, code, end, payload)


def _find(view: View, budget: Budget, header: Header, there: int) -> Payload:
    if not header.payload:
        payload = find_payload(view, budget, header.code, there)
        if payload is None:
            # NOTE: boot loaders and memory tests take the same header, to be started like a kernel.
            raise NotThisFormat
        return payload
    try:
        return undo_payload(view, budget, header.payload.start, min(header.payload.stop, there))
    except Malformed as broken:
        raise Malformed(broken.reason, there) from None


def _end(view: View, end: int) -> int:
    """Give where the image ends, with the signature that may follow it."""
    program = read_portable_executable(view)
    if program is None or not program.signature or program.signature.start - end not in range(8):
        return end
    return program.signature.stop

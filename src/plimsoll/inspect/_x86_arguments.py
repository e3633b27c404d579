"""Constants that x86 and x86-64 code puts in place as arguments right before a call.

Source: the public manuals of the instruction set and the System V calling conventions. Only an unbroken run of moves
and pushes that ends at the call is read; where such a run can be read in two ways that differ, nothing is said.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence

from plimsoll.regex import regex

LONGEST_RUN = 80
"""Bytes before a call in which its arguments are put in place."""
BEFORE = 1024
"""Bytes before a call in which jumps are looked for."""


def _bytes(numbers: Sequence[int]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % number for number in numbers) + b"]"


def _modes(mode: int, *others: int) -> bytes:
    """Give the class of bytes that name an operand, by mode and by the base registers that are meant."""
    return _bytes([byte for byte in range(256) if byte >> 6 == mode and byte & 7 in (others or range(8))])


_PLAIN = (0, 1, 2, 3, 6, 7)
_OPERAND = (
    rb"(?:" + _modes(3) + rb"|" + _modes(0, *_PLAIN) + rb"|" + _modes(0, 5) + rb".{4}|" + _modes(0, 4) + rb".|"
    + _modes(1, *_PLAIN, 5) + rb".|" + _modes(1, 4) + rb".{2}|" + _modes(2, *_PLAIN, 5) + rb".{4}|"
    + _modes(2, 4) + rb".{5})"
)  # fmt: skip
_ONE = regex(
    rb"(?P<rex>[\x40-\x4f])?(?:\x31(?P<zero>[\xc0-\xff])|(?P<set>[\xb8-\xbf])(?P<value>.{4})|"
    rb"\xc7(?P<long>[\xc0-\xc7])(?P<long_value>.{4})|(?:[\x8b\x8d]|\x0f[\xb6\xb7\xbe\xbf])(?P<load>" + _OPERAND + rb")|"
    rb"\x89(?P<store>" + _OPERAND + rb")|\xc7(?P<slot>\x44\x24.)(?P<slot_value>.{4})|\xc7\x04\x24.{4}|"
    rb"\x6a(?P<short>.)|\x68(?P<pushed>.{4})|(?P<push>[\x50-\x57]|\xff[\x30-\x33\x36\x37]|\xff[\x70-\x73\x75-\x77].)|"
    rb"\x83\xec.|\x83\xc4.|\xff\x74\x24.|\x90|\x66\x90)",
    re.DOTALL,
)
_JUMP = regex(rb"(?=[\x70-\x7f\xe0-\xe3\xeb](.))|(?=(?:\x0f[\x80-\x8f]|\xe9)(.{4}))", re.DOTALL)
_REGISTERS = (7, 6, 2, 1)
"""Numbers of the registers of the first arguments on x86-64."""


def constant_before(data: bytes, argument: int, bits: int) -> int | None:
    """Give the constant of an argument for the call that follows `data`; None when it cannot be told."""
    found: set[tuple[int, int]] = set()
    for start in range(max(0, len(data) - LONGEST_RUN), len(data)):
        run = _run(data, start)
        if run is not None:
            one = _by_register(run, _REGISTERS[argument]) if bits == 64 else _by_stack(run, argument)
            if one is not None:
                found.add(one)
    if len({value for value, _ in found}) != 1 or _is_entered(data, min(place for _, place in found)):
        return None
    return next(value for value, _ in found)


def _is_entered(data: bytes, place: int) -> bool:
    """Tell whether a jump from before seems to lead behind a place: rather once too often than too seldom."""
    for match in _JUMP.finditer(data, 0, place):
        far = struct.unpack("<b", match[1])[0] if match[1] else struct.unpack("<i", match[2])[0]
        end = match.end(1) if match[1] else match.end(2)
        if match.start() < place and place < end + far <= len(data):
            return True
    return False


def _run(data: bytes, start: int) -> list[re.Match[bytes]] | None:
    """Read from an offset to the end; None when something else stands in between."""
    run = []
    while start < len(data):
        match = _ONE.match(data, start)
        if match is None:
            return None
        run.append(match)
        start = match.end()
    return run


def _by_register(run: Sequence[re.Match[bytes]], register: int) -> tuple[int, int] | None:
    """Give the constant, and the offset of the instruction that puts it in place."""
    for one in reversed(run):
        extended = one["rex"][0] if one["rex"] else 0x40
        if one["zero"] and one["zero"][0] >> 3 & 7 == register and not extended & 4:
            return (0, one.start()) if one["zero"][0] & 7 == register and not extended & 1 else None
        if one["set"] and one["set"][0] & 7 == register and not extended & 1:
            return struct.unpack("<I", one["value"])[0], one.start()
        if one["long"] and one["long"][0] & 7 == register and not extended & 1:
            return struct.unpack("<I", one["long_value"])[0], one.start()
        if one["load"] and one["load"][0] >> 3 & 7 == register and not extended & 4:
            return None
        if one["store"] and one["store"][0] >> 6 == 3 and one["store"][0] & 7 == register and not extended & 1:
            return None
    return None


def _by_stack(run: Sequence[re.Match[bytes]], argument: int) -> tuple[int, int] | None:
    """Count pushes from the call on; a store beside the stack pointer names its argument by its place."""
    depth = 0
    for one in reversed(run):
        if one["slot"] and not depth and one["slot"][2] == 4 * argument:
            return struct.unpack("<I", one["slot_value"])[0], one.start()
        if one["short"] or one["pushed"] or one["push"] or one[0].startswith(b"\xff\x74\x24"):
            if depth == argument:
                return _pushed(one)
            depth += 1
        elif one[0].startswith((b"\x83\xec", b"\x83\xc4")) and depth:
            return None
    return None


def _pushed(one: re.Match[bytes]) -> tuple[int, int] | None:
    if one["short"]:
        return struct.unpack("<b", one["short"])[0] & 0xFFFFFFFF, one.start()
    return (struct.unpack("<I", one["pushed"])[0], one.start()) if one["pushed"] else None

"""Which constants a program hands to functions that it imports, by the instructions before each call.

For ARM (A32 and T32), AArch64 and MIPS instructions are followed backwards from the call as long as no other way leads
in between; for x86 and x86-64 only an unbroken run of moves before the call is read. Nothing is run.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import msgspec

from plimsoll.inspect._code import Flow, Insn, Machine
from plimsoll.inspect._code_arm import AARCH64, ARM
from plimsoll.inspect._code_mips import MIPS_BIG, MIPS_LITTLE
from plimsoll.inspect._code_thumb import THUMB
from plimsoll.inspect._elf_imports import Code, import_slots, linked_functions, stub_addresses
from plimsoll.inspect._x86_arguments import BEFORE, constant_before
from plimsoll.inspect.elf import Elf

MOST_CALLS = 400
"""Most calls that are looked at in one file."""
FURTHEST = 64
"""Instructions that an argument is followed back."""
FURTHEST_JUMP = 1024
"""Instructions between a load of a function's address and a call of it."""
AROUND = 4096
"""Bytes around a call in which ways that lead in between are looked for."""

PIECE = 1 << 20
"""Bytes of x86 code that are searched at once for references to functions."""

_T9 = 25
_DISTANCE = struct.Struct("<i")
_JALR_T9, _JR_T9, _JR_RA = 0x0320F809, 0x03200008, 0x03E00008


class Call(msgspec.Struct, frozen=True):
    """A call of an imported function."""

    name: bytes
    address: int
    offset: int
    """Of its instruction in the file."""
    size: int
    is_thumb: bool = False


class Calls:
    """The calls of some functions in one file: of imported ones, or of those that were linked in, by their symbols."""

    def __init__(self, elf: Elf, names: frozenset[bytes], *, are_linked_in: bool = False) -> None:
        self._elf = elf
        self._code = Code(elf)
        self.is_cut = self._code.is_cut
        """Whether there is more code than is looked through, or more calls."""
        slots, stubs = ({}, linked_functions(elf, names)) if are_linked_in else import_slots(elf, names)
        self._slots: dict[int, bytes] = slots
        self._stubs = {**stubs, **stub_addresses(elf, self._code, slots)} if slots or stubs else {}

    @cached_property
    def all(self) -> tuple[Call, ...]:
        """The calls, by their place."""
        found = {one.address: one for one in self._sites()}
        self.is_cut |= len(found) > MOST_CALLS
        return tuple(found[address] for address in sorted(found)[:MOST_CALLS])

    def constant(self, call: Call, argument: int) -> int | None:
        """Give the constant that a call has as an argument, counted from 0; None when it cannot be told."""
        if self._elf.machine in ("x86", "x86-64"):
            _, data = self._code.at(call.address - BEFORE, call.address)
            return constant_before(data, argument, self._elf.bits)
        machine = self._machine(call)
        listed = self._listing(call.address - 4 * FURTHEST, call.address + 8, call)
        position = next((at for at, one in enumerate(listed) if one.address == call.address), 0)
        return self._followed(machine, listed[:position], machine.arguments[argument], call)

    def comes_before(self, first: Call, second: Call) -> bool:
        """Tell whether whoever comes to the second call has come by the first, as far as branches show it."""
        if self._elf.machine in ("x86", "x86-64") or not 0 < second.address - first.address < AROUND:
            return False
        flows = self._flows(first, first.address, second.address)
        if any(kind == "indirect" and at <= second.address for at, kind, _ in flows):
            return False
        if not any(at == second.address for at, _, _ in flows):
            return False  # another function begins in between
        return not _is_entered(flows, first.address, second.address) and _is_reached(flows, first, second)

    def _machine(self, call: Call) -> Machine:
        if self._elf.machine == "mips":
            return MIPS_BIG if self._elf.endian == "big" else MIPS_LITTLE
        return AARCH64 if self._elf.machine == "aarch64" else THUMB if call.is_thumb else ARM

    def _listing(self, start: int, end: int, call: Call) -> list[Insn]:
        """Read the instructions between two addresses; those of T32 only where two ways to read them agree."""
        machine = self._machine(call)
        address, data = self._code.at(start, end)
        if not call.is_thumb:
            skip = -address % 4
            return list(machine.read(data[skip:], address + skip))
        skip = call.address - address & 1
        once = list(machine.read(data[skip:], address + skip))
        again = {one.address: one for one in machine.read(data[skip + 2 :], address + skip + 2)}
        agreed = [one for one in once if again.get(one.address) == one]
        whole = [
            at for at in range(1, len(agreed)) if agreed[at].address != agreed[at - 1].address + agreed[at - 1].size
        ]
        return agreed[whole[-1] :] if whole else agreed

    def _followed(self, machine: Machine, listed: Sequence[Insn], register: int, call: Call) -> int | None:
        for insn in reversed(listed):
            kind = machine.flow(insn)[0]
            if kind == "call" and register not in machine.preserved:
                return None
            if kind in ("jump", "return", "indirect"):
                return None
            effect = machine.effect(insn, register)
            if effect.kind == "copy":
                register = effect.value
            elif effect.kind in ("constant", "literal"):
                flows = self._flows(call, call.address, call.address, min(insn.address, call.address))
                if _is_entered(flows, insn.address, call.address):
                    return None
                return effect.value if effect.kind == "constant" else self._literal(effect.value)
            elif effect.kind == "unknown":
                return None
        return None

    def _literal(self, address: int) -> int | None:
        _, data = self._code.at(address, address + 4)
        return int(struct.unpack("<I", data)[0]) if len(data) == 4 else None

    def _flows(self, call: Call, start: int, end: int, least: int = 1 << 64) -> list[tuple[int, Flow, int]]:
        """Give how the instructions of the function around two addresses go on, and those from a third address on.

        A function begins where it saves its way back: what stands before that does not lead to calls within it.
        """
        machine = self._machine(call)
        listed = self._listing(start - AROUND, end + AROUND, call)
        begins = [one.address for one in listed if machine.begins(one)]
        first = min(least, max((at for at in begins if at <= start), default=start - AROUND))
        last = min((at for at in begins if at > start), default=end + AROUND)
        return [(one.address, *machine.flow(one)) for one in listed if first <= one.address < last]

    def _sites(self) -> Iterator[Call]:
        if not self._slots and not self._stubs:
            return
        readers = {"arm": self._arm, "aarch64": self._a64, "mips": self._mips, "x86": self._x86, "x86-64": self._x86}
        reader = readers.get(self._elf.machine)
        for address, offset, data in self._code.stretches if reader else ():
            assert reader is not None
            yield from reader(address, offset, data)

    def _arm(self, address: int, offset: int, data: bytes) -> Iterator[Call]:
        if self._elf.endian != "little":
            return
        for match in re.finditer(rb"[\x0a\x0b\x1a\x1b\xea\xeb\xfa\xfb]", data[3::4]):
            yield from self._branch(ARM, data, match.start() * 4, address, offset)
        highs = data[1::2]
        for match in re.finditer(rb"(?=[\xf0-\xf7][\x80-\xff])", highs):
            yield from self._branch(THUMB, data, match.start() * 2, address, offset)

    def _a64(self, address: int, offset: int, data: bytes) -> Iterator[Call]:
        for match in re.finditer(rb"[\x14-\x17\x94-\x97]", data[3::4]):
            yield from self._branch(AARCH64, data, match.start() * 4, address, offset)

    def _branch(self, machine: Machine, data: bytes, at: int, address: int, offset: int) -> Iterator[Call]:
        for insn in machine.read(data[at : at + 4], address + at):
            kind, target = machine.flow(insn)
            is_thumb = machine is THUMB
            if kind in ("call", "jump") and insn.size == 4:
                name = self._stubs.get(target) or (self._stubs.get(target | 1) if is_thumb else None)
                if name is not None:
                    yield Call(name, insn.address, offset + at, 4, is_thumb)
            return

    def _mips(self, address: int, offset: int, data: bytes) -> Iterator[Call]:
        order = ">" if self._elf.endian == "big" else "<"
        words, machine = struct.Struct(order + "I"), MIPS_BIG if order == ">" else MIPS_LITTLE
        base = (self._elf._dynamic.entries.get(3, 0) if self._elf._dynamic else 0) + 0x7FF0
        for slot, name in self._slots.items():
            if not -0x8000 <= slot - base < 0x8000:
                continue
            low = struct.pack(order + "h", slot - base)
            form = rb"\x8f[\x80-\x9f]" + re.escape(low) if order == ">" else re.escape(low) + rb"[\x80-\x9f]\x8f"
            for match in re.finditer(form, data, re.DOTALL):
                if match.start() % 4 == 0:
                    register = words.unpack(match[0])[0] >> 16 & 31
                    for at in _jumps(machine, data, match.start(), register, words):
                        yield Call(name, address + at, offset + at, 4)
        if self._stubs:
            for at in (
                match.start() * 4 for match in re.finditer(rb"[\x08-\x0f]", data[0 if order == ">" else 3 :: 4])
            ):
                target = (address + at & 0xF0000000) | (words.unpack_from(data, at)[0] & 0x3FFFFFF) << 2
                if at + 4 <= len(data) and target in self._stubs:
                    yield Call(self._stubs[target], address + at, offset + at, 4)

    def _x86(self, address: int, offset: int, data: bytes) -> Iterator[Call]:
        mask = 0xFFFFFFFF if self._elf.bits == 32 else (1 << 64) - 1
        for opcode, names in ((rb"[\xe8\xe9]", self._stubs), (rb"\xff\x15", self._slots)):
            for start, end, target in _references(opcode, address, data, names, mask):
                yield Call(names[target], address + start, offset + start, end - start)


def _references(
    opcode: bytes, address: int, data: bytes, targets: Collection[int], mask: int
) -> Iterator[tuple[int, int, int]]:
    """Give start and end of each x86 instruction that names one of some addresses by its distance, and the address.

    The high bytes of the distance take few values in a piece of code, which the search asks for: calls are many.
    """
    distance_at = _DISTANCE.unpack_from
    for first in range(0, len(data) if targets else 0, PIECE):
        near, far = min(targets) - address - first - PIECE - 8, max(targets) - address - first
        high = {step >> 16 & 0xFFFF for step in range(near & ~0xFFFF, min(far, near + (1 << 24)) + 1, 1 << 16)}
        third, fourth = (b"[%b]" % re.escape(bytes(sorted({one >> by & 0xFF for one in high}))) for by in (0, 8))
        form = b"%b(?=..%b%b)" % (opcode, third, fourth) if far - near < 1 << 24 else b"%b(?=....)" % opcode
        for match in re.compile(form, re.DOTALL).finditer(data, first, min(len(data), first + PIECE + 8)):
            end = match.end()
            target = address + end + 4 + distance_at(data, end)[0] & mask
            if target in targets and match.start() < first + PIECE:
                yield match.start(), end + 4, target


def _is_entered(flows: Sequence[tuple[int, Flow, int]], start: int, end: int) -> bool:
    """Tell whether a branch from elsewhere leads behind the start and up to the end."""
    ways = (one for one in flows if one[1] in ("branch", "jump"))
    return any(start < to <= end and not start <= at <= end for at, _, to in ways)


def _is_reached(flows: Sequence[tuple[int, Flow, int]], first: Call, second: Call) -> bool:
    """Tell whether each end of the way between two calls is jumped over by a branch that stands between them."""
    return all(
        any(first.address <= at <= end and end < to <= second.address for at, kind, to in flows if kind == "branch")
        for end, kind, _ in flows
        if kind in ("jump", "return") and first.address < end < second.address
    )


def _jumps(machine: Machine, data: bytes, start: int, register: int, words: struct.Struct) -> Iterator[int]:
    """Give where MIPS code jumps to what a load has put into a register: by way of t9, at once or after a move."""
    is_ready = register == _T9
    for at in range(start + 4, min(start + 4 * FURTHEST_JUMP, len(data) - 3), 4):
        insn = Insn(at, words.unpack_from(data, at)[0], 4)
        if insn.word in (_JALR_T9, _JR_T9):
            if is_ready:
                yield at
            is_ready = False
        elif (effect := machine.effect(insn, _T9)).kind != "none":
            is_ready = effect.kind == "copy" and effect.value == register
        if register == _T9:
            if not is_ready:
                return
        elif machine.effect(insn, register).kind != "none" or insn.word == _JR_RA:
            return

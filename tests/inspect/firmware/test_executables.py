"""Facts of programs and libraries, by small ELF files built in the test."""

from __future__ import annotations

from plimsoll.inspect.firmware.executables import Executables
from plimsoll.model.facts import Executable
from tests.firmware import observe
from tests.inspect.elves import ARM, elf, module


def executables(files: dict[str, bytes]) -> list[Executable]:
    return [fact for one in observe(Executables(), files) if isinstance(fact := one.fact, Executable)]


def test_a_program_is_recorded_with_what_it_loads_and_its_defences() -> None:
    data = elf(
        machine=ARM, order="<", type=2, needed=(b"libssl.so.1.1", b"libc.so.0"), interpreter=b"/lib/ld-uClibc.so.0",
        imports=(b"__stack_chk_fail",), stack=6, relro=True,
    )  # fmt: skip
    assert executables({"usr/sbin/x": data}) == [
        Executable(
            "arm", 32, "little", "program", ("libssl.so.1.1", "libc.so.0"),
            pie=False, relro="partial", nx=True, canary=True, fortify=False, stripped=True, static=False,
        )
    ]  # fmt: skip


def test_the_place_of_a_program_is_the_whole_file() -> None:
    (one,) = observe(Executables(), {"usr/sbin/x": elf()})
    assert one.where == "test.bin!squashfs@0x1000/usr/sbin/x"


def test_a_name_that_is_not_text_is_escaped() -> None:
    (one,) = executables({"lib/l.so": elf(needed=(b"lib\xff\n.so",), soname=b"l.so")})
    assert (one.needed, one.soname, one.kind) == (("lib%FF%0A.so",), "l.so", "library")


def test_a_kernel_module_a_script_and_damaged_files_are_left_out() -> None:
    files = {
        "lib/modules/4.14/x.ko": module({b"vermagic": b"4.14"}),
        "bin/script": b"#!/bin/sh\n",
        "bin/cut": elf()[:60],
        "bin/short": b"\x7fELF",
    }
    assert executables(files) == []

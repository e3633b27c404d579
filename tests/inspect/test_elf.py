"""The ELF reader: against LIEF on the machine's own files, and on small ones built for other machines."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.elf import MalformedElf, NotElf, read_elf
from tests.inspect.elves import AARCH64, ARM, MIPS, PPC, RISCV, X86_64, elf, module

_FORTIFIED = re.compile(r"__[a-z0-9_]+_chk")


def machine_files() -> list[Path]:
    """A few dozen programs and libraries of this machine."""
    folders = ("/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
    found = []
    for folder in map(Path, folders):
        names = sorted(path for path in folder.glob("*") if path.suffix not in (".o", ".a"))
        files = [path for path in names if path.is_file() and not path.is_symlink()]
        elves = [path for path in files if path.stat().st_size < 2 << 20 and path.read_bytes()[:4] == b"\x7fELF"]
        found += elves[:: max(1, len(elves) // 15)]
    return found


@pytest.fixture(params=machine_files() or [None], ids=lambda path: path.name if path else "none")
def both(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """An ELF file as we and as LIEF read it."""
    if request.param is None:
        pytest.skip("no ELF files in the folders of programs and libraries")
    lief = pytest.importorskip("lief", reason="needs the package lief")
    return read_elf(request.param.read_bytes()), lief.parse(str(request.param))


def test_the_reader_agrees_with_lief(both) -> None:  # type: ignore[no-untyped-def]
    import lief

    own, other = both
    tags = lief.ELF.DynamicEntry.TAG
    entries = list(other.dynamic_entries)
    symbols = [one for one in other.dynamic_symbols if one.name]
    names = {str(one.name) for one in symbols}
    assert list(own.needed) == [one.name.encode() for one in entries if one.tag == tags.NEEDED]
    assert own.soname.decode() == next((one.name for one in entries if one.tag == tags.SONAME), "")
    assert own.interpreter.decode() == (other.interpreter if other.has_interpreter else "")
    assert own.nx is bool(other.has_nx)
    assert own.pie in (None, bool(other.is_pie))
    assert own.imported == {str(one.name).encode() for one in symbols if one.shndx == 0}
    assert own.defined == {str(one.name).encode() for one in symbols if one.shndx != 0}
    assert bool(own.canary) is bool(names & {"__stack_chk_fail", "__stack_chk_guard"})
    assert bool(own.fortify) is any(map(_FORTIFIED.fullmatch, names))
    assert own.stripped is (not list(other.symtab_symbols))


def test_relro_agrees_with_lief(both) -> None:  # type: ignore[no-untyped-def]
    import lief

    own, other = both
    tags, flags, flags_1 = lief.ELF.DynamicEntry.TAG, lief.ELF.DynamicEntryFlags.FLAG, lief.ELF.DynamicEntryFlags
    if not any(one.type == lief.ELF.Segment.TYPE.GNU_RELRO for one in other.segments):
        assert own.relro == "none"
        return
    now = other.get(tags.BIND_NOW) is not None
    now = now or (other.get(tags.FLAGS) is not None and flags.BIND_NOW in other.get(tags.FLAGS))
    now = now or (other.get(tags.FLAGS_1) is not None and flags_1.FLAG.NOW in other.get(tags.FLAGS_1))
    assert own.relro == ("full" if now else "partial")


def compiled(folder: Path, *options: str) -> bytes:
    """Compile a small program that fills a buffer of its stack."""
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs the package gcc")
    (folder / "a.c").write_text("int main(int n, char **v) { char b[64]; return __builtin_sprintf(b, v[0], n); }")
    command = [compiler, "-O2", *options, "-o", str(folder / "a"), str(folder / "a.c")]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(f"needs what gcc links with {' '.join(options)}")
    return (folder / "a").read_bytes()


def test_a_program_with_every_defence_is_told_from_one_without(tmp_path: Path) -> None:
    good = read_elf(compiled(tmp_path, "-pie", "-fPIE", "-Wl,-z,relro,-z,now", "-fstack-protector-all", "-s"))
    bad = read_elf(compiled(tmp_path, "-no-pie", "-Wl,-z,norelro,-z,lazy,-z,execstack", "-fno-stack-protector"))
    assert (good.kind, good.pie, good.relro, good.nx, good.canary, good.stripped) == (
        ("program", True, "full", True, True, True)
    )
    assert (bad.kind, bad.pie, bad.relro, bad.nx, bad.canary, bad.stripped) == (
        ("program", False, "none", False, False, False)
    )


def test_a_static_program_has_no_dynamic_symbols_to_tell_by(tmp_path: Path) -> None:
    for options in (("-static",), ("-static-pie", "-fPIE")):
        own = read_elf(compiled(tmp_path, *options))
        assert (own.kind, own.static, own.canary) == ("program", True, None)
        assert own.pie is ("-static-pie" in options)


def test_a_program_names_its_compiler_and_its_build(tmp_path: Path) -> None:
    own = read_elf(compiled(tmp_path, "-Wl,--build-id=0x0123456789abcdef"))
    assert own.build_id == "0123456789abcdef"
    assert any(one.startswith(b"GCC:") for one in own.comment)


@pytest.mark.parametrize(
    ("machine", "number", "bits", "order"),
    [
        ("mips", MIPS, 32, ">"),
        ("mips", MIPS, 32, "<"),
        ("arm", ARM, 32, "<"),
        ("ppc", PPC, 32, ">"),
        ("aarch64", AARCH64, 64, "<"),
        ("riscv", RISCV, 64, "<"),
        ("x86-64", X86_64, 64, "<"),
        ("machine-9999", 9999, 64, ">"),
    ],
)
@pytest.mark.parametrize("hashed", [True, False])
def test_every_machine_is_read_without_section_headers(
    machine: str, number: int, bits: int, order: str, hashed: bool
) -> None:
    own = read_elf(
        elf(
            machine=number,
            bits=bits,
            order=order,
            needed=(b"libc.so.0", b"lib\xff.so"),
            soname=b"libx.so.1",
            imports=(b"memcpy", b"__stack_chk_fail", b"__memcpy_chk"),
            exports=(b"x_open",),
            hashed=hashed,
        )
    )
    assert (own.machine, own.bits, own.endian) == (machine, bits, "little" if order == "<" else "big")
    assert (own.kind, own.needed, own.soname) == ("library", (b"libc.so.0", b"lib\xff.so"), b"libx.so.1")
    assert own.imported == {b"memcpy", b"__stack_chk_fail", b"__memcpy_chk"}
    assert own.defined == {b"x_open"}
    assert (own.canary, own.fortify, own.stripped) == (True, True, True)


def test_a_library_that_names_a_loader_and_itself_is_no_program() -> None:
    assert read_elf(elf(soname=b"libc.so.6", interpreter=b"/lib/ld.so.1")).kind == "library"
    assert read_elf(elf(interpreter=b"/lib/ld.so.1")).kind == "program"
    assert read_elf(elf(flags={0x6FFFFFFB: 0x08000000})).kind == "program"


def test_a_mips_file_without_a_word_on_its_stack_cannot_tell() -> None:
    assert read_elf(elf(machine=MIPS)).nx is None
    assert read_elf(elf(machine=MIPS, stack=7)).nx is False
    assert read_elf(elf(machine=ARM)).nx is False
    assert read_elf(elf(machine=ARM, stack=6)).nx is True


def test_immediate_binding_makes_relro_full() -> None:
    assert read_elf(elf()).relro == "none"
    assert read_elf(elf(relro=True)).relro == "partial"
    for flags in ({24: 0}, {30: 8}, {0x6FFFFFFB: 1}):
        assert read_elf(elf(relro=True, flags=flags)).relro == "full"
    assert read_elf(elf(relro=False, flags={24: 0})).relro == "none"


def test_a_kernel_module_says_for_which_kernel_it_is() -> None:
    own = read_elf(module({b"license": b"GPL", b"vermagic": b"4.14.63 mod_unload MIPS32_R2 32BIT "}))
    assert own.kind == "module"
    assert dict(own.modinfo)[b"vermagic"].split()[0] == b"4.14.63"
    assert (own.relro, own.nx, own.canary, own.pie) == (None, None, None, None)


@pytest.mark.parametrize("data", [b"", b"\x7fEL", b"MZ" + bytes(100), b"\x7fELF", b"\x7fELF\3\1" + bytes(60)])
def test_what_is_no_elf_file_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(NotElf):
        read_elf(data)


def test_tables_outside_the_file_are_refused() -> None:
    whole = elf(needed=(b"libc.so.0",))
    for cut in (20, 60, 120):
        with pytest.raises(MalformedElf):
            read_elf(whole[:cut])


def test_a_table_that_claims_thousands_of_headers_is_refused() -> None:
    data = bytearray(elf())
    struct.pack_into(">H", data, 44, 0xFFFF)
    with pytest.raises(MalformedElf):
        read_elf(data)


def test_a_string_table_outside_the_file_leaves_names_empty() -> None:
    data = elf(needed=(b"libc.so.0",), imports=(b"memcpy",))
    own = read_elf(data.replace(b"libc.so.0\0\0memcpy\0", b""))
    assert own.imported == frozenset()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A small ELF file with bytes flipped and its end cut off."""
    shape = draw(st.sampled_from(((32, ">", MIPS), (32, "<", ARM), (64, "<", X86_64))))
    data = bytearray(
        elf(bits=shape[0], order=shape[1], machine=shape[2], needed=(b"libc.so",), imports=(b"a",), interpreter=b"/l")
        if draw(st.booleans())
        else module({b"vermagic": b"4.14.63"})
    )
    for at in draw(st.lists(st.integers(0, len(data) - 1), max_size=8)):
        data[at] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@settings(max_examples=400, deadline=None)
@given(damaged() | st.binary(max_size=200).map(lambda tail: b"\x7fELF\1\1\1" + tail))
def test_damage_raises_nothing_but_the_reader_s_own_errors(data: bytes) -> None:
    try:
        own = read_elf(data)
    except (NotElf, MalformedElf):
        return
    assert len(own.symbols) <= 65_536
    assert isinstance((own.build_id, own.comment, own.modinfo, own.imported), tuple)

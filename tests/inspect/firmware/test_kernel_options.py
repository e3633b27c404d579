"""Options and modules of a kernel."""

from __future__ import annotations

import gzip

from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware.kernel_options import KernelOptions
from plimsoll.model.facts import KernelConfiguration, KernelModules
from tests.firmware import observe

TEXT = (
    b"#\n# Linux/mips 4.4.60 Kernel Configuration\n#\n"
    + b"".join(b"CONFIG_FILLER_%d=y\n" % number for number in range(60))
    + b"CONFIG_PACKET=y\nCONFIG_TIPC=m\n# CONFIG_IP_DCCP is not set\n"
)
PACKED = b"\0\1IKCFG_ST" + gzip.compress(TEXT, mtime=0) + b"IKCFG_ED\0"


def configurations(files: dict[str, bytes]) -> list[KernelConfiguration]:
    return [one.fact for one in observe(KernelOptions(), files) if isinstance(one.fact, KernelConfiguration)]


def test_a_configuration_in_the_kernel_and_beside_it_say_the_same() -> None:
    inside, beside = configurations({"kernel.bin": PACKED}), configurations({"boot/config-4.4.60": TEXT})
    assert inside == beside
    (one,) = inside
    assert one.built_in == ("CONFIG_PACKET",)
    assert one.modular == ("CONFIG_TIPC",)
    assert "CONFIG_IP_DCCP" in one.off and "CONFIG_NF_TABLES" in one.off
    assert one.release == "4.4.60"


def test_a_text_of_another_kind_is_no_configuration() -> None:
    assert configurations({"etc/config-network": b"CONFIG_PACKET=y\n", ".config": b"CONFIG_A=y\n" * 100}) == []


def test_what_is_cut_off_or_broken_is_left() -> None:
    assert configurations({"a": PACKED[:60], "b": b"\0IKCFG_ST\x1f\x8b\x08" + b"\xff" * 50 + b"IKCFG_ED"}) == []


def test_modules_that_matter_are_named_and_all_are_counted() -> None:
    folder = "lib/modules/4.4.60/kernel/net"
    seen = observe(
        KernelOptions(), {f"{folder}/tipc/tipc.ko": b"x", f"{folder}/snd-usb-audio.ko.xz": b"", f"{folder}/y.ko": b""}
    )
    assert [one.fact for one in seen] == [KernelModules(("snd_usb_audio", "tipc"), 3)]


def test_a_tree_without_modules_says_nothing() -> None:
    assert observe(KernelOptions(), {"bin/sh": b"", "x.ko": b""}) == []


@given(st.binary(max_size=200))
def test_nothing_breaks_it(data: bytes) -> None:
    configurations({"kernel": b"\0IKCFG_ST\x1f\x8b\x08" + data, "boot/config-x": data})

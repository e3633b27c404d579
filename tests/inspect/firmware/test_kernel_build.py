"""Options and modules of kernels."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware.kernel_build import KernelBuild
from plimsoll.inspect.scan import Scan
from plimsoll.look import look
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import KernelConfiguration, KernelModules
from plimsoll.model.locator import Carve
from plimsoll.sources.tree import File, Node, Stem, Tree
from plimsoll.unpack.limits import Limits
from tests import firmware

HEAD = b"#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm 4.14.63 Kernel Configuration\n#\n"
OLD_HEAD = b"#\n# Automatically generated make config: don't edit\n# Linux kernel version: 2.6.36\n# Mon Jan 1\n#\n"
OPTIONS = b"".join(b"CONFIG_X%d=y\n" % number for number in range(30))
BODY = OPTIONS + b'CONFIG_IPV6=m\n# CONFIG_BT is not set\nCONFIG_HOSTNAME="y"\nCONFIG_HZ=100\n  CONFIG_NO=y\n'


def seen(files: dict[str, bytes]) -> list[object]:
    return [one.fact for one in firmware.observe(KernelBuild(), files)]


def configuration(files: dict[str, bytes]) -> KernelConfiguration:
    (fact,) = seen(files)
    assert isinstance(fact, KernelConfiguration)
    return fact


def test_a_configuration_tells_what_is_built_in_what_is_a_module_and_what_is_neither() -> None:
    fact = configuration({"boot/config-4.14.63": HEAD + BODY})
    assert (fact.version, fact.ground) == ("4.14.63", "file")
    states = {option: fact.state(option) for option in ("X0", "CONFIG_X29", "CONFIG_IPV6", "CONFIG_BT", "NO", "HZ")}
    assert list(states.values()) == ["built-in", "built-in", "module", "absent", "absent", "absent"]


def test_an_old_head_names_the_version_too() -> None:
    assert configuration({"boot/config": OLD_HEAD + BODY}).version == "2.6.36"


def test_a_configuration_that_the_kernel_keeps_is_of_that_kernel() -> None:
    data = HEAD + BODY
    node = Node(b"config", "file", size=len(data))
    tree = Tree(Stem(b"a.bin", (Carve("ikconfig", 0x400),)), "ikconfig", [node])
    found: list[Observation] = []
    Scan([KernelBuild()], b"salt", found.append).visit(File(tree, node, data))
    assert [one.fact for one in found] == [
        KernelConfiguration("4.14.63", "ikconfig", tuple(sorted(f"X{number}" for number in range(30))), ("IPV6",))
    ]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("boot/config-4.14", (HEAD + BODY)[:-1]),  # Cut off: what is missing would look switched off.
        ("boot/config-4.14", HEAD + b"CONFIG_A=y\n"),
        ("boot/config.txt", b"# Raspberry\nenable_uart=1\n" * 40),
        ("usr/src/linux/.config", HEAD + BODY),
        ("usr/share/doc/kernel/config-4.14", HEAD + BODY),
        (
            "boot/config-busybox",
            HEAD.replace(b"Linux/arm 4.14.63 Kernel Configuration", b"Busybox version: 1.36") + BODY,
        ),
        ("boot/config", b""),
    ],
)
def test_what_is_cut_off_or_of_something_else_is_no_configuration(path: str, data: bytes) -> None:
    assert seen({path: data}) == []


def test_a_packed_configuration_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "root" / "boot"
    folder.mkdir(parents=True)
    (folder / "config-4.14.63.gz").write_bytes(gzip.compress(HEAD + BODY))
    (one,) = look(tmp_path / "root", [KernelBuild()], Limits()).observations
    assert isinstance(one.fact, KernelConfiguration)
    assert "config-4.14.63.gz!gzip@0x0" in one.where


def test_modules_are_named_as_the_kernel_names_them() -> None:
    files = {
        "lib/modules/4.14.63/kernel/net/ip-v6.ko": b"x",
        "lib/modules/4.14.63/nat.ko.xz": b"x",
        "lib/modules/4.14.63/modules.builtin": b"kernel/fs/ext4/ext4.ko\nkernel/lib/crc-32.ko\n",
        "lib/modules/4.14.63/modules.dep": b"x",
        "root/lib/modules/5.4.1-vendor/wifi.ko": b"x",
    }
    assert seen(files) == [
        KernelModules("4.14.63", ("ip_v6", "nat"), ("crc_32", "ext4")),
        KernelModules("5.4.1-vendor", ("wifi",)),
    ]


def test_a_folder_without_a_release_holds_no_modules_of_a_kernel() -> None:
    assert seen({"lib/modules/extra/a.ko": b"x", "lib/modules/a.ko": b"x"}) == []


@given(st.binary(max_size=300))
def test_damage_is_no_error(data: bytes) -> None:
    for path in ("boot/config", "lib/modules/4.1.1/modules.builtin"):
        assert isinstance(seen({path: HEAD + data + b"\n"}), list)


def test_a_configuration_inside_a_kernel_is_found_by_the_whole_way(tmp_path: Path) -> None:
    packed = b"IKCFG_ST" + gzip.compress(HEAD + BODY) + b"IKCFG_ED"
    (tmp_path / "vmlinux.bin").write_bytes(bytes(range(256)) * 20 + packed + bytes(range(256)) * 20)
    found = [one.fact for one in look(tmp_path / "vmlinux.bin", [KernelBuild()], Limits()).observations]
    assert [(one.version, one.ground) for one in found if isinstance(one, KernelConfiguration)] == [
        ("4.14.63", "ikconfig")
    ]

"""Components: by package databases, release files, kernels and banners, with the look-alikes of each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from plimsoll.inspect.firmware._purl import purl
from plimsoll.inspect.firmware.components import Components
from plimsoll.inspect.inspector import Inspector
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component, OperatingSystem
from tests import firmware
from tests.inspect.elves import elf, module

INSPECTOR: Inspector = Components()

OPKG = b"""Package: busybox
Version: 1.25.1-4
Depends: libc
Status: install user installed
Architecture: mips_24kc
Installed-Time: 1532938464

Package: telnetd
Version: 1.0-1
Status: deinstall ok not-installed
Architecture: mips_24kc

Package: libc
Version: 1.1.16-1
Status: install hold unpacked
Architecture: mips_24kc
"""

DPKG = b"""Package: libssl1.1
Status: install ok installed
Source: openssl (1.1.1n-0+deb11u3)
Version: 1.1.1n-0+deb11u4
Architecture: armel
Description: a library
 Version: 9.9 is what this line is not

Package: removed
Status: deinstall ok config-files
Version: 2.0
Architecture: armel
"""

APK = b"""C:Q1x
P:musl
V:1.2.3-r4
A:armv7
o:musl-src

P:zlib
V:1.2.12-r3
A:armv7
"""


def seen(files: dict[str, bytes]) -> list[Observation]:
    return firmware.observe(INSPECTOR, files)


def components(files: dict[str, bytes]) -> list[Component]:
    return [fact for one in seen(files) if isinstance(fact := one.fact, Component)]


def systems(path: str, data: bytes) -> list[OperatingSystem]:
    return [fact for one in seen({path: data}) if isinstance(fact := one.fact, OperatingSystem)]


def told(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [(one.name, one.version, one.linkage or one.basis) for one in components(files)]


def program(*texts: bytes, needed: tuple[bytes, ...] = (b"libc.so.0",), soname: bytes = b"") -> bytes:
    tail = b"\0" + b"\0".join(texts) + b"\0"
    return elf(needed=needed, soname=soname, tail=tail)


# Package databases


def test_opkg_states_what_is_installed_and_nothing_that_was_removed() -> None:
    assert told({"usr/lib/opkg/status": OPKG}) == [
        ("busybox", "1.25.1-4", "package-database"),
        ("libc", "1.1.16-1", "package-database"),
    ]


def test_a_package_is_placed_at_its_paragraph() -> None:
    (_, libc) = seen({"usr/lib/opkg/status": OPKG})
    start = OPKG.index(b"Package: libc")
    assert libc.where == f"test.bin!squashfs@0x1000/usr/lib/opkg/status+{start:#x}:{len(OPKG) - start - 1}"
    assert libc.excerpt is not None
    assert libc.excerpt.text.startswith("Package: libc")


def test_a_package_url_names_the_system_that_the_release_file_names() -> None:
    files = {"usr/lib/opkg/status": OPKG, "etc/os-release": b'ID="openwrt"\n'}
    assert components(files)[0].purl == "pkg:opkg/openwrt/busybox@1.25.1-4?arch=mips_24kc"
    assert components({"usr/lib/opkg/status": OPKG})[0].purl == "pkg:opkg/busybox@1.25.1-4?arch=mips_24kc"


def test_control_files_of_opkg_give_the_source_and_repeat_nothing() -> None:
    control = b"Package: busybox\nVersion: 1.25.1-4\nSource: package/utils/busybox\nArchitecture: mips_24kc\n"
    path = "usr/lib/opkg/info/busybox.control"
    found = components({"usr/lib/opkg/status": OPKG, path: control})
    assert [(one.name, one.source) for one in found] == [("busybox", "package/utils/busybox"), ("libc", "")]
    assert told({path: control}) == [("busybox", "1.25.1-4", "package-database")]


def test_dpkg_states_packages_with_their_source() -> None:
    (one,) = components({"var/lib/dpkg/status": DPKG, "etc/os-release": b"ID=debian\n"})
    assert (one.name, one.version, one.source) == ("libssl1.1", "1.1.1n-0+deb11u4", "openssl")
    assert one.source_version == "1.1.1n-0+deb11u3"
    assert one.purl == "pkg:deb/debian/libssl1.1@1.1.1n-0%2Bdeb11u4?arch=armel"
    assert len(components({"var/lib/dpkg/status.d/libssl1": DPKG.partition(b"\n\n")[0]})) == 1


def test_apk_states_packages_with_their_origin() -> None:
    found = components({"lib/apk/db/installed": APK})
    assert [(one.name, one.version, one.source) for one in found] == [
        ("musl", "1.2.3-r4", "musl-src"),
        ("zlib", "1.2.12-r3", ""),
    ]


def test_a_database_that_is_cut_off_states_what_is_whole() -> None:
    assert told({"usr/lib/opkg/status": OPKG[: OPKG.index(b"Version: 1.1.16")]}) == [
        ("busybox", "1.25.1-4", "package-database")
    ]
    assert told({"usr/lib/opkg/status": b""}) == []
    assert told({"usr/lib/opkg/status": b"Package:\nVersion:\n\n\n\n:\n\nStatus:\nPackage: x\nVersion: 1"}) == []


def test_a_name_that_is_not_text_is_made_printable() -> None:
    (one,) = components({"lib/apk/db/installed": b"P:m\xff\x1b[2J\nV:1\n"})
    assert one.name == "m\\xff\\x1b[2J"


def test_a_file_of_another_name_is_no_database() -> None:
    assert told({"usr/share/opkg-status.txt": OPKG, "home/lib/dpkg/status-old": DPKG}) == []


@given(st.text(min_size=1, max_size=8), st.text(max_size=8), st.sampled_from(("", "debian")))
def test_a_package_url_is_written_as_the_library_for_them_writes_it(name: str, version: str, space: str) -> None:
    name, version = name.replace("/", "").strip() or "x", version.replace("/", "").strip()
    expected = PackageURL("generic", space or None, name, version or None, {"arch": "mips_24kc"}).to_string()
    assert purl("generic", space, name, version, "mips_24kc") == expected


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(("usr/lib/opkg/status", "lib/apk/db/installed", "etc/os-release")))
def test_damage_in_a_database_is_no_error(data: bytes, path: str) -> None:
    half = OPKG[: len(data)] + data + OPKG[len(data) :]
    assert isinstance(firmware.observe(_DATABASES, {path: half}), list)


class _WithoutBanners(Components):
    patterns = ()


_DATABASES = _WithoutBanners()


# The system


@pytest.mark.parametrize(
    ("path", "data", "system"),
    [
        (
            "etc/os-release",
            b'NAME=\'LEDE\'\nID="lede"\nVERSION_ID="17.01.4"\nPRETTY_NAME="LEDE Reboot 17.01.4"\n',
            OperatingSystem("lede", "17.01.4", "LEDE Reboot 17.01.4"),
        ),
        (
            "squashfs-root/etc/openwrt_release",
            b"DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='22.03.2'\n",
            OperatingSystem("openwrt", "22.03.2", ""),
        ),
        ("etc/lsb-release", b"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\n", OperatingSystem("ubuntu", "18.04", "")),
        ("etc/debian_version", b"11.7\n", OperatingSystem("debian", "11.7", "")),
        ("etc/alpine-release", b"3.16.2\n", OperatingSystem("alpine", "3.16.2", "")),
        (
            "system/build.prop",
            b"ro.build.version.release=9\nro.build.version.security_patch=2019-08-05\n",
            OperatingSystem("android", "9", "", "2019-08-05"),
        ),
    ],
)
def test_a_release_file_names_the_system(path: str, data: bytes, system: OperatingSystem) -> None:
    assert systems(path, data) == [system]


def test_a_release_file_that_says_nothing_names_no_system() -> None:
    assert systems("etc/os-release", b"#ID=debian\nNAME=\n\xff=\xff\n") == []
    assert systems("etc/debian_version", b"bookworm/sid\n") == []
    assert systems("usr/share/doc/os-release", b"ID=debian\n") == []
    assert systems("vendor/build.prop", b"ro.product.board=x\n") == []
    assert systems("build.prop", b"ID=debian\nro.build.version.release=newest\n") == []


# The kernel

KERNEL = b"\0Linux version 4.14.63 (maker@host) (gcc version 7.3.0) #0 SMP Mon Jan 1 00:00:00 2018\n\0"


def test_a_kernel_names_itself_in_its_image() -> None:
    (one,) = components({"boot/vmlinux.bin": KERNEL + KERNEL})
    assert (one.name, one.version, one.basis, one.purl) == ("linux", "4.14.63", "kernel", "pkg:generic/linux@4.14.63")


def test_debian_s_kernel_is_known_by_its_version_and_not_by_the_name_of_its_interface() -> None:
    compiler, build = b"(gcc (Debian 12.2.0-14) 12.2.0)", b"#1 SMP Debian 6.1.76-1 (2024-02-01)"
    data = b"\0Linux version 6.1.0-18-amd64 (kernel@debian.test) " + compiler + b" " + build + b"\n\0"
    assert told({"boot/vmlinuz": data}) == [("linux", "6.1.76", "kernel")]


@pytest.mark.parametrize(
    "data",
    [
        b"\0Linux version %s (%s@%s)\0",
        b"\0needs Linux version 2.6.32 (or later)\0",
        b"Linux version 4.14.63 (maker@host) in a text file\n",
    ],
)
def test_words_about_kernels_are_no_kernel(data: bytes) -> None:
    assert told({"boot/x": data}) == []


def test_modules_state_their_kernel_once() -> None:
    data = module({b"license": b"GPL", b"vermagic": b"4.14.63 SMP mod_unload MIPS32_R2 32BIT "})
    files = {f"lib/modules/4.14.63/{name}.ko": data for name in ("a", "b", "c")}
    assert told(files) == [("linux", "4.14.63", "file-name"), ("linux", "4.14.63", "module")]


def test_a_module_that_is_cut_off_states_nothing() -> None:
    assert told({"x.ko": module({b"vermagic": b"4.14.63 "})[:80]}) == []


# Banners

BUSYBOX = b"BusyBox v1.25.1 (2018-07-30 10:00:00 UTC)"
OPENSSL = b"OpenSSL 1.0.2f  28 Jan 2016"


def test_a_program_s_own_banner_is_seen_once_with_its_place() -> None:
    data = program(BUSYBOX, BUSYBOX + b" multi-call binary.")
    (one,) = seen({"bin/busybox": data})
    assert one.fact == Component("busybox", "1.25.1", "banner", "pkg:generic/busybox@1.25.1", "own")
    assert one.where.endswith(f"/bin/busybox+{data.index(BUSYBOX):#x}:15")


def test_a_library_is_its_own_by_its_soname_whatever_the_file_is_called() -> None:
    assert told({"lib/x.so": program(OPENSSL, soname=b"libcrypto.so.1.0.0")}) == [("openssl", "1.0.2f", "own")]
    assert told({"lib/libcrypto.so.1.0.0": program(OPENSSL)}) == [("openssl", "1.0.2f", "own")]


def test_a_copy_that_is_linked_in_is_told_from_a_mention() -> None:
    linked = program(OPENSSL, needed=(b"libcrypto.so.1.0.0", b"libc.so.0"))
    assert told({"usr/sbin/agent": linked}) == [("openssl", "1.0.2f", "dynamic")]
    assert told({"usr/sbin/agent": program(OPENSSL, b"rsaEncryption")}) == [("openssl", "1.0.2f", "static")]


def test_a_banner_without_any_code_of_its_library_is_a_mention() -> None:
    report = program(b"Cryptography: " + OPENSSL, needed=(b"libothers.so.1",))
    assert told({"usr/sbin/agent": report}) == [("openssl", "1.0.2f", "dynamic")]


def test_a_library_that_names_another_to_servers_holds_no_copy_of_it() -> None:
    agent = b"libcurl/7.61.1 OpenSSL/1.1.1 zlib/1.2.11"
    data = program(agent, needed=(b"libssl.so.1.1", b"libz.so.1"), soname=b"libcurl.so.4")
    assert told({"usr/lib/libcurl.so.4": data}) == [("curl", "7.61.1", "own")]


@pytest.mark.parametrize(
    "path", ["usr/share/doc/curl/README.gz", "usr/share/doc/x.bin", "CHANGES.bin", "etc/banner", "lib/x.pyc"]
)
def test_documentation_and_texts_mention_components_and_hold_none(path: str) -> None:
    text = b"curl was tested with " + OPENSSL + b" and " + BUSYBOX + b"\n"
    assert told({path: text if path == "etc/banner" else b"\0\1\2" + text}) == []


def test_a_stretch_that_is_a_boot_loader_is_its_own() -> None:
    assert told({"mtd0.bin": b"\0\1U-Boot 1.1.4 (Apr  3 2012 - 10:00:00)\0"}) == [("u-boot", "1.1.4", "own")]


def test_a_version_that_stands_alone_is_read_only_in_the_program_itself() -> None:
    texts = (b"GNU Wget %s, a non-interactive network retriever.\n", b"1.20.3")
    assert told({"usr/bin/wget": program(*texts)}) == [("wget", "1.20.3", "own")]
    assert told({"usr/bin/other": program(*texts)}) == []
    assert told({"usr/bin/wget": program(texts[0], b"1.20.3", b"1.19")}) == [("wget", "", "file-name")]


def test_a_program_without_a_version_is_known_by_its_name() -> None:
    assert told({"usr/sbin/uhttpd": program()}) == [("uhttpd", "", "file-name")]
    assert components({"usr/sbin/uhttpd": program()})[0].purl == "pkg:generic/uhttpd"
    assert told({"usr/sbin/uhttpd": b"#!/bin/sh\n"}) == []


def test_another_name_of_busybox_is_not_taken_for_the_program_of_that_name() -> None:
    assert told({"usr/bin/wget": program(BUSYBOX)}) == [("busybox", "1.25.1", "static")]


def test_a_program_of_a_suite_is_its_own() -> None:
    assert told({"bin/lsblk": elf(type=2, tail=b"\0util-linux 2.29.2\0")}) == [("util-linux", "2.29.2", "own")]


def test_a_name_that_several_projects_use_shows_none_of_them() -> None:
    assert told({"sbin/ntpd": program(), "bin/ip": program(), "bin/login": program()}) == []


def test_the_number_of_a_library_counts_where_it_is_the_release() -> None:
    assert told({"lib/libuClibc-0.9.33.2.so": program()}) == [("uclibc", "0.9.33.2", "file-name")]
    assert told({"usr/lib/libxml2.so.2.9.4": program()}) == [("libxml2", "2.9.4", "file-name")]
    assert told({"usr/lib/libssl.so.1.0.0": program()}) == []


def test_a_banner_with_a_version_goes_before_one_without() -> None:
    data = program(b"Server: GoAhead-Webs", b"GoAhead-Webs/2.5.0")
    assert told({"bin/webs": data}) == [("goahead", "2.5.0", "static")]
    assert told({"bin/webs": program(b"Server: GoAhead-Webs\r\n")}) == [("goahead", "", "static")]


def test_a_hundred_versions_in_one_file_are_a_list_and_no_component() -> None:
    texts = [b"OpenSSL 1.0.%d  28 Jan 2016" % patch for patch in range(100)]
    assert told({"usr/bin/scanner": program(*texts)}) == []
    assert told({"bin/busybox": program(*(b"BusyBox v1.%d.1 " % minor for minor in range(40)))}) == [
        ("busybox", "", "file-name")
    ]


def test_a_damaged_program_still_shows_its_banner() -> None:
    assert told({"bin/busybox": b"\x7fELF\1\2\1" + bytes(40) + BUSYBOX}) == [("busybox", "1.25.1", "own")]

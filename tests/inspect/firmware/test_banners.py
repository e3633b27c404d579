"""Banners: forms that print a version, numbers in names, libraries by their soname, and code without files."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.components import Components
from plimsoll.inspect.inspector import Inspector
from plimsoll.inspect.scan import Scan, observations_in_order
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component
from plimsoll.sources.tree import File, Node, Stem, Tree
from tests import firmware
from tests.inspect.elves import elf

INSPECTOR: Inspector = Components()


def told(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    facts = [one.fact for one in firmware.observe(INSPECTOR, files)]
    return [(one.name, one.version, one.linkage or one.basis) for one in facts if isinstance(one, Component)]


def program(*texts: bytes, soname: bytes = b"") -> bytes:
    return elf(needed=(b"libc.so.0",), soname=soname, tail=b"\0" + b"\0".join(texts) + b"\0")


# What prints its version by a form


def test_a_printed_form_is_resolved_by_the_text_beside_it() -> None:
    data = program(b"BusyBox v%s", b"1.36.1", b"usage: %s")
    assert told({"bin/busybox": data}) == [("busybox", "1.36.1", "own")]


def test_a_printed_form_is_not_resolved_by_a_number_that_stands_elsewhere() -> None:
    data = program(b"BusyBox v%s", b"usage: %s", b"1.2.13", b"more")
    assert told({"bin/busybox": data}) == [("busybox", "", "file-name")]


def test_two_numbers_that_could_be_the_version_give_none() -> None:
    assert told({"usr/sbin/pppd": program(b"pppd %s started by", b"2.4.7", b"2.4.9")}) == [("ppp", "", "file-name")]
    assert told({"usr/sbin/pppd": program(b"pppd %s started by", b"2.4.7", b"2.4.7")}) == [("ppp", "2.4.7", "own")]


@pytest.mark.parametrize("version", [b"0.0.0", b"0.0", b"unknown", b"20240101", b"da39a3ee5e6b4b0d3255bfef95601890"])
def test_what_cannot_be_a_version_is_none(version: bytes) -> None:
    found = told({"usr/bin/rauc": program(b"rauc " + version + b"\n")})
    assert found == [("rauc", "", "file-name")]


def test_a_version_that_goes_on_is_not_cut_short() -> None:
    assert told({"usr/sbin/nginx": program(b"nginx/1.18.0.7")}) == [("nginx", "", "own")]
    assert told({"usr/sbin/nginx": program(b"nginx/1.18.0x ")}) == [("nginx", "", "file-name")]
    assert told({"usr/sbin/nginx": program(b"nginx/1.18.0 ")}) == [("nginx", "1.18.0", "own")]


# Libraries without a version of their own


def test_a_library_is_known_by_its_soname_where_nothing_else_shows_it() -> None:
    files = {"lib/libffi.so.8": program(soname=b"libffi.so.8"), "lib/libffi.so.8.1": program(soname=b"libffi.so.8")}
    assert told(files) == [("libffi", "", "file-name")]


def test_a_library_is_not_told_twice() -> None:
    ssl, crypto = program(soname=b"libssl.so.3"), program(b"OpenSSL 3.0.13 30 Jan 2024", soname=b"libcrypto.so.3")
    assert told({"lib/libssl.so.3": ssl, "lib/libcrypto.so.3": crypto}) == [("openssl", "3.0.13", "own")]


def test_a_number_in_a_file_s_name_gives_the_release_that_it_stands_for() -> None:
    files = {"lib/libglib-2.0.so.0.7400.6": program(), "lib/libacl.so.1.1.2253": program()}
    assert told(files) == [("acl", "2.2.53", "file-name"), ("glib", "2.74.6", "file-name")]


# Code that runs without a file system


def stretch(data: bytes) -> list[tuple[str, str, str]]:
    """Give what is told of bytes outside any file system."""
    found: list[Observation] = []
    scan = Scan([INSPECTOR], firmware.SALT, found.append)
    tree = Tree(Stem(b"test.bin"), "raw", [])
    scan.visit(File(tree, Node(b"", "file", size=len(data)), data))
    scan.conclude([tree])
    assert [one.status for one in scan.inspections()] == ["completed"]
    facts = [one.fact for one in observations_in_order(found)]
    return sorted((one.name, one.version, one.linkage) for one in facts if isinstance(one, Component))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"*** Booting Zephyr OS build zephyr-v2.4.0 ***", ("zephyr", "2.4.0", "own")),
        (b"FreeRTOS Kernel V10.4.3", ("freertos", "10.4.3", "own")),
        (b"Tmr Svc", ("freertos", "", "own")),
        (b"VxWorks 5.5.1", ("vxworks", "5.5.1", "own")),
        (b"main(): This is RIOT! (Version: 2021.04)", ("riot", "2021.04", "own")),
        (b"lwIP/2.1.2 (http)", ("lwip", "2.1.2", "static")),
        (b"Mbed TLS 2.28.0", ("mbedtls", "2.28.0", "static")),
        (b"Server: Allegro-Software-RomPager/4.07 UPnP/1.0", ("rompager", "4.07", "static")),
    ],
)
def test_a_stretch_without_files_shows_its_components(text: bytes, found: tuple[str, str, str]) -> None:
    assert stretch(b"\0\1\2\xff" + bytes(20) + b"\0" + text + b"\0" + bytes(8)) == [found]


@pytest.mark.parametrize(
    "text", [b"FreeRTOS is needed", b"VxWorks %s", b"runs on Zephyr OS", b"boa constrictor", b"monkey"]
)
def test_words_about_systems_are_none(text: bytes) -> None:
    assert stretch(b"\0\1\2\xff\0" + text + b"\0") == []

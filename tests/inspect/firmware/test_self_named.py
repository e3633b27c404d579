"""Versions that a component's own file states in forms of no identifier, and texts that only look like them."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware._banners import Presence, conclude_presence
from plimsoll.inspect.firmware._self_named import read_self_named, spellings
from plimsoll.inspect.firmware.components import Components
from plimsoll.inspect.inspector import Kept
from plimsoll.model.facts import Component
from plimsoll.sources.tree import Stem, Tree
from tests import firmware
from tests.inspect.elves import elf

NAMES = (*spellings("weston"), *spellings("libnice"), b"mc")


def read(*texts: bytes) -> bytes | None:
    found = read_self_named(NAMES, b"\0\0" + b"\0".join(texts) + b"\0\0")
    return found[0] if found else None


def told(path: str, *texts: bytes, soname: bytes = b"") -> list[tuple[str, str, str]]:
    data = elf(needed=(b"libc.so.6",), soname=soname, tail=b"\0\0" + b"\0".join(texts) + b"\0\0")
    facts = (one.fact for one in firmware.observe(Components(), {path: data}))
    return [(one.name, one.version, one.basis) for one in facts if isinstance(one, Component)]


@pytest.mark.parametrize(
    ("texts", "version"),
    [
        ((b"libnice 0.1.16",), b"0.1.16"),
        ((b"Weston version 10.0.1, the reference compositor",), b"10.0.1"),
        ((b"WESTON/9.0.0 (Linux)",), b"9.0.0"),
        ((b"weston %s\n", b"9.0.0"), b"9.0.0"),
        ((b"9.0", b"%s: this is weston version %s\n"), b"9.0"),
        ((b"weston v%s\n", b"", b"", b"v9.0.1-rc2"), b"9.0.1-rc2"),
        ((b"GNU weston", b"9.0"), b"9.0"),
        ((b"9.0.0", b"", b"libnice"), b"9.0.0"),
        ((b"/build/mc-xlv0ck/mc-4.8.26/lib/tty.c",), b"4.8.26"),
        ((b"/srv/openwrt/build_dir/target-mips_24kc_musl/weston-1.12/src/main.c",), b"1.12"),
        ((b"-O2 -ffile-prefix-map=/build/reproducible-path/mc-4.8.26+dfsg=. -Wformat",), b"4.8.26"),
        ((b"/build/weston-a1/weston-1.4+really1.3.36+hg16481=.",), b"1.3.36"),
        (
            (b'{"type":"deb","os":"Debian","name":"weston","version":"1:9.0.0-2~deb1","architecture":"armhf"}',),
            b"9.0.0",
        ),
    ],
)
def test_a_version_beside_the_own_name_is_read(texts: tuple[bytes, ...], version: bytes) -> None:
    assert read(*texts) == version


@pytest.mark.parametrize(
    "texts",
    [
        (b"needs weston 9.0.0 or later",),
        (b"weston 9.0",),
        (b"libweston 9.0.0",),
        (b"weston_9.0.0",),
        (b"weston 9.0.0-to-be-continued",),
        (b"weston 1.0.0", b"weston 2.0.0"),
        (b"1.2.11", b"weston %s\n", b"9.0.0"),
        (b"weston: cannot open %s\n", b"1.2.11"),
        (b"weston %s\n", b"127.0.0.1"),
        (b"weston %s\n", b"10.0.0.138"),
        (b"weston %d\n", b"9.0.0"),
        (b"/usr/include/weston-9/libweston.h",),
        (b"/usr/lib/weston-9.0.0/shell.so",),
        (b"/build/other-1.0/src/weston.c",),
        (b"/build/weston-1.4+really",),
        (b'{"type":"deb","os":"Debian","name":"other","version":"1.0-2","architecture":"armhf"}',),
        (b"\x80" * 400,),
        (b"weston" * 2_000,),
    ],
)
def test_what_only_looks_like_it_states_nothing(texts: tuple[bytes, ...]) -> None:
    assert read(*texts) is None


def test_only_the_component_s_own_file_is_read_so() -> None:
    assert told("usr/lib/libnice.so.10", b"libnice 0.1.16", soname=b"libnice.so.10") == [
        ("libnice", "0.1.16", "banner")
    ]
    assert told("usr/bin/agent", b"libnice 0.1.16") == []


@pytest.mark.parametrize("version", [b"0.0.0", b"0.0.0.0"])
def test_an_impossible_version_is_none(version: bytes) -> None:
    assert told("usr/lib/libnice.so.10", b"libnice " + version, soname=b"libnice.so.10") == [
        ("libnice", "", "file-name")
    ]


def test_a_number_that_a_later_release_states_too_shows_the_component_and_no_version() -> None:
    assert told("sbin/ip", b"ip utility, iproute2-5.9.0") == [("iproute2", "", "banner")]
    assert told("sbin/ip", b"ip utility, iproute2-5.11.0") == [("iproute2", "5.11.0", "banner")]


def test_a_text_behind_a_constant_stands_alone() -> None:
    marker = b"zip_libzip_version"
    assert told("usr/lib/libzip.so.4.0", marker, b"\0\0\xe0\xff\xff\xff\xefA1.7.3") == [("libzip", "1.7.3", "banner")]


def test_a_text_goes_before_code_that_looks_like_one() -> None:
    code = b"\x48\x8d5.9"
    assert told("sbin/mount.cifs", b"smbinfo version %s\n", code, b"6.11", b"%s version: %s\n") == [
        ("cifs-utils", "6.11", "banner")
    ]


def test_a_program_that_loads_the_library_of_its_component_is_of_it() -> None:
    data = elf(needed=(b"libnode.so.72",), tail=b"\0")
    facts = [one.fact for one in firmware.observe(Components(), {"usr/bin/node": data})]
    assert [fact.name for fact in facts if isinstance(fact, Component)] == ["nodejs"]
    assert firmware.observe(Components(), {"usr/bin/node": elf(needed=(b"libc.so.6",), tail=b"\0")}) == []


def concluded(*presences: Presence) -> list[tuple[str, str]]:
    trees = [Tree(Stem(b"slot-%d" % number), "folder", []) for number in range(len(presences))]
    kept = [Kept(one, "lib/x.so", tree, b"lib/x.so") for one, tree in zip(presences, trees, strict=True)]
    facts = (one.fact for one in conclude_presence(kept, "components"))
    return [(one.version, one.basis) for one in facts if isinstance(one, Component)]


def test_a_file_of_the_same_build_in_another_tree_has_the_same_version() -> None:
    stated = Presence("libxml2", True, "c0ffee", "2.9.4")
    assert concluded(stated, Presence("libxml2", False, "c0ffee")) == [("2.9.4", "build-info")]
    assert concluded(stated, Presence("libxml2", False, "facade")) == [("", "file-name")]
    assert concluded(stated, Presence("libxml2", False, "")) == [("", "file-name")]
    assert concluded(stated, Presence("libpng", False, "c0ffee")) == [("", "file-name")]


def test_the_number_of_a_file_goes_before_words_in_it() -> None:
    assert told("usr/lib/libopencv_core.so.4.5.1", b"opencv %s", b"4.5") == [("opencv", "4.5.1", "file-name")]


def test_a_name_that_two_projects_use_is_not_read_by_its_words() -> None:
    assert told("usr/lib/frr/babeld", b"babeld", b"8.4.4", b"babeld daemon") == [("babeld", "", "file-name")]


def test_the_version_of_zlib_that_a_program_hands_over_is_not_its_own() -> None:
    texts = (b"erofs", b"inflateInit_", b"1.3.1")
    assert told("usr/bin/mkfs.erofs", *texts)[0][1] == ""
    assert told("usr/bin/mkfs.erofs", b"erofs", b"1.5")[0][1] == "1.5"


def test_a_list_of_systems_in_a_scanner_is_none_of_them() -> None:
    data = elf(needed=(b"libc.so.6",), tail=b"\0Wind River\0VxWorks\0VxWorks 6.5\0")
    facts = [one.fact for one in firmware.observe(Components(), {"usr/bin/scanner": data})]
    assert [one.linkage for one in facts if isinstance(one, Component)] == ["dynamic"]

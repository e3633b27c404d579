"""Packages of managers of systems and languages beyond opkg, dpkg and apk, with what only looks like one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware.components import Components
from plimsoll.look import look
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component, PackagedFile
from plimsoll.unpack.limits import Limits
from tests import firmware
from tests.inspect.elves import elf

DESC = b"%NAME%\nzlib\n\n%VERSION%\n1:1.3.1-1\n\n%BASE%\nzlib\n\n%DESC%\n%NAME%\n\n%ARCH%\narmv7h\n"
YOCTO = b"PACKAGE NAME: libz1\nPACKAGE VERSION: 1.2.11\nRECIPE NAME: zlib\nLICENSE: Zlib\n\nPACKAGE NAME: broken\n"
METADATA = b"Metadata-Version: 2.1\nName: Foo.Bar\nVersion: 1.0\nSummary: x\n\nName: other\nVersion: 9\n"


class _WithoutBanners(Components):
    patterns = ()


def facts(files: dict[str, bytes]) -> list[Component]:
    found = firmware.observe(_WithoutBanners(), files)
    return [one.fact for one in found if isinstance(one.fact, Component)]


def told(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [(one.name, one.version, one.purl) for one in facts(files)]


def opened(folder: Path) -> list[Observation]:
    return list(look(folder, [Components()], Limits()).observations)


def test_pacman_states_a_package_in_a_folder_of_its_own() -> None:
    files = {"var/lib/pacman/local/zlib-1:1.3.1-1/desc": DESC, "etc/os-release": b"ID=arch\n"}
    (one,) = facts(files)
    assert (one.name, one.version, one.source) == ("zlib", "1:1.3.1-1", "zlib")
    assert one.purl == "pkg:alpm/arch/zlib@1:1.3.1-1?arch=armv7h"
    assert facts({"usr/share/doc/pacman/desc": DESC}) == []


def test_yocto_s_list_of_licences_names_packages_and_recipes() -> None:
    (one,) = facts({"usr/share/common-licenses/license.manifest": YOCTO})
    assert (one.name, one.version, one.source, one.basis) == ("libz1", "1.2.11", "zlib", "package-database")


# Python


@pytest.mark.parametrize(
    "path",
    [
        "usr/lib/python3.9/site-packages/foo_bar-1.0.dist-info/METADATA",
        "usr/lib/python3/dist-packages/Foo.Bar-1.0.egg-info/PKG-INFO",
        "usr/lib/python2.7/site-packages/Foo_Bar-1.0-py2.7.egg-info",
        "opt/agent/foo.egg/EGG-INFO/PKG-INFO",
        "usr/lib/python3.9/site-packages/setuptools/_vendor/foo_bar-1.0.dist-info/METADATA",
    ],
)
def test_python_states_a_distribution_that_is_installed_or_vendored(path: str) -> None:
    assert told({path: METADATA}) == [("foo-bar", "1.0", "pkg:pypi/foo-bar@1.0")]


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/doc/python3-foo/foo_bar-1.0.dist-info/METADATA",
        "usr/lib/python3.9/site-packages/wheel/tests/data/foo_bar-1.0.dist-info/METADATA",
        "usr/lib/python3.9/site-packages/x/fixtures/foo_bar-1.0.dist-info/METADATA",
        "usr/lib/python3.9/site-packages/other-1.0.dist-info/METADATA",
        "srv/METADATA",
    ],
)
def test_metadata_of_documents_and_tests_is_no_distribution(path: str) -> None:
    assert told({path: METADATA}) == []


def test_a_wheel_that_lies_in_the_image_is_packed_and_not_installed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "foo_bar-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("foo_bar-1.0.dist-info/METADATA", METADATA)
    assert opened(tmp_path) == []


# Node.js

PACKAGE = b'{"name": "left-pad", "version": "1.3.0", "dependencies": {"x": "^1"}}'


@pytest.mark.parametrize(
    ("path", "data", "purl"),
    [
        ("srv/node_modules/left-pad/package.json", PACKAGE, "pkg:npm/left-pad@1.3.0"),
        ("srv/node_modules/a/node_modules/left-pad/package.json", PACKAGE, "pkg:npm/left-pad@1.3.0"),
        ("usr/share/nodejs/left-pad/package.json", PACKAGE, "pkg:npm/left-pad@1.3.0"),
        ("srv/node_modules/test/package.json", b'{"name":"test","version":"0.6.0"}', "pkg:npm/test@0.6.0"),
        ("srv/node_modules/@a/docs/package.json", b'{"name":"@a/docs","version":"2.0.0"}', "pkg:npm/%40a/docs@2.0.0"),
    ],
)
def test_npm_s_packages_are_told_by_their_own_file(path: str, data: bytes, purl: str) -> None:
    assert [one.purl for one in facts({path: data})] == [purl]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("srv/package.json", PACKAGE),
        ("srv/node_modules/resolve/test/resolver/baz/package.json", PACKAGE),
        ("srv/node_modules/resolve/test/node_modules/left-pad/package.json", PACKAGE),
        ("srv/node_modules/x/__fixtures__/node_modules/left-pad/package.json", PACKAGE),
        ("srv/node_modules/x/esm/package.json", b'{"type": "module"}'),
        ("srv/node_modules/x/package.json", b'{"type": "module"}'),
        ("srv/node_modules/x/package.json", b'{"name": "x", "version": "next"}'),
        ("srv/node_modules/x/package.json", b'{"name": "../x", "version": "1.0.0"}'),
        ("srv/node_modules/x/package.json", b"[" * 100_000),
        ("srv/node_modules/x/package.json", b'{"name": "x", "version": 1}'),
        ("srv/node_modules/.bin/package.json", PACKAGE),
    ],
)
def test_files_of_that_name_that_are_no_package(path: str, data: bytes) -> None:
    assert told({path: data}) == []


LOCK = json.dumps(
    {
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "app", "version": "1.0.0"},
            "node_modules/left-pad": {"version": "1.3.0"},
            "node_modules/a/node_modules/@b/c": {"version": "2.0.0"},
            "node_modules/mocha": {"version": "9.0.0", "dev": True},
            "node_modules/linked": {"link": True},
        },
    }
).encode()


def test_a_lock_file_speaks_where_nothing_was_installed_beside_it() -> None:
    found = facts({"srv/package-lock.json": LOCK})
    assert [(one.name, one.version, one.basis) for one in found] == [
        ("@b/c", "2.0.0", "lock-file"),
        ("left-pad", "1.3.0", "lock-file"),
    ]
    there = {"srv/package-lock.json": LOCK, "srv/node_modules/x/package.json": b'{"name":"x","version":"1.0.0"}'}
    assert told(there) == [("x", "1.0.0", "pkg:npm/x@1.0.0")]


@pytest.mark.parametrize("path", ["srv/test/package-lock.json", "srv/node_modules/x/package-lock.json"])
def test_a_lock_file_of_a_test_or_of_a_package_says_nothing(path: str) -> None:
    assert told({path: LOCK}) == []


# Java

POM = b"#Created by Apache Maven\nversion=2.14.1\ngroupId=org.apache.logging.log4j\nartifactId=log4j-core\n"
POM_PATH = "META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties"
MANIFEST = (
    b"Manifest-Version: 1.0\r\nImplementation-Title: thing\r\nImplementation-Ver\r\n sion: 3.1\r\n\r\nName: x\r\n"
)


def jar(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_a_jar_names_what_it_was_put_together_of(tmp_path: Path) -> None:
    jar(tmp_path / "app.jar", {"META-INF/MANIFEST.MF": MANIFEST, POM_PATH: POM})
    (one,) = opened(tmp_path)
    assert isinstance(one.fact, Component)
    assert one.fact.purl == "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
    assert one.fact.name == "org.apache.logging.log4j:log4j-core"
    assert "app.jar!zip@0x0/META-INF" in one.where


def test_a_jar_without_maven_is_told_by_its_manifest(tmp_path: Path) -> None:
    jar(tmp_path / "thing.jar", {"META-INF/MANIFEST.MF": MANIFEST})
    jar(tmp_path / "bcprov-1.70.jar", {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n"})
    jar(tmp_path / "nothing.jar", {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n"})
    found = [one.fact for one in opened(tmp_path)]
    assert [(one.name, one.version) for one in found if isinstance(one, Component)] == [
        ("bcprov", "1.70"),
        ("thing", "3.1"),
    ]


def test_a_manifest_in_no_archive_states_nothing() -> None:
    assert told({"META-INF/MANIFEST.MF": MANIFEST}) == []


# Whose file it is

STATUS = b"Package: busybox\nStatus: install ok installed\nVersion: 1:1.30.1-6\nArchitecture: armhf\n"
BUSYBOX = elf(needed=(b"libc.so.6",), tail=b"\0BusyBox v1.30.1 (Debian)\0")


@pytest.mark.parametrize(
    ("files", "owner"),
    [
        ({"var/lib/dpkg/info/busybox.list": b"/.\n/bin\n/bin/busybox\n"}, ("busybox", "deb")),
        ({"var/lib/dpkg/info/busybox:armhf.list": b"/usr/bin/busybox\n"}, ("busybox", "deb")),
        ({"usr/lib/opkg/info/busybox.list": b"/bin/busybox\t0100755\n"}, ("busybox", "opkg")),
        (
            {"lib/apk/db/installed": b"P:musl\nV:1\nF:lib\nR:x\n\nP:busybox\nV:1\nF:bin\nR:busybox\n"},
            ("busybox", "apk"),
        ),
    ],
)
def test_a_file_that_a_package_lists_is_of_that_package(files: dict[str, bytes], owner: tuple[str, str]) -> None:
    found = firmware.observe(Components(), {**files, "bin/busybox": BUSYBOX, "opt/busybox": BUSYBOX})
    packaged = [(one.where, one.fact) for one in found if isinstance(one.fact, PackagedFile)]
    assert packaged == [("test.bin!squashfs@0x1000/bin/busybox", PackagedFile(*owner))]


def test_lists_count_from_the_root_that_they_lie_in() -> None:
    files = {"root/usr/lib/opkg/info/busybox.list": b"/bin/busybox\n", "bin/busybox": BUSYBOX}
    found = firmware.observe(Components(), {**files, "root/bin/busybox": BUSYBOX})
    assert [one.where for one in found if isinstance(one.fact, PackagedFile)] == [
        "test.bin!squashfs@0x1000/root/bin/busybox"
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        (
            ("var/lib/pacman/local/x/desc", DESC),
            ("usr/share/common-licenses/license.manifest", YOCTO),
            ("x/node_modules/left-pad/package.json", PACKAGE),
            ("x/package-lock.json", LOCK),
            (POM_PATH, POM),
            ("x/foo_bar-1.0.dist-info/METADATA", METADATA),
            ("usr/lib/opkg/info/x.list", b"/bin/sh\n"),
        )
    ),
    st.integers(0, 300),
)
def test_damage_is_no_error(data: bytes, file: tuple[str, bytes], at: int) -> None:
    path, whole = file
    assert isinstance(firmware.observe(_WithoutBanners(), {path: whole[:at] + data + whole[at:]}), list)

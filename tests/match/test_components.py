"""Components merged from everything that states them."""

from __future__ import annotations

import pytest

from plimsoll.match._package_names import component_of, is_same_version, upstream_version
from plimsoll.match.components import MOST_VERSIONS, InstalledComponents
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Component, InstalledComponent, PackagedFile
from plimsoll.model.facts.component import ComponentBasis
from plimsoll.model.locator import Place

TREE = "a.bin!squashfs@0x0"
OTHER = "a.bin!squashfs@0x800000"
STATUS = "var/lib/dpkg/status+0x0:10"


def seen(fact: Component | PackagedFile, path: str, tree: str = TREE) -> Observation:
    return Observation(fact, Place(f"{tree}/{path}"), "components")


def package(name: str, version: str, source: str = "", manager: str = "deb", tree: str = TREE) -> Observation:
    url = f"pkg:{manager}/debian/{name}@{version}"
    fact = Component(name, version, "package-database", url, source=source)
    return seen(fact, f"var/lib/dpkg/status+{abs(hash(name)) % 4096:#x}:10", tree)


def banner(
    name: str,
    version: str,
    path: str,
    linkage: str = "own",
    basis: ComponentBasis = "banner",
    tree: str = TREE,
) -> Observation:
    fact = Component(name, version, basis, f"pkg:generic/{name}@{version}", linkage)  # type: ignore[arg-type]
    return seen(fact, f"{path}+0x10:4", tree)


def owned(path: str, name: str, tree: str = TREE) -> Observation:
    return seen(PackagedFile(name, "deb"), path, tree)


def merged(*observations: Observation) -> list[InstalledComponent]:
    found = InstalledComponents().match(Evidence(observations))
    return [one.fact for one in found if isinstance(one, Observation) and isinstance(one.fact, InstalledComponent)]


def told(*observations: Observation) -> list[tuple[str, str, str]]:
    return [(one.name, one.version, one.basis) for one in merged(*observations)]


def test_a_package_and_the_banner_of_its_program_are_one_component() -> None:
    (one,) = merged(
        package("libssl1.1", "1.1.1n-0+deb11u4", "openssl"), banner("openssl", "1.1.1n", "usr/lib/libssl.so.1.1")
    )
    assert (one.name, one.version, one.basis, one.identified) == ("openssl", "1.1.1n", "package-database", True)
    assert one.bases == ("package-database", "banner")
    assert one.stated == ("1.1.1n-0+deb11u4", "1.1.1n")
    assert (one.packages, one.sources) == (("libssl1.1",), ("openssl",))
    assert len(one.purls) == 2 and not one.conflicts


def test_all_places_are_kept_and_the_strongest_comes_first() -> None:
    both = (banner("busybox", "1.30.1", "bin/busybox"), package("busybox", "1:1.30.1-6+b3"))
    (one,) = [one for one in InstalledComponents().match(Evidence(both)) if isinstance(one, Observation)]
    assert one.where == both[1].where
    assert set(one.because) == {observation.where for observation in both}
    assert one.basis == "derived"


def test_packages_of_one_source_are_one_component() -> None:
    assert told(
        package("curl", "7.74.0-1.3", "curl"),
        package("libcurl4", "7.74.0-1.3", "curl"),
        banner("curl", "7.74.0", "usr/bin/curl"),
    ) == [("curl", "7.74.0", "package-database")]


def test_a_package_of_another_version_than_its_source_has_the_version_of_the_source() -> None:
    fact = Component(
        "libldb2", "2:2.6.2+samba4.17.12-0", "package-database", "pkg:deb/x", "", "", "samba", "2:4.17.12+dfsg-0"
    )
    (one,) = merged(seen(fact, STATUS))
    assert (one.name, one.version, one.stated) == ("samba", "4.17.12", ("2:2.6.2+samba4.17.12-0",))


def test_a_version_that_does_not_agree_in_a_file_of_the_package_is_told() -> None:
    (one,) = merged(
        package("busybox", "1.30.1-6"), banner("busybox", "1.36.0", "bin/busybox"), owned("bin/busybox", "busybox")
    )
    assert (one.version, one.conflicts) == ("1.30.1", ("1.36.0",))
    assert "1.36.0" in one.stated


def test_another_version_in_a_file_that_no_package_brought_is_another_component() -> None:
    assert told(
        package("busybox", "1.30.1-6"), banner("busybox", "1.36.0", "opt/vendor/busybox"), owned("bin/ls", "busybox")
    ) == [("busybox", "1.30.1", "package-database"), ("busybox", "1.36.0", "banner")]


def test_a_copy_that_is_linked_into_a_package_is_a_component_of_its_own() -> None:
    found = merged(
        package("openssl", "1.1.1n-0", "openssl"),
        package("agent", "2.0-1"),
        banner("openssl", "1.0.2f", "usr/sbin/agent", "static"),
        owned("usr/sbin/agent", "openssl"),
    )
    assert [(one.name, one.version, one.linkage, one.conflicts) for one in found] == [
        ("agent", "2.0", "", ()),
        ("openssl", "1.1.1n", "", ()),
        ("openssl", "1.0.2f", "static", ()),
    ]


def test_a_mention_of_a_library_that_is_loaded_is_no_component() -> None:
    assert told(banner("openssl", "1.0.2f", "usr/bin/curl", "dynamic")) == []


def test_a_program_without_a_version_goes_to_the_one_of_its_tree() -> None:
    found = merged(
        banner("openssh", "8.4p1", "usr/sbin/sshd"),
        banner("openssh", "9.0p1", "usr/sbin/sshd", tree=OTHER),
        banner("openssh", "", "usr/bin/scp", basis="file-name", tree=OTHER),
    )
    assert [(one.version, one.bases) for one in found] == [("8.4p1", ("banner",)), ("9.0p1", ("banner", "file-name"))]


def test_the_same_version_in_two_slots_is_one_component() -> None:
    found = merged(banner("busybox", "1.30.1", "bin/busybox"), banner("busybox", "1.30.1", "bin/busybox", tree=OTHER))
    assert len(found) == 1


def test_a_package_of_a_language_is_not_the_project_of_the_same_name() -> None:
    node = Component("openssl", "2.0.0", "package-database", "pkg:npm/openssl@2.0.0")
    found = merged(seen(node, "srv/node_modules/openssl/package.json"), banner("openssl", "1.1.1n", "usr/bin/openssl"))
    assert [(one.name, one.version, one.identified) for one in found] == [
        ("openssl", "2.0.0", False),
        ("openssl", "1.1.1n", True),
    ]


def test_a_package_that_brought_the_metadata_of_a_language_is_that_component() -> None:
    path = "usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO"
    metadata = Component("requests", "2.28.1", "package-database", "pkg:pypi/requests@2.28.1")
    (one,) = merged(
        seen(metadata, path), owned(path, "python3-requests"), package("python3-requests", "2.28.1+dfsg-1", "requests")
    )
    assert (one.name, one.version, one.packages) == ("requests", "2.28.1", ("python3-requests",))
    assert "pkg:pypi/requests@2.28.1" in one.purls and len(one.purls) == 2


def test_a_package_is_what_its_own_program_says_in_the_same_version() -> None:
    libc = banner("musl", "1.1.16", "lib/libc.so")
    (one,) = merged(package("libc", "1.1.16-1", manager="opkg"), libc, owned("lib/libc.so", "libc"))
    assert (one.name, one.version, one.packages, one.identified) == ("musl", "1.1.16", ("libc",), True)
    other = merged(package("libc", "9-1", manager="opkg"), libc, owned("lib/libc.so", "libc"))
    assert [(one.name, one.version, one.packages) for one in other] == [
        ("libc", "9", ("libc",)),
        ("musl", "1.1.16", ("libc",)),
    ]


def test_kernel_packages_modules_and_banner_are_one_kernel() -> None:
    found = merged(
        package("kernel", "4.14.63-1-aabbcc", manager="opkg"),
        package("kmod-nls-base", "4.14.63-1", manager="opkg"),
        banner("linux", "4.14.63", "boot/vmlinux", basis="kernel"),
        banner("linux", "4.14.63", "lib/modules/4.14.63/a.ko", basis="module"),
    )
    assert [(one.name, one.version, one.conflicts) for one in found] == [("linux", "4.14.63", ())]


def test_debian_s_modules_go_to_the_package_that_bears_their_release() -> None:
    found = merged(
        package("linux-image-6.1.0-18-amd64", "6.1.76-1", "linux"),
        banner("linux", "6.1.0-18-amd64", "lib/modules/6.1.0-18-amd64/a.ko", basis="module"),
    )
    assert [(one.name, one.version, one.conflicts) for one in found] == [("linux", "6.1.76", ())]


@pytest.mark.parametrize(
    ("name", "source", "component"),
    [
        ("busybox", "", "busybox"),
        ("libssl1.1", "openssl", "openssl"),
        ("zlib1g", "zlib", "zlib"),
        ("libcurl4", "", "curl"),
        ("libssh2-1", "", "libssh2"),
        ("libxml2", "", "libxml2"),
        ("busybox", "package/utils/busybox", "busybox"),
        ("linux-libc-dev", "linux", ""),
        ("linux-headers-6.1.0-18", "linux", ""),
        ("linux-perf", "linux", ""),
        ("openssl-doc", "openssl", ""),
        ("libssl-dev", "openssl", ""),
        ("linux-image-6.1.0-18-amd64", "linux", "linux"),
        ("kmod-usb-core", "", "linux"),
        ("kmod", "kmod", "kmod"),
        ("librsync2", "librsync", ""),  # Another project than rsync.
        ("busybox-udeb", "", "busybox"),
        ("ext4-modules-6.1.0-50-marvell-di", "", "linux"),
        ("kernelshark", "", ""),
        ("a-name-that-nobody-knows", "", ""),
    ],
)
def test_packages_are_known_by_name_source_and_split_of_libraries(name: str, source: str, component: str) -> None:
    assert component_of(name, source) == component


@pytest.mark.parametrize(
    ("manager", "version", "upstream"),
    [
        ("deb", "1:1.35.0-4+deb12u1+b1", "1.35.0"),
        ("deb", "1:8.4p1-5+deb11u3", "8.4p1"),
        ("deb", "1:1.2.11.dfsg-2", "1.2.11"),
        ("deb", "2.28.1+dfsg-1", "2.28.1"),
        ("deb", "2.10~rc2-1", "2.10-rc2"),
        ("deb", "1.2.3", "1.2.3"),
        ("opkg", "1.25.1-4", "1.25.1"),
        ("opkg", "2023.05-r2", "2023.05"),
        ("apk", "1.2.3-r4", "1.2.3"),
        ("rpm", "2:1.2.3-4.fc38", "1.2.3"),
        ("pypi", "1.0-1", "1.0-1"),
        ("deb", "", ""),
    ],
)
def test_an_upstream_version_is_what_a_distribution_added_nothing_to(manager: str, version: str, upstream: str) -> None:
    assert upstream_version(manager, version) == upstream


def test_versions_agree_when_one_only_says_more() -> None:
    assert is_same_version("2.36", "2.36.1")
    assert is_same_version("4.14.63", "4.14.63-yocto")
    assert not is_same_version("1.1.1", "1.1.1n")
    assert not is_same_version("1.1", "1.11")


def test_thousands_of_versions_of_one_component_are_bounded_and_told() -> None:
    many = [banner("busybox", f"1.{number}.0", f"bin/b{number}") for number in range(MOST_VERSIONS + 9)]
    found = list(InstalledComponents().match(Evidence(tuple(many))))
    assert sum(isinstance(one, Observation) for one in found) == MOST_VERSIONS
    assert [one.status for one in found if isinstance(one, Inspection)] == ["partial"]


def test_the_order_of_observations_changes_nothing() -> None:
    ones = (
        package("busybox", "1.30.1-6"),
        banner("busybox", "1.36.0", "bin/busybox"),
        owned("bin/busybox", "busybox"),
        banner("busybox", "1.30.1", "sbin/busybox"),
        banner("busybox", "", "sbin/x", basis="file-name"),
    )
    assert merged(*ones) == merged(*reversed(ones))

"""The measure of components on a handful of Debian's own packages; needs apt and its lists."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from plimsoll.inspect.firmware.components import Components
from plimsoll.knowledge.components import load
from plimsoll.model.facts import Component
from tests import firmware

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from _debian import Package, is_usable, programs  # noqa: E402
from measure_components import is_same  # noqa: E402

NAMES = ("dropbear-bin", "zlib1g", "libpcap0.8", "lighttpd", "libssh2-1")
OWNERS = {package: one.name for one in load() for package in (one.name, *one.packages)}


def fetched(folder: Path) -> list[tuple[Package, Path]]:
    """Fetch packages with the machine's own apt; skip when it cannot."""
    if not is_usable():
        pytest.skip("apt-get, apt-cache and dpkg-deb are needed: packages of Debian were not measured")
    known = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", *NAMES], capture_output=True, text=True, check=False
    )
    command = ["apt-get", "--quiet=2", "-o", "APT::Sandbox::User=root", "download", *NAMES]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    files = sorted(folder.glob("*.deb"))
    if known.returncode or done.returncode or len(files) != len(NAMES):
        pytest.skip("apt fetched no packages (no lists, or no network): packages of Debian were not measured")
    return [(_package(path), path) for path in files]


def _package(path: Path) -> Package:
    form = "--showformat=${Package} ${Version}"
    shown = subprocess.run(["dpkg-deb", "--show", form, str(path)], capture_output=True, text=True, check=True).stdout
    name, version = shown.split()
    return Package(name, version, path.stat().st_size, OWNERS[name])


def test_packages_of_debian_are_known_without_their_record(tmp_path: Path) -> None:
    for package, path in fetched(tmp_path):
        files = {name.decode(): data for name, data in programs(path)}
        facts = [one.fact for one in firmware.observe(Components(), files)]
        stated = {(one.name, one.version) for one in facts if isinstance(one, Component) and one.linkage != "dynamic"}
        assert {name for name, _ in stated} == {package.component}
        assert all(is_same(version, package) for _, version in stated)


@pytest.mark.parametrize(
    ("stated", "record"),
    [
        ("1.2.13", "1:1.2.13.dfsg-1"),
        ("9.2p1", "1:9.2p1-2+deb12u10"),
        ("252.39-1~deb12u2", "252.39-1~deb12u2"),
        ("6.4.20221231", "6.4-4"),
        ("1.3.40", "1.4+really1.3.40-4+deb12u1"),
    ],
)
def test_a_version_is_that_of_the_record(stated: str, record: str) -> None:
    assert is_same(stated, Package("x", record, 0, "x"))


@pytest.mark.parametrize(("stated", "record"), [("1.2.11", "1:1.2.13.dfsg-1"), ("3.0.1", "3.0.13-1"), ("2", "20.1-1")])
def test_another_version_is_not(stated: str, record: str) -> None:
    assert not is_same(stated, Package("x", record, 0, "x"))

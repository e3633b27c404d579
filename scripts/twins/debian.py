"""Packages of Debian that the twins are built from: fetched by apt, held against pinned digests, unpacked in memory.

Source: apt.conf(5), sources.list(5), apt-get(8), dpkg-deb(1). Everything of apt is kept in a folder of its own, so that
nothing of the machine changes; the archive is the one that the machine's own apt takes Debian from. No package is kept
in the tree: `packages.toml` names architecture, version and SHA-256 of each.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec
from scripts._debian import mirror
from scripts.twins.tree import Files

PINS = Path(__file__).with_name("packages.toml")
FOLDER = Path(__file__).parent.parent.parent / "build" / "twins"
RELEASE = "bookworm"
NEWER = {"riscv64": "trixie"}
"""Releases of the architectures that the usual one does not have."""
FOR_ALL = ("ca-certificates", "fail2ban", "libpython3.11-testsuite", "sysv-rc")
"""Packages that are the same for each architecture."""


class OutOfReach(Exception):
    """The packages cannot be had: no apt, no archive, or not the pinned bytes."""


class Package(msgspec.Struct, frozen=True, order=True):
    """A package as it is pinned."""

    architecture: str
    name: str
    version: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where it lies when it was fetched."""
        return FOLDER / "packages" / f"{self.sha256}.deb"


def key_of(architecture: str, name: str) -> tuple[str, str]:
    """Give what a package is pinned by."""
    return "all" if name in FOR_ALL else architecture, name


@cache
def pinned() -> Mapping[tuple[str, str], Package]:
    """Read the pins, by architecture and name."""
    rows = msgspec.toml.decode(PINS.read_bytes(), type=dict[str, dict[str, tuple[str, str]]])
    packages = [Package(arch, name, *pin) for arch, pins in rows.items() for name, pin in pins.items()]
    return {(one.architecture, one.name): one for one in packages}


def fetch(wanted: Iterable[tuple[str, str]]) -> None:
    """Fetch what is not in the folder yet, by architecture and name; raise OutOfReach when that cannot be done."""
    pins = pinned()
    if unknown := sorted(set(wanted) - set(pins)):
        raise OutOfReach(f"not in {PINS.name}: {unknown}; run scripts/pin_twins.py")
    missing = sorted({pins[one] for one in wanted if not pins[one].path.exists()})
    if not missing:
        return
    FOLDER.joinpath("packages").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        names = [f"{asked(one.architecture, one.name)}={one.version}" for one in missing]
        for start in range(0, len(names), 40):
            apt("apt-get", "--quiet=2", "download", *names[start : start + 40], folder=Path(folder))
        found = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in Path(folder).glob("*.deb")}
        for one in missing:
            if one.sha256 not in found:
                raise OutOfReach(f"the archive does not give the pinned {one.name} {one.version} ({one.architecture})")
            found[one.sha256].replace(one.path)


def asked(architecture: str, name: str) -> str:
    """Write a package as apt takes it."""
    return name if architecture == "all" else f"{name}:{architecture}"


@cache
def files(architecture: str, name: str) -> Files:
    """Give the files of a package that was fetched, by path."""
    data = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", str(pinned()[key_of(architecture, name)].path)], capture_output=True, check=True
    ).stdout
    found: Files = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            path = member.name.removeprefix("./").rstrip("/")
            if member.issym():
                found[path] = (0o120777, os.fsencode(member.linkname))
            elif member.islnk():
                found[path] = found[member.linkname.removeprefix("./")]
            elif member.isreg() and (file := archive.extractfile(member)) is not None:
                found[path] = (member.mode & 0o7777, file.read())
    return found


def apt(*command: str, folder: Path | None = None) -> str:
    """Run a command of apt with settings of our own; raise OutOfReach when it fails."""
    environment = {**os.environ, "APT_CONFIG": str(_configured()), "LC_ALL": "C"}
    return _run(command, environment, folder)


def _run(command: Iterable[str], environment: Mapping[str, str], folder: Path | None = None) -> str:
    words = list(command)
    if shutil.which(words[0]) is None:
        raise OutOfReach(f"{words[0]} is absent; the packages are fetched on Debian and its kin")
    done = subprocess.run(words, capture_output=True, text=True, env=dict(environment), cwd=folder, check=False)
    if done.returncode:
        raise OutOfReach(f"{words[0]} failed: {done.stderr.strip()[:400]}")
    return done.stdout


@cache
def _configured() -> Path:
    """Set apt up for all architectures that are pinned, and fetch its lists."""
    root = FOLDER / "apt"
    path = root / "apt.conf"
    architectures = [one for one in msgspec.toml.decode(PINS.read_bytes(), type=dict[str, object]) if one != "all"]
    if path.exists() and all(f'"{one}";' in path.read_text() for one in architectures):
        return path
    for name in ("state/lists/partial", "cache/archives/partial"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    address = _mirror()
    usual = ",".join(one for one in architectures if one not in NEWER)
    sources = [f"deb [arch={usual}] {address} {RELEASE} main\n"]
    sources += [
        f"deb [arch={one}] {address} {release} main\n" for one, release in NEWER.items() if one in architectures
    ]
    (root / "sources.list").write_text("".join(sources))
    settings = {
        "Dir::State": f"{root}/state",
        "Dir::Cache": f"{root}/cache",
        "Dir::State::status": f"{root}/status",
        "Dir::Etc::sourcelist": f"{root}/sources.list",
        "Dir::Etc::sourceparts": "-",
        "APT::Architecture": architectures[0],
        "APT::Default-Release": RELEASE,
        "Acquire::Languages": "none",
        "Debug::NoLocking": "1",
    }
    names = " ".join(f'"{one}";' for one in architectures)
    unfinished = root / "unfinished.conf"
    unfinished.write_text(
        "".join(f'{key} "{value}";\n' for key, value in settings.items()) + f"APT::Architectures {{{names}}};\n"
    )
    _run(["apt-get", "--quiet=2", "update"], {**os.environ, "APT_CONFIG": str(unfinished), "LC_ALL": "C"})
    return unfinished.rename(path)


def _mirror() -> str:
    try:
        return mirror()
    except (SystemExit, OSError, subprocess.CalledProcessError) as error:
        raise OutOfReach(str(error)) from error

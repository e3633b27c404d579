"""Packages of Debian as ground truth: fetched by apt into a folder, with their version as their maker has it.

Source: apt.conf(5), apt-get(8), deb-version(7). Everything of apt is kept in a folder of its own, so that nothing of
the machine changes; the archive is the one that the machine uses.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from plimsoll.knowledge.components import KnownComponent, load

LARGEST_PACKAGE = 12_000_000
"""Bytes of the largest package that is fetched."""

_FIELD = re.compile(r"^(Package|Source|Version|Size|Section): (.*)$", re.MULTILINE)
_SONAME = re.compile(r"-?\d[\d.]*[a-z]?$")
_OTHERS = re.compile(r"mongoose|mdnsd|cryptsetup|u-boot-tools|libunwind-\d+")
"""Packages of other software of that name, and those that hold only helpers of it."""
_REPACKED = re.compile(
    r"[+~.-]?(?:dfsg|ds|repack|debian|deb)[\d.]*.*$|[+~.-](?:git|svn|hg|bzr)[0-9a-f]{4}.*$|[+](?:p\d+|nmu[\d.]+.*)$|[+~]20\d{6}.*$"
)
_NOT_PROGRAMS = re.compile(r"-(?:dev|doc|dbg|dbgsym|data|common|udeb|locales|headers|examples|tests|el|perl|python3?)$")


class Package(msgspec.Struct, frozen=True):
    """A package of a release for an architecture."""

    name: str
    version: str
    size: int
    component: str

    @property
    def upstream(self) -> str:
        """Version as its maker has it: without epoch, revision and what tells that it was packed again."""
        version = re.sub(r"^\d+:", "", self.version)
        version = re.sub(r"-[^-]*$", "", version).removesuffix("-stable").rpartition("really")[2]
        return _REPACKED.sub("", version)


def is_usable() -> bool:
    """Tell whether the tools are there."""
    return all(shutil.which(tool) for tool in ("apt-get", "apt-cache", "dpkg-deb"))


def available(cache: Path, release: str, architecture: str) -> tuple[Package, ...]:
    """List the packages that are known components, by name."""
    out = _apt(cache, release, architecture, "apt-cache", "dumpavail")
    names, stems = _names(load())
    found = []
    for paragraph in out.split("\n\n"):
        fields = dict(_FIELD.findall(paragraph))
        name = fields.get("Package", "")
        if not name or _OTHERS.fullmatch(name) or _NOT_PROGRAMS.search(name) or int(fields["Size"]) > LARGEST_PACKAGE:
            continue
        if component := names.get(name) or stems.get(_stem(name), ""):
            found.append(Package(name, fields["Version"], int(fields["Size"]), component))
    return tuple(sorted(found, key=lambda one: one.name))


def fetch(cache: Path, release: str, architecture: str, packages: Sequence[Package]) -> dict[str, Path]:
    """Fetch the packages that are not in the folder yet, forty at a time; give their files by name."""
    folder = cache / "packages" / f"{release}-{architecture}"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for one in packages if _file(folder, one) is None]
    for start in range(0, len(missing), 40):
        wanted = [f"{one.name}={one.version}" for one in missing[start : start + 40]]
        _apt(cache, release, architecture, "apt-get", "--quiet=2", "download", *wanted, folder=folder)
    return {one.name: path for one in packages if (path := _file(folder, one)) is not None}


def programs(package: Path) -> Iterator[tuple[bytes, bytes]]:
    """Give paths and contents of the ELF files of a package, without anything of dpkg's."""
    import io
    import tarfile

    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(package)], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            if member.isreg() and (file := archive.extractfile(member)) is not None:
                content = file.read()
                if content.startswith(b"\x7fELF"):
                    yield os.fsencode(member.name.removeprefix("./")), content


def _names(components: Sequence[KnownComponent]) -> tuple[dict[str, str], dict[str, str]]:
    """Give components by names of packages, and by those names without numbers where that names only one."""
    names = {name: one.name for one in components for name in (one.name, *one.packages)}
    stems: dict[str, set[str]] = {}
    for name, component in names.items():
        stems.setdefault(_stem(name), set()).add(component)
    return names, {stem: next(iter(owners)) for stem, owners in stems.items() if len(owners) == 1}


def _stem(name: str) -> str:
    """Take the number of the interface off the name of a library's package; other names are as they are."""
    return _SONAME.sub("", name.removesuffix("t64")) if name.startswith("lib") else name


def _file(folder: Path, package: Package) -> Path | None:
    version = package.version.replace(":", "%3a")
    return next(iter(sorted(folder.glob(f"{package.name}_{version}_*.deb"))), None)


def _apt(cache: Path, release: str, architecture: str, *command: str, folder: Path | None = None) -> str:
    environment = {**os.environ, "APT_CONFIG": str(_configure(cache, release, architecture)), "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
    return done.stdout


def _configure(cache: Path, release: str, architecture: str) -> Path:
    """Set apt up for one release and architecture, and fetch its list once."""
    root = cache / "apt" / f"{release}-{architecture}"
    path = root / "apt.conf"
    if path.exists():
        return path
    for name in ("state/lists/partial", "cache/archives/partial"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    (root / "sources.list").write_text(f"deb {mirror()} {release} main\n")
    settings: Mapping[str, str] = {
        "Dir::State": f"{root}/state",
        "Dir::Cache": f"{root}/cache",
        "Dir::State::status": f"{root}/status",
        "Dir::Etc::sourcelist": f"{root}/sources.list",
        "Dir::Etc::sourceparts": "-",
        "APT::Architecture": architecture,
        "Acquire::Languages": "none",
        "Debug::NoLocking": "1",
    }
    lines = [f'{key} "{value}";\n' for key, value in settings.items()]
    unfinished = root / "unfinished.conf"
    unfinished.write_text("".join([*lines, f'APT::Architectures {{"{architecture}";}};\n']))
    environment = {**os.environ, "APT_CONFIG": str(unfinished), "LC_ALL": "C"}
    subprocess.run(["apt-get", "--quiet=2", "update"], env=environment, check=True)
    return unfinished.rename(path)


def mirror() -> str:
    """Name the archive that the machine's own apt takes Debian from."""
    form = "$(RELEASE) $(REPO_URI)"
    out = subprocess.run(
        ["apt-get", "indextargets", "--format", form, "Created-By: Packages", "Origin: Debian"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    mirrors = [uri for release, uri in (line.split() for line in out.splitlines()) if "-" not in release]
    if not mirrors:
        raise SystemExit("apt knows no archive of Debian; run this on Debian, after apt-get update")
    return mirrors[0]

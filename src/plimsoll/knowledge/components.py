"""How well-known programs and libraries name themselves and their version: one file per component in `components/`.

Source: the text that each program prints or sends as its version, written down as patterns of our own; the names of
files as the projects install them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

ComponentKind = Literal["program", "library", "suite", "image"]
"""suite: many programs, each of which bears the banner; image: code that runs by itself, such as a boot loader, so that
a stretch which holds its banner is it."""

Scheme = Literal[
    "generic", "semver", "openssl", "openssh", "u-boot", "dropbear", "kernel", "samba", "date", "curl", "letters"
]
"""How versions are put in order. generic: numbers by points, a letter after a number is later, `-rc` and kin before."""


class Banner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Text that names the component and its version, wherever it stands."""

    regex: str
    """In the syntax that Python's `re` and hyperscan share; the group `version` when the text gives one."""
    literals: tuple[str, ...]
    """One of these stands in every match."""
    version: str = ""
    """The release, with `{version}`, where the text writes it in another form than its maker's list of releases."""

    def read(self, text: str) -> str:
        """Give the release that the group of a match stands for."""
        return self.version.replace("{version}", text) if self.version and text else text


class Inside(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """For a version that stands alone between zero bytes: only read in the component's own files."""

    marker: str
    """Text that must stand in the file too."""
    regex: str
    """What stands there, in Python's syntax; the group `version` where it is more than the version."""
    beside: str = ""
    """Text that stands next to it, such as the form that prints it; where the file holds numbers of other libraries."""


class FileNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A number in the name of a library from which that of the release follows."""

    regex: str
    """Over the base name; its groups are numbers."""
    version: str
    """The release, with the names of the groups in braces; zeros in front are left out."""

    def read(self, name: str) -> str:
        """Give the release that a name stands for; empty when it stands for none."""
        match = re.fullmatch(self.regex, name)
        return self.version.format(**{key: int(value) for key, value in match.groupdict().items()}) if match else ""


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line that a test holds the patterns against; one of the three is set."""

    version: str = ""
    text: str = ""
    """For the banners."""
    inside: str = ""
    """For the version alone."""
    file: str = ""
    """For names of files."""


class KnownComponent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A component and the signs to know it by."""

    name: str
    """Upstream name, lower case; the file's name too."""
    kind: ComponentKind
    purl: str = ""
    """Template with `{version}`; `pkg:generic/<name>@{version}` when absent."""
    files: tuple[str, ...] = ()
    """Base names of its own programs, with `*` and `?`."""
    present: tuple[str, ...] = ()
    """Base names of programs that show by themselves that the component is there; no other project uses them."""
    libraries: tuple[str, ...] = ()
    """What the names of its own libraries begin with, such as `libssl.so`."""
    banners: tuple[Banner, ...] = ()
    holds: tuple[str, ...] = ()
    """Texts of which a linked-in copy holds one; without any, a banner in another's file is a mention."""
    inside: tuple[Inside, ...] = ()
    """The first that gives one version counts."""
    file_versions: tuple[str, ...] = ()
    """Regular expressions over base names of libraries whose number is the release, with the group `version`."""
    file_numbers: tuple[FileNumber, ...] = ()
    stale: tuple[str, ...] = ()
    """Versions that a later release states of itself too, since its maker forgot to change them: they tell nothing."""
    examples: tuple[Example, ...] = ()
    others: tuple[str, ...] = ()
    """Lines that no banner may match."""
    cpe: tuple[str, ...] = ()
    """`VENDOR:PRODUCT` as NVD names it, the usual one first."""
    scheme: Scheme = "generic"
    lifetime: str = ""
    """Its name in endoflife.date; empty when it has none there."""
    licence: str = ""
    """SPDX expression of the usual licence; empty when not known."""
    packages: tuple[str, ...] = ()
    """Names of packages of distributions that are this component, where they differ from `name`."""


READY = "components.json"
"""All components in one file; `make docs` writes it from theirs."""

_FOLDER = files("plimsoll.knowledge")
_NO_NUMBER = re.compile(r"[0.]*|unknown|none|[0-9a-f]{12,}", re.IGNORECASE)


def is_possible(version: str) -> bool:
    """Tell whether a text can be the version of a release: not of zeros alone, not a digest, not a word for nothing."""
    return not _NO_NUMBER.fullmatch(version)


@cache
def load() -> tuple[KnownComponent, ...]:
    """Read all components, by name; they are part of the program, so a fault in them is ours."""
    return msgspec.json.decode(_FOLDER.joinpath(READY).read_bytes(), type=tuple[KnownComponent, ...])


def read_files() -> Iterator[KnownComponent]:
    """Read the files of the components, by name, with the lines that only tests need."""
    folder = _FOLDER.joinpath("components")
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml")):
        yield msgspec.convert(tomllib.loads(folder.joinpath(name).read_text("utf-8")), KnownComponent)


def ready_form() -> str:
    """Give what `load` reads, a component to a line: hundreds of files take longer to read than a small image."""
    plain = (msgspec.structs.replace(one, examples=(), others=()) for one in read_files())
    return "[\n" + ",\n".join(msgspec.json.encode(one).decode() for one in plain) + "\n]\n"

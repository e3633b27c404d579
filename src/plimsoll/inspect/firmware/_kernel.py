"""Which Linux kernel: by its banner, by the modules that were built for it, by the folder they lie in.

Source: the kernel's own banner, `Linux version <release> (<user>@<host>) ...`, which it prints when it starts;
`.modinfo` of modules, whose `vermagic` begins with the release (`kernel_version` before 2.6); modprobe(8) for
`lib/modules/<release>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.elf import MalformedElf, NotElf, read_elf
from plimsoll.inspect.firmware._purl import purl
from plimsoll.inspect.inspector import Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component
from plimsoll.model.facts.component import ComponentBasis
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

BANNER = Pattern(
    "linux-banner",
    rb"Linux version [2-9]\.\d{1,3}[\w.+~-]{0,60} \([\w.+-]{0,32}@",
    (b"Linux version ",),
    longest=120,
    kinds=("elf", "binary"),
)

_RELEASE = regex(rb"[2-9]\.\d{1,3}(?:\.\d{1,3})?[\w.+~-]{0,60}")
_FOLDER = regex(rb"(?:.*/)?lib/modules/([2-9]\.\d{1,3}(?:\.\d{1,3})?[\w.+~-]{0,60})")
_NUMBERS = regex(r"\d+\.\d+(?:\.\d+)*")
_DEBIAN = regex(rb"[^\n\0]{0,400}? #\d{1,4} [^\n\0]{0,60}?\bDebian (\d+\.\d+\.\d+)-")


class ModuleRelease(msgspec.Struct, frozen=True):
    """The kernel that a module was built for."""

    release: str


def linux(release: str, basis: ComponentBasis) -> Component:
    """Make the fact of a kernel; the package URL has the upstream version, without what the builder added."""
    numbers = _NUMBERS.match(release)
    return Component("linux", release, basis, purl("generic", "", "linux", numbers[0] if numbers else release))


def read_banner(look: Look) -> Iterator[Seen]:
    """Give the kernel by its banner, once for each release."""
    seen = set()
    for match in look.matches.get(BANNER.name, ()):
        release = match[0].split(b" ")[2]
        # NOTE: Debian's release names the interface of its modules; the version stands behind the build's number.
        debian = _DEBIAN.match(look.data, match.end())
        if release not in seen:
            seen.add(release)
            version = (debian[1] if debian else release).decode("ascii", "replace")
            yield Seen(linux(version, "kernel"), match.start(), match.end() - match.start())


def is_module(look: Look) -> bool:
    """Tell a kernel module by its name: `.ko`, or `.o` below `lib/modules` before Linux 2.6."""
    return look.kind == "elf" and (
        look.name.endswith(b".ko") or (look.name.endswith(b".o") and b"lib/modules/" in look.path)
    )


def read_module(look: Look) -> Iterator[ModuleRelease]:
    """Give the release that a module was built for, to be said once for all modules."""
    try:
        info = read_elf(look.data).modinfo
    except (NotElf, MalformedElf):
        return
    for key, value in info:
        if key in (b"vermagic", b"kernel_version") and (release := _RELEASE.match(value)):
            yield ModuleRelease(printable(release[0]))
            return


def conclude_kernel(trees: Sequence[Tree], kept: Sequence[Kept], inspector: str) -> Iterator[Observation]:
    """Give each release once for each tree: by the first module that names it, and by the folder of its modules."""
    seen: set[tuple[str, str]] = set()
    for one in kept:
        key = (one.tree.stem.at(), one.value.release)
        if key not in seen:
            seen.add(key)
            yield Observation(linux(one.value.release, "module"), one.where, inspector)
    for tree in trees:
        for node in tree.nodes:
            match = _FOLDER.fullmatch(node.path) if b"lib/modules/" in node.path else None
            if match and node.kind == "directory" and tree.children.get(node.path):
                fact = linux(printable(match[1]), "file-name")
                yield Observation(fact, tree.stem.at(node.path), inspector)

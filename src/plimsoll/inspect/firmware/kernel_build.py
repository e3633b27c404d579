"""With which options the kernel was built, and which of its modules are in the image.

Source: the kernel's description of its configuration (`CONFIG_X=y`, `=m`, `# CONFIG_X is not set`; the head names the
version) and of IKCONFIG; modprobe(8) and the build system's own `modules.builtin`, a path of a module on each line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.inspector import Inspector, Kept, Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import KernelConfiguration, KernelModules
from plimsoll.model.locator import Member
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

LARGEST_FILE = 4 << 20
MOST_OPTIONS = 20_000
MOST_MODULES = 20_000
FEWEST_OPTIONS = 20
"""A file with fewer is no configuration of a kernel, or was cut off early."""

_BESIDE = regex(rb"(?:.*/)?(?:boot/(?:kernel-)?config[^/]*|proc/config(?:\.gz)?|lib/modules/[^/]+/config)")
_HEAD_BYTES = 1_024
_HEAD = regex(rb"^# (?:Linux/[\w-]+ (\S{1,80}) Kernel Configuration|Linux kernel version: (\S{1,80}))", re.MULTILINE)
_OPTION = regex(rb"^CONFIG_([A-Za-z0-9_]{1,100})=([ym])$", re.MULTILINE)
_FOLDER = regex(rb"(?:.*/)?lib/modules/([2-9]\.\d[\w.+~-]{0,64})")
_MODULE = regex(rb"([A-Za-z0-9_.+-]{1,100}?)\.k?o(?:\.(?:gz|xz|zst|bz2|lzma))?")


class _BuiltIn(msgspec.Struct, frozen=True):
    """What one `modules.builtin` names."""

    names: frozenset[str]


class KernelBuild(Inspector):
    """Records the options of each kernel whose configuration is in the image, and its modules."""

    id = "kernel-build"
    title = "With which options was the kernel built, and which modules are there?"
    what = (
        "The configuration that a kernel keeps inside itself (IKCONFIG) or that lies beside it, and the folders of "
        "modules with the list of those that the kernel itself holds."
    )
    limits = (
        "Most makers switch IKCONFIG off; then it is not known what is not built in. A configuration beside the kernel "
        "may be of another build."
    )

    def wants(self, look: Look) -> bool:
        """Take configurations and lists of built-in modules, by their path."""
        return look.name == b"modules.builtin" or _ground(look) is not None

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the configuration, or keep the list of modules."""
        if look.name == b"modules.builtin":
            if _FOLDER.fullmatch(posixpath.dirname(look.path)) and len(look.data) <= LARGEST_FILE:
                names = (name for line in look.data.split(b"\n") if (name := _module(line.rpartition(b"/")[2].strip())))
                yield _BuiltIn(frozenset(names))
        elif (fact := _configuration(look)) is not None:
            yield Seen(fact)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the modules of each folder."""
        built_in = {(one.tree.stem.at(), posixpath.dirname(one.path)): one.value.names for one in kept}
        for tree in trees:
            for folder, names in sorted(_modules(tree).items()):
                match = _FOLDER.fullmatch(folder)
                held = built_in.get((tree.stem.at(), folder))
                if match:
                    fact = KernelModules(
                        version=printable(match[1]),
                        loadable=tuple(sorted(names)[:MOST_MODULES]),
                        built_in=None if held is None else tuple(sorted(held)[:MOST_MODULES]),
                    )
                    yield Observation(fact, tree.stem.at(folder), self.id)


def _ground(look: Look) -> str | None:
    if look.file.tree.format == "ikconfig":
        return "ikconfig"
    if _BESIDE.fullmatch(look.path):
        return "file"
    outer = [step for step in look.file.tree.stem.steps if isinstance(step, Member)]
    return "file" if outer and _BESIDE.fullmatch(outer[-1].path) else None


def _configuration(look: Look) -> KernelConfiguration | None:
    """Read a whole configuration; None for one that is cut off: what it does not name would look switched off."""
    head = _HEAD.search(look.data[:_HEAD_BYTES])
    if head is None or len(look.data) > LARGEST_FILE or not look.data.rstrip(b"\0").endswith(b"\n"):
        return None
    options: dict[bytes, set[str]] = {b"y": set(), b"m": set()}
    for match in _OPTION.finditer(look.data):
        options[match[2]].add(match[1].decode("ascii"))
    count = len(options[b"y"]) + len(options[b"m"])
    if not FEWEST_OPTIONS <= count <= MOST_OPTIONS:
        return None
    return KernelConfiguration(
        version=printable(head[1] or head[2]),
        ground="ikconfig" if _ground(look) == "ikconfig" else "file",
        built_in=tuple(sorted(options[b"y"])),
        modules=tuple(sorted(options[b"m"])),
    )


def _modules(tree: Tree) -> dict[bytes, set[str]]:
    """Give the names of modules by the folder of their kernel."""
    found: dict[bytes, set[str]] = {}
    for node in tree.nodes:
        at = node.path.find(b"lib/modules/")
        if at < 0 or node.kind != "file":
            continue
        end = node.path.find(b"/", at + 12)
        name = _module(node.path.rpartition(b"/")[2])
        if end > 0 and name:
            found.setdefault(node.path[:end], set()).add(name)
    return found


def _module(name: bytes) -> str:
    """Give a module's name as the kernel writes it; empty when the file is none."""
    match = _MODULE.fullmatch(name)
    return match[1].decode("ascii").replace("-", "_") if match else ""

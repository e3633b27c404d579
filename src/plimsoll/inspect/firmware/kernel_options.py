"""How the Linux kernel was configured, for the options and modules that bear on known vulnerabilities.

Source: the configuration as the kernel's build writes it, `CONFIG_X=y`, `=m` and `# CONFIG_X is not set`, as a file of
its own or, with IKCONFIG, compressed by gzip between `IKCFG_ST` and `IKCFG_ED` in the kernel; modprobe(8) on names of
modules.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.knowledge.parts import kernel_modules, kernel_options
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import KernelConfiguration, KernelModules
from plimsoll.sources.tree import Tree

LARGEST = 2 << 20
"""Bytes of the largest configuration that is read; today's take 300 KiB."""

_SET = re.compile(rb"^(CONFIG_[A-Za-z0-9_]{1,80})=([ym])\s*$", re.MULTILINE)
_HEAD = re.compile(rb"^# (?:Linux/\S{1,20} |Linux kernel version: )(\d\.\d[\w.+-]{0,40})", re.MULTILINE)
_FEWEST = 50
"""Options below which a text is no configuration of a kernel."""
_MODULE = re.compile(rb"(?:.*/)?lib/modules/.*/([\w-]{1,80})\.ko(?:\.(?:gz|xz|zst))?")


class KernelOptions(Inspector):
    """Gives the options of each configuration, and which modules lie in each tree."""

    id = "kernel-options"
    title = "Which parts of the kernel were built?"
    what = (
        "The configuration of the Linux kernel, in the kernel itself or in a file beside it, and the kernel modules, "
        "as far as they bear on known vulnerabilities, so that a hole in a part that was not built is known."
    )
    limits = "A kernel that does not hold its configuration tells nothing; a file beside it may be of another kernel."
    patterns = (Pattern("ikconfig", rb"IKCFG_ST\x1f\x8b\x08", (b"IKCFG_ST",), longest=16, kinds=("elf", "binary")),)

    def wants(self, look: Look) -> bool:
        """Take kernels with a configuration, and files named as one."""
        return bool(look.matches) or look.name.startswith(b"config-") or look.name in (b".config", b"kernel.config")

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the configuration."""
        for match in look.matches.get("ikconfig", ()):
            start = match.start() + len(b"IKCFG_ST")
            end = look.data.find(b"IKCFG_ED", start, start + LARGEST)
            if end > 0 and (fact := _configuration(_inflated(look.data[start:end]))):
                yield Seen(fact, match.start(), end + len(b"IKCFG_ED") - match.start())
                return
        if not look.matches and (fact := _configuration(look.data[:LARGEST])):
            yield Seen(fact)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the modules of each tree that has any."""
        for tree in trees:
            names = set()
            for node in tree.nodes:
                if b".ko" in node.path and node.kind == "file" and (match := _MODULE.fullmatch(node.path)):
                    names.add(match[1].replace(b"-", b"_").decode("ascii"))
            if names:
                fact = KernelModules(tuple(sorted(kernel_modules() & names)), len(names))
                yield Observation(fact, tree.stem.at(), self.id)


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data, LARGEST)
    except zlib.error:
        return b""


def _configuration(text: bytes) -> KernelConfiguration | None:
    values = {name.decode("ascii"): value for name, value in _SET.findall(text)}
    if len(values) < _FEWEST:
        return None
    head = _HEAD.search(text)
    asked = sorted(kernel_options())
    return KernelConfiguration(
        built_in=tuple(option for option in asked if values.get(option) == b"y"),
        modular=tuple(option for option in asked if values.get(option) == b"m"),
        off=tuple(option for option in asked if option not in values),
        release=printable(head[1]) if head else "",
    )

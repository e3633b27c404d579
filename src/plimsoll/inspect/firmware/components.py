"""Which software is in the image, in which version, and how that is known.

Source: package databases, release files, the kernel's own words, and the banners of `knowledge.components`; the
neighbours say where each is described.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.inspect.firmware import _applets, _banners, _kernel, _stated
from plimsoll.inspect.firmware._release import is_release, read_release
from plimsoll.inspect.inspector import Inspector, Kept, Look, Seen
from plimsoll.model.evidence import Observation
from plimsoll.sources.tree import Tree


class Components(Inspector):
    """Records components as each source states them; one component may be stated by several."""

    id = "components"
    title = "Which software is in the image, and in which version?"
    what = (
        "The package databases of opkg, dpkg, apk, rpm and pacman and the Yocto Project's list; what pip, npm, Maven, "
        "Go and cargo-auditable leave beside or inside programs; release files, the Linux kernel by its banner and its "
        "modules, and the banners of well-known programs and libraries; a copy that is linked in is told from a "
        "mention. Which package brought a file, and which applets a BusyBox holds."
    )
    limits = (
        "A program that no package database lists and that gives no version is seen by its name alone, or not at all. "
        "What was repaired without a new version is not seen. Of a database of rpm that was not closed, what still "
        "stands in its write-ahead file is not read."
    )
    patterns = (_kernel.BANNER, *_banners.PATTERNS, *_stated.PATTERNS)

    def wants(self, look: Look) -> bool:
        """Take files with a banner, kernel modules, programs with a known name, databases and release files."""
        return (
            bool(look.matches)
            or _kernel.is_module(look)
            or _banners.has_own_name(look)
            or is_release(look)
            or _stated.is_stating(look)
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give what one file states."""
        if is_release(look):
            for seen in read_release(look):
                yield seen
                yield seen.fact
        elif _kernel.is_module(look):
            yield from _kernel.read_module(look)
        else:
            yield from _stated.read_stated(look)
            if not look.matches and not _banners.has_own_name(look):
                return
            yield from _kernel.read_banner(look)
            for found in _banners.read_banners(look):
                yield found
                if isinstance(found, Seen):
                    yield _stated.ASKS_FOR_OWNER
                    yield from _applets.read_applets(look, found.fact)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the packages, under the name of the system that they belong to, and the kernel of modules."""
        modules = [one for one in kept if isinstance(one.value, _kernel.ModuleRelease)]
        yield from _kernel.conclude_kernel(trees, modules, self.id)
        presences = [one for one in kept if isinstance(one.value, _banners.Presence)]
        yield from _banners.conclude_presence(presences, self.id)
        yield from _stated.conclude_stated(kept, self.id)

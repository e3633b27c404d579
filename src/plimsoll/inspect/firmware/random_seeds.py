"""From which files in the image are random numbers seeded, so that all units begin with the same?

Names are those of sysvinit, Buildroot, OpenWrt and systemd (random-seed, urandom.seed); random(4) shows how a start
script writes such a file to /dev/urandom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from plimsoll.inspect.firmware._standing import is_active
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import SeedFile
from plimsoll.model.locator import Place, escape_path
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST_SCRIPTS = 1_000
MOST_PATHS = 20
SMALLEST_SEED = 16
"""Bytes of the smallest file that is taken for a seed: 128 bits."""
LARGEST_SEED = 1 << 16

_SEED = regex(rb"(?:\A|/)(?:etc|var|lib|mnt|data|config|usr/lib)/(?:[^/]+/){0,4}\.?u?random[-_.]?seed\Z")
_PATH = regex(rb"(/[\w./-]{3,100}?u?random[-_.]?seed)\b")


class _Loader(msgspec.Struct, frozen=True):
    """A script that speaks of a seed and of the device that takes it."""

    paths: frozenset[bytes]


class RandomSeeds(Inspector):
    """Records seeds of random numbers in the image, with the scripts that load them."""

    id = "random-seeds"
    title = "From which files of the image are random numbers seeded?"
    what = (
        "Files that are named as seeds of the kernel's random numbers and hold some, and the scripts that write them "
        "to /dev/urandom or /dev/random."
    )
    limits = "A seed that a compiled program keeps or loads is not seen, nor is what hardware adds to it."
    patterns = (
        Pattern(
            "load",
            rb"random[-_.]?seed",
            (b"random-seed", b"random_seed", b"random.seed", b"randomseed"),
            longest=16,
            kinds=("script",),
        ),
    )
    without_match = ("binary",)

    def wants(self, look: Look) -> bool:
        """Take scripts that speak of a seed, and seeds: by their name, and for what is no text."""
        return bool(look.matches) or (look.kind == "binary" and _SEED.search(look.path) is not None)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Keep a seed, and a script that speaks of one and writes to the device, but not one that only saves."""
        if look.kind == "binary":
            if SMALLEST_SEED <= len(look.data) <= LARGEST_SEED:
                yield SeedFile(escape_path(look.path), len(look.data))
            return
        places = [match.start() for match in look.matches["load"][:100] if is_active(look, match.start())]
        if not places or not re.search(rb"(?:>|of=|RNDADDENTROPY)[^\n]{0,40}/dev/u?random", look.data):
            return
        paths = frozenset(match[1] for match in islice(_PATH.finditer(look.data), MOST_PATHS))
        yield _Loader(paths)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the seeds of each tree."""
        loaders: dict[tuple[int, bytes], set[Place]] = {}
        for one in [one for one in kept if isinstance(one.value, _Loader)][:MOST_SCRIPTS]:
            for node in map(one.tree.resolve, sorted(one.value.paths)):
                if node is not None:
                    loaders.setdefault((id(one.tree), node.path), set()).add(one.where)
        for one in kept:
            if isinstance(one.value, SeedFile):
                because = tuple(sorted(loaders.get((id(one.tree), one.path), ())))
                yield Observation(one.value, one.where, self.id, because=because)

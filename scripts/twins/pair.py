"""What a pair of twins is: two products that are alike but for one defect, and what is to be said of each."""

from __future__ import annotations

from typing import Literal

import msgspec
from scripts.twins.made import Made
from scripts.twins.tree import Files

Expected = Literal["not met", "suspected", "doubted", "open", "supported"]
"""What shows: not met, a firm ground against the bad twin; suspected, a doubt about it that leaves its verdict open;
doubted, either of them, where it is a matter of how far something is followed; open, a question that the bad twin must
answer; supported, a sign that speaks for the good twin."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two images that differ in one thing."""

    name: str
    """Kebab-case; says the defect."""
    capability: int
    criterion: str
    """The criterion that it bears on."""
    rule: str = ""
    """The rule that is to say it, where several answer to one criterion; empty for the one rule of the criterion."""
    expected: Expected
    at: str
    """Path of the planted file: what is said must point at it."""
    says: str
    """What the bad twin has and the good one has not, in a few words."""
    instead: str
    """What the good twin has in its place: the trap, where it is one."""
    on: str
    """Architecture, image and system, such as `mipsel squashfs-xz rcS`."""
    bad_image: str = ""
    """Kind of the bad twin's image, where that is the difference."""
    packages: tuple[str, ...] = ()
    """Packages of Debian that both hold besides busybox."""
    starts: dict[str, str] = {}
    """What both start: command lines by name."""
    both: Files = {}
    bad: Files = {}
    good: Files = {}
    bad_starts: dict[str, str] = {}
    good_starts: dict[str, str] = {}
    made: dict[str, Made] = {}
    """What the bad twin has by path, made when it is built: compiled, or taken out of a package."""
    made_good: dict[str, Made] = {}
    also: tuple[str, ...] = ()
    """Other criteria that the same defect breaks as well."""
    shared: tuple[str, ...] = ()
    """Criteria that both twins break alike: what they have in common is no better for being in both."""

    @property
    def architecture(self) -> str:
        """Of its programs, as Debian names it."""
        return self.on.split()[0]

    @property
    def image(self) -> str:
        """Kind of its images."""
        return self.on.split()[1]

    @property
    def system(self) -> str:
        """How its programs are started."""
        return self.on.split()[2]


class Clean(msgspec.Struct, frozen=True):
    """A product made of whole packages, with nothing wrong that was planted: all that is said against it is noise."""

    architecture: str
    image: str
    system: str
    packages: tuple[str, ...]
    starts: dict[str, str]

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return f"{self.architecture} {self.image} {self.system}"

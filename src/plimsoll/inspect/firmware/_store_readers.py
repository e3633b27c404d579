"""Which programs and scripts name a file that holds a secret: those may be the ones that read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Account, Credential, StoreReader
from plimsoll.model.locator import escape_path

MOST_NAMES = 400
"""Files that are kept of those which one program names."""
MOST_READERS = 20
"""Programs and scripts that are recorded for one file."""

PATTERN = Pattern(
    "file-name",
    rb"/(?:[A-Za-z0-9_.+-]{1,40}/){1,8}(?:[A-Za-z0-9_.+-]{1,60}\.(?:xml|json|cfg|conf|ini|dat|db3?|sqlite3?|txt|nvram|"
    rb"defaults?|secrets|ya?ml)|RT[0-9]{4}_default_[A-Za-z0-9_]{1,20})(?:[\x00\"'`\s;)<>|&:,]|\Z)",
    (b".xml", b".json", b".cfg", b".conf", b".ini", b".dat", b".db", b".sqlite", b".txt", b".nvram", b".default",
     b".secrets", b".yml", b".yaml", b"_default_"),
    longest=400,
    kinds=("elf", "script"),
)  # fmt: skip


class Holder(msgspec.Struct, frozen=True):
    """Marks a file that holds a secret which lets somebody in."""


class _Names(msgspec.Struct, frozen=True):
    """The files that a program or script names, each with where it does."""

    places: tuple[tuple[bytes, int, int], ...]
    is_script: bool


def is_accepted(seen: Seen) -> bool:
    """Tell whether a fact says that its file lets somebody in who knows what stands there."""
    return isinstance(seen.fact, Account) or (isinstance(seen.fact, Credential) and seen.fact.role != "presents")


def names(look: Look) -> Iterator[object]:
    """Give the files that a program or script names, to keep."""
    matches = look.matches.get(PATTERN.name, ())
    if not matches or is_documentation(look.path):
        return
    found: dict[bytes, tuple[bytes, int, int]] = {}
    for match in matches[: 4 * MOST_NAMES]:
        path = re.sub(rb"[^A-Za-z0-9_.+/-]\Z", b"", match[0])
        if len(found) < MOST_NAMES:
            found.setdefault(path, (path.lstrip(b"/"), match.start(), len(path)))
    yield _Names(tuple(found.values()), look.kind == "script")


def join(kept: Sequence[Kept], inspector: str) -> Iterator[Observation]:
    """Give each program or script that names a file with a secret in its own tree."""
    holders = {(one.tree.stem, one.path): 0 for one in kept if isinstance(one.value, Holder)}
    if not holders:
        return
    for one in kept:
        if not isinstance(one.value, _Names):
            continue
        for path, offset, length in one.value.places:
            node = one.tree.resolve(path)
            key = (one.tree.stem, node.path if node else path)
            if key not in holders or key[1] == one.path or holders[key] >= MOST_READERS:
                continue
            holders[key] += 1
            fact = StoreReader(escape_path(one.path.rpartition(b"/")[2]), escape_path(key[1]), one.value.is_script)
            yield Observation(fact, one.tree.stem.at(one.path, offset, length), inspector)

"""Sets what a reset removes against the places where data of people is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from plimsoll.judge.rules._stores import Store, Stores
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import DataStore, FactoryReset
from plimsoll.model.locator import tree_of

_OVERLAYS = ("overlay", "rootfs_data", "(everything)")
_SETTINGS = ("nvram", "devconf", "flash settings", "cfg settings")
_CARD = re.compile(r"(?:\A|/)(?:mnt|media|sd(?:card)?|usb|mmc)(?:/|\d|\Z)")


class Reset(msgspec.Struct, frozen=True):
    """A reset, and what becomes of each store that outlives a restart."""

    observation: Observation
    fact: FactoryReset
    clears: tuple[Store, ...]
    leaves: tuple[Store, ...]


def resets(evidence: Evidence) -> Iterator[Reset]:
    """Give each reset with the stores of its tree."""
    stores = Stores(evidence)
    for observation, fact in evidence.of(FactoryReset):
        tree = tree_of(observation.where)
        kept = [one for one in stores.kept if tree_of(one[0].where) == tree and not stores.is_in_memory(one)]
        clears = tuple(one for one in kept if _is_cleared(one[1], fact, stores, tree))
        leaves = tuple(one for one in kept if one not in clears)
        yield Reset(observation, fact, clears, leaves)


def is_on_card(path: str) -> bool:
    """Tell whether a path looks like that of a card or stick that can be taken out."""
    return _CARD.search(path) is not None


def _is_cleared(store: DataStore, reset: FactoryReset, stores: Stores, tree: str) -> bool:
    path = store.path.partition(":")[0]
    if path == "(nvram)":
        return not set(_SETTINGS).isdisjoint(reset.wipes)
    if any(_is_below(path, wiped) for wiped in reset.wipes):
        return True
    volume = stores.under(tree, path)
    if volume is None or volume[1].mount_point in ("overlay", "rom"):
        return not set(_OVERLAYS).isdisjoint(reset.wipes)
    return any(_is_device(wiped, volume[1].device) for wiped in reset.wipes)


def _is_below(path: str, wiped: str) -> bool:
    return path == wiped or path.startswith(wiped + "/")


def _is_device(wiped: str, device: str) -> bool:
    return bool(device) and wiped.replace("mtdblock", "mtd") == device.replace("mtdblock", "mtd")

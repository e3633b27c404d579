"""Sets places where data is kept against the volumes that they lie on, within one file tree."""

from __future__ import annotations

from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import DataStore, Volume
from plimsoll.model.locator import tree_of

Mounted = tuple[Observation, Volume]
Store = tuple[Observation, DataStore]


class Stores:
    """What is kept where, in each tree of the evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self._volumes: dict[str, list[Mounted]] = {}
        for observation, volume in evidence.of(Volume):
            if volume.active:
                self._volumes.setdefault(tree_of(observation.where), []).append((observation, volume))
        self.kept: tuple[Store, ...] = tuple(one for one in evidence.of(DataStore) if one[1].active)
        """Places that something in use names."""
        self._devices = {
            (tree, one.device)
            for tree, ones in self._volumes.items()
            for _, one in ones
            if one.encryption and one.device
        }
        """Devices that something opens as encrypted ones; what is mounted from them is encrypted."""
        self.encrypted: tuple[Mounted, ...] = tuple(
            one for ones in self._volumes.values() for one in ones if one[1].encryption
        )

    def under(self, tree: str, path: str) -> Mounted | None:
        """Give the volume that a path lies on: the one with the longest mount point."""
        found = [one for one in self._volumes.get(tree, ()) if _is_below(path, one[1].mount_point)]
        return max(found, key=lambda one: (len(one[1].mount_point), one[1].encryption != ""), default=None)

    def is_in_memory(self, store: Store) -> bool:
        """Tell whether a store is gone when the product is switched off."""
        observation, fact = store
        volume = self.under(tree_of(observation.where), fact.path)
        if volume is None:
            return fact.path.startswith(("tmp/", "run/", "var/run/", "var/tmp/", "dev/shm/"))
        return volume[1].temporary

    def is_encrypted(self, store: Store) -> bool:
        """Tell whether a store lies on an encrypted volume."""
        observation, fact = store
        tree = tree_of(observation.where)
        volume = self.under(tree, fact.path)
        return volume is not None and (volume[1].encryption != "" or (tree, volume[1].device) in self._devices)


def _is_below(path: str, point: str) -> bool:
    return bool(point) and (path == point or path.startswith(point + "/"))

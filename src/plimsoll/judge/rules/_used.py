"""Says by what the software of a derived fact is in use: as the kernel, as a started program, or as what one loads.

Only what was seen counts: a program that nothing starts may still be run, and is not said to be in use.
"""

from __future__ import annotations

from plimsoll.judge.rules._standing import Standings, file_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Component, Executable
from plimsoll.model.locator import Place


class Uses:
    """What is in use in each tree of the evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self._standings = evidence.once(Standings)
        self._components: dict[Place, list[tuple[Observation, Component]]] = {}
        for observation, fact in evidence.of(Component):
            self._components.setdefault(observation.where, []).append((observation, fact))
        self._sonames: dict[tuple[str, str], str] = {}
        self._loaders: dict[tuple[str, str], list[Observation]] = {}
        for observation, binary in evidence.of(Executable):
            tree, path = file_of(observation.where)
            if binary.soname:
                self._sonames[tree, path] = binary.soname
            for name in binary.needed:
                self._loaders.setdefault((tree, name), []).append(observation)

    def of(self, derived: Observation) -> tuple[Observation, ...]:
        """Give what shows that the software of a derived fact is in use; nothing when nothing does."""
        for where in derived.because or (derived.where,):
            if used := self._of_place(where):
                return used
        return ()

    def _of_place(self, where: Place) -> tuple[Observation, ...]:
        kernel = [one for one, fact in self._components.get(where, ()) if fact.basis == "kernel"]
        if kernel:
            return tuple(kernel[:1])
        if started := self._started(where):
            return started
        tree, path = file_of(where)
        names = {path.rpartition("/")[2], self._sonames.get((tree, path), "")} - {""}
        for name in sorted(names):
            for loader in self._loaders.get((tree, name), ()):
                if started := self._started(loader.where):
                    return (loader, *started)
        return ()

    def _started(self, where: Place) -> tuple[Observation, ...]:
        standing, starts = self._standings.of_file(where)
        return starts if standing == "started" else ()

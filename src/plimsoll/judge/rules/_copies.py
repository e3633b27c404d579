"""Where started scripts copy the files of the image: what lies in one place may be read in another."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from plimsoll.judge.rules._standing import Standing, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import StartedProgram
from plimsoll.model.locator import tree_of

_COPIERS = ("cp", "mv", "ln", "install")


class Copies:
    """The copies that are started, or perhaps are, in each tree."""

    def __init__(self, evidence: Evidence) -> None:
        self._starts: dict[str, list[tuple[Observation, StartedProgram]]] = {}
        for observation, start in evidence.of(StartedProgram):
            if start.program in _COPIERS and standing_of(start.state) != "never":
                self._starts.setdefault(tree_of(observation.where), []).append((observation, start))

    def of(self, tree: str, path: str, wild: Collection[str] = ()) -> Iterator[tuple[Observation, Standing, str]]:
        """Give where a file is put, without a leading `/`; `wild` are patterns of names that take it in."""
        for observation, start in self._starts.get(tree, ()):
            words = [word for word in start.arguments if not word.startswith("-")]
            if len(words) > 1 and any(_holds(word, path, wild) for word in words[:-1]):
                target = words[-1].strip("/")
                for put in (target, f"{target}/{path.rpartition('/')[2]}"):
                    yield observation, standing_of(start.state), put


def is_same(word: str, path: str) -> bool:
    """Tell whether a word of a command is a path of the tree."""
    return word.strip("\"'").lstrip("/") == path


def _holds(word: str, path: str, wild: Collection[str]) -> bool:
    """Tell whether a word of a copy is the file, or takes it in with its folder."""
    if is_same(word, path):
        return True
    folder, _, name = word.strip("\"'").lstrip("/").rpartition("/")
    return name in ("*", ".", *wild) and path.rpartition("/")[0] == folder

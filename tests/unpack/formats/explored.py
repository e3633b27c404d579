"""What comes out of an image when every format is looked for in it."""

from __future__ import annotations

import threading

from plimsoll.model.image import ImageMap
from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.limits import Budget, Limits


class Everything:
    """The files of all trees in an image, by path; stretches outside any tree, in `raw`."""

    def __init__(self, data: bytes) -> None:
        self.files: dict[bytes, bytes] = {}
        self.raw: list[bytes] = []
        self._lock = threading.Lock()
        self.image: ImageMap = Explorer(FORMATS, Budget(Limits()), self._visit).explore(data, b"image").image
        self._size = len(data)

    @property
    def understood(self) -> float:
        """Give the share of the image that formats took."""
        return sum(span.length for span in self.image.spans if span.kind != "unknown") / self._size

    @property
    def formats(self) -> set[str]:
        """Name the formats of the outermost bytes and of the trees."""
        return {span.format for span in self.image.spans if span.format} | {tree.format for tree in self.image.trees}

    @property
    def problems(self) -> list[str]:
        """Give all problems, as text."""
        return [str(problem.message) for problem in self.image.problems]

    def _visit(self, file: File) -> None:
        with self._lock:
            if file.path:
                self.files[file.path] = bytes(file.data)
            else:
                self.raw.append(bytes(file.data))

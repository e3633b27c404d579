"""Finds what is inside an image: formats at validated signatures, one inside another, and the account of every byte.

Signatures are searched for in windows, from the beginning on, and never inside a stretch that a validated format has
taken: so an image of one file system costs no search at all. Files are read in the order in which they lie in the
image, by a few threads; decoders and digests let go of the interpreter lock.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from plimsoll.model.image import ImageMap, Opaque, Problem, Span
from plimsoll.model.locator import Place, escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.signed import SignedVisitor, ignore
from plimsoll.sources.tree import File, Node, Stem, Tree, Visitor
from plimsoll.unpack._attempts import NOT_TRIED, Attempts
from plimsoll.unpack._batches import batches
from plimsoll.unpack.content import BLOB_BYTES, PADDING_BYTES, is_blob, is_recognised, padding_runs
from plimsoll.unpack.explored import Explored, summary_of
from plimsoll.unpack.format import (
    Container,
    Decoded,
    Encrypted,
    FileSystem,
    Format,
    Malformed,
    NotThisFormat,
    Opened,
    Part,
    View,
    Volumes,
)
from plimsoll.unpack.limits import Budget, LimitReached
from plimsoll.unpack.partitions import MOST_LAYOUTS, Layout, choose, layouts_of
from plimsoll.unpack.randomness import split
from plimsoll.unpack.signs import Signs
from plimsoll.unpack.spans import DENSE_KINDS, cut, joined, told_encrypted, within_unread, without

WINDOW_BYTES = 1 << 20
"""Bytes searched for signatures at a time."""

RAW_BYTES = 32 << 20
"""Longest stretch outside any format that is looked at in one piece; a longer one is cut here."""

RELEASE_BYTES = 64 << 20
"""Bytes searched or looked at after which the memory that maps the image is let go."""

PROBLEMS_KEPT = 1_000
"""Most problems kept of one image; the rest is counted in the last one."""


Tick = Callable[[int, int, int], None]
"""Told now and then: bytes of content seen, bytes of content known of, files seen."""


class Explorer:
    """Explores one image once."""

    def __init__(
        self,
        formats: Sequence[Format],
        budget: Budget,
        visitor: Visitor,
        *,
        tick: Tick = lambda done, total, files: None,
        on_map: Callable[[ImageMap], None] = lambda image: None,
        release: Callable[[], None] = lambda: None,
        on_signed: SignedVisitor = ignore,
        workers: int = 0,
        cache: Path | None = None,
    ) -> None:
        self._signs = Signs(formats, cache)
        self._budget = budget
        self._visitor = visitor
        self._tick = tick
        self._on_map = on_map
        self._release = release
        self._on_signed = on_signed
        self._pool = ThreadPoolExecutor(workers or os.cpu_count() or 1)
        self._waiting: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._trees: list[Tree] = []
        self._problems: list[Problem] = []
        self._opaque: list[Opaque] = []
        self._layouts: list[Layout] = []
        self._left_out = 0
        self._stopped: Message | None = None
        self._done = self._total = self._files = self._touched = 0

    def explore(self, data: bytes | memoryview, image: bytes) -> Explored:
        """Open everything inside the bytes of an image file."""
        view = View(data)
        return self._run(image, view.size, lambda: self._explore(view, Stem(image), 0))

    def explore_tree(self, filesystem: FileSystem, image: bytes) -> Explored:
        """Look at a tree that needs no opening, such as a folder."""

        def spans() -> list[Span]:
            self._file_system(filesystem, "folder", Stem(image), 0)
            return [Span(0, filesystem.length, "understood", "folder")] if filesystem.length else []

        return self._run(image, filesystem.length, spans)

    def _run(self, image: bytes, size: int, spans: Callable[[], list[Span]]) -> Explored:
        with self._pool:
            found = tuple(spans())
            self._on_map(self._map(image, size, found))
            self._drain()
        if self._left_out:
            note = message("{count} more problems were met and are not listed", count=self._left_out)
            self._problems.append(Problem(Stem(image).at(), note))
        trees = tuple(sorted(self._trees, key=lambda tree: tree.stem.at()))
        return Explored(self._map(image, size, found), trees, self._stopped)

    def _map(self, image: bytes, size: int, spans: tuple[Span, ...]) -> ImageMap:
        with self._lock:
            trees = sorted((summary_of(tree) for tree in self._trees), key=lambda one: one.where)
            problems = sorted(self._problems, key=lambda one: (one.where, str(one.message)))
            opaque = sorted(self._opaque, key=lambda one: one.where)
            partitions = choose(self._layouts, spans, size)
        return ImageMap(escape_name(image), size, spans, tuple(trees), tuple(problems), tuple(opaque), partitions)

    def _drain(self) -> None:
        """Wait until no task is left; tasks may hand out more tasks. An error of ours rises here."""
        while True:
            with self._lock:
                waiting = set(self._waiting)
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            with self._lock:
                self._waiting -= done
            for future in done:
                future.result()

    def _explore(
        self, view: View, stem: Stem, depth: int, *, start_only: bool = False, seen: bool = False
    ) -> list[Span]:
        """Open what is in a view; give its spans in order, without gaps. Bytes that were `seen` are not shown again."""
        spans: list[Span] = []
        unread: list[range] = []
        position = 0
        try:
            self._budget.check_depth(depth)
            for offset, format, opened in self._openings(view, stem, start_only, unread):
                spans += told_encrypted(self._unknown(view, stem, position, offset, seen), offset, opened)
                spans += self._take(view, stem, offset, format, opened, depth)
                position = offset + opened.length
        except LimitReached as reached:
            self._limit(stem.at(), reached.reason)
        if not (start_only and not spans):
            spans += self._unknown(view, stem, position, view.size, seen)
        if not seen and len(self._layouts) < MOST_LAYOUTS:
            self._layouts += islice(layouts_of(view.buffer, spans, stem.at(), self._count_touched), MOST_LAYOUTS)
        return [within_unread(span, unread) for span in spans]

    def _openings(
        self, view: View, stem: Stem, start_only: bool, unread: list[range]
    ) -> Iterator[tuple[int, Format, Opened]]:
        """Give each validated format that does not lie inside one before it, in order; note what could not be read."""
        position = 0
        attempts = Attempts()
        for format in self._signs.at_start(view.buffer):
            if (opened := self._open(format, view, stem, 0, unread)) is not None:
                yield 0, format, opened
                position = opened.length
                break
        if start_only and not position:
            return
        while position < view.size:
            end = min(position + WINDOW_BYTES, view.size)
            found = self._signs.within(view, position, end, partial(attempts.most, end=end))
            for offset, format in found.places:
                if offset < position or not attempts.may_try(format, offset):
                    continue
                opened = self._open(format, view, stem, offset, unread)
                attempts.note(format, is_taken=opened is not None)
                if opened is not None:
                    yield offset, format, opened
                    position = offset + opened.length
                    if position >= end:
                        break
            attempts.drop(found.dropped, position)
            self._count_touched(end - position)
            position = max(position, end)
            self._budget.check_time()
        for name, first in attempts.cuts.items():
            self._problem(stem.carve(name, first).at(), NOT_TRIED)

    def _open(self, format: Format, view: View, stem: Stem, offset: int, unread: list[range]) -> Opened | None:
        try:
            opened = format.open(view.cut(offset), self._budget)
        except (NotThisFormat, EOFError):
            return None
        except Encrypted as closed:
            length = min(closed.length, view.size - offset)
            opened = Container(length, (Part(0, length, content="encrypted"),), problems=(closed.reason,))
        except Malformed as broken:
            self._problem(stem.carve(format.name, offset).at(), broken.reason)
            unread.append(range(offset, offset + broken.length))
            return None
        except LimitReached as reached:
            self._problem(stem.carve(format.name, offset).at(), reached.reason)
            self._budget.check_time()
            return None
        return opened if 0 < opened.length <= view.size - offset else None

    def _take(self, view: View, stem: Stem, offset: int, format: Format, opened: Opened, depth: int) -> list[Span]:
        here = stem.carve(format.name, offset)
        if isinstance(opened, Container):
            for problem in opened.problems:
                self._problem(here.at(), problem)
            for signed in opened.signed:
                self._submit(partial(self._on_signed, here, signed))
            return self._container(view.cut(offset, opened.length), here, opened, format.name, depth, offset)
        if isinstance(opened, Decoded):
            return [self._stream(here, opened, format.name, depth, offset)]
        self._file_system(opened, format.name, here, depth)
        span = Span(offset, opened.length, "understood", format.name, opened.label)
        return self._volumes(opened, span) if isinstance(opened, Volumes) else [span]

    def _stream(self, stem: Stem, opened: Decoded, name: str, depth: int, offset: int) -> Span:
        """Explore the payload of a compressed stream; one in which nothing is known leaves its bytes unknown."""
        for problem in opened.problems:
            self._problem(stem.at(), problem)
        inner = self._explore(View(opened.data), stem, depth + 1)
        longest = max(inner, key=lambda span: (span.length, span.offset), default=None)
        if longest is not None and longest.kind in DENSE_KINDS and longest.length > len(opened.data) // 2:
            return Span(offset, opened.length, longest.kind, name, opened.label, longest.randomness)
        known = opened.content == "known" or any(span.kind == "understood" for span in inner)
        known = known or is_recognised(opened.data)
        return Span(offset, opened.length, "understood" if known else "unknown", name, opened.label)

    def _container(self, view: View, stem: Stem, opened: Container, name: str, depth: int, shift: int) -> list[Span]:
        """Explore the parts of a container; what is not part is its own. Spans are shifted to the outer bytes."""
        spans: list[Span] = []
        own = Span(shift, opened.length, "understood", name, opened.label)
        position = 0
        for part in sorted(opened.parts, key=lambda one: (one.offset, one.length)):
            if part.length <= 0 or part.offset < position or part.offset + part.length > view.size:
                continue
            if part.offset > position:
                spans.append(cut(own, position, part.offset))
            spans += self._part(view, stem, part, cut(own, part.offset, part.offset + part.length), depth)
            position = part.offset + part.length
        if position < opened.length:
            spans.append(cut(own, position, opened.length))
        return joined(spans)

    def _part(self, view: View, stem: Stem, part: Part, own: Span, depth: int) -> Iterator[Span]:
        """Explore one part; `own` is the span that it has when its container says all that there is to know of it."""
        if part.content == "encrypted":
            yield msgspec.structs.replace(own, kind="encrypted", label=part.name or own.label)
            return
        here = stem.carve("part", part.offset, part.length)
        inner = view.cut(part.offset, part.length)
        is_whole = part.content == "known" and inner.size == view.size  # It would be opened again, and again.
        spans = self._unknown(inner, here, 0, inner.size, False) if is_whole else self._explore(inner, here, depth + 1)
        for span in spans:
            if part.content == "known" and span.kind == "unknown":
                yield msgspec.structs.replace(own, offset=own.offset + span.offset, length=span.length)
            else:
                yield msgspec.structs.replace(span, offset=own.offset + span.offset)

    def _volumes(self, opened: Volumes, whole: Span) -> list[Span]:
        """Tell apart the stretches of volumes in which nothing is known."""
        foreign: list[range] = []
        for node in opened.nodes:
            start = opened.start(node)
            if not (any(one.carve for one in self._signs.at_start(start)) or is_recognised(start)):
                foreign += opened.pieces(node)
        return list(without(whole, foreign))

    def _file_system(self, opened: FileSystem, name: str, stem: Stem, depth: int) -> None:
        tree = Tree(stem, name, opened.nodes)
        for path, problem in opened.problems:
            self._problem(stem.at(path), problem)
        with self._lock:
            self._trees.append(tree)
        files = [node for node in tree.by_path.values() if node.kind == "file" and node.link_to is None]
        files.sort(key=lambda node: (opened.position(node), node.path))
        with self._lock:
            self._total += sum(node.size for node in files)
        for batch in batches(files):
            self._submit(partial(self._read, opened, tree, batch, depth))

    def _submit(self, task: Callable[[], None]) -> None:
        with self._lock:
            self._waiting.add(self._pool.submit(task))

    def _read(self, filesystem: FileSystem, tree: Tree, batch: Sequence[Node], depth: int) -> None:
        for node in batch:
            if self._stopped is not None:
                return
            where = tree.stem.at(node.path)
            try:
                self._budget.check_time()
                data = filesystem.read(node)
            except Malformed as broken:
                self._problem(where, broken.reason)
                continue
            except LimitReached as reached:
                self._limit(where, reached.reason)
                continue
            self._visit(File(tree, node, data))
            if (search := is_blob(data)) or any(self._signs.at_start(data)):
                stem = tree.stem.member(node.path)
                spans = self._explore(View(data), stem, depth + 1, start_only=not search, seen=True)
                self._note_opaque(tree, where, spans)

    def _note_opaque(self, tree: Tree, where: Place, spans: Sequence[Span]) -> None:
        """Keep a file most of which is neither open to us nor too short to matter."""
        closed = [span for span in spans if span.kind in DENSE_KINDS]
        size = sum(span.length for span in closed)
        if size >= BLOB_BYTES:
            longest = max(closed, key=lambda span: (span.length, span.offset))
            with self._lock:
                self._opaque.append(Opaque(where, tree.stem.at(), longest.kind, size, longest.randomness))

    def _visit(self, file: File) -> None:
        self._visitor(file)
        with self._lock:
            self._done += len(file.data)
            self._files += 1
            done, total, files = self._done, self._total, self._files
        self._count_touched(len(file.data))
        self._tick(done, total, files)

    def _count_touched(self, size: int) -> None:
        """Have the image's memory let go now and then, so that what was read does not add up."""
        with self._lock:
            self._touched += max(size, 0)
            is_much = self._touched >= RELEASE_BYTES
            if is_much:
                self._touched = 0
        if is_much:
            self._release()

    def _unknown(self, view: View, stem: Stem, start: int, end: int, seen: bool) -> Iterator[Span]:
        """Give the spans of a stretch that no format took, and have what is not padding looked at as it is."""
        position = start
        for first, last in padding_runs(view.buffer, start, end, self._count_touched):
            yield from self._raw(view, stem, position, first, seen)
            yield Span(first, last - first, "padding")
            position = last
        yield from self._raw(view, stem, position, end, seen)

    def _raw(self, view: View, stem: Stem, start: int, end: int, seen: bool) -> Iterator[Span]:
        if start == end:
            return
        if end - start < PADDING_BYTES and view.read(start, end - start).strip(b"\0") in (b"", b"\xff" * (end - start)):
            yield Span(start, end - start, "padding")
            return
        for offset in range(start, end if not seen else start, RAW_BYTES):
            self._look_at_raw(view, stem, offset, min(RAW_BYTES, end - offset))
        yield from split(view.slice(start, end - start), start)

    def _look_at_raw(self, view: View, stem: Stem, offset: int, length: int) -> None:
        raw = Tree(stem.carve("raw", offset, length), "raw", ())
        with self._lock:
            self._total += length
        if self._stopped is None:
            self._submit(lambda: self._visit(File(raw, Node(b"", "file", size=length), view.read(offset, length))))

    def _problem(self, where: Place, reason: Message) -> None:
        with self._lock:
            if len(self._problems) < PROBLEMS_KEPT:
                self._problems.append(Problem(where, reason))
            else:
                self._left_out += 1

    def _limit(self, where: Place, reason: Message) -> None:
        """Record a limit; when it is the time, let nothing more begin."""
        self._problem(where, reason)
        try:
            self._budget.check_time()
        except LimitReached as reached:
            self._stopped = reached.reason

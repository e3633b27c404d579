"""Lets further processes look at files: each goes to a helper that has room, else it is looked at here.

The interpreter runs one thread at a time, so that looking at files in threads uses one core. A helper is sent a tree
once, then the bytes of its files; it answers with frames of observations, which go on as they are, and at the end with
what its inspectors kept. That is read by pickle: a helper stands behind the same walls as the one who reads it, who
could do no more than the helper itself.
"""

from __future__ import annotations

import io
import pickle
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from plimsoll.confine import Mate, Receive, Send
from plimsoll.inspect.scan import Concealer, Gathered, Scan
from plimsoll.sources.tree import File, Node, Tree

WAITING_BYTES = 2 << 20
"""Bytes of files that may wait for a helper or be under way to it: past that it is given no more."""

LARGEST = 32 << 20
"""Bytes of the largest file that is sent: it is held on both sides."""

FRAME_BYTES = 512 << 10
"""Bytes of files that go in one frame."""

_CONCEALER = -1
"""Stands for what conceals, where other numbers stand for trees."""

FILE_COST = 2_048
"""Bytes that a file counts beside its own: a small one costs time too."""

REPORT_BYTES = 256 << 10
"""Bytes after which a helper says how far it has come."""

_TREE, _FILES, _SEEN, _DONE, _END = b"T", b"F", b"S", b"D", b"E"

_Sent = tuple[int, Node, bytes]
"""A file as it is sent: number of its tree, its entry, its bytes."""


class HelperDied(Exception):
    """A helper ended before it had said what it kept."""


class Sharing:
    """A visitor of files that shares them out; `finish` must be called once when all were given."""

    def __init__(self, scan: Scan, mates: Sequence[Mate], forward: Send) -> None:
        """`forward` is handed the frames that helpers send on."""
        self._scan = scan
        self._desks = [_Desk(mate, forward) for mate in mates]

    def visit(self, file: File) -> None:
        """Hand a file over, or look at it."""
        if len(file.data) <= LARGEST and any(desk.take(file) for desk in self._desks):
            return
        self._scan.visit(file)

    def finish(self) -> None:
        """Wait for the helpers and take in what they kept; raise HelperDied when one of them is gone."""
        for desk in self._desks:
            desk.close()
        for desk in self._desks:
            self._scan.join(desk.gathered(self._scan))


class _Desk:
    """What lies between this process and one helper."""

    def __init__(self, mate: Mate, forward: Send) -> None:
        self._mate = mate
        self._forward = forward
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[File | None] = queue.SimpleQueue()
        self._waiting = 0
        self._died = False
        self._last: bytes | None = None
        self._trees: list[Tree] = []
        self._numbers: dict[int, int] = {}
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._writer.start()
        self._reader.start()

    def take(self, file: File) -> bool:
        """Take a file unless enough are waiting."""
        with self._lock:
            if self._died or self._waiting >= WAITING_BYTES:
                return False
            self._waiting += len(file.data) + FILE_COST
        self._queue.put(file)
        return True

    def close(self) -> None:
        """Say that no file comes any more."""
        self._queue.put(None)

    def gathered(self, scan: Scan) -> Gathered:
        """Wait for the end, and give what the helper kept."""
        self._writer.join()
        self._reader.join()
        self._mate.wait()
        if self._last is None:
            raise HelperDied
        return unpacked(self._last, self._trees, scan)

    def _write(self) -> None:
        try:
            while files := self._next_files():
                self._mate.send(_FILES + pickle.dumps([self._sent(file) for file in files]))
            self._mate.send(_END)
        except Exception:  # noqa: BLE001 - it is gone, or this cannot be sent; who waits for its last frame is told so
            self._died = True
        finally:
            self._mate.hang_up()

    def _next_files(self) -> list[File]:
        """Wait for a file, and take what else waits: a frame costs a turn of the interpreter. None at the end."""
        files = []
        size = 0
        file = self._queue.get()
        while file is not None:
            files.append(file)
            size += len(file.data)
            if size >= FRAME_BYTES or self._queue.empty():
                return files
            file = self._queue.get()
        if files:
            self._queue.put(None)
        return files

    def _sent(self, file: File) -> _Sent:
        number = self._numbers.get(id(file.tree))
        if number is None:
            number = self._numbers[id(file.tree)] = len(self._trees)
            self._trees.append(file.tree)
            self._mate.send(_TREE + pickle.dumps((file.tree.stem, file.tree.format, file.tree.nodes)))
        return number, file.node, file.data

    def _read(self) -> None:
        try:
            while (frame := self._mate.receive()) is not None:
                kind, body = frame[:1], frame[1:]
                if kind == _SEEN:
                    self._forward(body)
                elif kind == _DONE:
                    with self._lock:
                        self._waiting -= int.from_bytes(body, "big")
                elif kind == _END:
                    self._last = body
                    return
        except Exception:  # noqa: BLE001 - nothing can be passed on any more; the helper must not wait for us
            while self._mate.receive() is not None:
                pass
        self._died = True


def help_with(scan: Scan, open_outbox: Callable[[Send], Callable[[], None]], receive: Receive, send: Send) -> None:
    """Be a helper: look at the files that are sent until there are no more, then give what was kept.

    `open_outbox` is told where observations are sent to, and gives what sends those that are waiting.
    """
    flush = open_outbox(lambda frame: send(_SEEN + frame))
    trees: list[Tree] = []
    done = 0
    while (frame := receive()) is not None:
        if frame == _END:
            send(_END + packed(scan.gathered(), trees))
            return
        if frame[:1] == _TREE:
            # Trees are numbered in the order in which they come.
            trees.append(Tree(*pickle.loads(frame[1:])))  # noqa: S301 - sent by the child itself
            continue
        for number, node, data in pickle.loads(frame[1:]):  # noqa: S301 - the same
            scan.visit(File(trees[number], node, data))
            done += len(data) + FILE_COST
            if done >= REPORT_BYTES:
                send(_DONE + done.to_bytes(8, "big"))
                done = 0
        flush()


def packed(gathered: Gathered, trees: Sequence[Tree]) -> bytes:
    """Write what was kept; a tree is named by its number, and what conceals is that of the scan that takes it in."""
    numbers = {id(tree): number for number, tree in enumerate(trees)}

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing: Any) -> int | None:
            if type(thing) is Concealer:
                return _CONCEALER
            return numbers.get(id(thing)) if type(thing) is Tree else None

    out = io.BytesIO()
    Pickler(out, pickle.HIGHEST_PROTOCOL).dump(gathered)
    return out.getvalue()


def unpacked(data: bytes, trees: Sequence[Tree], scan: Scan) -> Gathered:
    """Read what `packed` wrote of a scan, for another one; only ever called behind walls."""

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, pid: Any) -> Tree | Concealer:
            return Concealer(scan, set()) if pid == _CONCEALER else trees[pid]

    gathered: Gathered = Unpickler(io.BytesIO(data)).load()
    return gathered

"""Helpers of a confined child: further processes behind the same walls, each with a pipe to it and one back.

The child forks them before the last of its walls, behind which none can fork. A helper ends when the child does: its
pipe ends, and on Linux it is ended with the child, as both are in one Landlock domain.
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import IO

from plimsoll.confine._syscalls import prctl

MAX_FRAME_BYTES = 1 << 30

Send = Callable[[bytes], None]
"""Sends one frame; may be called from several threads."""
Receive = Callable[[], bytes | None]
"""Gives the next frame; nothing at the end, or when the other side died in the middle of one."""
Help = Callable[[Receive, Send], None]
"""What a helper does: take frames until there are none, and answer."""

BUFFER_BYTES = 1 << 20

_LENGTH = struct.Struct(">I")
_PR_SET_PDEATHSIG = 1


class Mate:
    """A helper as the child sees it."""

    def __init__(self, process: int, send: Send, receive: Receive, hang_up: Callable[[], None]) -> None:
        self._process = process
        self._hang_up = hang_up
        self.send = send
        self.receive = receive

    def hang_up(self) -> None:
        """Send no more: it meets the end of its frames, and ends."""
        self._hang_up()

    def wait(self) -> None:
        """Wait until it has ended."""
        os.waitpid(self._process, 0)


class Crew:
    """The helpers of one child: how many, and what they do; `mates` is filled in the child."""

    def __init__(self, size: int = 0, help: Help = lambda receive, send: None) -> None:
        self._size = size
        self._help = help
        self.mates: list[Mate] = []

    def hire(self, own: tuple[int, ...]) -> Callable[[], None] | None:
        """Fork the helpers. Give nothing in the child, and in a helper what it has to do.

        `own` are the handles of the child that a helper must not hold open.
        """
        for _ in range(self._size):
            there, back = _wide_pipe(), _wide_pipe()
            child, process = os.getpid(), os.fork()
            if process == 0:
                for handle in (*own, there[1], back[0]):
                    os.close(handle)
                _end_with(child)
                return partial(self._help, _receiver_of(there[0]), sender(back[1]))
            os.close(there[0])
            os.close(back[1])
            own = (*own, there[1], back[0])
            self.mates.append(Mate(process, sender(there[1]), _receiver_of(back[0]), partial(os.close, there[1])))
        return None


def _wide_pipe() -> tuple[int, int]:
    """Open a pipe that holds much, where one may ask for that: the less often two processes wait for each other."""
    pipe = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe[1], fcntl.F_SETPIPE_SZ, BUFFER_BYTES)
    return pipe


def _receiver_of(handle: int) -> Receive:
    return receiver(os.fdopen(handle, "rb", buffering=BUFFER_BYTES))


def sender(writing: int) -> Send:
    """Give what writes frames to a pipe, one at a time."""
    lock = threading.Lock()

    def send(frame: bytes) -> None:
        head = _LENGTH.pack(len(frame))
        pieces = (head, frame) if len(frame) > BUFFER_BYTES else (head + frame,)  # A large one is not copied.
        with lock:
            for piece in pieces:
                data = memoryview(piece)
                while data:
                    data = data[os.write(writing, data) :]

    return send


def receiver(reading: IO[bytes]) -> Receive:
    """Give what reads frames from a pipe."""

    def receive() -> bytes | None:
        head = reading.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(head)
        frame = reading.read(length) if length <= MAX_FRAME_BYTES else b""
        return frame if len(frame) == length else None

    return receive


def _end_with(child: int) -> None:
    """Be ended when the child ends, also when nothing tells it to end."""
    if sys.platform != "linux":
        return
    try:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    except OSError:
        return
    if os.getppid() != child:  # It had ended before that was asked for.
        os._exit(0)

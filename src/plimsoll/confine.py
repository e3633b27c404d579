"""Does work on hostile bytes in a child process with limits, and hears what it reports until it ends or dies.

The child is a fork, so what was loaded before is shared and starting costs next to nothing. It talks through one pipe
in length-prefixed frames; whatever it said before its death has arrived and is kept.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import msgspec

from plimsoll.model.message import Message, message

MAX_FRAME_BYTES = 1 << 30

Send = Callable[[bytes], None]
"""Given to the work in the child; may be called from several threads."""

_LENGTH = struct.Struct(">I")


class Confinement(msgspec.Struct, frozen=True):
    """What the child may use."""

    memory_bytes: int = 4 << 30
    """Address space, that of the parent at the fork included."""
    cpu_seconds: int = 1_200
    """Processor time of all its threads together."""
    may_write: bool = False
    """Whether it may write to files; only for a copy that the operator asked for."""


def run_confined(work: Callable[[Send], None], receive: Callable[[bytes], None], limits: Confinement) -> Message | None:
    """Fork, let the child do `work`, hand each frame that it sends to `receive`; give why it died, or nothing.

    Call it while the process has one thread: a fork copies no other. An error of ours in the child is a death too.
    """
    reading, writing = os.pipe()
    errors_reading, errors_writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.close(errors_reading)
        _be_child(work, writing, errors_writing, limits)
    os.close(writing)
    os.close(errors_writing)
    try:
        with os.fdopen(reading, "rb", buffering=1 << 20) as frames:
            while (frame := _read_frame(frames.read)) is not None:
                receive(frame)
        with os.fdopen(errors_reading, "rb") as errors:
            said = errors.read(4096).decode("utf-8", "replace")
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    _, status = os.waitpid(child, 0)
    return _cause_of_death(status, said)


def _be_child(work: Callable[[Send], None], writing: int, errors: int, limits: Confinement) -> None:
    """Never returns."""
    code = 1
    try:
        _limit(limits)
        warnings.simplefilter("ignore")  # What a library thinks of an image's bytes is no news for the operator.
        work(_sender(writing))
        code = 0
    except MemoryError:
        os.write(errors, b"it ran out of memory")
    except BaseException as error:  # noqa: BLE001 - the boundary of the child: nothing may pass it
        last = traceback.extract_tb(error.__traceback__)[-1]
        os.write(errors, f"{type(error).__name__} in {Path(last.filename).stem} line {last.lineno}".encode())
    finally:
        os._exit(code)


def _limit(limits: Confinement) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, _at_most(resource.RLIMIT_AS, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, _at_most(resource.RLIMIT_CPU, limits.cpu_seconds))
    if not limits.may_write:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _at_most(kind: int, wanted: int) -> tuple[int, int]:
    """Lower a limit, never raise it past what the process already has."""
    _, hard = resource.getrlimit(kind)
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    return value, value


def _sender(writing: int) -> Send:
    lock = threading.Lock()

    def send(frame: bytes) -> None:
        data = memoryview(_LENGTH.pack(len(frame)) + frame)
        with lock:
            while data:
                data = data[os.write(writing, data) :]

    return send


def _read_frame(read: Callable[[int], bytes]) -> bytes | None:
    """Read one frame; nothing at the end, or when the child died in the middle of one."""
    head = read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    frame = read(length) if length <= MAX_FRAME_BYTES else b""
    return frame if len(frame) == length else None


def _cause_of_death(status: int, said: str) -> Message | None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return message("the process that reads the image used up its processor time")
        return message("the process that reads the image was ended by signal {signal}", signal=_signal_name(number))
    if os.WEXITSTATUS(status) != 0:
        return message("the process that reads the image stopped: {error}", error=said or "no reason given")
    return None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
